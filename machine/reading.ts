import { type Context, isActiveTick } from "../clock/mod.ts";
import {
  type ArgsOf,
  checkFunction,
  checkNames,
  type CompiledSchema,
  contains,
  indexOf,
  isObject,
  members,
  type Schema,
  type StateNames,
  type StateSet,
  wrongType,
} from "../relations/mod.ts";
import type { OneOrMore } from "./machine_with.ts";
import type { StateWaitOptions, WaitOptions } from "./wait_options.ts";
import type { Condition } from "./waiter.ts";

/** What can be read of a machine, whether it runs here or elsewhere. */
export interface ReadableCore {
  /** The machine's id. */
  readonly id: string;
  /** The current schema. */
  readonly schema: CompiledSchema;
  /** The ticks. */
  readonly clock: { readonly ticks: readonly number[] };
  /** The active states. */
  readonly active: StateSet;
  /** Whether it has ended. */
  readonly disposed: boolean;
  /** The contexts. */
  readonly contexts: { readonly own: Context };
  /** How many promises are pending. */
  readonly waiters: number;
  /** Whether all given states are active. */
  is(states: string | readonly string[]): boolean;
  /** The context of a state's activation. */
  stateContext(state: number): Context;
  /** A promise of a condition. */
  wait(condition: Condition, options: StateWaitOptions | undefined): Promise<unknown>;
}

/** The reading half of a machine: checks, clocks, contexts and waits. */
export abstract class Reading<S> {
  readonly #core: ReadableCore;

  /** @ignore */
  constructor(core: ReadableCore) {
    this.#core = core;
  }

