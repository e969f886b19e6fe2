/** Random numbers that a seed repeats. */
export class Random {
  #state: number;

  /** @param seed The same numbers for the same one. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up, below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6D2B79F5) >>> 0;
    let x = this.#state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A number in a range. */
  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  /** One of them, or `undefined` when there is none. */
  one<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.next() * items.length)];
  }
}
