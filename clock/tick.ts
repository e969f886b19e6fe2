/**
 * Tells whether a state with this tick is active. Ticks start at 0 (inactive) and move by one on
 * each activation and deactivation, by two when an active multi state is called again: odd = active.
 *
 * @example Usage
 * ```ts
 * import { isActiveTick } from "@asyncmachine/asyncmachine";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0, 1, 2, 3].map(isActiveTick), [false, true, false, true]);
 * ```
 */
export function isActiveTick(tick: number): boolean {
  return tick % 2 === 1; // not `tick & 1`: ticks may pass 2 ** 31
}
