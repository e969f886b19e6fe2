import { delay } from "../clock/mod.ts";
import {
  AsyncMachineError,
  type CompiledSchema,
  contains,
  type StateSet,
} from "../relations/mod.ts";
import { ArgsWaits } from "./args_waits.ts";
import { MachineDisposedError } from "./errors.ts";
import type { Signals } from "./signals.ts";
import { checkWaitOptions, type StateWaitOptions } from "./wait_options.ts";
import { type Condition, type Query, Waiter } from "./waiter.ts";

/** What the waits need to know of their machine. */
export interface WaitOwner {
  readonly id: string;
  readonly schema: CompiledSchema;
  readonly active: StateSet;
  readonly clock: { readonly ticks: readonly number[] };
  readonly disposed: boolean;
  readonly busy: boolean;
  /** The error of the present activation of `Exception`; `null` when it was added without one. */
  readonly activeError: Error | null;
  readonly signals: Signals;
  /** Says whether queries wait: they may do anything. */
  setQueries(any: boolean): void;
}

/** The waits for one state. Settled ones are swept out together, so that settling n costs n. */
class StateWaits {
  readonly items: Waiter[] = [];
  #settled = 0;

  /** One of them has settled. */
  settle(): void {
    const { items } = this;
    if (++this.#settled * 2 <= items.length) return;
    let kept = 0;
    if (this.#settled < items.length) {
      for (const waiter of items) if (!waiter.settled) items[kept++] = waiter;
    }
    // Popping keeps the array's room, which the next wait needs again.
    if (items.length - kept < 16) { while (items.length > kept) items.pop(); }
    else items.length = kept;
    this.#settled = 0;
  }
}

const NO_ARGS: Readonly<Record<string, unknown>> = Object.freeze({});

/** The pending `when…` promises of a machine: who wakes a wait is decided here. */
export class Waits {
  readonly #owner: WaitOwner;
  /** Lists stay when they are empty: most states are waited for again. */
  #byState: (StateWaits | undefined)[] = [];
  #byArgs: Map<number, ArgsWaits> = new Map();
  readonly #queries: Set<Waiter> = new Set();
  readonly #queueEnds: Set<Waiter> = new Set();
  readonly #disposals: Set<Waiter> = new Set();
  /** Those of the present change that end by the error, if by nothing else. */
  readonly #erred: Waiter[] = [];
  #disposed: Promise<unknown> | null = null;
  #made = 0;
  #size = 0;

  constructor(owner: WaitOwner) {
    this.#owner = owner;
  }

  /** How many promises are pending. */
  get size(): number {
    return this.#size;
  }

