/**
 * Moves the ticks of one transition: by one for each state that becomes active or inactive, by two
 * for each active multi state that was called again. The only place where ticks move.
 */
export function advance(
  ticks: number[],
  once: readonly number[],
  twice: readonly number[],
): void {
  for (let i = 0; i < once.length; i++) ticks[once[i]]++;
  for (let i = 0; i < twice.length; i++) ticks[twice[i]] += 2;
}
