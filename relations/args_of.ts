/** What the type `S` of a `Schema<S>` says about the arguments and answers of its states. */
import type { ExceptionArgs, Marker, Obligatory, Returns } from "./args.ts";
import type { StateNames } from "./schema.ts";

/** The intersection of a union's members. */
export type UnionToIntersection<U> = (U extends unknown ? (u: U) => void : never) extends
  (i: infer I) => void ? I : never;

/** What a state declares as its arguments; `never` when it declares none. */
export type DeclaredBy<T> = unknown extends T ? never
  : [T] extends [never] ? Readonly<Record<string, never>>
  : Exclude<T, Marker>;

/** The arguments that the states `N` declare, each in a box, which keeps a union of arguments one. */
export type DeclaredArgs<S, N> = N extends keyof S
  ? ([DeclaredBy<S[N]>] extends [never] ? never : { readonly args: DeclaredBy<S[N]> })
  : N extends "Exception" ? { readonly args: ExceptionArgs }
  : never;

/** The arguments of the states `N`: all that they declare, or any record when none declares some. */
export type ArgsOf<S, N> = [DeclaredArgs<S, N>] extends [never] ? Record<string, unknown>
  : UnionToIntersection<DeclaredArgs<S, N>> extends { readonly args: infer Args } ? Args
  : never;

/** The names of the states whose calls must pass arguments. */
export type NeedsArgs<S> = {
  [K in keyof S]: unknown extends S[K] ? never : Obligatory extends S[K] ? K : never;
}[keyof S];

/**
 * Whether a call of the states `N` may leave its arguments out. It also may when `N` is every state,
 * which is what a misspelt name makes of it: so the typo is reported as the typo.
 */
export type NeedsNone<S, N> = [Extract<N, NeedsArgs<S>>] extends [never] ? true
  : [StateNames<S>] extends [N] ? true
  : false;

/** The parameter for the arguments of a call of the states `N`; optional unless one needs them. */
export type ArgsParam<S, N> = NeedsNone<S, N> extends true ? [args?: ArgsOf<S, N> | undefined]
  : [args: ArgsOf<S, N>];

/** The arguments that a handler of the state `N` sees: those of a call that may leave them out are `Partial`. */
export type EventArgs<S, N> = N extends NeedsArgs<S> ? ArgsOf<S, N>
  : N extends keyof S ? Partial<ArgsOf<S, N>>
  : ArgsOf<S, N>;

/** What each state answers when it is asked. */
export type Answers<S> = {
  [K in keyof S]: unknown extends S[K] ? unknown
    : Extract<S[K], Returns<unknown>> extends Returns<infer Answer> ? Answer
    : unknown;
};

/** What the state `N` answers when it is asked; `unknown` unless declared. */
export type ReturnsOf<S, N> = N extends keyof S ? Answers<S>[N] : unknown;
