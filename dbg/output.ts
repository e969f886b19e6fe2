import { jsonText } from "../text/json_text.ts";
import { printable } from "../text/printable.ts";
import { writeAll } from "./files.ts";

/** Who read what a command prints is gone: there is nothing left to do. */
export class ReaderGoneError extends Error {}

const encoder = new TextEncoder();

/** A line of text; whatever is in it stays within it. */
export function printLine(text: string): void {
  write(`${printable(text)}\n`);
}

/** A value as a line of JSON. */
export function printJson(value: unknown): void {
  write(`${jsonText(value)}\n`);
}

function write(text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  } catch (error) {
    throw gone(error);
  }
}

/** Bytes as they are. */
export async function printBytes(stream: ReadableStream<Uint8Array>): Promise<void> {
  try {
    for await (const bytes of stream) await writeAll(Deno.stdout, bytes);
  } catch (error) {
    throw gone(error);
  }
}

function gone(error: unknown): unknown {
  return error instanceof Deno.errors.BrokenPipe ? new ReaderGoneError() : error;
}

/** A line about what went wrong. */
export function complain(text: string): void {
  try {
    Deno.stderr.writeSync(encoder.encode(`${printable(text)}\n`));
  } catch {
    // Nobody hears it.
  }
}
