/**
 * What machines did, in an SQLite file that survives a restart: the questions of
 * `./telemetry/history`, and the time that a machine resumes from. Needs `node:sqlite`: Deno, or
 * Node from 22.
 *
 * @example Usage
 * ```ts
 * import { Machine } from "@asyncmachine/asyncmachine";
 * import { SqliteHistory } from "@asyncmachine/asyncmachine/telemetry/history/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * {
 *   using store = new SqliteHistory(path);
 *   const machine = new Machine({ Online: {}, Busy: {} }, { id: "worker" });
 *   store.track(machine);
 *   machine.add("Busy");
 * }
 * // … after a restart:
 * using store = new SqliteHistory(path);
 * const machine = new Machine({ Online: {}, Busy: {} }, { id: "worker" });
 * machine.importTime(store.time("worker")!);
 * const history = store.track(machine);
 * machine.add("Online");
 * assertEquals(machine.toString(), "(Online:1 Busy:1)");
 * assertEquals([...history].map((entry) => entry.calledStates), [["Busy"], ["Online"]]);
 * ```
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import type { AnyMachine, MachineTime } from "../../../machine/mod.ts";
import { bindTracer, type TracerBinding } from "../../binding.ts";
import type { TrackedHistory } from "../mod.ts";
import type { History } from "../log.ts";
import { Recorder } from "../recorder.ts";
import { Batches, type LatestTime } from "./batches.ts";
import { SqliteLog } from "./log.ts";

export type { AnyMachine, MachineTime } from "../../../machine/mod.ts";
export type { TracerBinding } from "../../binding.ts";
export type { TrackedHistory } from "../mod.ts";
export type { History, HistoryEntry, HistoryEntryType, HistoryQuery, Moment } from "../mod.ts";

/** How a file is written. */
export interface SqliteHistoryOptions {
  /** How many entries make a batch, which is committed as a whole. @default {1000} */
  readonly batch?: number;
  /** After how many milliseconds a smaller batch is committed. @default {1000} */
  readonly interval?: number;
  /** The clock, in milliseconds since 1970. @default {Date.now} */
  readonly now?: () => number;
  /** Called after each commit with the number of its entries. */
  readonly onCommit?: (entries: number) => void;
}

/** What of a machine is remembered. */
export interface SqliteTrackOptions {
  /**
   * The states to track: transitions that change none of them are not remembered. The machine's
   * time always is, whole.
   * @default {all}
   */
  readonly states?: readonly string[];
  /** How many transitions of one machine the file keeps; the oldest go first. @default {Infinity} */
  readonly max?: number;
}

/**
 * A file with the histories of machines. Entries are written in batches; a crash loses at most the
 * last batch, and never part of one. Questions see everything: they write what waits first.
 */
export class SqliteHistory implements Disposable {
  readonly #batches: Batches;
  readonly #now: () => number;
  readonly #bindings: Set<TracerBinding> = new Set();

  /**
   * Opens the file, or makes it.
   *
   * @param path The file; `:memory:` for none.
   * @throws {RangeError} If `batch` or `interval` is not a number from 1 up.
   */
  constructor(path: string, options: SqliteHistoryOptions = {}) {
    const { batch = 1000, interval = 1000, now = Date.now, onCommit } = options;
    for (const [name, value] of Object.entries({ batch, interval })) {
      if (!(value >= 1)) throw new RangeError(`Cannot open the history: ${name} is ${value}`);
    }
    this.#now = now;
    this.#batches = new Batches(new DatabaseSync(path), batch, interval, onCommit);
  }

  /** The ids of all machines that the file knows. */
  get machineIds(): string[] {
    return this.#batches.machineIds();
  }

  /**
   * Continues the history of a machine and of its children, by their ids, until it is undone.
   *
   * @throws {TypeError} If the machine cannot tell its time.
   */
  track(machine: AnyMachine, options: SqliteTrackOptions = {}): TrackedHistory {
    const batches = this.#batches;
    const tracks = new Map<AnyMachine, Track>();
    const open = (one: AnyMachine) => {
      const time = timeOf(one);
      const key = batches.keyOf(one.id);
      const newest = batches.newest(key);
      const recorder = new Recorder(one, options.states, this.#now, newest?.at);
      const log = new SqliteLog(batches, key, one.id, this.#now, () => recorder.names);
      const start = recorder.snapshot();
      // A machine that was not resumed begins anew: no transition has led there.
      if (!newest || !sameTicks(newest, start)) batches.push(key, start, null, options.max);
      const latest = { of: time, ticks: time.ticks };
      tracks.set(one, { key, log, recorder, latest });
      batches.changed(key, latest);
      return log;
    };
    const forget = (one: AnyMachine) => {
      batches.flush();
      tracks.delete(one);
    };
    const own = open(machine);
    const binding = bindTracer(machine, {
      machineInit: (one) => void (one !== machine && open(one)),
      machineDispose: forget,
      machineRemoved: forget,
      schemaChange: (one) => {
        const track = tracks.get(one);
        if (track === undefined) return;
        track.recorder.readSchema();
        track.latest.of = timeOf(one);
        track.latest.ticks = track.latest.of.ticks;
        batches.changed(track.key, track.latest);
      },
      transitionEnd(tx) {
        const track = tracks.get(tx.machine);
        if (track === undefined || tx.check || !tx.plan?.changes) return;
        track.latest.ticks = tx.timeAfter;
        const entry = track.recorder.record(tx);
        if (entry === null) batches.changed(track.key, track.latest);
        else batches.push(track.key, entry, track.latest, options.max);
      },
    });
    this.#bindings.add(binding);
    const unbind = () => {
      this.#bindings.delete(binding);
      binding.unbind();
    };
    return Object.assign(own, {
      machines: binding.machines,
      of: (one: AnyMachine) => tracks.get(one)?.log,
      unbind,
      [Symbol.dispose]: unbind,
    });
  }

  /** The history of a machine that need not live any more, or `undefined`. */
  history(machineId: string): History | undefined {
    const key = this.#batches.findKey(machineId);
    if (key === undefined) return undefined;
    const names = () => this.time(machineId)?.names ?? [];
    return new SqliteLog(this.#batches, key, machineId, this.#now, names);
  }

  /** The last time of a machine, for its `importTime`, or `undefined`. */
  time(machineId: string): MachineTime | undefined {
    return this.#batches.time(machineId);
  }

  /** Commits what waits. */
  flush(): void {
    this.#batches.flush();
  }

  /** Commits what waits, stops tracking and closes the file; a second call does nothing. */
  close(): void {
    for (const binding of [...this.#bindings]) binding.unbind();
    this.#bindings.clear();
    this.#batches.close();
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** One machine's way into the file. */
interface Track {
  readonly key: number;
  readonly log: SqliteLog;
  readonly recorder: Recorder;
  readonly latest: LatestTime;
}

function timeOf(machine: AnyMachine): MachineTime {
  const { exportTime } = machine as Partial<{ exportTime(): MachineTime }>;
  if (exportTime) return exportTime.call(machine);
  throw new TypeError(`Cannot track "${machine.id}": it has no exportTime`);
}

interface Ticks {
  readonly names: readonly string[];
  readonly ticks: readonly number[];
}

function sameTicks(one: Ticks, two: Ticks): boolean {
  const same = (a: readonly unknown[], b: readonly unknown[]) =>
    a.length === b.length && a.every((value, i) => value === b[i]);
  return same(one.names, two.names) && same(one.ticks, two.ticks);
}
