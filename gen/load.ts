import { stripVTControlCharacters } from "node:util";
import { compileSchema, type Schema } from "../relations/mod.ts";
import { InputError } from "./input_error.ts";
import { fileUrl } from "./paths.ts";
import { parseSchema } from "./states.ts";
import { withoutMark } from "./text_form.ts";

/** What a file says of a machine's states. */
export interface LoadedStates {
  /** The schema. */
  readonly schema: Schema;
  /** The name of its export; `schema` for JSON. */
  readonly exported: string;
  /** The groups of states, when the file has some. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

/**
 * Loads the schema of a states file, or of any module that exports one, or of a JSON file.
 *
 * @param path The file.
 * @param exported The name of the export. @default `schema`, or the only one that ends so
 * @throws {InputError} If the file cannot be read or has no schema.
 * @throws {SchemaError} If the schema contradicts itself.
 */
export async function loadStates(path: string, exported?: string): Promise<LoadedStates> {
  const text = await readText(path);
  if (isJson(path)) {
    const schema = parseSchema(withoutMark(text));
    compileSchema(schema);
    return { schema, exported: "schema", groups: {} };
  }
  const module = await load(path);
  const candidates = Object.keys(module).filter((name) =>
    exported === undefined ? /(^s|S)chema$/.test(name) : name === exported
  );
  const name = candidates.includes("schema") ? "schema" : candidates[0];
  if (name === undefined || !isSchema(module[name])) {
    const wanted = exported === undefined ? '"schema"' : `"${exported}"`;
    throw new InputError(`Cannot find the schema in "${path}": no export ${wanted} is one`);
  }
  if (candidates.length > 1 && name !== "schema") {
    throw new InputError(
      `Cannot choose the schema in "${path}": give one of ${candidates.join(", ")} as --export`,
    );
  }
  compileSchema(module[name]);
  const groups = module[name.replace(/(s|S)chema$/, (_, s) => s === "s" ? "groups" : "Groups")];
  return { schema: module[name], exported: name, groups: isGroups(groups) ? groups : {} };
}

const UTF_8 = new TextDecoder("utf-8", { fatal: true });

/** Whether a path is that of a JSON file. */
export function isJson(path: string): boolean {
  return /\.json$/i.test(path);
}

/**
 * The text of a file, with its byte order mark if it has one.
 *
 * @throws {InputError} If it cannot be read, or is no UTF-8.
 */
export async function readText(path: string): Promise<string> {
  try {
    const text = await Deno.readTextFile(path);
    // The sign for what could not be decoded: written back it would replace what stood there.
    if (text.includes("\ufffd")) UTF_8.decode(await Deno.readFile(path));
    return text;
  } catch (error) {
    throw new InputError(`Cannot read "${path}": ${reason(error)}`);
  }
}

/** Why a file operation failed, in words. */
export function reason(error: unknown): string {
  const { name, message } = error as Error;
  const known: Readonly<Record<string, string>> = {
    NotFound: "there is no such file or folder",
    IsADirectory: "it is a directory",
    PermissionDenied: "permission denied",
    NotCapable: "permission denied",
    InvalidData: "it is not UTF-8 text",
    TypeError: "it is not UTF-8 text", // of the decoder
  };
  return known[name] ?? (/is a directory/i.test(message) ? known.IsADirectory : message);
}

async function load(path: string): Promise<Record<string, unknown>> {
  try {
    return await import(fileUrl(path, Deno.cwd()));
  } catch (error) {
    const why = stripVTControlCharacters(String(error)).split("\n")[0];
    throw new InputError(`Cannot load "${path}": ${why}`);
  }
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.values(value).every((state) => typeof state === "object" && state !== null);
}

function isGroups(value: unknown): value is Record<string, readonly string[]> {
  return typeof value === "object" && value !== null &&
    Object.values(value).every((members) => Array.isArray(members));
}
