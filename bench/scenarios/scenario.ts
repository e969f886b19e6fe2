/**
 * A scenario of docs/performance.md: one definition for all contenders. Each gives a function that does
 * `n` operations and returns a checksum of what it did, so that a benchmark can check that all sides did
 * the same work before it times them.
 */
/** Who runs a scenario. */
export type Contender = "ours" | "switch" | "xstate";

/** Does `n` operations; the number says what was done. */
export type Run = (n: number) => number | Promise<number>;

/** One scenario of the table. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** Operations per call of `run`, so that the harness costs nothing per operation. */
  readonly batch: number;
  readonly make: Partial<Record<Contender, () => Run>>;
}
/** Pseudo-random whole numbers below `limit`: the same for all contenders, with a long period. */
export function numbers(limit: number): () => number {
  let x = 0x9e3779b9;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % limit;
  };
}
