/*
 * The text of a states file that nobody has edited. What gen made stands between two markers; how
 * it gets into a file that exists is told by `states_file.ts`.
 */
import type { State } from "../relations/mod.ts";
import { identifierOf, inComment, key, quoted } from "./identifiers.ts";
import { schemasAddress } from "./paths.ts";

/** The comment that begins what gen made. */
export const REGION_START = "#region states, made by gen: it keeps relations when it runs again";
/** The comment that ends it. */
export const REGION_END = "#endregion states";

/** What a states file says. */
export interface StatesContent {
  /** Put before all exported names. */
  readonly name: string;
  /** The ready-made schemas that it builds upon. */
  readonly inherit: readonly string[];
  /** Its own states, in order. */
  readonly states: readonly { readonly name: string; readonly state: State }[];
  /** All states, in order. */
  readonly names: readonly string[];
  /** Names of groups. */
  readonly groups: readonly string[];
  /** What the library is imported as. */
  readonly library: string;
}

/** The names of what a states file exports. */
export interface ExportNames {
  /** The constant with the schema. */
  readonly schema: string;
  /** The type of the states. */
  readonly states: string;
  /** The constant with the names. */
  readonly names: string;
  /** The type of a name. */
  readonly nameType: string;
  /** The constant with the groups. */
  readonly groups: string;
}

/** The names of what a states file exports, by what is put before them. */
export function exportNames(name: string): ExportNames {
  const small = (word: string) => name ? name[0].toLowerCase() + name.slice(1) + word : word;
  const [schema, names, groups] = name
    ? [small("Schema"), small("Names"), small("Groups")]
    : ["schema", "names", "groups"];
  return { schema, states: `${name}States`, names, nameType: `${name}Name`, groups };
}

/** What is put before the exported names, by that of the schema; undefined if it is none. */
export function nameOfSchema(schema: string): string | undefined {
  if (schema === "schema") return "";
  const name = /^(.+)Schema$/.exec(schema)?.[1];
  return name && name[0].toUpperCase() + name.slice(1);
}

/** The name of the type of a state's handlers; undefined if the state's name gives none. */
export function handlersType(name: string, state: string): string | undefined {
  const word = identifierOf(state);
  return word && `${name}${word}Handlers`;
}

/** The comment above the type of a state's handlers. */
export function handlersComment(state: string): string {
  return `/** The handlers of ${inComment(state)}. */`;
}

/** The source of a states file. */
export function statesSource(content: StatesContent): string {
  const { name, inherit, states, names, groups, library } = content;
  const exported = exportNames(name);
  const title = name ? `The states of ${inComment(name)}.` : "The states of a machine.";
  const make = inherit.length === 0 ? "defineSchema" : "mergeSchemas";
  const bases = inherit.map((one) => `${one}, `).join("");
  const from = inherit.length === 0
    ? ""
    : `import { ${inherit.join(", ")} } from ${quoted(schemasAddress(library))};\n`;
  const types = new Map<string, string>();
  for (const state of names) {
    const type = handlersType(name, state);
    if (type !== undefined && !types.has(type)) types.set(type, state);
  }
  return `/**
 * ${title}
 *
 * @module
 */
// ${REGION_START}
import { ${make}, type StateHandlers, type StatesOf } from ${quoted(library)};
${from}
/** The states, in order, with their relations. */
export const ${exported.schema} = ${make}(${bases}{
${states.map(({ name, state }) => `  ${key(name)}: ${literal(state)},\n`).join("")}});

/** The states with the types of their arguments. */
export type ${exported.states} = StatesOf<typeof ${exported.schema}>;

/** The names of the states. */
export const ${exported.names} = {
${names.map((one) => `  ${key(one)}: ${quoted(one)},\n`).join("")}} as const;

/** The name of a state. */
export type ${exported.nameType} = keyof typeof ${exported.names};

/** Groups of states. */
export const ${exported.groups} = {
${
    groups.map((group) => `  ${key(group)}: [],\n`).join("")
  }} satisfies Record<string, readonly ${exported.nameType}[]>;

${
    [...types].map(([type, state]) =>
      `${handlersComment(state)}
export type ${type} = StateHandlers<${exported.states}, ${quoted(state)}>;
`
    ).join("\n")
  }// ${REGION_END}
`;
}

/** A value of a schema as source. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object" || value === null) return String(value);
  const parts = Object.entries(value).map(([name, one]) => `${key(name)}: ${literal(one)}`);
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}
