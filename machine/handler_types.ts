/**
 * The types of handlers by their names. `M` is the machine's type as `event.machine` shows it:
 * `Machine<S>` says it when it binds, so that these types need not know that class.
 */
import type { AnswerBy, EventArgs, SaidOf, StateNames } from "../relations/mod.ts";
import type { HandlerEvent } from "./handler_event.ts";
import type { MachineOf } from "./machine_of.ts";

/** May refuse a transition by returning `false`; synchronous, reads only. */
export type NegotiationHandler<S, N extends string, M = MachineOf<S>> = (
  event: HandlerEvent<S, EventArgs<S, N>, M>,
) => boolean | void;

/** What a final handler may return: anything, unless the state declares what it answers. */
export type Answer<R> = unknown extends R ? unknown : R | Promise<R>;

/** Acts on a transition; what it returns is the answer to those who asked. */
export type FinalHandler<S, N extends string, M = MachineOf<S>> = (
  event: HandlerEvent<S, EventArgs<S, N>, M>,
) => Answer<AnswerBy<SaidOf<S, N>>>;

/** A negotiation handler whose arguments may be those of another state's mutation. */
export type AnyNegotiationHandler<S, M = MachineOf<S>> = (
  event: HandlerEvent<S, Record<string, unknown>, M>,
) => boolean | void;

/** A final handler whose arguments may be those of another state's mutation. */
export type AnyFinalHandler<S, M = MachineOf<S>> = (
  event: HandlerEvent<S, Record<string, unknown>, M>,
) => unknown;

/** `FooFoo` for each `Foo`. */
export type SelfName<N extends string> = N extends string ? `${N}${N}` : never;

/** The names of the handlers of a machine, without the ones between two states (`FooBar`). */
export type HandlerName<S> =
  | `${StateNames<S>}${"Enter" | "Exit" | "State" | "End"}`
  | SelfName<StateNames<S>>
  | "AnyEnter"
  | "AnyState";

/** The handlers of a machine by name, without the ones between two states (`FooBar`). */
export type Handlers<S, M = MachineOf<S>> = { [K in HandlerName<S>]?: HandlerOf<S, K, M> };

/** The handlers of one state. */
export type StateHandlers<S, N extends StateNames<S>, M = MachineOf<S>> = {
  [K in `${N}${"Enter" | "Exit" | "State" | "End"}` | SelfName<N>]?: HandlerOf<S, K, M>;
};

/** Names of the wrong form, shown in the compiler's message. */
export interface UnknownHandler<K> {
  /** The name that belongs to no state of the schema. */
  readonly "this name belongs to no state": K;
}

/*
 * `Names` are the names of all states, handed down: to make them anew for each key is what makes the
 * check of many handlers slow.
 */

/**
 * The state `B` of `AB`, for some state `A`. Tries each place to split the name, so that it takes as
 * long as the name and not as the schema.
 */
export type PairTarget<Names, K extends string, Head extends string = ""> = K extends
  `${infer C}${infer Tail}`
  ? Tail extends Names ? `${Head}${C}` extends Names ? Tail : PairTarget<Names, Tail, `${Head}${C}`>
  : PairTarget<Names, Tail, `${Head}${C}`>
  : never;

/** The type of the handler called exactly `K`; `never` when this name belongs to no state. */
export type ExactHandler<S, K extends string, M = MachineOf<S>, Names = StateNames<S>> = K extends
  "AnyEnter" ? AnyNegotiationHandler<S, M>
  : K extends "AnyState" ? AnyFinalHandler<S, M>
  : K extends `${infer N}State`
    ? N extends Names ? FinalHandler<S, N, M> : PairHandler<S, K, M, Names>
  : K extends `${infer N}Enter`
    ? N extends Names ? NegotiationHandler<S, N, M> : PairHandler<S, K, M, Names>
  : K extends `${infer N}End`
    ? N extends Names ? AnyFinalHandler<S, M> : PairHandler<S, K, M, Names>
  : K extends `${infer N}Exit`
    ? N extends Names ? AnyNegotiationHandler<S, M> : PairHandler<S, K, M, Names>
  : PairHandler<S, K, M, Names>;

/** The type of the handler between two states called exactly `K`; `never` when it is none. */
export type PairHandler<S, K extends string, M, Names> = PairTarget<Names, K> extends
  infer B extends string ? [B] extends [never] ? never : NegotiationHandler<S, B, M> : never;

/** The name with the other case of its first letter. */
export type Flipped<K extends string> = K extends `${infer C}${infer Rest}`
  ? C extends Uppercase<C> ? `${Lowercase<C>}${Rest}` : `${Uppercase<C>}${Rest}`
  : never;

/** Whether a name that is no handler's must be a slip: it is capitalised, or only its first letter's case is wrong. */
export type IsSlip<S, K extends string, Names = StateNames<S>> = K extends `${infer C}${string}`
  ? C extends Lowercase<C>
    ? [ExactHandler<S, Flipped<K>, unknown, Names>] extends [never] ? false : true
  : true
  : false;

/** The type of the handler called `K`; names that could not be meant as a handler's are free. */
export type HandlerOf<S, K, M = MachineOf<S>, Names = StateNames<S>> = K extends string
  ? ExactHandler<S, K, M, Names> extends infer H
    ? [H] extends [never] ? IsSlip<S, K, Names> extends true ? UnknownHandler<K> : unknown
    : H
  : never
  : unknown;

/** The type of the handler called exactly `K`, and an error for every other name. */
export type NamedHandler<S, K extends string, M = MachineOf<S>> = ExactHandler<S, K, M> extends
  infer H ? [H] extends [never] ? UnknownHandler<K> : H : never;

/** An object or instance of handlers, checked key by key. */
export type HandlersObject<S, K extends PropertyKey, M = MachineOf<S>, Names = StateNames<S>> = {
  [P in K]?: HandlerOf<S, P, M, Names>;
};
