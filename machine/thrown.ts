import { textOf } from "../relations/mod.ts";

/**
 * What was thrown, as an `Error`: of whatever realm, it stays itself; anything else becomes the `cause`
 * of one. Never throws, whatever it is given.
 */
export function toError(thrown: unknown): Error {
  return isError(thrown)
    ? thrown
    : new Error(textOf(thrown) || "An empty value was thrown", { cause: thrown });
}

function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error ||
      Object.prototype.toString.call(thrown) === "[object Error]";
  } catch {
    return false; // a proxy that was revoked
  }
}

/** An error's message, for the log; never throws. */
export function messageOf(err: Error): string {
  try {
    return textOf(err.message);
  } catch {
    return "An error without a readable message";
  }
}

/** An error's stack; never throws. */
export function stackOf(err: Error): string {
  try {
    return textOf(err.stack ?? err);
  } catch {
    return messageOf(err);
  }
}

/** Prints an error; never throws. */
export function printError(prefix: string, err: unknown): void {
  try {
    console.error(prefix, err);
  } catch {
    console.error(prefix, textOf(err));
  }
}
