/** Runs functions, so many at a time; made by {@linkcode atMost}. */
export interface Limited {
  /** Runs it when it is its turn: first come, first served. Rejects when the signal aborts before. */
  <R>(
    fn: () => R | Promise<R>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<R>;
  /** How many run. */
  readonly running: number;
  /** How many wait. */
  readonly waiting: number;
}

/**
 * Bounds how many functions run at the same time.
 *
 * @example Usage
 * ```ts
 * import { atMost } from "@asyncmachine/asyncmachine/durable";
 * import { assertEquals } from "@std/assert";
 *
 * const run = atMost(2);
 * const doubled = await Promise.all([1, 2, 3, 4].map((n) => run(() => n * 2)));
 * assertEquals(doubled, [2, 4, 6, 8]);
 * ```
 *
 * @throws {RangeError} If the limit is no whole number from 1 up.
 */
export function atMost(limit: number): Limited {
  if (limit !== Infinity && !(Number.isInteger(limit) && limit >= 1)) {
    throw new RangeError(`The limit is ${limit}, expected a whole number from 1 up`);
  }
  let running = 0;
  const turns = new Set<() => void>();
  const free = () => {
    running--;
    const [first] = turns;
    first?.();
  };
  const turn = (signal: AbortSignal | undefined) =>
    new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        turns.delete(begin);
        reject(signal!.reason);
      };
      const begin = () => {
        turns.delete(begin);
        signal?.removeEventListener("abort", onAbort);
        running++;
        resolve();
      };
      if (signal?.aborted) return reject(signal.reason);
      if (running < limit) return begin();
      turns.add(begin);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  const run = async <R>(
    fn: () => R | Promise<R>,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<R> => {
    await turn(signal);
    try {
      return await fn();
    } finally {
      free();
    }
  };
  Object.defineProperties(run, {
    running: { get: () => running },
    waiting: { get: () => turns.size },
  });
  return run as Limited;
}
