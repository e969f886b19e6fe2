import type { Context } from "../clock/mod.ts";
import type { Transition } from "./any_machine.ts";
import type { ArgsParam, StateNames } from "../relations/mod.ts";
import type { MachineOf, Mutations, Requests } from "./machine_of.ts";
import type { OneOrMore } from "./machine_with.ts";
import type { Mutation, MutationSource } from "./mutation.ts";

/**
 * What a handler receives. Mutations made through it carry their source for tracers, and are
 * `canceled` once its context has expired, so that a late asynchronous result changes nothing.
 * `M` is the type of its machine: `Machine<S>` where a machine binds the handler.
 */
export interface HandlerEvent<
  S = Record<string, unknown>,
  Args = Record<string, unknown>,
  M = MachineOf<S>,
> extends Mutations<S>, Requests<S> {
  /** The handler's name. */
  readonly name: string;
  /** The transition that the handler is part of. */
  readonly transition: Transition;
  /** The machine. */
  readonly machine: M;
  /** The mutation's arguments; empty when it has none. */
  readonly args: Args;
  /** The mutation that is being processed. */
  readonly mutation: Mutation;
  /** In `FooState` the context of Foo's activation, elsewhere the machine's. */
  readonly context: Context;
  /** Aborts when the context ends. */
  readonly signal: AbortSignal;
  /** Whether the context has ended. */
  readonly expired: boolean;
  /** Where mutations made through this event come from. */
  readonly source: MutationSource;
  /** Whether `machine.resume` called the handler, for an activation that came by `importTime`. */
  readonly resumed: boolean;
  /**
   * The mutations of another machine, with this event as their source, and `canceled` once its context
   * has ended: for asynchronous handlers. In the synchronous part all mutations have the source.
   */
  with<T>(other: MachineOf<T>): Mutations<T>;
  /**
   * Adds states after so many milliseconds, once, accepted or not, unless the context ends first.
   *
   * @throws {RangeError} If the time is no number from 0 up.
   */
  addAfter<const N extends StateNames<S>>(
    ms: number,
    states: OneOrMore<N>,
    ...args: ArgsParam<S, N>
  ): void;
  /**
   * Resolves after so many milliseconds; rejects with the context's reason when it ends first.
   *
   * @throws {RangeError} If the time is no number from 0 up.
   */
  sleep(ms: number): Promise<void>;
}
