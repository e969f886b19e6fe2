/** The ticks of a machine's states, in schema order. */
export type Time = readonly number[];

/** The sum of all ticks: grows with every change, so it orders the moments of one machine. */
export function timeSum(time: Time): number {
  let sum = 0;
  for (const tick of time) sum += tick;
  return sum;
}

/** Whether every tick has reached the wanted one. */
export function hasReached(time: Time, wanted: Time): boolean {
  return wanted.every((tick, index) => time[index] >= tick);
}

/** The indexes whose ticks differ. */
export function changedBetween(before: Time, after: Time): number[] {
  const changed: number[] = [];
  for (let index = 0; index < after.length; index++) {
    if (before[index] !== after[index]) changed.push(index);
  }
  return changed;
}
