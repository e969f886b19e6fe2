/*
 * Everything that gen prints and writes. A reader that has ended is no fault; a file that stands is
 * replaced as a whole or not at all.
 */
import { printable } from "../text/printable.ts";
import { InputError } from "./input_error.ts";
import { reason } from "./load.ts";

/** Prints what was made. When the reader has ended already, there is nothing left to do. */
export async function print(text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return;
    throw new InputError(`Cannot print: ${reason(error)}`);
  }
}

/** Says something on standard error, in one line. */
export function say(message: string): void {
  const line = `gen: ${printable(message.replaceAll(/\s*\n\s*/g, " "))}\n`;
  const bytes = new TextEncoder().encode(line);
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stderr.writeSync(bytes.subarray(at));
  } catch {
    // Nobody listens.
  }
}

/**
 * Writes a file that must not exist.
 *
 * @throws {InputError} If it does, or cannot be written.
 */
export async function writeNew(path: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(path, text, { createNew: true });
  } catch (error) {
    const exists = error instanceof Deno.errors.AlreadyExists;
    throw new InputError(
      `Cannot write "${path}": ${exists ? "it exists; --force overwrites it" : reason(error)}`,
    );
  }
}

/**
 * Replaces a file that exists. What it held is lost only when all of the new text is on the disk; a
 * link stays one, and the mode stays.
 *
 * @throws {InputError} If it cannot be written.
 */
export async function replace(path: string, text: string): Promise<void> {
  try {
    const target = await Deno.realPath(path);
    const { isFile, mode } = await Deno.stat(target);
    // A device or a pipe can only be written into.
    if (!isFile) return await Deno.writeTextFile(target, text, { create: false });
    const beside = `${target}.${crypto.randomUUID()}.tmp`;
    let file: Deno.FsFile;
    try {
      file = await Deno.open(beside, { write: true, createNew: true });
    } catch (error) {
      const { NotCapable, PermissionDenied } = Deno.errors;
      if (!(error instanceof NotCapable || error instanceof PermissionDenied)) throw error;
      // This file only may be written, not its folder.
      return await Deno.writeTextFile(target, text, { create: false });
    }
    try {
      const bytes = new TextEncoder().encode(text);
      using open = file;
      for (let at = 0; at < bytes.length;) at += await open.write(bytes.subarray(at));
      await open.sync();
      if (mode !== null) await Deno.chmod(beside, mode & 0o7777).catch(() => {});
      await Deno.rename(beside, target);
    } catch (error) {
      await Deno.remove(beside).catch(() => {});
      throw error;
    }
  } catch (error) {
    throw new InputError(`Cannot write "${path}": ${reason(error)}`);
  }
}
