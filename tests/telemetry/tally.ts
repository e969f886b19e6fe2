import type { AnyMachine, Tracer, Transition } from "../../mod.ts";
import { Machine } from "../../mod.ts";

/** The metrics of one machine as a test counts them: from recorded steps and names. */
export class Tally implements Tracer {
  readonly steps = true;
  readonly values: Record<string, number> = {};
  #refusals = 0;

  constructor(readonly machine: AnyMachine) {
    for (const result of ["executed", "canceled"]) {
      for (const auto of [true, false]) this.#add(this.#key(result, auto), 0);
    }
    for (const name of COUNTERS) this.#add(name, 0);
    machine.addTracer(this);
  }

  transitionInit(_tx: Transition): void {
    this.#refusals = 0;
  }

  transitionEnd(tx: Transition): void {
    if (tx.check) return;
    this.#add(this.#key(tx.result, tx.auto), 1);
    this.#add("am_transition_duration_seconds_count", 1);
    this.#add("am_steps_total", tx.steps.length);
    const steps = (kind: string) => tx.steps.filter((step) => step.kind === kind).length;
    this.#add("am_handlers_total", steps("handler"));
    const names = tx.machine.stateNames;
    const active = (time: readonly number[]) => names.filter((_, i) => time[i] % 2 === 1);
    const before = active(tx.timeBefore);
    const after = active(tx.timeAfter);
    const ticks = tx.timeAfter.reduce((a, b) => a + b, 0) -
      tx.timeBefore.reduce((a, b) => a + b, 0);
    this.#add("am_ticks_total", ticks);
    const undone =
      names.filter((name, i) => !before.includes(name) && tx.timeAfter[i] === tx.timeBefore[i] + 2)
        .length;
    const added = after.filter((name) => !before.includes(name)).length + undone;
    const removed = before.filter((name) => !after.includes(name)).length + undone;
    this.#add("am_states_added_total", added);
    this.#add("am_states_removed_total", removed);
    this.#add("am_states_touched_total", (ticks - added - removed) / 2);
    if (tx.type !== "remove" && tx.calledStates.includes("Exception")) {
      this.#add("am_errors_total", 1);
    }
  }

  /** What can be read from the machine at any time. */
  gauges(): Record<string, number> {
    const states = Object.values(this.machine.schema);
    const related = states.flatMap((s) => [s.add, s.remove, s.require, s.after].flat())
      .filter((name) => name !== undefined);
    return {
      am_states: states.length,
      am_relations: related.length,
      am_referenced_states: new Set(related).size,
      am_states_active: this.machine.activeStates().length,
      am_states_inactive: states.length - this.machine.activeStates().length,
    };
  }

  #key(result: string, auto: boolean): string {
    return `am_transitions_total{auto=${auto},result=${result}}`;
  }

  #add(name: string, value: number): void {
    this.values[name] = (this.values[name] ?? 0) + value;
  }
}

const COUNTERS = [
  "am_transition_duration_seconds_count",
  "am_ticks_total",
  "am_states_added_total",
  "am_states_removed_total",
  "am_states_touched_total",
  "am_steps_total",
  "am_handlers_total",
  "am_errors_total",
];

/** Pseudo-random whole numbers below `limit`, the same on each run. */
export function numbers(seed: number): (limit: number) => number {
  let x = seed * 2654435761 >>> 0 || 1;
  return (limit) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % limit;
  };
}

/** A machine that refuses, throws, has auto and multi states, and makes mutations of its own. */
export function busyMachine(id: string, parent?: AnyMachine): Machine {
  const machine = new Machine(
    {
      Idle: { auto: true, require: ["Ready"], remove: ["Working", "Failed"] },
      Ready: {},
      Working: { require: ["Ready"], remove: ["Idle"], add: ["Busy"] },
      Busy: { after: ["Working"] },
      Ping: { multi: true },
      Failed: { remove: ["Working", "Busy"] },
      Picky: { auto: true, require: ["Ready"] },
      Broken: {},
      Event: { event: true, remove: ["Busy"] },
      Latest: { multi: "latest" },
      Slow: { timeouts: { Ready: 1e9 } },
    },
    { id, printErrors: false, ...parent && { parent: parent as Machine } },
  );
  let picks = 0;
  const handlers: Record<string, (e: { add: (s: string) => unknown }) => unknown> = {
    PickyEnter: () => ++picks % 3 !== 0,
    WorkingState: (e) => (e.add("Ping"), e.add("Failed")),
    BrokenState: () => {
      throw new Error("broken on purpose");
    },
    PingEnter: () => picks % 5 !== 4,
    AnyState: () => {},
  };
  machine.bindHandlers(handlers as never);
  return machine as unknown as Machine;
}

/** Makes `n` mutations and dry runs. */
export function work(machine: AnyMachine, n: number, seed = 1): void {
  const random = numbers(seed);
  const { stateNames } = machine;
  for (let i = 0; i < n; i++) {
    const states = Array.from(
      { length: 1 + random(2) },
      () => stateNames[random(stateNames.length)],
    );
    const args = states.includes("Exception") ? { err: new Error("on purpose") } : undefined;
    const kind = random(8);
    if (kind < 5) machine.add(states, args);
    else if (kind < 7) machine.remove(states);
    else (machine as Machine).canAdd(states as never);
  }
}
