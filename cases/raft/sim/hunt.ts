/** Many schedules, one after the other, and what they came to. */
import type { Mutant } from "./mutants.ts";
import { type Figures, simulate } from "./simulation.ts";

/** A schedule in which something was wrong. */
export interface Catch {
  readonly seed: number;
  readonly violation: string;
}

/** What schedules came to. */
export interface Hunt {
  readonly schedules: number;
  /** Sums. */
  readonly figures: Figures;
  readonly caught: readonly Catch[];
}

/** Runs the schedules of these seeds; with a mutant up to the first that catches it. */
export function hunt(from: number, count: number, mutant?: Mutant): Hunt {
  const sum: Record<string, number> = {};
  const caught: Catch[] = [];
  let schedules = 0;
  for (let seed = from; seed < from + count; seed++) {
    const { violation, figures } = simulate({ seed, mutant });
    schedules++;
    for (const [name, value] of Object.entries(figures)) sum[name] = (sum[name] ?? 0) + value;
    if (violation === null) continue;
    caught.push({ seed, violation });
    if (mutant) break;
  }
  return { schedules, figures: sum as unknown as Figures, caught };
}
