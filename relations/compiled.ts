import { checkSchema, cleanStates } from "./clean.ts";
import { wrongType } from "./checks.ts";
import { SchemaError, StateUnknownError } from "./errors.ts";
import { cycles } from "./cycles.ts";
import { RELATIONS, type Schema } from "./schema.ts";

/** When an activation that lasts leads to another state. */
export interface CompiledTimeout {
  /** The index of the state to add. */
  readonly adds: number;
  /** After how many milliseconds. */
  readonly ms: number;
}

/** A schema by state index, validated; shared by all machines whose schemas mean the same. */
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
  /** Whether each call of a state has a context of its own (`multi: "latest"`), by index. */
  readonly latest: readonly boolean[];
  /** Whether a state lasts for its transition only, by index. */
  readonly event: readonly boolean[];
  /** Whether calls of a state must pass arguments, by index. */
  readonly needsArgs: readonly boolean[];
  /** Whether a state is one of the three above: most schemas have none, and pay nothing for them. */
  readonly special: boolean;
  /** The timeouts of each state, by index; `null` when no state has any. */
  readonly timeouts: readonly (readonly CompiledTimeout[])[] | null;
  /** The auto states, ascending. */
  readonly autos: readonly number[];
  /** Relations by index. */
  readonly add: readonly (readonly number[])[];
  /** Relations by index. */
  readonly remove: readonly (readonly number[])[];
  /** Relations by index. */
  readonly require: readonly (readonly number[])[];
  /** Relations by index. */
  readonly after: readonly (readonly number[])[];
  /** Who removes a state, by index. */
  readonly removedBy: readonly (readonly number[])[];
  /** Who requires a state, by index. */
  readonly requiredBy: readonly (readonly number[])[];
  /** The number of the cycle of `require` that a state is in, by index; states outside have their own. */
  readonly requireCycle: readonly number[];
}

/** What was compiled, by the schema object, and by what the object says. */
const byObject = new WeakMap<object, CompiledSchema>();
const byContent = new Map<string, WeakRef<CompiledSchema>>();
/** Forgets schemas that no machine uses any more. */
const forgotten = new FinalizationRegistry((content: string) => {
  if (byContent.get(content)?.deref() === undefined) byContent.delete(content);
});

/**
 * Compiles a schema: once per object, and once for all objects that say the same. Don't change a
 * schema object after its first use.
 *
 * @throws {SchemaError} If it names an unknown state, contradicts itself, or if `after` has a cycle.
 */
export function compileSchema(schema: Schema): CompiledSchema {
  const known = byObject.get(schema);
  if (known !== undefined) return known;
  const content = checkSchema(schema);
  let compiled = byContent.get(content)?.deref();
  if (compiled === undefined) {
    compiled = compile(schema);
    byContent.set(content, new WeakRef(compiled));
    forgotten.register(compiled, content);
  }
  byObject.set(schema, compiled);
  return compiled;
}

/**
 * The index of a state.
 *
 * @throws {StateUnknownError} If there is no such state.
 */
export function indexOf(schema: CompiledSchema, name: string): number {
  const index = schema.indexes.get(name);
  if (index !== undefined) return index;
  if (typeof name !== "string") throw wrongType("A state", name, "its name");
  throw new StateUnknownError(name, schema.names);
}

function compile(schema: Schema): CompiledSchema {
  const states = cleanStates(schema);
  const names = Object.keys(states);
  const indexes = new Map(names.map((name, index) => [name, index]));
  const byIndex = names.map((name) => states[name]);
  const [add, remove, require, after] = RELATIONS.map((relation) =>
    byIndex.map((state) => state[relation]?.map((name) => indexes.get(name)!) ?? NONE)
  );
  const timeouts = byIndex.map(({ timeouts }) =>
    timeouts === undefined ? NO_TIMEOUTS : Object.keys(timeouts).map((name) => ({
      adds: indexes.get(name)!,
      ms: timeouts[name]!,
    }))
  );
  checkAfter(after, names);
  const multi = byIndex.map((state) => Boolean(state.multi));
  const latest = byIndex.map((state) => state.multi === "latest");
  const event = byIndex.map((state) => state.event === true);
  const needsArgs = byIndex.map((state) => state.args?.required === true);
  return {
    names,
    indexes,
    states,
    exception: indexes.get("Exception")!,
    multi,
    latest,
    event,
    needsArgs,
    special: [latest, event, needsArgs].some((list) => list.includes(true)),
    timeouts: timeouts.some((list) => list.length > 0) ? timeouts : null,
    autos: names.flatMap((_, index) => byIndex[index].auto === true ? [index] : []),
    add,
    remove,
    require,
    after,
    removedBy: inverse(remove),
    requiredBy: inverse(require),
    requireCycle: cycles(require),
  };
}

const NONE: readonly number[] = [];
const NO_TIMEOUTS: readonly CompiledTimeout[] = [];

function inverse(relation: readonly (readonly number[])[]): (readonly number[])[] {
  const out: number[][] = relation.map(() => NONE as number[]);
  relation.forEach((others, state) => {
    for (const other of others) {
      if (out[other] === NONE) out[other] = [state];
      else out[other].push(state);
    }
  });
  return out;
}

function checkAfter(after: readonly (readonly number[])[], names: readonly string[]): void {
  const cycle = cycles(after);
  const sizes = new Map<number, number>();
  for (const of of cycle) sizes.set(of, (sizes.get(of) ?? 0) + 1);
  const wrong = names.filter((_, state) => sizes.get(cycle[state])! > 1);
  if (wrong.length > 0) {
    throw new SchemaError(`The states ${wrong.join(", ")} are after each other in a cycle`);
  }
}
