import { AsyncMachineError, suggestion } from "../relations/mod.ts";

/** A handler name that fits no state, or more than one reading. */
export class HandlerUnknownError extends AsyncMachineError {
  /** The class's name, stable under minification. */
  override readonly name = "HandlerUnknownError";
  /** The handler's name. */
  readonly handler: string;

  /**
   * Says what is known, or what the name could mean.
   *
   * @param handler The handler's name.
   * @param known The names that would be right; the nearest is suggested.
   * @param readings What an ambiguous name could mean.
   */
  constructor(handler: string, known: Iterable<string>, readings: readonly string[] = []) {
    super(
      readings.length > 0
        ? `Handler ${JSON.stringify(handler)} is ambiguous: it can mean ${readings.join(" or ")}`
        : `Handler ${JSON.stringify(handler)} belongs to no state${suggestion(handler, known)}`,
    );
    this.handler = handler;
  }
}

/** A synchronous handler took longer than `handlerTimeout`. */
export class HandlerTimeoutError extends AsyncMachineError {
  /** The class's name, stable under minification. */
  override readonly name = "HandlerTimeoutError";
  /** The handler's name. */
  readonly handler: string;
  /** How long it took, in milliseconds. */
  readonly duration: number;

  /**
   * Says how long it took.
   *
   * @param handler The handler's name.
   * @param duration How long it took, in milliseconds.
   * @param limit What was allowed, in milliseconds.
   */
  constructor(handler: string, duration: number, limit: number) {
    super(`Handler "${handler}" took ${duration.toFixed(1)} ms: at most ${limit} ms are allowed`);
    this.handler = handler;
    this.duration = duration;
  }
}

/** More mutations were waiting than `queueLimit` allows. */
export class QueueLimitError extends AsyncMachineError {
  /** The class's name, stable under minification. */
  override readonly name = "QueueLimitError";

  /**
   * Says what was refused.
   *
   * @param mutation The refused mutation, as text.
   * @param limit The limit that was reached.
   */
  constructor(mutation: string, limit: number) {
    super(`Cannot queue ${mutation}: ${limit} mutations are waiting already, the limit`);
  }
}

/** The machine has been disposed. */
export class MachineDisposedError extends AsyncMachineError {
  /** The class's name, stable under minification. */
  override readonly name = "MachineDisposedError";

  /**
   * Says what was being done.
   *
   * @param id The machine's id.
   * @param doing What was being done.
   */
  constructor(id: string, doing: string) {
    super(`Cannot ${doing}: machine "${id}" is disposed`);
  }
}

/** A function given to `eval` did not get its turn in time. */
export class EvalTimeoutError extends AsyncMachineError {
  /** The class's name, stable under minification. */
  override readonly name = "EvalTimeoutError";

  /**
   * Says how long it waited.
   *
   * @param timeout How long, in milliseconds.
   */
  constructor(timeout: number) {
    super(`Cannot run the function given to eval: the queue was busy for ${timeout} ms`);
  }
}
