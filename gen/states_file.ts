import { compileSchema, mergeSchemas, type Schema, type State } from "../relations/mod.ts";
import { basic, connected } from "../schemas/mod.ts";
import { type Entry, literalEntries, REGION_END, REGION_START, splitRegion } from "./region.ts";
import { checkNames, InputError, type StateSpec } from "./states.ts";

/** The schemas that a states file can inherit, by name. */
export const INHERITABLE: Readonly<Record<string, Schema>> = { basic, connected };

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
  /** What the library is imported as. @default {"@asyncmachine/asyncmachine"} */
  readonly library?: string;
  /** The file as it is; what a person wrote in it stays. @default none */
  readonly existing?: string;
}

/**
 * The source of a states file: schema, typed names, groups and a handler type per state.
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
  const { name = "", inherit = [], existing } = options;
  for (const one of inherit) {
    if (!Object.hasOwn(INHERITABLE, one)) {
      const known = Object.keys(INHERITABLE).join(", ");
      throw new InputError(`Cannot inherit "${one}": known are ${known}`);
    }
  }
  const parts = existing === undefined ? null : splitRegion(existing);
  const kept = parts ? literalEntries(parts.region, /(?:defineSchema\(|, )\{(?=\s)/) : [];
  const keptGroups = parts ? literalEntries(parts.region, /roups = \{(?=[\s}])/) : [];
  const inherited = Object.keys(mergeSchemas({}, ...inheritedSchemas(inherit)) as Schema);
  const added = withRelations(options.states, options.relations ?? {}, [
    ...inherited,
    ...kept.map((entry) => entry.name),
  ]);
  const entries = mergeEntries(
    kept,
    added.map(({ name, state }) => ({ name, value: text(state) })),
  );
  const names = [...new Set([...inherited, ...entries.map((entry) => entry.name)])];
  checkNames(names);
  const groups = mergeEntries(
    keptGroups,
    (options.groups ?? []).map((group) => ({ name: group, value: "[]" })),
  );
  const region = source({
    name,
    inherit,
    entries,
    names,
    groups,
    library: options.library ?? "@asyncmachine/asyncmachine",
    importArgs: entries.some(({ value }) => /\bargs</.test(value)) &&
      !(parts && /import\s[^;]*\bargs\b/.test(parts.before + parts.after)),
  });
  if (parts) return parts.before + region + parts.after;
  const title = name ? `The states of ${name}.` : "The states of a machine.";
  return `/**\n * ${title}\n *\n * @module\n */\n${region}\n`;
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

/** The entries of the file in their order, those not yet touched made anew, and the new ones. */
function mergeEntries(
  kept: readonly Entry[],
  made: readonly { readonly name: string; readonly value: string }[],
): Entry[] {
  const fresh = new Map(made.map((entry) => [entry.name, { comments: "", ...entry }]));
  const merged = kept.map((entry) => {
    const one = fresh.get(entry.name);
    fresh.delete(entry.name);
    return one && /^(\{\s*\}|\[\s*\])$/.test(entry.value)
      ? { ...one, comments: entry.comments }
      : entry;
  });
  return [...merged, ...fresh.values()];
}

function text(state: State): string {
  const parts = Object.entries(state).map(([key, value]) =>
    `${key}: ${Array.isArray(value) ? list(value) : JSON.stringify(value)}`
  );
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

function list(names: readonly string[]): string {
  return `[${names.map((name) => JSON.stringify(name)).join(", ")}]`;
}

interface Content {
  readonly name: string;
  readonly inherit: readonly string[];
  readonly entries: readonly Entry[];
  readonly names: readonly string[];
  readonly groups: readonly Entry[];
  readonly library: string;
  readonly importArgs: boolean;
}

function source({ name, inherit, entries, names, groups, library, importArgs }: Content): string {
  const camel = (word: string) => name ? name[0].toLowerCase() + name.slice(1) + word : word;
  const [schema, namesOf, groupsOf] = name
    ? [camel("Schema"), camel("Names"), camel("Groups")]
    : ["schema", "names", "groups"];
  const states = `${name}States`;
  const imported = [
    ...(importArgs ? ["args"] : []),
    ...(inherit.length === 0 ? ["defineSchema"] : ["mergeSchemas"]),
    "type StateHandlers",
    "type StatesOf",
  ];
  const literal = entries.map(({ comments, name, value }) =>
    `${comments ? `  ${comments}\n` : ""}  ${name}: ${value},\n`
  ).join("");
  return `${REGION_START}
import { ${imported.join(", ")} } from "${library}";
${inherit.length > 0 ? `import { ${inherit.join(", ")} } from "${library}/schemas";\n` : ""}
/** The states, in order, with their relations. */
export const ${schema} = ${
    inherit.length === 0 ? "defineSchema(" : `mergeSchemas(${inherit.join(", ")}, `
  }{
${literal}});

/** The states with the types of their arguments. */
export type ${states} = StatesOf<typeof ${schema}>;

/** The names of the states. */
export const ${namesOf} = {
${names.map((one) => `  ${one}: ${JSON.stringify(one)},\n`).join("")}} as const;

/** The name of a state. */
export type ${name}Name = keyof typeof ${namesOf};

/** Groups of states. */
export const ${groupsOf} = {
${
    groups.map(({ comments, name, value }) =>
      `${comments ? `  ${comments}\n` : ""}  ${name}: ${value},\n`
    ).join("")
  }} satisfies Record<string, readonly ${name}Name[]>;

${
    names.map((one) =>
      `/** The handlers of ${one}. */
export type ${name}${one}Handlers = StateHandlers<${states}, "${one}">;
`
    ).join("\n")
  }${REGION_END}`;
}