  /** A promise that resolves as soon as the condition holds: with a name for `any`. */
  wait(condition: Condition, options?: StateWaitOptions): Promise<unknown> {
    if (options !== undefined) checkWaitOptions(options);
    const owner = this.#owner;
    const signal = options?.signal;
    const orError = options?.orError === true;
    if (signal?.aborted) return rejected(signal.reason);
    if (owner.disposed) {
      if (condition.kind === "disposed") return Promise.resolve();
      return rejected(new MachineDisposedError(owner.id, this.#what(condition)));
    }
    if (condition.kind === "disposed" && options === undefined) return this.#disposal(condition);
    if (condition.kind === "query") {
      const ended = this.#lookFirst(condition, signal);
      if (ended !== null) return ended;
    } else if (this.#holds(condition)) {
      return Promise.resolve(this.#answer(condition));
    }
    if (orError && contains(owner.active, owner.schema.exception)) return rejected(this.#error());
    return this.#pending(condition, orError, options);
  }

  /** A query's first look: it may throw, and do anything; null when the wait goes on. */
  #lookFirst(condition: Condition, signal: AbortSignal | undefined): Promise<unknown> | null {
    const owner = this.#owner;
    try {
      if (this.#holds(condition)) return Promise.resolve();
    } catch (error) {
      return rejected(error);
    }
    if (signal?.aborted) return rejected(signal.reason);
    if (owner.disposed) return rejected(new MachineDisposedError(owner.id, this.#what(condition)));
    return null;
  }

  #pending(
    condition: Condition,
    orError: boolean,
    options: StateWaitOptions | undefined,
  ): Promise<unknown> {
    const waiter = new Waiter(++this.#made, condition);
    waiter.orError = orError;
    this.#size++;
    this.#insert(waiter);
    if (options !== undefined) this.#limit(waiter, options);
    return waiter.promise;
  }

  /** One promise for all who wait for the end without bounds. */
  #disposal(condition: Condition): Promise<unknown> {
    return this.#disposed ??= this.#pending(condition, false, undefined);
  }

  /**
   * Settles what a change satisfied, in the order in which it was asked for.
   *
   * @param once States whose tick moved by one, or to anything.
   * @param twice States whose tick moved by two.
   * @param called States that were entered or called, for the waits for arguments; null = none.
   */
  notify(
    once: readonly number[],
    twice: readonly number[],
    called: readonly number[] | null,
    args: unknown,
  ): void {
    const ready: Waiter[] = [];
    this.#collect(once, ready);
    this.#collect(twice, ready);
    if (called !== null && this.#byArgs.size > 0) {
      for (const state of called) {
        this.#byArgs.get(state)?.collect((args as Record<string, unknown>) ?? NO_ARGS, ready);
      }
    }
    if (this.#queries.size > 0 && once.length + twice.length > 0) this.#collectQueries(ready);
    this.#settle(ready);
  }

  /** Settles the waits for the end of the queue. */
  queueEnded(): void {
    if (this.#queueEnds.size > 0 && !this.#owner.busy) this.#settle([...this.#queueEnds]);
  }

  /** Moves everything to new state indexes. */
  reindex(index: (old: number) => number): void {
    const all = new Set([
      ...this.#byState.flatMap((waits) => waits?.items ?? []),
      ...[...this.#byArgs.values()].flatMap((waits) => waits.all()),
    ]);
    this.#byState = [];
    this.#byArgs = new Map();
    for (const waiter of all) {
      if (waiter.settled) continue;
      waiter.condition.states = waiter.condition.states.map(index);
      this.#insert(waiter);
    }
  }

  /** Rejects everything, and resolves the waits for the end. */
  dispose(): void {
    const all = new Set([
      ...this.#byState.flatMap((waits) => waits?.items ?? []),
      ...[...this.#byArgs.values()].flatMap((waits) => waits.all()),
      ...this.#queries,
      ...this.#queueEnds,
      ...this.#disposals,
    ]);
    for (const waiter of [...all].sort((a, b) => a.number - b.number)) {
      if (waiter.condition.kind === "disposed") this.#settle([waiter]);
      else {this.#fail(
          waiter,
          new MachineDisposedError(this.#owner.id, this.#what(waiter.condition)),
        );}
    }
  }

  #holds(condition: Condition): boolean {
    const { active, clock } = this.#owner;
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
      case "any":
        return condition.states.some((state) => contains(active, state));
      case "ticks":
        return condition.states.every((state, i) => clock.ticks[state] >= condition.ticks[i]);
      case "query":
        return Boolean(condition.query(this.#clock()));
      case "queueEnds":
        return !this.#owner.busy;
      case "args":
      case "disposed":
        return false; // only what is to come can satisfy it
    }
  }

  /** What the promise resolves with: a name for `any`. */
  #answer(condition: Condition): unknown {
    if (condition.kind !== "any") return undefined;
    const { active, schema } = this.#owner;
    return schema.names[condition.states.find((state) => contains(active, state))!];
  }

  #clock(): Readonly<Record<string, number>> {
    const { schema, clock } = this.#owner;
    return Object.freeze(
      Object.fromEntries(schema.names.map((name, state) => [name, clock.ticks[state]])),
    );
  }

  #error(): Error {
    return this.#owner.activeError ??
      new AsyncMachineError(`Machine "${this.#owner.id}" is in Exception, without an error`);
  }

  #insert(waiter: Waiter): void {
    const { condition } = waiter;
    switch (condition.kind) {
      case "query":
        this.#queries.add(waiter);
        this.#owner.setQueries(true);
        break;
      case "queueEnds":
        this.#queueEnds.add(waiter);
        break;
      case "disposed":
        this.#disposals.add(waiter);
        break;
      case "args": {
        const [state] = condition.states;
        let waits = this.#byArgs.get(state);
        if (waits === undefined) this.#byArgs.set(state, waits = new ArgsWaits());
        waits.insert(waiter, condition.args);
        break;
      }
      default:
        for (const state of condition.states) {
          (this.#byState[state] ??= new StateWaits()).items.push(waiter);
        }
    }
    if (waiter.orError) {
      (this.#byState[this.#owner.schema.exception] ??= new StateWaits()).items.push(waiter);
    }
  }

  #limit(waiter: Waiter, { signal, timeout = Infinity }: StateWaitOptions): void {
    const { signals } = this.#owner;
    const onAbort = () => this.#fail(waiter, signal!.reason);
    if (signal) signals.on(signal, onAbort);
    const cancel = delay(timeout, () => this.#fail(waiter, this.#timeoutError(waiter, timeout)));
    waiter.release = () => {
      if (signal) signals.off(signal, onAbort);
      cancel();
    };
  }

  #timeoutError({ condition }: Waiter, timeout: number): DOMException {
    const { id, schema, active } = this.#owner;
    const now = schema.names.filter((_, state) => contains(active, state)).join(" ");
    return new DOMException(
      `Machine "${id}" was to ${this.#what(condition)} within ${timeout} ms; active: (${now})`,
      "TimeoutError",
    );
  }

  /** What is waited for, after "to". */
  #what(condition: Condition): string {
    const names = condition.states.map((state) => this.#owner.schema.names[state]).join(", ");
    switch (condition.kind) {
      case "active":
        return `have ${names} active`;
      case "inactive":
        return `have ${names} inactive`;
      case "any":
        return `have one of ${names} active`;
      case "ticks":
        return `reach the ticks ${condition.ticks.join(", ")} of ${names}`;
      case "args":
        return `have ${names} called with ${
          Object.keys(condition.args).join(", ") || "any arguments"
        }`;
      case "query":
        return `satisfy a query`;
      case "queueEnds":
        return `end its queue`;
      case "disposed":
        return `be disposed`;
    }
  }

  #collect(states: readonly number[], ready: Waiter[]): void {
    for (let i = 0; i < states.length; i++) {
      const waits = this.#byState[states[i]];
      if (waits === undefined) continue;
      const { items } = waits;
      for (let k = 0; k < items.length; k++) {
        const waiter = items[k];
        if (waiter.settled) continue;
        if (waiter.orError) this.#collectOrError(waiter, ready);
        else if (this.#holds(waiter.condition)) ready.push(waiter);
      }
    }
  }

  #collectOrError(waiter: Waiter, ready: Waiter[]): void {
    const { active, schema } = this.#owner;
    if (waiter.condition.kind !== "query" && this.#holds(waiter.condition)) ready.push(waiter);
    else if (contains(active, schema.exception)) this.#erred.push(waiter);
  }

  #collectQueries(ready: Waiter[]): void {
    const clock = this.#clock();
    for (const waiter of [...this.#queries]) {
      if (waiter.settled) continue;
      try {
        if ((waiter.condition as { query: Query }).query(clock)) ready.push(waiter);
      } catch (error) {
        this.#fail(waiter, error);
      }
    }
  }

  #settle(ready: Waiter[]): void {
    if (this.#erred.length > 0) return this.#settleOrFail(ready);
    if (ready.length > 1) ready.sort((a, b) => a.number - b.number);
    for (let i = 0; i < ready.length; i++) this.#resolve(ready[i]);
  }

  /** Some wait for errors, too: these fail unless what they wait for holds. */
  #settleOrFail(ready: Waiter[]): void {
    const holding = new Set(ready);
    const all = new Set([...ready, ...this.#erred.splice(0)]);
    for (const waiter of [...all].sort((a, b) => a.number - b.number)) {
      if (holding.has(waiter)) this.#resolve(waiter);
      else this.#fail(waiter, this.#error());
    }
  }

  #resolve(waiter: Waiter): void {
    if (waiter.settled) return;
    this.#forget(waiter);
    waiter.resolve(this.#answer(waiter.condition));
  }

  #fail(waiter: Waiter, reason: unknown): void {
    if (waiter.settled) return;
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
    switch (condition.kind) {
      case "query":
        this.#queries.delete(waiter);
        if (this.#queries.size === 0) this.#owner.setQueries(false);
        break;
      case "queueEnds":
        this.#queueEnds.delete(waiter);
        break;
      case "disposed":
        this.#disposals.delete(waiter);
        break;
      case "args":
        if (this.#byArgs.get(condition.states[0])!.delete(waiter, condition.args)) {
          this.#byArgs.delete(condition.states[0]);
        }
        break;
      default: {
        const { states } = condition;
        for (let i = 0; i < states.length; i++) this.#byState[states[i]]!.settle();
      }
    }
    if (waiter.orError) this.#byState[this.#owner.schema.exception]!.settle();
  }
}

/** A promise that was rejected, and harms nobody who does not look. */
export function rejected(reason: unknown): Promise<never> {
  const promise = Promise.reject(reason);
  promise.catch(() => {});
  return promise;
}
