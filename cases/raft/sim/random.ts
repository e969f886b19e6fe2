import { seededRandom } from "../../seeded_random.ts";

/** Numbers that a seed decides. */
export class Random {
  /** From 0 up to 1, 1 excluded. */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(Math.imul(seed, 0x9e3779b1));
    this.next();
  }

  /** A number of a range, the upper end excluded. */
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** A whole number from 0 up to `count`, which is excluded. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** True in this share of the cases. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** One of them. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}
