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
  #imports = 0;

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

  /** Moves by two for each call of a multi state whose calls are activations of their own. */
  renew(states: readonly number[]): void {
    for (const state of states) this.ticks[state] += 2;
  }

  /** Makes room for more states; those of the state `i` are then of the state `index(i)`. */
  reindex(size: number, index: (old: number) => number): void {
    const move = (old: readonly number[]) => {
      const moved: number[] = new Array(size).fill(0);
      old.forEach((value, state) => moved[index(state)] = value);
      return moved;
    };
    this.ticks = move(this.ticks);
    this.#repeats &&= move(this.#repeats);
  }

  /** Puts other ticks in place; returns the states whose tick differs: their activations end or begin. */
  replace(ticks: readonly number[]): number[] {
    const repeats = this.#repeats ??= ticks.map(() => 0);
    const changed = [...ticks.keys()].filter((state) => ticks[state] !== this.ticks[state]);
    // Far from all that was, so that no activation of before is taken for a present one.
    const base = ++this.#imports * 2 ** 32;
    for (const state of changed) repeats[state] = ticks[state] - base;
    this.ticks = [...ticks];
    return changed;
  }
}
