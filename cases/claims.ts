/** What a case claims, each with figures; printed as it is found, and counted. */
export class Claims {
  #missed = 0;
  readonly #judgeSpeed: boolean;

  /** @param judgeSpeed Whether speed counts: short forms run on machines that do other work, too. */
  constructor(judgeSpeed = true) {
    this.#judgeSpeed = judgeSpeed;
  }

  /** A claim, and whether it holds. */
  check(claim: string, holds: boolean, figures: string): void {
    if (!holds) this.#missed++;
    console.log(`${holds ? "holds " : "MISSES"}  ${claim}: ${figures}`);
  }

  /** A claim on speed. */
  checkSpeed(claim: string, holds: boolean, figures: string): void {
    if (holds || this.#judgeSpeed) this.check(claim, holds, figures);
    else console.log(`slower  ${claim}: ${figures} (not judged in the short form)`);
  }

  /** The exit code: 1 if one does not hold. */
  get exitCode(): number {
    console.log(this.#missed === 0 ? "all claims hold" : `${this.#missed} claims do not hold`);
    return this.#missed === 0 ? 0 : 1;
  }
}

/** The value below which `part` (0 to 1) of the values are. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}

/** The middle one. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);
