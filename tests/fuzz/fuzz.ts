import { compare, type Difference, sound } from "./comparison.ts";
import type { Program } from "./model.ts";
import { randomProgram } from "./programs.ts";
import { Random } from "./random.ts";
import { shrink } from "./shrinking.ts";

/** How a run ended. */
export interface Report {
  readonly seed: number;
  /** The programs that were compared. */
  readonly cases: number;
  /** The first that differs, made small. */
  readonly found: { readonly program: Program; readonly difference: Difference } | null;
}

/**
 * Compares random programs until one differs, or until `enough` says so.
 *
 * @param seed Where the programs come from.
 * @param enough Asked before each program.
 */
export async function fuzz(
  seed: number,
  enough: (cases: number) => boolean,
): Promise<Report> {
  const random = new Random(seed);
  let cases = 0;
  while (!enough(cases)) {
    const program = randomProgram(random);
    // A name such as "EndEnd" could be ambiguous: those are no programs.
    if (!sound({ ...program, schema: named(program) })) continue;
    cases++;
    // What was compiled for a schema can only be collected between turns.
    if (cases % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    if (compare(program) === null) continue;
    const small = shrink(program);
    return { seed, cases, found: { program: small, difference: compare(small)! } };
  }
  return { seed, cases, found: null };
}

/** The states alone, so that a schema that contradicts itself is compared, too. */
function named({ schema }: Program): Program["schema"] {
  return Object.fromEntries(Object.keys(schema).map((name) => [name, {}]));
}
