import { contains } from "../relations/mod.ts";
import type { Engine } from "./engine.ts";
import { MachineDisposedError } from "./errors.ts";
import type { Plan } from "./plans.ts";
import type { WaitOptions } from "./wait_options.ts";

export type { WaitOptions };

/** What a promise waits for. States are indexes. */
export type Condition =
  | { readonly kind: "active" | "inactive"; states: readonly number[] }
  | { readonly kind: "ticks"; states: readonly number[]; readonly ticks: readonly number[] }
  | {
    readonly kind: "args";
    states: readonly number[];
    readonly args: Readonly<Record<string, unknown>>;
  }
  | { readonly kind: "query"; states: readonly number[]; readonly query: () => boolean }
  | { readonly kind: "queueEnds"; states: readonly number[] };

/** `setTimeout` takes no more: a longer timeout is no timeout. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** One is made per wait: its fields are declared only, which is faster. */
class Waiter {
  declare readonly number: number;
  declare readonly condition: Condition;
  declare readonly promise: Promise<void>;
  declare resolve: () => void;
  declare reject: (reason: unknown) => void;
  /** Takes the timer and the listener away. */
  declare release: (() => void) | null;
  declare settled: boolean;
  /** Always there: a collection that finds no instance makes the engine drop its optimized code. */
  static readonly #kept: Waiter = new Waiter(0, { kind: "active", states: [] });

