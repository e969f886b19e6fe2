/*
 * Reads what stands where in a states file: its places only, nothing is made or changed here. A
 * real parser does it, since a person may write anything that TypeScript knows.
 */
import { parse, type ParserOptions } from "@babel/parser";
import { INHERITABLE } from "./inheritable.ts";
import { InputError } from "./input_error.ts";
import { nameOfSchema, REGION_END, REGION_START } from "./states_source.ts";

type Statement = ReturnType<typeof parse>["program"]["body"][number];
type Expression = Extract<Statement, { type: "ExpressionStatement" }>["expression"];
type Import = Extract<Statement, { type: "ImportDeclaration" }>;

/** A piece of the text. */
export interface Place {
  /** Where it begins. */
  readonly start: number;
  /** Behind its last character. */
  readonly end: number;
}

/** An entry of an object literal. */
export interface Property extends Place {
  /** The key, when it is known; that of a spread is not. */
  readonly name?: string;
  /** The value, when there is one. */
  readonly value?: Place;
}

/** An object literal. */
export interface ObjectLiteral extends Place {
  /** Its entries, in order. */
  readonly properties: readonly Property[];
}

/** The call that makes the schema. */
export interface SchemaCall {
  /** The name of the constant. */
  readonly name: string;
  /** What is called: `defineSchema` or `mergeSchemas`. */
  readonly callee: Place & { readonly name: string };
  /** The names of what it is called with, where these are names. */
  readonly bases: readonly string[];
  /** Its last argument, if that is an object literal. */
  readonly literal?: ObjectLiteral;
  /** All entries that can be seen, also of spreads and of `exclusive({…})`, by name. */
  readonly states: ReadonlyMap<string, Property>;
  /** Names of the states of its bases. */
  readonly inherited: readonly string[];
  /** Whether there are states that cannot be seen here. */
  readonly opaque: boolean;
}

/** An import of the region. */
export interface ImportPlace extends Place {
  /** What is imported, by its own name. */
  readonly specifiers: readonly (Place & { readonly name: string })[];
  /** The address, in its quotes. */
  readonly source: Place & { readonly address: string };
  /** Whether it is `import type`. */
  readonly typeOnly: boolean;
}

/** A states file, read. */
export interface StatesRegion {
  /** The text. */
  readonly text: string;
  /** Between the markers. */
  readonly region: Place;
  /** Put before all exported names. */
  readonly name: string;
  /** How the schema is made. */
  readonly schema: SchemaCall;
  /** The region's declarations by name. */
  readonly declarations: ReadonlyMap<string, Place>;
  /** The region's constants that are object literals, by name. */
  readonly literals: ReadonlyMap<string, ObjectLiteral>;
  /** The region's imports. */
  readonly imports: readonly ImportPlace[];
  /** Every name that is called in the region, as `foo()` or `foo.bar()`. */
  readonly called: ReadonlySet<string>;
  /** Every name that is declared or imported anywhere in the file. */
  readonly known: ReadonlySet<string>;
  /** All comments of the file. */
  readonly comments: readonly Place[];
}

/** Whether a text is a states file. */
export function hasRegion(text: string): boolean {
  return text.split("\n").some((line) => line.trim() === `// ${REGION_START}`);
}

/**
 * Reads a states file, which must not begin with a byte order mark.
 *
 * @param name Which region, by what is put before its exported names, when there are several.
 * @throws {InputError} If it cannot be read.
 */
