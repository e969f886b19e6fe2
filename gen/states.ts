import {
  type Relation,
  type Schema,
  SchemaError,
  type State,
  StateUnknownError,
} from "../relations/mod.ts";
import { isIdentifier } from "./identifiers.ts";
import { InputError } from "./input_error.ts";

export { InputError };

/** A state to be generated. */
export interface StateSpec {
  /** The name, in PascalCase. */
  readonly name: string;
  /** Its properties and relations. */
  readonly state: State;
}

/** What may follow a name on the command line, and what it makes of the state. */
const FLAGS: Readonly<Record<string, object>> = {
  auto: { auto: true },
  multi: { multi: true },
  latest: { multi: "latest" },
  event: { event: true },
};
const RESERVED: Readonly<Record<string, string>> = {
  Any: "AnyEnter and AnyState are handlers of every state",
  Exception: "every machine has it",
};
const SUFFIXES = ["Enter", "Exit", "State", "End"];

/**
 * The states of a list like `Foo,Bar:multi,Baz:auto:multi`.
 *
 * @throws {InputError} If the list is empty, or a name is invalid, double or reserved.
 */
export function parseStates(list: string): StateSpec[] {
  const items = list.split(",").map((item) => item.trim()).filter((item) => item !== "");
  if (items.length === 0) throw new InputError("No states are given: expected a list like Foo,Bar");
  const specs = items.map((item): StateSpec => {
    const [name, ...flags] = item.split(":").map((part) => part.trim());
    const state: State = {};
    for (const flag of flags) {
      if (!Object.hasOwn(FLAGS, flag)) {
        const known = Object.keys(FLAGS).join(", ");
        throw new InputError(`Unknown property "${flag}" of state "${name}": known are ${known}`);
      }
      Object.assign(state, FLAGS[flag]);
    }
    return { name: pascalCase(name), state };
  });
  checkNames(specs.map(({ name }) => name));
  return specs;
}

/**
 * The name in PascalCase: `file-processed` becomes `FileProcessed`.
 *
 * @throws {InputError} If it cannot be an identifier.
 */
export function pascalCase(name: string): string {
  const made = name.split(/[\s_.\-]+/).map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
  if (!/^\p{L}[\p{L}\p{M}\p{N}]*$/u.test(made) || !isIdentifier(made)) {
    throw new InputError(
      `Invalid state name ${JSON.stringify(name)}: expected letters and digits, first a letter`,
    );
  }
  return made;
}

/**
 * Checks names that are to be the states of one schema.
 *
 * @throws {InputError} If one is double or reserved, or handlers of two could not be told apart.
 */
export function checkNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new InputError(`State "${name}" is given twice`);
    seen.add(name);
    const reason = RESERVED[name] ??
      (SUFFIXES.includes(name) ? `Foo${name} would be a handler of two kinds` : undefined);
    if (reason) throw new InputError(`State name "${name}" is reserved: ${reason}`);
  }
  const readings = new Map<string, string>();
  const read = (handler: string, reading: string) => {
    const other = readings.get(handler);
    if (other !== undefined) {
      throw new InputError(
        `Handler "${handler}" would be ambiguous: it could mean ${other} or ${reading}`,
      );
    }
    readings.set(handler, reading);
  };
  for (const name of names) {
    for (const suffix of SUFFIXES) read(name + suffix, `the ${suffix} handler of ${name}`);
    read(name + name, `${name} called while active`);
  }
  for (const suffix of ["Enter", "State"]) read("Any" + suffix, "a handler of every state");
  // A pair of states can only be read as something else when a name starts another name.
  for (const name of names) {
    for (let cut = 1; cut < name.length; cut++) {
      const head = name.slice(0, cut), rest = name.slice(cut);
      if (!seen.has(head)) continue;
      for (const other of names) {
        const whole = name + other;
        const tail = rest + other;
        if (seen.has(tail)) {
          throw new InputError(
            `Handler "${whole}" would be ambiguous: it could mean from ${name} to ${other} or from ${head} to ${tail}`,
          );
        }
      }
      if (SUFFIXES.includes(rest)) {
        throw new InputError(
          `State name "${name}" is ambiguous: it is also the ${rest} handler of ${head}`,
        );
      }
    }
  }
}

/** What stands between two states on the command line. */
const OPERATORS: Readonly<Record<string, Relation>> = {
  "+": "add",
  "-": "remove",
  ">": "require",
  "@": "after",
};

/**
 * Relations as text, `Foo>Bar,Foo-Baz` (`+` add, `-` remove, `>` require, `@` after), or a
 * schema as JSON.
 *
 * @throws {InputError} If it is neither.
 */
export function parseRelations(text: string): Schema {
  if (text.trimStart().startsWith("{")) return parseSchema(text);
  const schema: Record<string, Partial<Record<Relation, string[]>>> = {};
  for (const item of text.split(",").map((one) => one.trim()).filter((one) => one !== "")) {
    const [, from, operator, to] = item.match(/^(.+?)\s*([+\->@])\s*(.+)$/) ?? [];
    if (!operator) {
      throw new InputError(
        `Cannot read the relation "${item}": expected Foo>Bar (require), Foo+Bar (add), Foo-Bar (remove) or Foo@Bar (after)`,
      );
    }
    const state = schema[pascalCase(from)] ??= {};
    (state[OPERATORS[operator]] ??= []).push(pascalCase(to));
  }
  return schema;
}

/** A schema from its JSON text. */
export function parseSchema(text: string): Schema {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`Cannot read the JSON: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError('Cannot read the JSON: expected an object like {"Foo":{"add":["Bar"]}}');
  }
  for (const [name, state] of Object.entries(value)) {
    if (typeof state !== "object" || state === null || Array.isArray(state)) {
      throw new InputError(`Cannot read the JSON: state "${name}" is not an object`);
    }
  }
  return value as Schema;
}

/** What went wrong, when it was the input's fault; else undefined. */
export function inputFault(error: unknown): string | undefined {
  const kinds = [InputError, SchemaError, StateUnknownError];
  return kinds.some((kind) => error instanceof kind) ? (error as Error).message : undefined;
}
