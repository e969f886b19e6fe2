/** Carries the type of a state's arguments; made by {@linkcode args}, empty at run time. */
export interface ArgsType<Args> {
  /** Exists in the type only. */
  readonly typeOfArgs?: Args;
}

/**
 * Declares the type of a state's arguments.
 *
 * @example Usage
 * ```ts
 * import { args, Machine } from "@asyncmachine/asyncmachine";
 *
 * const machine = new Machine({ Connected: { args: args<{ id: number }>() } });
 * machine.add("Connected", { id: 1 });
 * ```
 */
export function args<Args extends object>(): ArgsType<Args> {
  return {};
}

/** A state's properties and relations. */
export interface State<Name extends string = string, Args = unknown> {
  /** Called by the machine itself after each change, while inactive and not removed. */
  readonly auto?: boolean;
  /** May be called again while active: its handlers run again and it ticks by two. */
  readonly multi?: boolean;
  /** States to activate together with this one. */
  readonly add?: readonly Name[];
  /** States that cannot be active together with this one. */
  readonly remove?: readonly Name[];
  /** States without which this one cannot be active. */
  readonly require?: readonly Name[];
  /** States whose handlers run before this one's. */
  readonly after?: readonly Name[];
  /** The type of the state's arguments, see {@linkcode args}. */
  readonly args?: ArgsType<Args>;
}

/** The state names of a schema whose args are `S`, with the implicit `Exception`. */
export type StateNames<S> = Extract<keyof S, string> | "Exception";

/**
 * All states of a machine, in order. `S` maps each state to the type of its arguments; it is
 * inferred from the literal. Without `S`: any schema.
 */
export type Schema<S = Record<string, unknown>> = {
  readonly [K in keyof S]: State<StateNames<NoInfer<S>>, S[K]>;
};

/** The states of a schema with the types of their arguments: `S` of a `Schema<S>`. */
export type StatesOf<T> = T extends Schema<infer S> ? S : never;

/** What `Exception` is called with. */
export interface ExceptionArgs {
  /** The error. */
  readonly err: Error;
  /** Where a handler threw, if it was one. */
  readonly panic?: Panic;
}

/** Where and during what a handler threw. */
export interface Panic {
  /** The states that the mutation called. */
  readonly calledStates: readonly string[];
  /** The states that were active before. */
  readonly statesBefore: readonly string[];
  /** The transition's number within its machine. */
  readonly transition: number;
  /** The handler's name. */
  readonly handler: string;
  /** The error's stack. */
  readonly stack: string;
}

/** The intersection of a union's members. */
export type UnionToIntersection<U> = (U extends unknown ? (u: U) => void : never) extends
  (i: infer I) => void ? I : never;

/** The union of the arguments that the states `N` declare. */
export type DeclaredArgs<S, N> = N extends keyof S ? (unknown extends S[N] ? never : S[N])
  : N extends "Exception" ? ExceptionArgs
  : never;

/** The arguments of the states `N`: all that they declare, or any record when none declares some. */
export type ArgsOf<S, N> = [DeclaredArgs<S, N>] extends [never] ? Record<string, unknown>
  : UnionToIntersection<DeclaredArgs<S, N>>;

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

/** A schema whose relations may also name the states of `Base`. */
export type SchemaOver<Base, S> = {
  readonly [K in keyof S]: State<NoInfer<StateNames<Base> | StateNames<S>>, S[K]>;
};

/**
 * Merges schemas: the states of all, in order. A later schema may refer to the states of the
 * earlier ones; a state in several gets the union of its relations and the later flags.
 *
 * @example Usage
 * ```ts
 * import { defineSchema, mergeSchemas, Machine } from "@asyncmachine/asyncmachine";
 * import { assertEquals } from "@std/assert";
 *
 * const base = defineSchema({ Start: {} });
 * const machine = new Machine(mergeSchemas(base, { Ready: { auto: true, require: ["Start"] } }));
 * machine.add("Start");
 * assertEquals(machine.toString(), "(Start:1 Ready:1)");
 * ```
 */
export function mergeSchemas<A, B>(a: Schema<A>, b: SchemaOver<A, B>): Schema<A & B>;
/** Merges three schemas. */
export function mergeSchemas<A, B, C>(
  a: Schema<A>,
  b: SchemaOver<A, B>,
  c: SchemaOver<A & B, C>,
): Schema<A & B & C>;
/** Merges four schemas. */
export function mergeSchemas<A, B, C, D>(
  a: Schema<A>,
  b: SchemaOver<A, B>,
  c: SchemaOver<A & B, C>,
  d: SchemaOver<A & B & C, D>,
): Schema<A & B & C & D>;
export function mergeSchemas(...schemas: Schema[]): Schema {
  const merged: Record<string, State> = {};
  for (const schema of schemas) {
    for (const [name, state] of Object.entries(schema)) {
      const before = Object.hasOwn(merged, name) ? merged[name] : {};
      const both: Record<string, unknown> = { ...before, ...state };
      for (const relation of RELATIONS) {
        if (before[relation] && state[relation]) {
          both[relation] = mergeStates(before[relation], state[relation]);
        }
      }
      merged[name] = both;
    }
  }
  return merged;
}

/** The union of lists of states, in order of first appearance. */
export function mergeStates<const N extends string>(...lists: readonly (readonly N[])[]): N[] {
  return [...new Set(lists.flat())];
}

/** The names of the four relations. */
export type Relation = "add" | "remove" | "require" | "after";

/** The four relations. */
export const RELATIONS: readonly Relation[] = ["add", "remove", "require", "after"];
