import { SqliteStore } from "../sqlite_store.ts";
import type { Store } from "../store.ts";

/** Bad input: one line, and exit code 2. */
export class InputError extends Error {}

/** Opens the store at a path, which must be there. */
export async function openStore(path: string): Promise<Store & { close(): Promise<void> }> {
  try {
    if (!(await Deno.stat(path)).isFile) throw new InputError(`"${path}" is no file`);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`Cannot open the store "${path}": ${(error as Error).message}`);
  }
  return new SqliteStore(path);
}

/** The kind and the id that `KIND/ID` names; ids may have slashes, kinds may not. */
export function flowNamed(name: string): { readonly kind: string; readonly id: string } {
  const slash = name.indexOf("/");
  if (slash > 0 && slash < name.length - 1) {
    return { kind: name.slice(0, slash), id: name.slice(slash + 1) };
  }
  throw new InputError(`"${name}" names no flow: expected KIND/ID`);
}
