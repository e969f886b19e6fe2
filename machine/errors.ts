import { AsyncMachineError, suggestion } from "../relations/mod.ts";
import type { Explanation } from "./explanation.ts";

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
   * @param count How many were refused in a row, this one first.
   */
  constructor(mutation: string, limit: number, count: number) {
    const others = count > 1 ? `; ${count} were refused in this drain` : "";
    super(`Cannot queue ${mutation}: ${limit} mutations are waiting already, the limit${others}`);
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
   * Says how long it waited, and for what.
   *
   * @param timeout How long, in milliseconds.
   * @param id The machine's id.
   * @param handler The handler that ran, if one did.
   */
  constructor(timeout: number, id: string, handler: string | null = null) {
    const by = handler === null ? "" : ` with ${handler}`;
    super(
      `Machine "${id}" was busy${by} for ${timeout} ms: the function given to eval had no turn`,
    );
  }
}

/** One drain of the queue ran more transitions than `drainLimit` allows, or machines are nested too deep. */
export class DrainLimitError extends AsyncMachineError {
  /** The class's name, stable under minification. */
  override readonly name = "DrainLimitError";

  /**
   * Says what goes round.
   *
   * @param id The machine's id.
   * @param limit The limit that was reached.
   * @param last The last mutations, with their handlers.
   * @param nested Whether it is the depth of machines that mutate each other.
   */
  constructor(id: string, limit: number, last: readonly string[], nested = false) {
    super(
      nested
        ? `Machine "${id}" cannot ${
          last.join("; ")
        }: ${limit} transitions of machines whose handlers mutate each other are nested`
        : `Machine "${id}" ran ${limit} transitions without coming to rest; the last: ${
          last.join("; ")
        }`,
    );
  }
}

/** No `FooState` was called for what was asked. */
export class RefusedError extends AsyncMachineError {
  /** The class's name, stable under minification. */
  override readonly name = "RefusedError";
  /** Why, when relations, a handler or a limit refused; `null` when no handler was there to answer. */
  readonly explanation: Explanation | null;

  /**
   * Says why.
   *
   * @param id The machine's id.
   * @param state The asked state.
   * @param explanation Why the mutation was canceled.
   */
  constructor(id: string, state: string, explanation: Explanation | null) {
    super(
      `Machine "${id}" did not answer for ${state}: ${
        explanation?.message ?? `no ${state}State handler was called for it`
      }`,
    );
    this.explanation = explanation;
  }
}
