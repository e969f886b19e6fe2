/** Which clock all times on screens and in texts are of. */
export const CLOCK = "UTC";

/** Beyond these a `Date` is invalid, in milliseconds since the epoch. */
const MOST = 8.64e15;

/**
 * The time of the day, `15:04:05.000`: the one clock of all screens and outputs. It is UTC, so that
 * a terminal, a page on another machine and a file say the same.
 *
 * @param time In milliseconds since the epoch; machines may send any number.
 */
export function clock(time: number): string {
  if (!(Math.abs(time) <= MOST)) return "--:--:--.---";
  return new Date(time).toISOString().slice(-13, -1);
}
