import type { Schema, State } from "../relations/mod.ts";
import { InputError, pascalCase } from "./states.ts";

/** A schema from elsewhere. */
export interface Imported {
  /** The schema. */
  readonly schema: Schema;
  /** What could not be expressed, a line each. */
  readonly notes: readonly string[];
}

const FIELDS: Readonly<Record<string, keyof State>> = {
  auto: "auto",
  multi: "multi",
  add: "add",
  remove: "remove",
  drop: "remove",
  require: "require",
  after: "after",
};

/**
 * A schema from the JSON of the Go original (`Auto`, `Multi`, `Add`, `Remove`, `Require`, `After`) or
 * of the first TypeScript one (`drop` for `remove`).
 *
 * @throws {InputError} If it has another form.
 */
export function importOriginal(value: unknown): Imported {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError("Cannot import the schema: expected an object of states");
  }
  const notes: string[] = [];
  const schema: Record<string, State> = {};
  for (const [given, fields] of Object.entries(value)) {
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
      throw new InputError(`Cannot import the schema: state "${given}" is not an object`);
    }
    if (given === "Exception") {
      notes.push("Exception: every machine has it, its own properties are left out");
      continue;
    }
    const state: Record<string, unknown> = {};
    for (const [field, content] of Object.entries(fields)) {
      const key = FIELDS[field.toLowerCase()];
      if (!key) notes.push(`${given}.${field}: there is no such property here`);
      else if (content !== null && content !== false) state[key] = translated(given, key, content);
    }
    schema[pascalCase(given)] = state;
  }
  return { schema, notes };
}

function translated(state: string, key: keyof State, content: unknown): unknown {
  if (key === "auto" || key === "multi") {
    if (content === true) return true;
    throw new InputError(`Cannot import ${state}.${key}: expected true or false`);
  }
  const list = typeof content === "string" ? [content] : content;
  if (!Array.isArray(list) || !list.every((name) => typeof name === "string")) {
    throw new InputError(`Cannot import ${state}.${key}: expected a list of state names`);
  }
  return list.map((name: string) => name === "Exception" ? name : pascalCase(name));
}
