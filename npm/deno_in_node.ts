/**
 * What gen needs of Deno, in Node and Bun: for its program only, never for the library. Must be loaded
 * before it.
 */
// deno-lint-ignore-file no-explicit-any
import { truncate, writeFile } from "node:fs/promises";
import { fsync } from "node:fs";
import process from "node:process";
import { promisify } from "node:util";
import { Deno as shim } from "npm:@deno/shim-deno@0.19.2";

/** Runs no formatter: text that is sent to it comes back as it is. */
class Unformatted {
  spawn() {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const output = async () => ({
      success: true,
      stdout: new Uint8Array(await new Response(readable).arrayBuffer()),
      stderr: new Uint8Array(),
    });
    return { stdin: writable, output };
  }
}

class NotCapable extends Error {}

/** The shim knows no options here. */
async function writeTextFile(
  path: string | URL,
  text: string,
  { createNew = false, create = true }: { createNew?: boolean; create?: boolean } = {},
): Promise<void> {
  try {
    if (!create) await truncate(path as string);
    await writeFile(path, text, { flag: createNew ? "wx" : create ? "w" : "r+" });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === "EEXIST") throw new shim.errors.AlreadyExists(message);
    if (code === "ENOENT") throw new shim.errors.NotFound(message);
    if (code === "EACCES") throw new shim.errors.PermissionDenied(message);
    throw error;
  }
}

const global = globalThis as any;
if (global.Deno === undefined) {
  (shim as any).FsFile.prototype.sync = function (this: { rid: number }): Promise<void> {
    return promisify(fsync)(this.rid);
  };
  (shim as any).FsFile.prototype[Symbol.dispose] ??= function (this: { close(): void }) {
    this.close();
  };
  global.Deno = {
    ...shim,
    args: process.argv.slice(2),
    errors: { ...shim.errors, NotCapable },
    Command: Unformatted,
    writeTextFile,
  };
}
