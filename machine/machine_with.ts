import type { Context } from "../clock/mod.ts";
import type { AddErrOptions, Mutation, Result } from "./mutation.ts";
import type { WaitOptions } from "./wait_options.ts";

/** One name or a list of names. */
export type OneOrMore<N extends string> = N | readonly N[];

/** Takes a subscription back; called again it does nothing. */
export interface Unsubscribe extends Disposable {
  /** Takes it back. */
  (): void;
}

/** What {@linkcode Readable.subscribe} tells of a change. */
export interface Change<N extends string = string, M = unknown> {
  /** The machine. */
  readonly machine: M;
  /** What changed the machine. */
  readonly cause: "transition" | "import" | "schema" | "dispose";
  /** The names of the states whose ticks differ from before. */
  readonly changed: readonly N[];
  /** The transition's mutation; null for the other causes. */
  readonly mutation: Mutation | null;
}

/** Which changes a subscriber is told of, and for how long. */
export interface SubscribeOptions<N extends string = string> {
  /** Ends the subscription when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Only changes of these states; a disposal is always told. @default all states */
  readonly states?: readonly N[] | undefined;
}

/** The checks, clocks, contexts and waits of a machine that has at least the states `N`. */
export interface Clocked<N extends string = string> {
  /** The machine's id. */
  readonly id: string;
  /** All states, in order: more than `N`. */
  readonly stateNames: readonly string[];
  /** Whether the machine has been disposed. */
  readonly disposed: boolean;
  /** Ends on disposal. */
  readonly context: Context;
  /** The names of the active states, in order: more than `N`. */
  activeStates(): string[];
  /** Whether all given states are active. */
  is(states: OneOrMore<N | "Exception">): boolean;
  /** Whether none of the given states is active. */
  not(states: OneOrMore<N | "Exception">): boolean;
  /** Whether any of the given states, or all of any given list, is active. */
  any(...states: readonly OneOrMore<N | "Exception">[]): boolean;
  /** Whether `Exception` is active. */
  isErr(): boolean;
  /** Whether the state's tick is exactly this. */
  isTick(state: N | "Exception", tick: number): boolean;
  /** Whether the ticks of all, or the given, states are exactly these. */
  isTime(time: readonly number[], states?: readonly (N | "Exception")[]): boolean;
  /** Whether the schema has all of these states. */
  has(states: OneOrMore<string>): boolean;
  /** The first of the given states that is active; undefined when none is. */
  switch<const M extends N | "Exception">(...states: readonly M[]): M | undefined;
  /** The state's tick: odd while active. */
  tick(state: N | "Exception"): number;
  /** The ticks of all, or the given, states, in order. */
  time(states?: readonly (N | "Exception")[]): number[];
  /** The sum of the ticks of all, or the given, states. */
  timeSum(states?: readonly (N | "Exception")[]): number;
  /** The ticks of all, or the given, states, by name. */
  clock(states?: readonly (N | "Exception")[]): { readonly [K in N | "Exception"]: number };
  /** Whether any state has ticked since this clock was taken. */
  changedSince(clock: { readonly [K in N | "Exception"]?: number }): boolean;
  /** Ends with the state's present activation; born expired when the state is inactive. */
  stateContext(state: N | "Exception"): Context;
  /** Resolves when all given states are active at the same time. */
  when(states: OneOrMore<N | "Exception">, options?: WaitOptions): Promise<void>;
  /** Resolves when all given states are inactive at the same time. */
  whenNot(states: OneOrMore<N | "Exception">, options?: WaitOptions): Promise<void>;
  /** Resolves when the state is next called, and activated, with these arguments among others. */
  whenArgs(
    state: N | "Exception",
    args: object,
    options?: WaitOptions,
  ): Promise<void>;
  /** Resolves when every state has reached the tick in the same place. */
  whenTime(
    states: readonly (N | "Exception")[],
    ticks: readonly number[],
    options?: WaitOptions,
  ): Promise<void>;
  /** Resolves when the state has ticked `n` times from now. */
  whenTicks(state: N | "Exception", n: number, options?: WaitOptions): Promise<void>;
  /** Resolves when the state has reached the tick. */
  whenTick(state: N | "Exception", tick: number, options?: WaitOptions): Promise<void>;
  /** Resolves when `query` returns true for the clock; asked now and after each change. */
  whenQuery(
    query: (clock: { readonly [K in N | "Exception"]: number }) => boolean,
    options?: WaitOptions,
  ): Promise<void>;
  /** Resolves when `Exception` is active. */
  whenErr(options?: WaitOptions): Promise<void>;
  /** Resolves when no transition runs and nothing waits. */
  whenQueueEnds(options?: WaitOptions): Promise<void>;
  /** Resolves when the machine is disposed. */
  whenDisposed(options?: WaitOptions): Promise<void>;
  /** The active states with their ticks. */
  toString(): string;
}

/** What tells of the changes of a machine that has at least the states `N`. */
export interface Watched<N extends string = string> {
  /** Resolves with the first active one of these states, in the given order, now or later. */
  whenAny<const M extends N | "Exception">(
    states: readonly M[],
    options?: WaitOptions,
  ): Promise<M>;
  /** Calls `fn` after each change, until it is taken back. */
  subscribe(
    fn: (change: Change) => void,
    options?: SubscribeOptions<N | "Exception">,
  ): Unsubscribe;
}

/**
 * The reading half of a machine that has at least the states `N` (and `Exception`), whatever else
 * it has and wherever it runs.
 */
export interface Readable<N extends string = string> extends Clocked<N>, Watched<N> {}

/**
 * A machine that has at least the states `N` (and `Exception`), for functions that serve many
 * machines: every machine with these states can be passed. Arguments are not typed.
 *
 * @example Usage
 * ```ts
 * import { Machine, type MachineWith } from "@asyncmachine/asyncmachine";
 *
 * function start(machine: MachineWith<"Start">): void {
 *   machine.add("Start");
 * }
 * start(new Machine({ Start: {}, Ready: {} }));
 * ```
 */
export interface MachineWith<N extends string = string> extends Readable<N> {
  /** Activates states. */
  add(states: OneOrMore<N | "Exception">, args?: object): Result;
  /** Deactivates states. */
  remove(states: OneOrMore<N | "Exception">, args?: object): Result;
  /** Makes exactly these states active, and what they imply. */
  set(states: OneOrMore<N | "Exception">, args?: object): Result;
  /** Removes the states if all of them are active now, else adds them. */
  toggle(states: OneOrMore<N | "Exception">, args?: object): Result;
  /** Adds the `Exception` state with `{ err }`. */
  addErr(error: unknown, options?: AddErrOptions<N | "Exception">): Result;
  /** Whether an add would be executed now. */
  canAdd(states: OneOrMore<N | "Exception">, args?: object): boolean;
  /** Whether a remove would be executed now. */
  canRemove(states: OneOrMore<N | "Exception">, args?: object): boolean;
  /** Whether a set would be executed now. */
  canSet(states: OneOrMore<N | "Exception">, args?: object): boolean;
  /** Adds one state and resolves with what its `FooState` returned for this call. */
  ask(
    state: N | "Exception",
    args?: object,
    options?: WaitOptions,
  ): Promise<unknown>;
}
