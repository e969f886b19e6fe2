/** What the benchmark keeps: medians, one entry for each cell and host. */
import type { CellResult, CellTask, MadeResult } from "./cell.ts";
import type { Shares } from "./profile.ts";
import type { RunResult } from "./run.ts";
import { type Kind, KINDS } from "./swarm.ts";

/** The medians of one cell's runs of one host. */
export interface Summary extends RunResult {
  /** Runs in which something was lost, or came twice. */
  readonly failed: number;
}

/** The two summaries of a cell. */
export interface Cell extends CellTask {
  readonly plain: Summary;
  readonly machine: Summary;
  /** The median of the pairs' ratios of CPU, machine ÷ plain: what disturbs hits both of a pair. */
  readonly ratio: number;
}

/** What hosts make and keep in one cell. */
export interface Made extends CellTask {
  readonly plain: Omit<MadeResult, "kind">;
  readonly machine: Omit<MadeResult, "kind">;
}

/** All results; written after each cell, so that a run can go on. */
export interface Results {
  readonly environment: string;
  readonly cells: Cell[];
  readonly made: Made[];
  readonly profiles: Partial<Record<Kind, Shares>>;
}

/** The middle one of the sorted values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Whether two tasks are the same cell. */
export function isSame(a: CellTask, b: CellTask): boolean {
  return a.links === b.links && a.flow === b.flow && a.hosts === b.hosts &&
    a.messages === b.messages && a.topics === b.topics;
}

/** The medians of a cell. */
export function summarize({ results, ...task }: CellResult): Cell {
  const of = (kind: Kind): Summary => {
    const middle = (field: keyof RunResult) => median(results[kind].map((run) => run[field]));
    const sum = (field: keyof RunResult) =>
      results[kind].reduce((total, run) => total + run[field], 0);
    return {
      duration: middle("duration"),
      cpu: middle("cpu"),
      p50: middle("p50"),
      p99: middle("p99"),
      lost: sum("lost"),
      twice: sum("twice"),
      failed: results[kind].filter(({ lost, twice }) => lost > 0 || twice > 0).length,
    };
  };
  const [plain, machine] = KINDS.map(of);
  const ratio = median(results.machine.map(({ cpu }, index) => cpu / results.plain[index].cpu));
  return { ...task, plain, machine, ratio };
}