  constructor(number: number, condition: Condition) {
    this.number = number;
    this.condition = condition;
    this.release = null;
    this.settled = false;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

/** The pending `when…` promises of a machine, found by the states that they depend on. */
export class Subscriptions {
  readonly #engine: Engine;
  /** Lists stay when they are empty: most states are waited for again. */
  #byState: (Waiter[] | undefined)[] = [];
  readonly #queries: Set<Waiter> = new Set();
  readonly #queueEnds: Set<Waiter> = new Set();
  #made = 0;
  #size = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** How many promises are pending. */
  get size(): number {
    return this.#size;
  }

  /** A promise that resolves as soon as the condition holds. */
  wait(condition: Condition, options?: WaitOptions): Promise<void> {
    const engine = this.#engine;
    const signal = options?.signal;
    if (signal?.aborted) return rejected(signal.reason);
    if (engine.disposed) return rejected(new MachineDisposedError(engine.id, "wait"));
    if (this.#holds(condition)) return Promise.resolve();
    const waiter = new Waiter(++this.#made, condition);
    this.#size++;
    this.#insert(waiter);
    if (options !== undefined) this.#limit(waiter, options);
    return waiter.promise;
  }

  /** Settles what a transition satisfied, in the order in which it was asked for. */
  notify(plan: Plan, args: unknown): void {
    const ready: Waiter[] = [];
    this.#collect(plan.once, ready);
    this.#collect(plan.twice, ready);
    if (args) this.#collectArgs(plan.resolution.enters, args, ready);
    if (plan.changes && this.#queries.size > 0) this.#collectQueries(ready);
    this.#settle(ready);
  }

  /** Settles the waits for the end of the queue. */
  queueEnded(): void {
    if (this.#queueEnds.size > 0) this.#settle([...this.#queueEnds]);
  }

  /** Moves everything to new state indexes. */
  reindex(index: (old: number) => number): void {
    const all = new Set(this.#byState.flatMap((waiters) => waiters ?? []));
    this.#byState = [];
    for (const waiter of all) {
      waiter.condition.states = waiter.condition.states.map(index);
      this.#insert(waiter);
    }
  }

  /** Rejects everything. */
  dispose(): void {
    const all = new Set(
      [...this.#byState, this.#queries, this.#queueEnds].flatMap((waiters) => [...waiters ?? []]),
    );
    for (const waiter of [...all].sort((a, b) => a.number - b.number)) {
      this.#fail(waiter, new MachineDisposedError(this.#engine.id, "wait any longer"));
    }
  }

  #holds(condition: Condition): boolean {
    const { active, clock } = this.#engine;
    switch (condition.kind) {
      case "active":
      case "inactive": {
        const { states } = condition;
        const wanted = condition.kind === "active";
        for (let i = 0; i < states.length; i++) {
          if (contains(active, states[i]) !== wanted) return false;
        }
        return true;
      }
      case "ticks":
        return condition.states.every((state, i) => clock.ticks[state] >= condition.ticks[i]);
      case "query":
        return condition.query();
      case "queueEnds":
        return !this.#engine.busy;
      case "args":
        return false; // only a call to come can satisfy it
    }
  }

  #insert(waiter: Waiter): void {
    const { condition } = waiter;
    if (condition.kind === "query") {
      this.#queries.add(waiter);
      this.#engine.setQueries(true);
    } else if (condition.kind === "queueEnds") {
      this.#queueEnds.add(waiter);
    } else {
      const { states } = condition;
      for (let i = 0; i < states.length; i++) (this.#byState[states[i]] ??= []).push(waiter);
    }
  }

  #limit(waiter: Waiter, { signal, timeout = Infinity }: WaitOptions): void {
    const onAbort = () => this.#fail(waiter, signal!.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const timer = timeout > MAX_TIMEOUT ? undefined : setTimeout(() => {
      const error = new DOMException(`Waited for ${timeout} ms in vain`, "TimeoutError");
      this.#fail(waiter, error);
    }, timeout);
    waiter.release = () => {
      signal?.removeEventListener("abort", onAbort);
      clearTimeout(timer);
    };
  }

  #collect(states: readonly number[], ready: Waiter[]): void {
    for (let i = 0; i < states.length; i++) {
      const waiters = this.#byState[states[i]];
      if (waiters === undefined) continue;
      for (let k = 0; k < waiters.length; k++) {
        if (this.#holds(waiters[k].condition)) ready.push(waiters[k]);
      }
    }
  }

  #collectArgs(enters: readonly number[], args: object, ready: Waiter[]): void {
    for (const state of enters) {
      for (const waiter of this.#byState[state] ?? []) {
        const { condition } = waiter;
        if (condition.kind === "args" && matches(args, condition.args)) ready.push(waiter);
      }
    }
  }

  #collectQueries(ready: Waiter[]): void {
    for (const waiter of [...this.#queries]) {
      try {
        if (this.#holds(waiter.condition)) ready.push(waiter);
      } catch (error) {
        this.#fail(waiter, error);
      }
    }
  }

  #settle(ready: Waiter[]): void {
    if (ready.length > 1) ready.sort((a, b) => a.number - b.number);
    for (let i = 0; i < ready.length; i++) {
      const waiter = ready[i];
      if (waiter.settled) continue;
      this.#forget(waiter);
      waiter.resolve();
    }
  }

  #fail(waiter: Waiter, reason: unknown): void {
    this.#forget(waiter);
    // A wait that nobody awaits must not crash the process.
    waiter.promise.catch(() => {});
    waiter.reject(reason);
  }

  #forget(waiter: Waiter): void {
    waiter.settled = true;
    this.#size--;
    waiter.release?.();
    const { condition } = waiter;
    if (condition.kind === "query") {
      this.#queries.delete(waiter);
      if (this.#queries.size === 0) this.#engine.setQueries(false);
    } else if (condition.kind === "queueEnds") {
      this.#queueEnds.delete(waiter);
    } else {
      const { states } = condition;
      for (let i = 0; i < states.length; i++) {
        const waiters = this.#byState[states[i]]!;
        if (waiters.at(-1) === waiter) waiters.pop();
        else waiters.splice(waiters.indexOf(waiter), 1);
      }
    }
  }
}

function rejected(reason: unknown): Promise<void> {
  const promise = Promise.reject(reason);
  promise.catch(() => {});
  return promise;
}

/** Whether every wanted argument is there, compared by `Object.is`. */
function matches(args: object, wanted: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(wanted).every(([name, value]) =>
    Object.is((args as Record<string, unknown>)[name], value)
  );
}
