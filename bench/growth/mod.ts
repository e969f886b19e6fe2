/** All that `growth.ts` prints and `growth_bench.ts` shows. */
import { MACHINE_ROWS, MACHINE_WORK } from "./machines.ts";
import { MEMORY } from "./memory.ts";
import { grows, type Row, type Work } from "./row.ts";
import { SCHEMAS } from "./schemas.ts";
import { CLOCKS, WAITS } from "./waits.ts";

/** Work of two sizes. */
export const WORK: readonly Work[] = [...WAITS, ...SCHEMAS, ...MACHINE_WORK];

/** The table. */
export const ROWS: readonly Row[] = [
  ...WAITS.map(grows),
  ...CLOCKS,
  ...SCHEMAS.map(grows),
  ...MACHINE_ROWS,
  ...MACHINE_WORK.map(grows),
  ...MEMORY,
];
