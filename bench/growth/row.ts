/** What a row of `deno task growth` is, and how one is measured: small and large taking turns, medians. */

/** One line of the table. */
export interface Row {
  /** What is measured. */
  readonly name: string;
  /** At most. */
  readonly goal: number;
  /** Measures it. */
  readonly measure: () => Promise<number>;
}

/** Work of a size; `growth.ts` compares two sizes of it, `growth_bench.ts` shows both. */
export interface Work {
  /** What is done. */
  readonly name: string;
  /** The size to compare with. */
  readonly small: number;
  /** The size that is judged. */
  readonly large: number;
  /** Whether the cost is counted per unit of the size, or for the whole. */
  readonly per: "unit" | "whole";
  /** How many times the cost of the small one the large one may have. */
  readonly goal: number;
  /** Prepares work of a size; what it returns is timed, and throws if it did not do its work. */
  readonly make: (n: number) => () => unknown;
}

const ROUNDS = 5;
/** Collects garbage; `growth.ts` makes sure that it can. */
export const collect: () => void = (globalThis as { gc?: () => void }).gc ?? (() => {});

/** Lets timers and finalizers run. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** The middle one. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Milliseconds of work that is prepared, in a collected heap. */
export async function time(runs: readonly (() => unknown)[]): Promise<number> {
  // Timers that were armed while preparing belong to the work: nothing is awaited before it starts.
  collect();
  const start = performance.now();
  for (const run of runs) {
    const done = run();
    if (done instanceof Promise) await done;
  }
  return performance.now() - start;
}

/** Megabytes in use when all that can be collected is. */
export async function heap(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await turn();
    collect();
  }
  return Deno.memoryUsage().heapUsed / 1e6;
}

/** The medians of two costs that are measured in turns, so that a busy machine slows both. */
export async function inTurns(
  first: () => Promise<number>,
  second: () => Promise<number>,
  rounds: number = ROUNDS,
): Promise<[first: number, second: number]> {
  await first();
  await second();
  const [firsts, seconds]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    firsts.push(await first());
    seconds.push(await second());
  }
  return [median(firsts), median(seconds)];
}

/** The row that compares the two sizes of some work. */
export function grows(work: Work): Row {
  const { name, small, large, per, goal, make } = work;
  // So that both do as much and fill the heap as much: it is no matter of the collector which is dearer.
  const repeats = per === "unit" ? Math.round(large / small) : 1;
  const cost = async (n: number, times: number) => {
    await turn();
    const runs = Array.from({ length: times }, () => make(n));
    return await time(runs) / times / (per === "unit" ? n : 1);
  };
  const [of, than] = [large, small].map((n) => n.toLocaleString("en"));
  return {
    name: `${name}: ${of} ÷ ${than}${per === "unit" ? ", each" : ""}`,
    goal,
    async measure() {
      const [few, many] = await inTurns(() => cost(small, repeats), () => cost(large, 1));
      return many / few;
    },
  };
}
