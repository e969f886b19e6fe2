import { checkJson } from "./json.ts";

/** An error as it is stored. */
interface StoredError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
}

/**
 * Checks the arguments of a mutation: JSON, and an error as `err`.
 *
 * @throws {TypeError} If they cannot be stored.
 */
export function checkArgs(states: string | readonly string[], args: unknown): void {
  if (typeof args !== "object" || args === null) return; // the machine says what is wrong
  for (const name of Object.keys(args)) {
    const value = (args as Record<string, unknown>)[name];
    if (value === undefined || name === "err" && value instanceof Error) continue;
    checkJson(value, `the argument ${name} of ${states}`);
  }
}

/** Arguments as a JSON text. */
export function argsText(args: Readonly<Record<string, unknown>>): string {
  const { err } = args;
  return JSON.stringify(err instanceof Error ? { ...args, err: storedError(err) } : args);
}

/** Arguments as they were, the error of `Exception` too. */
export function restoredArgs(
  state: string,
  args: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return state === "Exception" ? { ...args, err: restoredError(args.err) } : args;
}

function storedError(error: Error): StoredError {
  return { name: error.name, message: error.message, stack: error.stack };
}

/** An error with the name, message and stack that one had before it was stored. */
function restoredError(stored: unknown): Error {
  const { name, message, stack } = (stored ?? {}) as Partial<StoredError>;
  const error = new Error(message);
  Object.defineProperty(error, "name", { value: name ?? "Error", configurable: true });
  if (stack !== undefined) error.stack = stack;
  return error;
}
