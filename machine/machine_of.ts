import type { ArgsOf, ArgsParam, NeedsNone, ReturnsOf, StateNames } from "../relations/mod.ts";
import type { AnyMachine } from "./any_machine.ts";
import type { Clocked, OneOrMore, Watched } from "./machine_with.ts";
import type { AddErrOptions, Result } from "./mutation.ts";
import type { WaitOptions } from "./wait_options.ts";

/** What follows the state in `ask`: its arguments, optional unless it needs them, and the bounds. */
export type AskParams<S, N> = NeedsNone<S, N> extends true
  ? [args?: ArgsOf<S, N> | undefined, options?: WaitOptions | undefined]
  : [args: ArgsOf<S, N>, options?: WaitOptions | undefined];

/** The mutations of a machine whose schema is `S`: arguments are typed by the states. */
export interface Mutations<S> {
  /** Activates states. */
  add<const N extends StateNames<S>>(states: OneOrMore<N>, ...args: ArgsParam<S, N>): Result;
  /** Deactivates states. */
  remove<const N extends StateNames<S>>(states: OneOrMore<N>, args?: ArgsOf<S, N>): Result;
  /** Makes exactly these states active, and what they imply. */
  set<const N extends StateNames<S>>(states: OneOrMore<N>, ...args: ArgsParam<S, N>): Result;
  /** Removes the states if all of them are active now, else adds them. */
  toggle<const N extends StateNames<S>>(states: OneOrMore<N>, ...args: ArgsParam<S, N>): Result;
  /** Adds the `Exception` state with `{ err }`; anything but an `Error` becomes its `cause`. */
  addErr(error: unknown, options?: AddErrOptions<StateNames<S>>): Result;
}

/** The requests to a machine whose schema is `S`: arguments and answers are typed by the states. */
export interface Requests<S> {
  /** Adds one state and resolves with what its `FooState` returned for this call. */
  ask<const N extends StateNames<S>>(
    state: N,
    ...rest: AskParams<S, N>
  ): Promise<ReturnsOf<S, N>>;
}

/**
 * A machine as its handlers see it: all but the binding of handlers, whose types would refer back
 * to this one. Every `Machine<S>` is one.
 */
export interface MachineOf<S>
  extends
    Omit<AnyMachine, keyof Mutations<S> | keyof Clocked>,
    Clocked<StateNames<S>>,
    Watched<StateNames<S>>,
    Mutations<S>,
    Requests<S> {
  /** Whether an add would be executed now: asks relations and negotiation, changes nothing. */
  canAdd<const N extends StateNames<S>>(states: OneOrMore<N>, ...args: ArgsParam<S, N>): boolean;
  /** Whether a remove would be executed now: asks relations and negotiation, changes nothing. */
  canRemove<const N extends StateNames<S>>(states: OneOrMore<N>, args?: ArgsOf<S, N>): boolean;
  /** Whether a set would be executed now: asks relations and negotiation, changes nothing. */
  canSet<const N extends StateNames<S>>(states: OneOrMore<N>, ...args: ArgsParam<S, N>): boolean;
}
