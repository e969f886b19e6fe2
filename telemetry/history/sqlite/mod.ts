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
import type { DatabaseSync } from "node:sqlite";
import type { AnyMachine, MachineTime } from "../../../machine/mod.ts";
import { type TracerBinding, type Watcher, watchMachines } from "../../binding.ts";
import type { TrackedHistory } from "../mod.ts";
import type { History } from "../log.ts";
import { Recorder } from "../recorder.ts";
import { Batches, Life } from "./batches.ts";
import { openDatabase } from "./database.ts";
import { SqliteLog } from "./log.ts";
import { livesOf, machineIds, machineKey, timeOf } from "./stored.ts";

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
  /**
   * For how many milliseconds other processes that write into the file are waited for.
   * @default {5000}
   */
  readonly timeout?: number;
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
 *
 * Several processes of one computer may share a file. Machines are told apart by their ids, so give
 * them different ones: if two have the same at the same time, all their entries are there, and the
 * answers are those for either; the time is that of the one that wrote last.
 */
export class SqliteHistory implements Disposable {
  readonly #db: DatabaseSync;
  readonly #batches: Batches;
  readonly #now: () => number;
  readonly #bindings: Set<TracerBinding> = new Set();

  /**
   * Opens the file, or makes it.
   *
   * @param path The file, on a disk of this computer; `:memory:` for none.
   * @throws {RangeError} If `batch` or `interval` is not a number from 1 up, or `timeout` negative.
   * @throws {Error} If the file cannot be opened, or others don't let go of it in time.
   */
  constructor(path: string, options: SqliteHistoryOptions = {}) {
    const { batch = 1000, interval = 1000, timeout = 5000, now = Date.now, onCommit } = options;
    for (const [name, value] of Object.entries({ batch, interval })) {
      if (!(value >= 1)) throw new RangeError(`Cannot open the history: ${name} is ${value}`);
    }
    if (!(timeout >= 0 && timeout < 2 ** 31)) {
      throw new RangeError(`Cannot open the history: timeout is ${timeout}`);
    }
    this.#now = now;
    this.#db = openDatabase(path, timeout);
    this.#batches = new Batches(this.#db, { batch, interval, onCommit });
  }

  /** The ids of all machines that the file knows. */
  get machineIds(): string[] {
    this.#batches.flush();
    return machineIds(this.#db);
  }

  /**
   * Continues the history of a machine and of its children, by their ids, until it is undone.
   *
   * @throws {TypeError} If the machine cannot tell its time.
   */
  track(machine: AnyMachine, options: SqliteTrackOptions = {}): TrackedHistory {
    const { max = Infinity, states } = options;
    if (!(max >= 1)) throw new RangeError(`Cannot track the history: max is ${max}`);
    const batches = this.#batches;
    const logs = new Map<AnyMachine, SqliteLog>();
    const open = (one: AnyMachine): { log: SqliteLog; watcher: Watcher } => {
      const life = new Life(one.id, max, exporter(one));
      const recorder = new Recorder(one, states, this.#now, this.#newest(one.id));
      const names = () => recorder.names;
      const log = new SqliteLog(this.#db, batches, one.id, this.#now, names);
      // No transition has led there: the machine is new, or was resumed.
      batches.push(life, recorder.snapshot());
      return {
        log,
        watcher: {
          schemaChanged() {
            recorder.readSchema();
            batches.changed(life);
          },
          timeMoved: () => batches.push(life, recorder.snapshot()),
          ended(tx) {
            const entry = recorder.record(tx);
            if (entry !== null) batches.push(life, entry);
            else if (recorder.partial) batches.changed(life);
          },
          left() {
            life.end();
            logs.delete(one);
          },
        },
      };
    };
    const own = open(machine);
    const binding = watchMachines(machine, (one) => {
      const { log, watcher } = one === machine ? own : open(one);
      logs.set(one, log);
      return watcher;
    });
    this.#bindings.add(binding);
    const unbind = () => {
      this.#bindings.delete(binding);
      binding.unbind();
    };
    return Object.assign(own.log, {
      machines: binding.machines,
      of: (one: AnyMachine) => logs.get(one),
      unbind,
      [Symbol.dispose]: unbind,
    });
  }

  /** When the newest entry of a machine was made. */
  #newest(machineId: string): number | undefined {
    this.#batches.flush();
    const key = machineKey(this.#db, machineId);
    if (key === undefined) return undefined;
    return livesOf(this.#db, key).reduce((at, { lastAt }) => Math.max(at, lastAt), -Infinity);
  }

  /** The history of a machine that need not live any more, or `undefined`. */
  history(machineId: string): History | undefined {
    this.#batches.flush();
    if (machineKey(this.#db, machineId) === undefined) return undefined;
    const names = () => this.time(machineId)?.names ?? [];
    return new SqliteLog(this.#db, this.#batches, machineId, this.#now, names);
  }

  /** The last time of a machine, for its `importTime`, or `undefined`. */
  time(machineId: string): MachineTime | undefined {
    this.#batches.flush();
    return timeOf(this.#db, machineId);
  }

  /** Commits what waits. */
  flush(): void {
    this.#batches.flush();
  }

  /**
   * Stops tracking, commits what waits and closes the file; a second call does nothing.
   *
   * @throws {Error} If what waits cannot be committed: it is kept, and may be tried again.
   */
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

function exporter(machine: AnyMachine): () => MachineTime {
  const { exportTime } = machine as Partial<{ exportTime(): MachineTime }>;
  if (exportTime) return () => exportTime.call(machine);
  throw new TypeError(`Cannot track "${machine.id}": it has no exportTime`);
}
