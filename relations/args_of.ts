/** What the type `S` of a `Schema<S>` says about the arguments and answers of its states. */
import type { ExceptionArgs, Marker, Obligatory, Returns } from "./args.ts";
import type { StateNames } from "./schema.ts";

/** The intersection of a union's members. */
export type UnionToIntersection<U> = (U extends unknown ? (u: U) => void : never) extends
  (i: infer I) => void ? I : never;

/*
 * These types are asked per name, many times: none of them may look at all names of `S` to answer for
 * one (`keyof S` does, each time).
 */

/** What the schema's type says of the states `N`; `unknown` when it says nothing. */
export type SaidOf<S, N> = (S & Record<string, unknown>)[N & string] extends infer Said
  ? unknown extends Said ? N extends "Exception" ? ExceptionArgs : unknown : Said
  : never;

/** What a state declares as its arguments; `never` when it declares none. */
export type DeclaredBy<Said> = unknown extends Said ? never
  : [Said] extends [never] ? Readonly<Record<string, never>>
  : Exclude<Said, Marker>;

/** The arguments that the states `N` declare, each in a box, which keeps a union of arguments one. */
export type DeclaredArgs<S, N> = N extends PropertyKey
  ? ([DeclaredBy<SaidOf<S, N>>] extends [never] ? never
    : { readonly args: DeclaredBy<SaidOf<S, N>> })
  : never;

/** The arguments of the states `N`: all that they declare, or any record when none declares some. */
export type ArgsOf<S, N> = [DeclaredArgs<S, N>] extends [never] ? Record<string, unknown>
  : UnionToIntersection<DeclaredArgs<S, N>> extends { readonly args: infer Args } ? Args
  : never;

/** Whether what is said of a state makes its arguments obligatory. */
export type IsObligatory<Said> = unknown extends Said ? false
  : Obligatory extends Said ? true
  : false;

/** Those of the states `N` whose calls must pass arguments. */
export type NeedsArgs<S, N = keyof S> = N extends PropertyKey
  ? IsObligatory<SaidOf<S, N>> extends true ? N : never
  : never;

/**
 * Whether a call of the states `N` may leave its arguments out. It also may when `N` is every state,
 * which is what a misspelt name makes of it: so the typo is reported as the typo.
 */
export type NeedsNone<S, N> = [NeedsArgs<S, N>] extends [never] ? true
  : [StateNames<S>] extends [N] ? true
  : false;

/** The parameter for the arguments of a call of the states `N`; optional unless one needs them. */
export type ArgsParam<S, N> = NeedsNone<S, N> extends true ? [args?: ArgsOf<S, N> | undefined]
  : [args: ArgsOf<S, N>];

/**
 * The arguments that a handler of the state `N` sees: those that a call may leave out are `Partial`.
 * `Exception` comes with its error.
 */
export type EventArgs<S, N> = N extends "Exception" ? ArgsOf<S, N> : SeenArgs<SaidOf<S, N>>;

/** {@linkcode EventArgs} by what is said of the state. */
export type SeenArgs<Said> = unknown extends Said ? Record<string, unknown>
  : DeclaredBy<Said> extends infer Args ? [Args] extends [never] ? Record<string, unknown>
    : [Obligatory] extends [Said] ? Args
    : Partial<Args>
  : never;

/** What a state answers, by what is said of it; `unknown` unless declared. */
export type AnswerBy<Said> = unknown extends Said ? unknown
  : Extract<Said, Returns<unknown>> extends Returns<infer Answer> ? Answer
  : unknown;

/** What each state answers when it is asked. */
export type Answers<S> = {
  [K in keyof S]: AnswerBy<S[K]>;
};

/** What the state `N` answers when it is asked; `unknown` unless declared. */
export type ReturnsOf<S, N> = N extends keyof S ? Answers<S>[N] : unknown;
