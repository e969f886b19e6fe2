import { checkDelay, delay } from "../clock/mod.ts";

/** What the function is called with. */
export interface Attempt {
  /** Its number, from 1. */
  readonly attempt: number;
  /** Ends the attempts; give it on to what can be aborted. */
  readonly signal: AbortSignal;
}

/** An error that is not tried again: a class of errors, or a function that says so. */
export type GiveUpOn =
  | readonly (abstract new (...args: never[]) => Error)[]
  | ((error: unknown, attempt: number) => boolean);

/** Settings of {@linkcode retry}. */
export interface RetryOptions {
  /** Ends the waiting, and rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** How often it is tried. @default {5} */
  readonly attempts?: number | undefined;
  /** How long the first pause is, in milliseconds. @default {1000} */
  readonly backoff?: number | undefined;
  /** How much longer each pause is than the one before. @default {2} */
  readonly factor?: number | undefined;
  /** How long a pause is at most, in milliseconds. @default {60_000} */
  readonly max?: number | undefined;
  /** Which part of a pause is left to chance, from 0 to 1, so that not all try again at once. @default {0.2} */
  readonly jitter?: number | undefined;
  /** Errors that are not tried again. @default none */
  readonly giveUpOn?: GiveUpOn | undefined;
}

/**
 * Calls `fn` until it succeeds, with longer and longer pauses. Rejects with the last error, at once with
 * one that is not tried again, or with the signal's reason.
 *
 * @example Usage
 * ```ts
 * import { retry } from "@asyncmachine/asyncmachine/durable";
 * import { assertEquals } from "@std/assert";
 *
 * const said = await retry(({ attempt }) => {
 *   if (attempt < 3) throw new Error("busy");
 *   return `done at ${attempt}`;
 * }, { backoff: 1 });
 * assertEquals(said, "done at 3");
 * ```
 *
 * @throws {RangeError} If an option is out of range.
 */
export async function retry<R>(
  fn: (attempt: Attempt) => R | Promise<R>,
  options: RetryOptions = {},
): Promise<R> {
  const { attempts = 5, backoff = 1_000, factor = 2, max = 60_000, jitter = 0.2 } = options;
  const { signal = new AbortController().signal, giveUpOn } = options;
  if (!(attempts >= 1)) {
    throw new RangeError(`attempts is ${attempts}, expected a number from 1 up`);
  }
  if (!(factor >= 1)) throw new RangeError(`factor is ${factor}, expected a number from 1 up`);
  if (!(jitter >= 0 && jitter <= 1)) {
    throw new RangeError(`jitter is ${jitter}, expected a number from 0 to 1`);
  }
  [backoff, max].forEach(checkDelay);
  let pause = Math.min(backoff, max);
  for (let attempt = 1;; attempt++) {
    signal.throwIfAborted();
    try {
      return await fn({ attempt, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (attempt >= attempts || givesUp(giveUpOn, error, attempt)) throw error;
    }
    await sleep(pause * (1 - jitter * Math.random()), signal);
    pause = Math.min(pause * factor, max);
  }
}

function givesUp(giveUpOn: GiveUpOn | undefined, error: unknown, attempt: number): boolean {
  if (giveUpOn === undefined) return false;
  return typeof giveUpOn === "function"
    ? giveUpOn(error, attempt)
    : giveUpOn.some((kind) => error instanceof kind);
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = delay(ms, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
