import type { ArgsOf, StateNames } from "../relations/mod.ts";
import type { HandlerEvent } from "./event.ts";

/** May refuse a transition by returning `false`; synchronous, reads only. */
export type NegotiationHandler<S, N extends StateNames<S>> = (
  event: HandlerEvent<S, ArgsOf<S, N>>,
) => boolean | void;

/** Acts on a transition; what it returns is ignored, but for a promise's rejection. */
export type FinalHandler<S, N extends StateNames<S>> = (
  event: HandlerEvent<S, ArgsOf<S, N>>,
) => unknown;

/** A negotiation handler whose arguments may be those of another state's mutation. */
export type AnyNegotiationHandler<S> = (
  event: HandlerEvent<S, Record<string, unknown>>,
) => boolean | void;

/** A final handler whose arguments may be those of another state's mutation. */
export type AnyFinalHandler<S> = (event: HandlerEvent<S, Record<string, unknown>>) => unknown;

/** `FooFoo` for each `Foo`. */
export type SelfName<N extends string> = N extends string ? `${N}${N}` : never;

/** The names of the handlers of a machine, without the ones between two states (`FooBar`). */
export type HandlerName<S> =
  | `${StateNames<S>}${"Enter" | "Exit" | "State" | "End"}`
  | SelfName<StateNames<S>>
  | "AnyEnter"
  | "AnyState";

/** The handlers of a machine by name, without the ones between two states (`FooBar`). */
export type Handlers<S> = { [K in HandlerName<S>]?: HandlerOf<S, K> };

/** The handlers of one state. */
export type StateHandlers<S, N extends StateNames<S>> = {
  [K in `${N}${"Enter" | "Exit" | "State" | "End"}` | SelfName<N>]?: HandlerOf<S, K>;
};

/** Names of the wrong form, shown in the compiler's message. */
export interface UnknownHandler<K> {
  /** The name that belongs to no state of the schema. */
  readonly "this name belongs to no state": K;
}

/** The state `B` of `AB`, for some state `A`. Linear in the number of states, per key that gets here. */
export type PairTarget<S, K extends string, A = StateNames<S>> = A extends string
  ? K extends `${A}${infer B}` ? Extract<B, StateNames<S>> : never
  : never;

/** The type of the handler between two states called `K`. */
export type PairHandler<S, K extends string, B = PairTarget<S, K>> = [B] extends [never]
  ? UnknownHandler<K>
  : NegotiationHandler<S, B & StateNames<S>>;

/** The type of the handler called `K`, by the name's ending. */
export type BySuffix<S, K extends string> = K extends `${infer N extends StateNames<S>}State`
  ? FinalHandler<S, N>
  : K extends `${infer N extends StateNames<S>}Enter` ? NegotiationHandler<S, N>
  : K extends `${StateNames<S>}End` ? AnyFinalHandler<S>
  : K extends `${StateNames<S>}Exit` ? AnyNegotiationHandler<S>
  : PairHandler<S, K>;

/** Whether a name starts with an upper-case letter, so that it has to be a handler's. */
export type StartsUpper<K extends string> = K extends `${infer C}${string}`
  ? C extends Lowercase<C> ? false : true
  : false;

/** The type of the handler called `K`; names that start with a lower-case letter are free. */
export type HandlerOf<S, K> = K extends string ? K extends "AnyEnter" ? AnyNegotiationHandler<S>
  : K extends "AnyState" ? AnyFinalHandler<S>
  : StartsUpper<K> extends true ? BySuffix<S, K>
  : unknown
  : unknown;

/** An object or instance of handlers, checked key by key. */
export type HandlersObject<S, K extends PropertyKey> = { [P in K]?: NoInfer<HandlerOf<S, P>> };
