/**
 * The logical clocks of one machine, and the only place where ticks move.
 *
 * A multi state that is called while active ticks by two without a new activation. `#repeats` sums
 * these, so that `activation` tells one activation of a state from the next.
 */
export class Clock {
  /** The tick of each state, by index. */
  ticks: number[];
  #repeats: number[] | null = null;

  constructor(ticks: number[]) {
    this.ticks = ticks;
  }

  /** Moves by one for each change of activity, by two for each repeated call of a multi state. */
  advance(once: readonly number[], twice: readonly number[]): void {
    const ticks = this.ticks;
    for (let i = 0; i < once.length; i++) ticks[once[i]]++;
    if (twice.length > 0) this.#repeat(twice);
  }

  #repeat(states: readonly number[]): void {
    const ticks = this.ticks;
    const repeats = this.#repeats ??= ticks.map(() => 0);
    for (let i = 0; i < states.length; i++) {
      ticks[states[i]] += 2;
      repeats[states[i]] += 2;
    }
  }

  /** A number that stays the same from a state's activation to its deactivation, and no longer. */
  activation(state: number): number {
    return this.#repeats === null ? this.ticks[state] : this.ticks[state] - this.#repeats[state];
  }

  /** Puts other ticks in place, those of the state `i` now being of the state `index(i)`. */
  replace(ticks: number[], index: (old: number) => number = (old) => old): void {
    const before = this.#repeats;
    if (before !== null) {
      const repeats = ticks.map(() => 0);
      before.forEach((repeated, old) => repeats[index(old)] = repeated);
      this.#repeats = repeats;
    }
    this.ticks = ticks;
  }
}
