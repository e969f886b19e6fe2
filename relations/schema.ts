import type { ArgsType, ReturnsType } from "./args.ts";

/** State → milliseconds: see {@linkcode State.timeouts}. */
export type Timeouts<Name extends string = string> = {
  readonly [N in Name]?: number | undefined;
};

/** A state's properties and relations. */
export interface State<Name extends string = string, Args = unknown> {
  /** Called by the machine itself after each change, while inactive and not removed. */
  readonly auto?: boolean | undefined;
  /**
   * May be called again while active: its handlers run again and it ticks by two. With `"latest"`
   * each call has a context of its own, which ends with the next call.
   */
  readonly multi?: boolean | "latest" | undefined;
  /** Lasts for its transition only and then leaves by itself. */
  readonly event?: boolean | undefined;
  /** States to activate together with this one. */
  readonly add?: readonly Name[] | undefined;
  /** States that cannot be active together with this one. */
  readonly remove?: readonly Name[] | undefined;
  /** States without which this one cannot be active. */
  readonly require?: readonly Name[] | undefined;
  /** States whose handlers run before this one's. */
  readonly after?: readonly Name[] | undefined;
  /** States to add when one activation has lasted so many milliseconds. */
  readonly timeouts?: Timeouts<Name> | undefined;
  /** The type of the state's arguments, see {@linkcode args}. */
  readonly args?: ArgsType<Args> | undefined;
  /** The type of what `FooState` returns, see {@linkcode returns}. */
  readonly returns?: ReturnsType<Args> | undefined;
}

/** The state names of a schema whose args are `S`, with the implicit `Exception`. */
export type StateNames<S> = Extract<keyof S, string> | "Exception";

/**
 * All states of a machine, in order. `S` maps each state to the type of its arguments (and what
 * else the state says of calls, see {@linkcode Marker}); it is inferred from the literal. Without
 * `S`: any schema.
 */
export type Schema<S = Record<string, unknown>, Names extends string = StateNames<NoInfer<S>>> = {
  readonly [K in keyof S]: State<Names, S[K]>;
};

/** The states of a schema with the types of their arguments: `S` of a `Schema<S>`. */
export type StatesOf<T> = T extends Schema<infer S> ? S : never;

/** The names of the four relations. */
export type Relation = "add" | "remove" | "require" | "after";

/** The four relations. */
export const RELATIONS: readonly Relation[] = ["add", "remove", "require", "after"];

/**
 * Gives a schema literal its exact type, for use in several places.
 *
 * @example Usage
 * ```ts
 * import { defineSchema, Machine } from "@asyncmachine/asyncmachine";
 * import { assertEquals } from "@std/assert";
 *
 * const schema = defineSchema({ Foo: { add: ["Bar"] }, Bar: {} });
 * const machine = new Machine(schema);
 * machine.add("Foo");
 * assertEquals(machine.activeStates(), ["Foo", "Bar"]);
 * ```
 */
export function defineSchema<S>(schema: Schema<S>): Schema<S> {
  return schema;
}
