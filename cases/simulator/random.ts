import { seededRandom } from "../seeded_random.ts";

/** Random numbers that a seed repeats. */
export class Random {
  /** A number from 0 up, below 1. */
  readonly next: () => number;

  /** @param seed The same numbers for the same one. */
  constructor(seed: number) {
    this.next = seededRandom(seed);
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
