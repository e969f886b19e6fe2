import { SchemaError, StateUnknownError, suggestion } from "./errors.ts";
import { RELATIONS, type Schema, type State } from "./schema.ts";
import { contains, emptySet, insert, type StateSet } from "./state_set.ts";

/** A schema by state index, validated; shared by all machines made from the same object. */
export interface CompiledSchema {
  /** State names by index, `Exception` included. */
  readonly names: readonly string[];
  /** Name → index. */
  readonly indexes: ReadonlyMap<string, number>;
  /** The cleaned-up states: no duplicates, no self-references, `add` wins over `remove`. */
  readonly states: Schema;
  /** The index of `Exception`. */
  readonly exception: number;
  /** Whether a state is multi, by index. */
  readonly multi: readonly boolean[];
  /** The auto states, ascending. */
  readonly autos: readonly number[];
  /** Relations by index. */
  readonly add: readonly (readonly number[])[];
  /** Relations by index. */
  readonly remove: readonly (readonly number[])[];
  /** Relations by index. */
  readonly require: readonly (readonly number[])[];
  /** Who removes a state, by index. */
  readonly removedBy: readonly (readonly number[])[];
  /** Who requires a state, by index. */
  readonly requiredBy: readonly (readonly number[])[];
  /** The states that must enter before a state because of `require`; undefined = none. */
  readonly entersAfter: readonly (StateSet | undefined)[];
  /** The states that must leave before a state because of `require`; undefined = none. */
  readonly leavesAfter: readonly (StateSet | undefined)[];
  /** The states that a state comes after because of `after`; undefined = none. */
  readonly comesAfter: readonly (StateSet | undefined)[];
}

const compiledSchemas = new WeakMap<object, CompiledSchema>();

/**
 * Compiles a schema, once per object: don't change a schema object after its first use.
 *
 * @throws {SchemaError} If it names an unknown state, requires what it removes, or if `after` has
 * a cycle.
 */
export function compileSchema(schema: Schema): CompiledSchema {
  let compiled = compiledSchemas.get(schema);
  if (!compiled) compiledSchemas.set(schema, compiled = compile(schema));
  return compiled;
}

/**
 * The index of a state.
 *
 * @throws {StateUnknownError} If there is no such state.
 */
export function indexOf(schema: CompiledSchema, name: string): number {
  const index = schema.indexes.get(name);
  if (index === undefined) throw new StateUnknownError(name, schema.names);
  return index;
}

function compile(schema: Schema): CompiledSchema {
  if (typeof schema !== "object" || schema === null) {
    throw new SchemaError(`Cannot compile the schema: it is ${schema}, expected an object`);
  }
  const names = Object.keys(schema);
  if (!names.includes("Exception")) names.push("Exception");
  const indexes = new Map(names.map((name, index) => [name, index]));
  const states: Record<string, State> = {};
  const byIndex = names.map((name) => {
    const given = Object.hasOwn(schema, name) ? schema[name] : { multi: true };
    const state = cleanState(name, given, indexes);
    Object.defineProperty(states, name, { value: state, enumerable: true });
    return state;
  });
  const related = (relation: "add" | "remove" | "require" | "after"): number[][] =>
    byIndex.map((state) => (state[relation] ?? []).map((name) => indexes.get(name)!));
  const [add, remove, require, after] = RELATIONS.map(related);
  const reachable = closures(require);
  const entersAfter = reachable.map((set, state) =>
    without(set, (s) => inCycle(reachable, state, s))
  );
  return {
    names,
    indexes,
    states,
    exception: indexes.get("Exception")!,
    multi: byIndex.map((state) => state.multi === true),
    autos: names.flatMap((_, index) => byIndex[index].auto === true ? [index] : []),
    add,
    remove,
    require,
    removedBy: inverse(remove),
    requiredBy: inverse(require),
    entersAfter,
    leavesAfter: inverseSets(entersAfter),
    comesAfter: acyclic(closures(after), names),
  };
}

const FIELDS: readonly string[] = [...RELATIONS, "auto", "multi", "args"];

function cleanState(name: string, given: State, indexes: ReadonlyMap<string, number>): State {
  if (typeof given !== "object" || given === null) {
    throw new SchemaError(`State ${JSON.stringify(name)} is ${given}, expected an object`);
  }
  for (const field in given) {
    if (FIELDS.includes(field)) continue;
    throw new SchemaError(
      `Unknown field ${JSON.stringify(field)} in ${name}${suggestion(field, FIELDS)}`,
    );
  }
  const state: { -readonly [K in keyof State]: State[K] } = { ...given };
  for (const relation of RELATIONS) {
    const list = given[relation];
    if (list === undefined) continue;
    if (!Array.isArray(list)) {
      throw new SchemaError(`${name}.${relation} is not a list of state names`);
    }
    for (const other of list) {
      if (!indexes.has(other)) {
        throw new SchemaError(
          `Unknown state ${JSON.stringify(other)} in ${name}.${relation}` +
            suggestion(other, indexes.keys()),
        );
      }
    }
    state[relation] = [...new Set(list)].filter((other) => other !== name);
  }
  if (state.remove && state.add) {
    const { add } = state;
    state.remove = state.remove.filter((other) => !add.includes(other));
  }
  const contradiction = state.require?.find((other) => state.remove?.includes(other));
  if (contradiction !== undefined) {
    throw new SchemaError(
      `State ${JSON.stringify(name)} requires and removes ${JSON.stringify(contradiction)}`,
    );
  }
  return state;
}

function inverse(relation: readonly (readonly number[])[]): number[][] {
  const out: number[][] = relation.map(() => []);
  relation.forEach((others, state) => others.forEach((other) => out[other].push(state)));
  return out;
}

/** Per state everything that is reachable over the relation; itself only as part of a cycle. */
function closures(relation: readonly (readonly number[])[]): (StateSet | undefined)[] {
  return relation.map((others) => {
    if (others.length === 0) return undefined;
    const reached = emptySet(relation.length);
    const stack = [...others];
    while (stack.length > 0) {
      const state = stack.pop()!;
      if (contains(reached, state)) continue;
      insert(reached, state);
      stack.push(...relation[state]);
    }
    return reached;
  });
}

function inCycle(reachable: readonly (StateSet | undefined)[], a: number, b: number): boolean {
  const back = reachable[b];
  return back !== undefined && contains(back, a);
}

function without(
  set: StateSet | undefined,
  excluded: (state: number) => boolean,
): StateSet | undefined {
  if (!set) return undefined;
  const kept = emptySet(set.length * 32);
  for (let state = 0; state < set.length * 32; state++) {
    if (contains(set, state) && !excluded(state)) insert(kept, state);
  }
  return kept.some((word) => word !== 0) ? kept : undefined;
}

function inverseSets(sets: readonly (StateSet | undefined)[]): (StateSet | undefined)[] {
  const out: (StateSet | undefined)[] = new Array(sets.length).fill(undefined);
  sets.forEach((set, state) => {
    if (!set) return;
    for (let other = 0; other < sets.length; other++) {
      if (contains(set, other)) insert(out[other] ??= emptySet(sets.length), state);
    }
  });
  return out;
}

function acyclic(
  after: (StateSet | undefined)[],
  names: readonly string[],
): (StateSet | undefined)[] {
  const cycle = names.filter((_, state) => {
    const set = after[state];
    return set !== undefined && contains(set, state);
  });
  if (cycle.length > 0) {
    throw new SchemaError(`The states ${cycle.join(", ")} are after each other in a cycle`);
  }
  return after;
}
