/** Which clock all times on screens and in texts are of. */
export const CLOCK = "UTC";

/** What stands for a time that no date can have. */
const NEVER = "--:--:--.---";

/**
 * A moment as the time of day, `14:02:51.118`, in UTC everywhere: on the terminal, on the page and in
 * texts, so that they can be compared. Never throws.
 *
 * @param time Milliseconds since the epoch.
 * @param precision Whether with milliseconds, or whole seconds only.
 */
export function clockText(time: number, precision: "seconds" | "milliseconds"): string {
  const date = new Date(time);
  const text = Number.isNaN(date.getTime()) ? NEVER : date.toISOString().slice(-13, -1);
  return precision === "seconds" ? text.slice(0, 8) : text;
}