export function readRegion(text: string, name?: string): StatesRegion {
  const { program, comments } = parsed(text);
  const places = (comments ?? []).map((comment) => ({
    ...placeOf(comment),
    text: comment.value.trim(),
  }));
  const regions = places.filter((one) => one.text === REGION_START).map((marker) => ({
    start: marker.end,
    end: places.find((one) => one.start > marker.end && one.text === REGION_END)?.start,
  }));
  if (regions.length === 0) {
    throw new InputError(`It is not a states file: the line "// ${REGION_START}" is missing`);
  }
  const known = new Set(program.body.flatMap(namesDeclared));
  const read = regions.map(({ start, end }): StatesRegion => {
    if (end === undefined) throw fault(`the line "// ${REGION_END}" is missing`);
    const body = program.body.filter((one) => one.start! >= start && one.end! <= end);
    const schema = schemaCall(body, program.body);
    return {
      text,
      region: { start, end },
      name: nameOfSchema(schema.name)!,
      schema,
      declarations: new Map(
        body.filter((one) => one.type !== "ImportDeclaration").flatMap((one) =>
          namesDeclared(one).map((name) => [name, placeOf(one)] as const)
        ),
      ),
      literals: new Map(
        constants(body).flatMap(([name, value]) => {
          const literal = unwrapped(value);
          return literal.type === "ObjectExpression" ? [[name, literalPlaces(literal)]] : [];
        }),
      ),
      imports: body.filter((one) => one.type === "ImportDeclaration").map(importPlace),
      called: namesCalled(body),
      known,
      comments: places,
    };
  });
  const found = read.filter((one) => name === undefined || one.name === name);
  if (found.length === 1) return found[0];
  const names = read.map((one) => `"${one.name}"`).join(", ");
  throw new InputError(
    name === undefined
      ? `Cannot choose among the states in the file: give one of ${names} as --name`
      : `Cannot use --name "${name}": the file's states are named ${names}; rename them in the file first`,
  );
}

const PLUGINS: ParserOptions["plugins"] = [
  "typescript",
  "decorators",
  "decoratorAutoAccessors",
  "explicitResourceManagement",
  "importAttributes",
];

function parsed(text: string): ReturnType<typeof parse> {
  const options = { sourceType: "module", errorRecovery: true, attachComment: false } as const;
  try {
    return parse(text, { ...options, plugins: PLUGINS });
  } catch (error) {
    try {
      return parse(text, { ...options, plugins: [...PLUGINS!, "jsx"] });
    } catch {
      const { message, loc } = error as { message: string; loc?: { line: number } };
      const what = message.replace(/\s*\(\d+:\d+\)$/, "");
      throw fault(`line ${loc?.line ?? "?"}: ${what}`);
    }
  }
}

function fault(what: string): InputError {
  return new InputError(`Cannot read the states file: ${what}`);
}

function placeOf(node: { start?: number | null; end?: number | null }): Place {
  return { start: node.start!, end: node.end! };
}

function namesDeclared(statement: Statement): string[] {
  switch (statement.type) {
    case "ImportDeclaration":
      return statement.specifiers.map((one) => one.local.name);
    case "ExportNamedDeclaration":
      return [
        ...statement.declaration ? namesDeclared(statement.declaration) : [],
        ...statement.specifiers.flatMap((one) =>
          one.exported.type === "Identifier" ? [one.exported.name] : []
        ),
      ];
    case "VariableDeclaration":
      return statement.declarations.flatMap(({ id }) => id.type === "Identifier" ? [id.name] : []);
    default:
      return "id" in statement && statement.id?.type === "Identifier" ? [statement.id.name] : [];
  }
}

/** The constants of some statements, with their values. */
function constants(body: readonly Statement[]): [string, Expression][] {
  return body.flatMap((one) => {
    const statement = one.type === "ExportNamedDeclaration" ? one.declaration : one;
    if (statement?.type !== "VariableDeclaration") return [];
    return statement.declarations.flatMap(({ id, init }): [string, Expression][] =>
      id.type === "Identifier" && init ? [[id.name, init]] : []
    );
  });
}

function namesCalled(nodes: unknown, into: Set<string> = new Set()): Set<string> {
  if (typeof nodes !== "object" || nodes === null) return into;
  const { type, callee } = nodes as { type?: string; callee?: Expression };
  if (type === "CallExpression" && callee) {
    const inner = callee.type === "MemberExpression" ? callee.object : callee;
    if (inner.type === "Identifier") into.add(inner.name);
  }
  for (const one of Object.values(nodes)) namesCalled(one, into);
  return into;
}

