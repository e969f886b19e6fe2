/**
 * What a machine did, in memory: which states were activated when, and which were active. The same
 * questions, answered by a file that survives a restart: `./telemetry/history/sqlite`.
 *
 * @example Usage
 * ```ts
 * import { Machine } from "@asyncmachine/asyncmachine";
 * import { trackHistory } from "@asyncmachine/asyncmachine/telemetry/history";
 * import { assertEquals } from "@std/assert";
 *
 * const machine = new Machine({ Online: {}, Busy: { require: ["Online"] } });
 * using history = trackHistory(machine, { max: 100 });
 * machine.add("Online");
 * machine.add("Busy");
 * machine.remove("Online");
 *
 * assertEquals(history.activatedRecently("Busy", 1000), true);
 * assertEquals(history.activeBetween("Busy", { tick: 0 }, { tick: 1 }), false);
 * assertEquals(history.find({ deactivated: "Busy" })[0].calledStates, ["Online"]);
 * ```
 *
 * @module
 */
import type { AnyMachine } from "../../machine/mod.ts";
import { type TracerBinding, type Watcher, watchMachines } from "../binding.ts";
import {
  type History,
  type HistoryEntry,
  HistoryLog,
  isTick,
  type Moment,
  type Stretch,
  valueOf,
} from "./log.ts";
import { Recorder } from "./recorder.ts";

export type { AnyMachine } from "../../machine/mod.ts";
export type { TracerBinding } from "../binding.ts";
export type { History, HistoryEntry, HistoryEntryType, HistoryQuery, Moment } from "./log.ts";

/** What is remembered. */
export interface HistoryOptions {
  /**
   * The states to track: transitions that change none of them are not remembered.
   * @default {all}
   */
  readonly states?: readonly string[];
  /** How many transitions of one machine are remembered; the oldest go first. @default {1000} */
  readonly max?: number;
  /** The clock, in milliseconds since 1970. @default {Date.now} */
  readonly now?: () => number;
}

/** The history of a machine and, one by one, of its children. */
export interface TrackedHistory extends History, TracerBinding {
  /** The history of the machine itself or of one of its children, while that lives. */
  of(machine: AnyMachine): History | undefined;
}

/**
 * Remembers what a machine and its children do, each in a ring of its own, until it is undone; what
 * is remembered stays.
 *
 * @throws {RangeError} If `max` is not a whole number from 1 up.
 */
export function trackHistory(machine: AnyMachine, options: HistoryOptions = {}): TrackedHistory {
  const { max = 1000, now = Date.now } = options;
  if (!Number.isInteger(max) || max < 1) {
    throw new RangeError(`Cannot track the history: max is ${max}, expected a whole number from 1`);
  }
  const rings = new Map<AnyMachine, Ring>();
  const ringOf = (one: AnyMachine) => new Ring(new Recorder(one, options.states, now), max, now);
  const own = ringOf(machine);
  const binding = watchMachines(machine, (one): Watcher => {
    const ring = one === machine ? own : ringOf(one);
    rings.set(one, ring);
    return {
      schemaChanged: () => ring.recorder.readSchema(),
      timeMoved: () => ring.push(ring.recorder.snapshot()),
      ended(tx) {
        const entry = ring.recorder.record(tx);
        if (entry !== null) ring.push(entry);
      },
      left: () => void rings.delete(one),
    };
  });
  return Object.assign(own, binding, { of: (one: AnyMachine) => rings.get(one) });
}

/** The newest entries of one machine. */
class Ring extends HistoryLog {
  readonly recorder: Recorder;
  override readonly machineId: string;
  readonly #max: number;
  readonly #now: () => number;
  /** The entry before the oldest: where the oldest one's changes start from. */
  #base: HistoryEntry;
  #entries: HistoryEntry[] = [];
  /** How many of them stand for an imported time. */
  #starts = 0;
  /** The position of the oldest entry, once the ring is full. */
  #oldest = 0;

  constructor(recorder: Recorder, max: number, now: () => number) {
    super();
    this.recorder = recorder;
    this.#max = max;
    this.#now = now;
    this.#base = recorder.snapshot();
    this.machineId = this.#base.machine;
  }

  override get states(): readonly string[] {
    return this.recorder.names;
  }

  override get size(): number {
    return this.#entries.length - this.#starts;
  }

  push(entry: HistoryEntry): void {
    if (entry.type === "start") this.#starts++;
    if (this.#entries.length < this.#max) {
      this.#entries.push(entry);
      return;
    }
    this.#base = this.#entries[this.#oldest];
    if (this.#base.type === "start") this.#starts--;
    this.#entries[this.#oldest] = entry;
    this.#oldest = this.#oldest + 1 === this.#max ? 0 : this.#oldest + 1;
  }

  protected override now(): number {
    return this.#now();
  }

  protected override stretches(from?: Moment, to?: Moment): Stretch[] {
    if (from === undefined && to === undefined) {
      return [{ before: this.#base, held: true, entries: this.#walk() }];
    }
    const start = from === undefined ? 0 : this.#search(from, false);
    const end = to === undefined ? this.#entries.length + 1 : this.#search(to, true);
    const before = start === 0 ? null : this.#at(start - 1);
    return [{ before, held: true, entries: this.#walk(start, end) }];
  }

  /** The base is number 0, the entries follow. */
  #at(index: number): HistoryEntry {
    if (index === 0) return this.#base;
    return this.#entries[(this.#oldest + index - 1) % this.#entries.length];
  }

  /** The first entry at a moment or later, or, with `after`, later only. */
  #search(moment: Moment, after: boolean): number {
    const value = valueOf(moment);
    const tick = isTick(moment);
    let low = 0;
    let high = this.#entries.length + 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#at(middle);
      const own = tick ? entry.tick : entry.at;
      if (own < value || (after && own === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  *#walk(start = 1, end: number = this.#entries.length + 1): Iterable<HistoryEntry> {
    for (let i = start; i < end; i++) {
      const entry = this.#at(i);
      // The base stands for how things were; what it changed has been forgotten.
      yield i === 0 && entry.type !== "start"
        ? { ...entry, tick: entry.tick, type: "start" }
        : entry;
    }
  }
}
