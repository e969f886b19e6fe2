import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { MachineTime } from "../../../machine/mod.ts";
import type { HistoryEntry } from "../log.ts";
import { write } from "./database.ts";
import { livesOf, machineKey } from "./stored.ts";

/** Where a life's next entry goes. */
interface Place {
  readonly machine: number;
  readonly life: number;
  seq: number;
}

/** One time that a machine is tracked. */
export class Life {
  readonly machineId: string;
  /** How many entries are kept. */
  readonly max: number;
  /** Gives the machine's time. */
  time: () => MachineTime;
  /** Its place in the file, once it has been committed. */
  place: Place | null = null;

  constructor(machineId: string, max: number, time: () => MachineTime) {
    this.machineId = machineId;
    this.max = max;
    this.time = time;
  }

  /** What the machine does from now on is not tracked. */
  end(): void {
    const last = this.time();
    this.time = () => last;
  }
}

/** How entries are committed. */
export interface BatchOptions {
  /** How many entries make a batch. */
  readonly batch: number;
  /** After how many milliseconds a smaller one is committed. */
  readonly interval: number;
  /** Called after each commit. */
  readonly onCommit: ((entries: number) => void) | undefined;
}

/** Beyond it, timers fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Entries on their way into the file. */
export class Batches {
  readonly #db: DatabaseSync;
  readonly #options: BatchOptions;
  readonly #insert: StatementSync;
  readonly #lists: Map<string, number> = new Map();
  /** Lists of names are few and the same objects again and again. */
  #known: WeakMap<readonly string[], number> = new WeakMap();
  #waiting: { readonly life: Life; readonly entry: HistoryEntry }[] = [];
  /** Whose time has changed. */
  #changed: Set<Life> = new Set();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failing = false;
  #open = true;

  constructor(db: DatabaseSync, options: BatchOptions) {
    this.#db = db;
    this.#options = options;
    this.#insert = db.prepare("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  }

  /** Takes an entry in; the machine's time goes with its batch. */
  push(life: Life, entry: HistoryEntry): void {
    this.#waiting.push({ life, entry });
    this.changed(life);
    // After a failure not with each entry.
    if (this.#waiting.length % this.#options.batch !== 0) return;
    this.#tryFlush();
    // A machine that is still busy may have timers to set: they are part of its time.
    this.changed(life);
  }

  /** A machine's time has changed, maybe without an entry. */
  changed(life: Life): void {
    this.#changed.add(life);
    this.#wait();
  }

  #wait(): void {
    if (this.#timer !== undefined || !this.#open) return;
    if (this.#options.interval > LONGEST_TIMER) return;
    // It keeps the process alive: what waits is not lost when nothing else is left to do.
    this.#timer = setTimeout(() => this.#tryFlush(), this.#options.interval);
  }

  /** Commits what waits, or tries again later. */
  #tryFlush(): void {
    try {
      this.flush();
    } catch (error) {
      if (!this.#failing) {
        console.error("Cannot write the history, which is tried again later:", error);
      }
      this.#failing = true;
      this.#wait();
    }
  }

  /** Commits what waits, as one batch. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#open || this.#waiting.length + this.#changed.size === 0) return;
    const waiting = this.#waiting;
    const changed = this.#changed;
    const places = new Map<Life, Place>();
    try {
      write(this.#db, () => {
        for (const { life, entry } of waiting) this.#write(this.#placeOf(life, places), entry);
        const save = this.#db.prepare("UPDATE machine SET time = ? WHERE key = ?");
        for (const life of changed) {
          save.run(JSON.stringify(life.time()), this.#placeOf(life, places).machine);
        }
        for (const [life, place] of places) if (life.max !== Infinity) this.#prune(life.max, place);
      });
    } catch (error) {
      this.#lists.clear();
      this.#known = new WeakMap();
      throw error;
    }
    for (const [life, place] of places) life.place = place;
    this.#waiting = [];
    this.#changed = new Set();
    this.#failing = false;
    this.#options.onCommit?.(waiting.length);
  }

  #placeOf(life: Life, places: Map<Life, Place>): Place {
    let place = places.get(life);
    if (place === undefined) {
      place = life.place === null ? this.#newPlace(life.machineId) : { ...life.place };
      places.set(life, place);
    }
    return place;
  }

  #newPlace(machineId: string): Place {
    const db = this.#db;
    db.prepare("INSERT OR IGNORE INTO machine (id) VALUES (?)").run(machineId);
    const machine = machineKey(db, machineId)!;
    const { last } = db.prepare("SELECT max(life) AS last FROM entry WHERE machine = ?")
      .get(machine) as { last: number | null };
    return { machine, life: (last ?? 0) + 1, seq: 0 };
  }

  #write(place: Place, entry: HistoryEntry): void {
    this.#insert.run(
      place.machine,
      place.life,
      place.seq++,
      entry.at,
      entry.tick,
      entry.transition,
      entry.type,
      entry.auto ? 1 : 0,
      this.#listOf(entry.calledStates),
      this.#listOf(entry.names),
      `[${entry.ticks.join()}]`,
    );
  }

  /**
   * Keeps the newest of a life and of those before it. One entry more than asked for stays, as the
   * start of the oldest one's changes. Later lives are the business of those who write them.
   */
  #prune(max: number, place: Place): void {
    const remove = this.#db.prepare(
      "DELETE FROM entry WHERE machine = ? AND life = ? AND seq < ?",
    );
    const start = this.#db.prepare(
      "UPDATE entry SET type = 'start' WHERE machine = ? AND life = ? AND seq = ?",
    );
    let room = max;
    for (const { life, first, last } of livesOf(this.#db, place.machine).toReversed()) {
      if (life > place.life) continue;
      const base = room === 0 ? last + 1 : last - room;
      if (base > first) {
        remove.run(place.machine, life, base);
        start.run(place.machine, life, base);
      }
      room -= Math.min(room, last - first);
    }
  }

  #listOf(names: readonly string[]): number {
    const known = this.#known.get(names);
    if (known !== undefined) return known;
    const text = JSON.stringify(names);
    let key = this.#lists.get(text);
    if (key === undefined) {
      const row = this.#db.prepare("SELECT key FROM list WHERE names = ?").get(text);
      key = row === undefined
        ? Number(this.#db.prepare("INSERT INTO list (names) VALUES (?)").run(text).lastInsertRowid)
        : row.key as number;
      this.#lists.set(text, key);
    }
    this.#known.set(names, key);
    return key;
  }

  /** Commits what waits and closes the file. */
  close(): void {
    if (!this.#open) return;
    this.flush();
    this.#open = false;
    this.#db.close();
  }
}