  #states(states: readonly string[] | undefined): number[] {
    const { schema } = this.#core;
    if (states === undefined) return [...schema.names.keys()];
    checkNames("states", states);
    return states.map((name) => indexOf(schema, name));
  }

  #list(states: OneOrMore<string>): number[] {
    const { schema } = this.#core;
    if (typeof states === "string") return [indexOf(schema, states)];
    checkNames("states", states);
    return states.map((name) => indexOf(schema, name));
  }

  // --- checks --------------------------------------------------------------------

  /** Whether all given states are active. */
  is(states: OneOrMore<StateNames<S>>): boolean {
    return this.#core.is(states);
  }

  /** Whether none of the given states is active. */
  not(states: OneOrMore<StateNames<S>>): boolean {
    const { active } = this.#core;
    return this.#list(states).every((state) => !contains(active, state));
  }

  /** Whether any of the given states, or all of any given list, is active. */
  any(...states: readonly OneOrMore<StateNames<S>>[]): boolean {
    return states.some((one) => this.#core.is(one));
  }

  /** Whether `Exception` is active. */
  isErr(): boolean {
    return contains(this.#core.active, this.#core.schema.exception);
  }

  /** Whether the state's tick is exactly this. */
  isTick(state: StateNames<S>, tick: number): boolean {
    return this.tick(state) === checkedTick(tick);
  }

  /** Whether the ticks of all, or the given, states are exactly these. */
  isTime(time: readonly number[], states?: readonly StateNames<S>[]): boolean {
    if (!Array.isArray(time)) throw wrongType("time", time, "a list of ticks");
    for (const tick of time) checkedTick(tick);
    const now = this.time(states);
    return now.length === time.length && now.every((tick, index) => tick === time[index]);
  }

  /** Whether the schema has all of these states. */
  has(states: OneOrMore<string>): boolean {
    const { indexes } = this.#core.schema;
    if (typeof states !== "string") checkNames("states", states);
    return (typeof states === "string" ? [states] : states).every((name) => indexes.has(name));
  }

  /** The first of the given states that is active; undefined when none is. */
  switch<const N extends StateNames<S>>(...states: readonly N[]): N | undefined {
    checkNames("states", states);
    return states.find((state) => this.is(state));
  }

  // --- clocks ----------------------------------------------------------------------

  /** The state's tick: odd while active. */
  tick(state: StateNames<S>): number {
    return this.#core.clock.ticks[indexOf(this.#core.schema, state)];
  }

  /** The ticks of all, or the given, states, in order. */
  time(states?: readonly StateNames<S>[]): number[] {
    const { ticks } = this.#core.clock;
    return states === undefined ? ticks.slice() : this.#states(states).map((state) => ticks[state]);
  }

  /** The sum of the ticks of all, or the given, states. */
  timeSum(states?: readonly StateNames<S>[]): number {
    return this.time(states).reduce((sum, tick) => sum + tick, 0);
  }

  /** The ticks of all, or the given, states, by name. */
  clock(states?: readonly StateNames<S>[]): Record<StateNames<S>, number> {
    const { schema, clock: { ticks } } = this.#core;
    const entries = this.#states(states).map((state) => [schema.names[state], ticks[state]]);
    return Object.fromEntries(entries) as Record<StateNames<S>, number>;
  }

  /** Whether any state has ticked since this clock was taken. */
  changedSince(clock: Readonly<Partial<Record<StateNames<S>, number>>>): boolean {
    if (!isObject(clock)) throw wrongType("clock", clock, "ticks by name");
    return Object.entries(clock).some(([state, tick]) =>
      this.tick(state as StateNames<S>) !== tick
    );
  }

  // --- contexts ----------------------------------------------------------------------

  /** Ends on disposal. */
  get context(): Context {
    return this.#core.contexts.own;
  }

  /** Ends with the state's present activation; born expired when the state is inactive. */
  stateContext(state: StateNames<S>): Context {
    return this.#core.stateContext(indexOf(this.#core.schema, state));
  }

  // --- waiting -------------------------------------------------------------------------

  #wait(condition: Condition, options: StateWaitOptions | undefined): Promise<void> {
    return this.#core.wait(condition, options) as Promise<void>;
  }

  /** Resolves when all given states are active at the same time. */
  when(states: OneOrMore<StateNames<S>>, options?: StateWaitOptions): Promise<void> {
    return this.#wait({ kind: "active", states: this.#list(states) }, options);
  }

  /** Resolves when all given states are inactive at the same time. */
  whenNot(states: OneOrMore<StateNames<S>>, options?: StateWaitOptions): Promise<void> {
    return this.#wait({ kind: "inactive", states: this.#list(states) }, options);
  }

  /**
   * Resolves with the name of the first active one, in the given order, now or after the transition
   * that activates any of them. Nothing is left behind for the others.
   *
   * @throws {RangeError} If the list is empty.
   */
  whenAny<const N extends StateNames<S>>(
    states: readonly N[],
    options?: StateWaitOptions,
  ): Promise<N> {
    checkNames("states", states);
    const list = this.#states(states);
    if (list.length === 0) throw new RangeError("Cannot wait for any of no states");
    return this.#core.wait({ kind: "any", states: list }, options) as Promise<N>;
  }

  /**
   * Resolves when the state is next called, and activated, with these arguments among others, compared
   * by `Object.is`.
   */
  whenArgs<const N extends StateNames<S>>(
    state: N,
    args: Readonly<Partial<ArgsOf<S, N>>>,
    options?: StateWaitOptions,
  ): Promise<void> {
    if (!isObject(args)) throw wrongType("args", args, "an object");
    const states = [indexOf(this.#core.schema, state)];
    return this.#wait({ kind: "args", states, args: { ...args } }, options);
  }

  /** Resolves when every state has reached the tick in the same place. */
  whenTime(
    states: readonly StateNames<S>[],
    ticks: readonly number[],
    options?: StateWaitOptions,
  ): Promise<void> {
    const list = this.#states(states);
    if (!Array.isArray(ticks)) throw wrongType("ticks", ticks, "a list of ticks");

    if (list.length !== ticks.length) {
      throw new RangeError(`Cannot wait for ${ticks.length} ticks of ${list.length} states`);
    }
    return this.#wait(
      { kind: "ticks", states: list, ticks: Array.from(ticks, checkedTick) },
      options,
    );
  }

  /** Resolves when the state has ticked `n` times from now. */
  whenTicks(state: StateNames<S>, n: number, options?: StateWaitOptions): Promise<void> {
    return this.whenTime([state], [this.tick(state) + checkedTick(n)], options);
  }

  /** Resolves when the state has reached the tick. */
  whenTick(state: StateNames<S>, tick: number, options?: StateWaitOptions): Promise<void> {
    return this.whenTime([state], [tick], options);
  }

  /**
   * Resolves when `query` returns true for the clock; asked now and after each change. The clock is
   * one frozen object per change. Rejects when `query` throws.
   */
  whenQuery(
    query: (clock: Readonly<Record<StateNames<S>, number>>) => boolean,
    options?: StateWaitOptions,
  ): Promise<void> {
    checkFunction("query", query);
    return this.#wait({ kind: "query", states: [], query: query as never }, options);
  }

  /** Resolves when `Exception` is active. */
  whenErr(options?: WaitOptions): Promise<void> {
    return this.#wait({ kind: "active", states: [this.#core.schema.exception] }, options);
  }

  /** Resolves when no transition runs and nothing waits. */
  whenQueueEnds(options?: WaitOptions): Promise<void> {
    return this.#wait({ kind: "queueEnds", states: [] }, options);
  }

  /** Resolves when the machine is disposed. */
  whenDisposed(options?: WaitOptions): Promise<void> {
    return this.#wait({ kind: "disposed", states: [] }, options);
  }

  /** How many `when…` promises are pending. */
  get waiterCount(): number {
    return this.#core.waiters;
  }

  // --- looking ---------------------------------------------------------------------------------

  /** The machine's name in logs, errors and the debugger. */
  get id(): string {
    return this.#core.id;
  }

  /** Whether the machine has been disposed. */
  get disposed(): boolean {
    return this.#core.disposed;
  }

  /** The names of the active states, in order. */
  activeStates(): StateNames<S>[] {
    const { active, schema } = this.#core;
    return members(active).map((state) => schema.names[state] as StateNames<S>);
  }

  /** The names of all states, in order. */
  get stateNames(): readonly StateNames<S>[] {
    return this.#core.schema.names as readonly StateNames<S>[];
  }

  /** The schema, cleaned up, with `Exception`. */
  get schema(): Schema {
    return this.#core.schema.states;
  }

  /** The active states with their ticks: `(Foo:1 Bar:3)`. */
  toString(): string {
    return `(${this.#text(true)})`;
  }

  /** All states with their ticks: `(Foo:1)[Bar:0 Exception:0]`. */
  toStringAll(): string {
    return `${this.toString()}[${this.#text(false)}]`;
  }

  #text(active: boolean): string {
    const { schema, clock: { ticks } } = this.#core;
    return schema.names.map((name, state) => `${name}:${ticks[state]}`)
      .filter((_, state) => isActiveTick(ticks[state]) === active).join(" ");
  }

  /** All, or the given, states with ticks, properties and relations, on several lines. */
  inspect(states?: readonly StateNames<S>[]): string {
    const { schema, clock: { ticks } } = this.#core;
    return this.#states(states).map((state) => {
      const name = schema.names[state];
      const { auto, multi, event, timeouts, ...relations } = schema.states[name];
      const flags = [
        auto && "auto",
        multi && (multi === true ? "multi" : `multi: ${multi}`),
        event && "event",
      ]
        .filter((flag) => flag).map((flag) => `\n  ${flag}`);
      const lists = (["add", "remove", "require", "after"] as const)
        .filter((relation) => relations[relation]?.length)
        .map((relation) => `\n  ${relation}: ${relations[relation]!.join(" ")}`);
      const times = Object.entries(timeouts ?? {}).map(([to, ms]) => `\n  timeout: ${to} ${ms} ms`);
      const head = `${name}: ${isActiveTick(ticks[state]) ? "active" : "inactive"} ${ticks[state]}`;
      return [head, ...flags, ...lists, ...times].join("");
    }).join("\n");
  }
}

function checkedTick(tick: number): number {
  if (typeof tick !== "number") throw wrongType("A tick", tick, "a whole number");
  if (Number.isSafeInteger(tick) && tick >= 0) return tick;
  throw new RangeError(`A tick is ${tick}, expected a whole number from 0 up`);
}