/** The expression without what TypeScript, or a pair of parentheses, puts around it. */
function unwrapped(node: Expression): Expression {
  let inner = node;
  while (
    inner.type === "TSAsExpression" || inner.type === "TSSatisfiesExpression" ||
    inner.type === "TSNonNullExpression" || inner.type === "TSTypeAssertion" ||
    inner.type === "ParenthesizedExpression"
  ) inner = inner.expression;
  return inner;
}

function schemaCall(body: readonly Statement[], all: readonly Statement[]): SchemaCall {
  for (const [name, value] of constants(body)) {
    const call = unwrapped(value);
    if (nameOfSchema(name) === undefined || call.type !== "CallExpression") continue;
    const { callee } = call;
    if (callee.type !== "Identifier" || !MAKERS.has(callee.name)) continue;
    const args = call.arguments.map((one) =>
      one.type === "SpreadElement" ? one : unwrapped(one as Expression)
    );
    const last = args.at(-1);
    return {
      name,
      callee: { ...placeOf(callee), name: callee.name },
      bases: args.flatMap((one) => one.type === "Identifier" ? [one.name] : []),
      literal: last?.type === "ObjectExpression" ? literalPlaces(last) : undefined,
      ...statesOf(call, new Map(constants(all))),
    };
  }
  throw fault('no constant like "schema = defineSchema({…})" is between its markers');
}

/** What makes a schema, and may be the value of the constant. */
const MAKERS = new Set(["defineSchema", "mergeSchemas"]);
/** What gives all states of the object literals that it is called with. */
const TRANSPARENT = new Set([...MAKERS, "exclusive"]);

/** The states of an expression, as far as they can be seen in the file. */
function statesOf(
  root: Expression,
  values: ReadonlyMap<string, Expression>,
): Pick<SchemaCall, "states" | "inherited" | "opaque"> {
  const states = new Map<string, Property>();
  const inherited: string[] = [];
  let opaque = false;
  const seen = new Set<string>();
  const look = (node: Expression) => {
    const inner = unwrapped(node);
    if (inner.type === "ObjectExpression") {
      const places = literalPlaces(inner).properties;
      inner.properties.forEach((one, i) => {
        const place = places[i];
        if (one.type === "SpreadElement") look(one.argument);
        else if (place.name === undefined) opaque = true;
        else states.set(place.name, place);
      });
    } else if (
      inner.type === "CallExpression" && inner.callee.type === "Identifier" &&
      TRANSPARENT.has(inner.callee.name)
    ) {
      for (const one of inner.arguments) {
        look((one.type === "SpreadElement" ? one.argument : one) as Expression);
      }
    } else if (inner.type === "Identifier" && Object.hasOwn(INHERITABLE, inner.name)) {
      inherited.push(...Object.keys(INHERITABLE[inner.name]));
    } else if (inner.type === "Identifier" && values.has(inner.name) && !seen.has(inner.name)) {
      seen.add(inner.name);
      look(values.get(inner.name)!);
    } else opaque = true;
  };
  look(root);
  return { states, inherited, opaque };
}

function literalPlaces(node: Extract<Expression, { type: "ObjectExpression" }>): ObjectLiteral {
  const properties = node.properties.map((one): Property => {
    if (one.type === "SpreadElement") return placeOf(one);
    const { key } = one;
    const name = key.type === "Identifier" && !one.computed
      ? key.name
      : key.type === "StringLiteral"
      ? key.value
      : key.type === "NumericLiteral"
      ? String(key.value)
      : key.type === "TemplateLiteral" && key.quasis.length === 1
      ? key.quasis[0].value.cooked ?? undefined
      : undefined;
    return { ...placeOf(one), name, value: "value" in one ? placeOf(one.value) : undefined };
  });
  return { ...placeOf(node), properties };
}

function importPlace(node: Import): ImportPlace {
  return {
    ...placeOf(node),
    specifiers: node.specifiers.flatMap((one) =>
      one.type === "ImportSpecifier"
        ? [{
          ...placeOf(one),
          name: one.imported.type === "Identifier" ? one.imported.name : one.imported.value,
        }]
        : []
    ),
    source: { ...placeOf(node.source), address: node.source.value },
    typeOnly: node.importKind === "type",
  };
}
