/** `setTimeout` takes no more: a longer delay would be none. */
const LONGEST = 2 ** 31 - 1;

/**
 * Checks a number of milliseconds.
 *
 * @throws {RangeError} If it is no number from 0 up.
 */
export function checkDelay(ms: number): void {
  if (typeof ms === "number" && ms >= 0) return;
  const shown = typeof ms === "object" ? "An object" : String(ms);
  throw new RangeError(`${shown} is no time in milliseconds: expected a number from 0 up`);
}

/**
 * Calls `fn` after so many milliseconds, however many; never for `Infinity`. Returns what cancels it.
 *
 * @throws {RangeError} If the time is no number from 0 up.
 */
export function delay(ms: number, fn: () => void): () => void {
  checkDelay(ms);
  if (ms === Infinity) return () => {};
  let timer: ReturnType<typeof setTimeout>;
  const start = (left: number) => {
    timer = setTimeout(
      () => left > LONGEST ? start(left - LONGEST) : fn(),
      Math.min(left, LONGEST),
    );
  };
  start(ms);
  return () => clearTimeout(timer);
}
