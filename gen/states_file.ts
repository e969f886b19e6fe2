import { compileSchema, mergeSchemas, type Schema, type State } from "../relations/mod.ts";
import { checkIdentifier } from "./identifiers.ts";
import { INHERITABLE } from "./inheritable.ts";
import { InputError } from "./input_error.ts";
import { libraryAddress } from "./paths.ts";
import { checkNames, type StateSpec } from "./states.ts";
import { mergeStates } from "./states_merge.ts";
import { hasRegion, readRegion, type StatesRegion } from "./states_region.ts";
import { exportNames, statesSource } from "./states_source.ts";
import { formOf, withoutMark } from "./text_form.ts";

export { hasRegion, INHERITABLE };

/** What a states file is to contain. */
export interface StatesFileOptions {
  /** The states, in order. */
  readonly states: readonly StateSpec[];
  /** Put before all exported names, for several states files in one module. @default none */
  readonly name?: string;
  /** Names of groups of states; a person fills them. @default none */
  readonly groups?: readonly string[];
  /** Names of schemas of {@linkcode INHERITABLE} to build upon. @default none */
  readonly inherit?: readonly string[];
  /** Relations to add to the states' own. @default none */
  readonly relations?: Schema;
  /**
   * What the library is imported as.
   *
   * @default {"@asyncmachine/asyncmachine"}, or what the existing file has
   */
  readonly library?: string;
  /** The file as it is; what a person wrote in it stays. @default none */
  readonly existing?: string;
}

/** A states file before it is formatted. */
export interface StatesFilePlan {
  /** The source that a first run would make. */
  readonly fresh: string;
  /** The file's text, by the formatted source. */
  finish(fresh: string): string;
}

/**
 * The source of a states file: schema, typed names, groups and a handler type per state. Of an
 * existing one, what it lacks is added, and every character that a person wrote stays.
 *
 * @example Usage
 * ```ts
 * import { parseStates, statesFile } from "@asyncmachine/asyncmachine/gen";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const source = statesFile({ states: parseStates("Foo,Bar:multi") });
 * assertStringIncludes(source, "Bar: { multi: true }");
 * ```
 *
 * @throws {InputError} If a name is double, reserved or unknown, or the existing file is no states file.
 * @throws {SchemaError} If the relations contradict each other.
 */
export function statesFile(options: StatesFileOptions): string {
  const { fresh, finish } = planStatesFile(options);
  return finish(fresh);
}

/** A states file in two steps, between which the source can be formatted. */
export function planStatesFile(options: StatesFileOptions): StatesFilePlan {
  checkOptions(options);
  const { groups = [], existing } = options;
  const mark = existing === undefined ? "" : formOf(existing).mark;
  const old = existing === undefined
    ? undefined
    : readRegion(withoutMark(existing), options.name || undefined);
  const inherit = unique([
    ...old?.schema.bases.filter((one) => Object.hasOwn(INHERITABLE, one)) ?? [],
    ...options.inherit ?? [],
  ]);
  const kept = old ? keptNames(old) : [];
  const inherited = Object.keys(mergeSchemas({}, ...inheritedSchemas(inherit)) as Schema);
  const added = withRelations(options.states, options.relations ?? {}, [...inherited, ...kept]);
  const states = new Map<string, State>(kept.map((name) => [name, {}]));
  for (const { name, state } of added) states.set(name, state);
  const own = [...states].filter(([name]) =>
    !inherited.includes(name) || added.some((one) => one.name === name)
  );
  const names = unique([...inherited, ...states.keys()]);
  checkNames(names);
  const library = options.library === undefined ? undefined : libraryAddress(options.library);
  const fresh = statesSource({
    name: options.name || old?.name || "",
    inherit,
    states: own.map(([name, state]) => ({ name, state })),
    names,
    groups: unique(groups),
    library: library ?? "@asyncmachine/asyncmachine",
  });
  if (!old) return { fresh, finish: (formatted) => formatted };
  return {
    fresh,
    finish: (formatted) =>
      mark + mergeStates({ existing: old, fresh: formatted, inherit, names, library }),
  };
}

function checkOptions({ name, groups = [], inherit = [], library }: StatesFileOptions): void {
  if (name !== undefined && name !== "") checkIdentifier("--name", name);
  for (const group of groups) {
    if (group === "" || group === "__proto__") {
      throw new InputError(`Invalid --groups: "${group}" cannot be the name of a group`);
    }
  }
  for (const one of inherit) {
    if (!Object.hasOwn(INHERITABLE, one)) {
      const known = Object.keys(INHERITABLE).join(", ");
      throw new InputError(`Cannot --inherit "${one}": known are ${known}`);
    }
  }
  if (library !== undefined && library.trim() === "") {
    throw new InputError("Invalid --library: it is empty");
  }
}

/** The states that an existing file has, or lists among the names of those it does not show. */
function keptNames({ schema, literals, name }: StatesRegion): string[] {
  const listed = literals.get(exportNames(name).names)?.properties ?? [];
  return unique([
    ...schema.inherited,
    ...schema.states.keys(),
    ...schema.opaque ? listed.flatMap(({ name }) => name ?? []) : [],
  ]).filter((one) => one !== "Exception");
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function inheritedSchemas(names: readonly string[]): [Schema] {
  return names.map((one) => INHERITABLE[one]) as [Schema];
}

function withRelations(
  specs: readonly StateSpec[],
  relations: Schema,
  known: readonly string[],
): StateSpec[] {
  const merged = mergeSchemas(
    Object.fromEntries(specs.map(({ name, state }) => [name, state])),
    relations,
  ) as Schema;
  const unknown = Object.keys(relations).filter((name) => !specs.some((one) => one.name === name));
  if (unknown.length > 0) {
    throw new InputError(`Relations are given for ${unknown.join(", ")}, which are not generated`);
  }
  // Compiled for its errors: the states of the file and of inherited schemas may be referred to.
  compileSchema({ ...Object.fromEntries(known.map((name) => [name, {}])), ...merged });
  return Object.entries(merged).map(([name, state]) => ({ name, state }));
}
