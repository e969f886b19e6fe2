import type { AnyMachine, Transition } from "../../machine/mod.ts";

/** Upper bounds of the transition durations, in seconds. */
export const DURATION_BUCKETS: readonly number[] = [
  5e-6,
  1e-5,
  5e-5,
  1e-4,
  5e-4,
  1e-3,
  5e-3,
  1e-2,
  0.1,
  1,
];

/** What is counted under one `machine` label. Plain numbers: they move on the hot path. */
export class Counts {
  /** Transitions by `2 * canceled + auto`. */
  readonly transitions: number[] = [0, 0, 0, 0];
  /** Durations by bucket, those above all bounds last. */
  readonly buckets: number[] = new Array(DURATION_BUCKETS.length + 1).fill(0);
  /** The sum of all durations, in seconds. */
  durations = 0;
  /** Ticks that have passed. */
  ticks = 0;
  /** Activations. */
  added = 0;
  /** Deactivations. */
  removed = 0;
  /** Repeated calls of active multi states. */
  touched = 0;
  /** Steps of transitions. */
  steps = 0;
  /** Calls of handlers. */
  handlers = 0;
  /** Errors. */
  errors = 0;
  /** Mutations that waited and did not run. */
  dropped = 0;
  /** The sum of the queue's sizes in the current window. */
  queued = 0;
  /** How many sizes were summed. */
  queueSamples = 0;
}

/** Counts what one machine does. */
export class MachineCounter {
  readonly #machine: AnyMachine;
  readonly #counts: Counts;
  #exception = -1;
  #start = 0;

  /** @param counts Where it counts; machines with the same label share it. */
  constructor(machine: AnyMachine, counts: Counts) {
    this.#machine = machine;
    this.#counts = counts;
    this.readSchema();
  }

  /** Called again after a change of the schema. */
  readSchema(): void {
    this.#exception = this.#machine.stateNames.indexOf("Exception");
  }

  /** A transition was made. */
  begin(): void {
    this.#start = performance.now();
  }

  /** A handler is about to run. */
  handler(): void {
    this.#counts.handlers++;
  }

  /** A mutation that waited will not run. */
  drop(): void {
    this.#counts.dropped++;
  }

  /** The transition is over. */
  end(tx: Transition): void {
    const counts = this.#counts;
    const duration = (performance.now() - this.#start) / 1000;
    let bucket = 0;
    while (bucket < DURATION_BUCKETS.length && duration > DURATION_BUCKETS[bucket]) bucket++;
    counts.buckets[bucket]++;
    counts.durations += duration;
    counts.transitions[(tx.result === "executed" ? 0 : 2) + (tx.auto ? 1 : 0)]++;
    counts.queued += tx.queueLength;
    counts.queueSamples++;
    counts.steps += tx.steps.length;
    let failed = tx.type !== "remove" && tx.called.includes(this.#exception);
    // A final handler that throws undoes activations: so the ticks count, not the plan.
    const { timeBefore, timeAfter } = tx;
    for (let i = 0; i < timeAfter.length; i++) {
      const passed = timeAfter[i] - timeBefore[i];
      if (passed === 0) continue;
      counts.ticks += passed;
      const active = timeAfter[i] % 2 === 1;
      const wasActive = timeBefore[i] % 2 === 1;
      if (active !== wasActive) active ? counts.added++ : counts.removed++;
      if (active || wasActive) counts.touched += passed >> 1;
      else counts.added++, counts.removed++;
      if (active && i === this.#exception) failed = true;
    }
    if (failed) counts.errors++;
  }
}
