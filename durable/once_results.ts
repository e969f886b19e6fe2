import type { FlowEvent } from "./flow_event.ts";
import { checkJson } from "./json.ts";
import type { OnceCall } from "./kind.ts";

/** What the results need of their flow. */
export interface ResultsSide {
  /** Why it does not go on, if it does not. */
  readonly stopped: Error | null;
  /** Resolves when what is here now is stored, or never will be. */
  stored(): Promise<void>;
}

/** Who knows of the lease. */
export interface LeaseSide {
  /** Resolves when it is sure that the lease has not ended; rejects when it has; `null`: it has not. */
  mayAct(): Promise<void> | null;
}

/** The results of what is called once per activation, by `State/tick/name`, as JSON texts. */
export class OnceResults {
  readonly #side: ResultsSide;
  readonly #lease: LeaseSide;
  readonly #running: Map<string, Promise<unknown>> = new Map();
  /** A list of one, or of none for undefined, as it is stored. */
  readonly texts: Map<string, string> = new Map();

  constructor(side: ResultsSide, lease: LeaseSide) {
    this.#side = side;
    this.#lease = lease;
  }

  /** How many are under way. */
  get running(): number {
    return this.#running.size;
  }

  /** Whether a result is there. */
  has(event: FlowEvent, name: string): boolean {
    return this.texts.has(keyOf(event, name));
  }

  /** Calls `fn`, unless its result is there or it runs already. */
  call(event: FlowEvent, name: string, fn: (call: OnceCall) => unknown): Promise<unknown> {
    const key = keyOf(event, name);
    let running = this.#running.get(key);
    if (running === undefined) {
      running = this.#call(event, key, name, fn).finally(() => this.#running.delete(key));
      this.#running.set(key, running);
      running.catch(() => {}); // nobody has to await it
    }
    return running;
  }

  async #call(
    event: FlowEvent,
    key: string,
    name: string,
    fn: (call: OnceCall) => unknown,
  ): Promise<unknown> {
    if (!event.acts) {
      throw new TypeError(`Cannot call once in ${event.name}: negotiation handlers only read`);
    }
    const side = this.#side;
    let text = this.texts.get(key);
    if (text === undefined) {
      if (side.stopped !== null) throw side.stopped;
      if (event.expired) throw event.context.reason;
      const sure = this.#lease.mayAct();
      if (sure !== null) await sure;
      text = textOf(await fn(new Call(`${event.key}/${name}`, event)), name, event.name);
      if (side.stopped !== null) throw side.stopped;
      this.texts.set(key, text);
      await side.stored();
      if (side.stopped !== null) throw side.stopped;
    }
    return JSON.parse(text)[0];
  }

  /** Drops those of activations that nobody can speak for any more. */
  prune(isOver: (state: string, tick: number) => boolean): void {
    for (const key of this.texts.keys()) {
      const [, state, tick] = key.match(/^(.*?)\/(\d+)\//s)!;
      if (isOver(state, Number(tick))) this.texts.delete(key);
    }
  }
}

function keyOf({ state, tick }: FlowEvent, name: string): string {
  return `${state}/${tick}/${name}`;
}

function textOf(value: unknown, name: string, handler: string): string {
  if (value === undefined) return "[]";
  checkJson(value, `the result of once ${JSON.stringify(name)} in ${handler}`, { toJson: true });
  return `[${JSON.stringify(value)}]`;
}

/** What `fn` of `once` is called with; the signal is made when it is asked for. */
class Call implements OnceCall {
  readonly key: string;
  readonly #event: FlowEvent;

  constructor(key: string, event: FlowEvent) {
    this.key = key;
    this.#event = event;
  }

  get signal(): AbortSignal {
    return this.#event.signal;
  }
}
