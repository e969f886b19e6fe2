/**
 * What a person does with files from the screen: each says what came of it, and never throws.
 *
 * @module
 */
import { exportFile, freePath, importFile } from "./files.ts";
import type { Model, Store } from "./model/mod.ts";

/** Reads a file that a person names. */
export async function openFile(store: Store, path: string): Promise<string> {
  const before = store.clients.size;
  try {
    // What is typed as in a shell means the same.
    await importFile(store, path.replace(/^~(?=\/)/, Deno.env.get("HOME") ?? "~"));
    return `Read: ${path} (${store.clients.size - before} machines)`;
  } catch (error) {
    const { message } = error as Error;
    return message.startsWith("Cannot") ? message : `Cannot read "${path}": ${message}`;
  }
}

/** Does what the export dialog asks for; says what came of it. Nothing is replaced. */
export async function exportFrom(
  { store, client, exportForm }: Model,
  dir: string,
): Promise<string> {
  const name = exportForm.name.endsWith(".gz") ? exportForm.name : `${exportForm.name}.jsonl.gz`;
  let path = `${dir}/${name}`;
  try {
    if (!/^[\w-][\w.-]*$/.test(name)) throw new Error("it is no plain file name");
    await Deno.mkdir(dir, { recursive: true });
    path = await freePath(path);
    await exportFile(
      store,
      path,
      exportForm.selectedOnly && client !== null ? [client] : undefined,
    );
    return `Written: ${path}`;
  } catch (error) {
    return `Cannot write "${path}": ${(error as Error).message}`;
  }
}
