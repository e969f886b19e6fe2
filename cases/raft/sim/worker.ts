/** Runs schedules beside others: one message in, one out. */
import { hunt } from "./hunt.ts";
import { type MutantName, MUTANTS } from "./mutants.ts";

/** Which schedules. */
export interface Portion {
  readonly from: number;
  readonly count: number;
  readonly mutant?: MutantName;
}

// Each death of a node makes errors that nobody reads: their stacks are a tenth of the time.
Error.stackTraceLimit = 0;

/** The worker's side, whose types are not among those of a window. */
const port = self as unknown as {
  onmessage: (event: MessageEvent<Portion>) => void;
  postMessage(message: unknown): void;
};

port.onmessage = ({ data: { from, count, mutant } }) => {
  port.postMessage(hunt(from, count, mutant && MUTANTS[mutant]));
};
