import { checkNames } from "./checks.ts";
import { checkSchema } from "./clean.ts";
import { SchemaError, suggestion } from "./errors.ts";
import { RELATIONS, type Schema, type State, type StateNames } from "./schema.ts";

/** A schema whose relations and timeouts may also name the states of `Base`. */
export type SchemaOver<Base, S> = {
  readonly [K in keyof S]: State<NoInfer<StateNames<Base> | StateNames<S>>, S[K]>;
};

/**
 * Merges up to eight schemas: the states of all, in order. A later schema may refer to the states
 * of the earlier ones; a state in several gets the union of its relations and timeouts, and the
 * later flags.
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
export function mergeSchemas<A, B, C, D, E, F, G, H>(
  a: Schema<A>,
  b?: SchemaOver<A, B>,
  c?: SchemaOver<A & B, C>,
  d?: SchemaOver<A & B & C, D>,
  e?: SchemaOver<A & B & C & D, E>,
  f?: SchemaOver<A & B & C & D & E, F>,
  g?: SchemaOver<A & B & C & D & E & F, G>,
  h?: SchemaOver<A & B & C & D & E & F & G, H>,
): Schema<A & B & C & D & E & F & G & H>;
export function mergeSchemas(...schemas: (Schema | undefined)[]): Schema {
  const merged: Record<string, State> = {};
  for (const schema of schemas) {
    if (schema !== undefined) checkSchema(schema);
    for (const [name, state] of Object.entries(schema ?? {})) {
      const before = Object.hasOwn(merged, name) ? merged[name] : {};
      const both: Record<string, unknown> = { ...before, ...state };
      for (const relation of RELATIONS) {
        if (before[relation] && state[relation]) {
          both[relation] = mergeStates(before[relation], state[relation]);
        }
      }
      if (before.timeouts && state.timeouts) {
        both.timeouts = { ...before.timeouts, ...state.timeouts };
      }
      merged[name] = both;
    }
  }
  return merged;
}

/** The union of lists of states, in order of first appearance. */
export function mergeStates<const N extends string>(...lists: readonly (readonly N[])[]): N[] {
  for (const list of lists) checkNames("A list of states", list);
  return [...new Set(lists.flat())];
}

/**
 * A group of states of which at most one is active: the same states, each with the `remove` of all
 * the others added. With `group`, these of the states are the group, and may have relations to the rest.
 *
 * @example Usage
 * ```ts
 * import { exclusive, Machine } from "@asyncmachine/asyncmachine";
 * import { assertEquals } from "@std/assert";
 *
 * const machine = new Machine({
 *   ...exclusive({ Idle: {}, Loading: {}, Loaded: {} }),
 *   Online: {},
 * });
 * machine.add(["Loading", "Online"]);
 * machine.add("Loaded");
 * assertEquals(machine.activeStates(), ["Loaded", "Online"]);
 *
 * const other = new Machine(
 *   exclusive({ Idle: {}, Busy: { require: ["Online"] }, Online: {} }, ["Idle", "Busy"]),
 * );
 * other.add(["Idle", "Online"]);
 * other.add("Busy");
 * assertEquals(other.activeStates(), ["Busy", "Online"]);
 * ```
 *
 * @throws {SchemaError} If a state of the group is none of the states.
 */
export function exclusive<S>(
  states: Schema<S>,
  group?: readonly StateNames<NoInfer<S>>[],
): Schema<S>;
export function exclusive(states: Schema, group?: readonly string[]): Schema {
  if (group !== undefined) checkNames("A group of states", group);
  const names = [...new Set(group ?? Object.keys(states))];
  for (const name of names) {
    if (Object.hasOwn(states, name)) continue;
    throw new SchemaError(
      `Unknown state ${JSON.stringify(name)} in a group${suggestion(name, Object.keys(states))}`,
    );
  }
  return Object.fromEntries(
    Object.entries(states).map(([name, state]) => {
      if (!names.includes(name)) return [name, state];
      const others = names.filter((other) => other !== name);
      return [name, { ...state, remove: mergeStates(state.remove ?? [], others) }];
    }),
  );
}
