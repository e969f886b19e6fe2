import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { MachineTime } from "../../../machine/mod.ts";
import type { HistoryEntry, HistoryEntryType } from "../log.ts";

/** A machine's time after its last transition: what is saved with the next batch. */
export interface LatestTime {
  /** What the ticks belong to. */
  of: MachineTime;
  /** The ticks. */
  ticks: readonly number[];
}

/** A line of the table `entry`. */
interface Row {
  readonly seq: number;
  readonly at: number;
  readonly tick: number;
  readonly transition: number;
  readonly type: string;
  readonly auto: number;
  readonly called: string;
  readonly names: string;
  readonly ticks: string;
}

/** An entry with its place in the file. */
export interface StoredEntry extends HistoryEntry {
  /** Its number within its machine's history. */
  readonly seq: number;
}

interface Waiting {
  readonly key: number;
  readonly seq: number;
  readonly entry: HistoryEntry;
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS machine (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, time TEXT
  );
  CREATE TABLE IF NOT EXISTS list (key INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS entry (
    machine INTEGER NOT NULL REFERENCES machine, seq INTEGER NOT NULL, at REAL NOT NULL,
    tick INTEGER NOT NULL, tx INTEGER NOT NULL, type TEXT NOT NULL, auto INTEGER NOT NULL,
    called INTEGER NOT NULL REFERENCES list, names INTEGER NOT NULL REFERENCES list,
    ticks TEXT NOT NULL, PRIMARY KEY (machine, seq)
  ) WITHOUT ROWID;
`;

const ENTRIES = `
  SELECT seq, at, tick, tx AS "transition", type, auto, c.names AS called, n.names AS names, ticks
  FROM entry JOIN list c ON c.key = called JOIN list n ON n.key = entry.names
  WHERE machine = ?`;

/** Entries on their way into the file, and back. */
export class Batches {
  readonly #db: DatabaseSync;
  readonly #size: number;
  readonly #interval: number;
  readonly #onCommit: ((entries: number) => void) | undefined;
  readonly #insert: StatementSync;
  readonly #lists: Map<string, number> = new Map();
  /** Lists of names are few and the same objects again and again. */
  #known: WeakMap<readonly string[], number> = new WeakMap();
  readonly #keys: Map<string, number> = new Map();
  readonly #nextSeq: Map<number, number> = new Map();
  readonly #limits: Map<number, number> = new Map();
  #waiting: Waiting[] = [];
  #changed: Map<number, LatestTime> = new Map();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #open = true;

  constructor(
    db: DatabaseSync,
    size: number,
    interval: number,
    onCommit: ((entries: number) => void) | undefined,
  ) {
    this.#db = db;
    this.#size = size;
    this.#interval = interval;
    this.#onCommit = onCommit;
    db.exec(SCHEMA);
    this.#insert = db.prepare("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  }

  /** The number of a machine in the file, if it has one. */
  findKey(machineId: string): number | undefined {
    const row = this.#db.prepare("SELECT key FROM machine WHERE id = ?").get(machineId);
    return row?.key as number | undefined;
  }

  /** The number of a machine in the file. */
  keyOf(machineId: string): number {
    let key = this.#keys.get(machineId) ?? this.findKey(machineId);
    if (key === undefined) {
      const made = this.#db.prepare("INSERT INTO machine (id) VALUES (?)").run(machineId);
      key = Number(made.lastInsertRowid);
    }
    this.#keys.set(machineId, key);
    return key;
  }

  /** The ids of all machines. */
  machineIds(): string[] {
    return this.#db.prepare("SELECT id FROM machine ORDER BY key").all()
      .map((row) => row.id as string);
  }

  /** A machine's last time. */
  time(machineId: string): MachineTime | undefined {
    this.flush();
    const row = this.#db.prepare("SELECT time FROM machine WHERE id = ?").get(machineId);
    return row?.time ? JSON.parse(row.time as string) : undefined;
  }

  /** Takes an entry in; the machine's time goes with its batch. */
  push(key: number, entry: HistoryEntry, time: LatestTime | null, max: number | undefined): void {
    const seq = this.#nextSeq.get(key) ?? (this.newest(key)?.seq ?? -1) + 1;
    this.#nextSeq.set(key, seq + 1);
    if (max !== undefined) this.#limits.set(key, max);
    this.#waiting.push({ key, seq, entry });
    if (time !== null && !this.#changed.has(key)) this.#changed.set(key, time);
    this.#wait();
    // After a failure not with each entry.
    if (this.#waiting.length % this.#size === 0) this.flush();
  }

  /** A machine's time has changed, without an entry. */
  changed(key: number, time: LatestTime): void {
    this.#changed.set(key, time);
    this.#wait();
  }

  #wait(): void {
    if (this.#timer !== undefined) return;
    // It keeps the process alive: what waits is not lost when nothing else is left to do.
    this.#timer = setTimeout(() => {
      try {
        this.flush();
      } catch (error) {
        console.error("Cannot write the history, which is tried again later:", error);
      }
    }, this.#interval);
  }

  /** Commits what waits, as one batch. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#open || this.#waiting.length + this.#changed.size === 0) return;
    const waiting = this.#waiting;
    const changed = this.#changed;
    this.#db.exec("BEGIN");
    try {
      for (const { key, seq, entry } of waiting) this.#write(key, seq, entry);
      const save = this.#db.prepare("UPDATE machine SET time = ? WHERE key = ?");
      for (const [key, { of, ticks }] of changed) save.run(JSON.stringify({ ...of, ticks }), key);
      this.#prune(waiting);
      this.#db.exec("COMMIT");
    } catch (error) {
      this.#db.exec("ROLLBACK");
      this.#lists.clear();
      this.#known = new WeakMap();
      throw error;
    }
    this.#waiting = [];
    this.#changed = new Map();
    this.#onCommit?.(waiting.length);
  }

  #write(key: number, seq: number, entry: HistoryEntry): void {
    this.#insert.run(
      key,
      seq,
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

  /** One entry more than asked for stays, as the start of the oldest one's changes. */
  #prune(written: readonly Waiting[]): void {
    if (this.#limits.size === 0) return;
    const remove = this.#db.prepare("DELETE FROM entry WHERE machine = ? AND seq < ?");
    const start = this.#db.prepare("UPDATE entry SET type = 'start' WHERE machine = ? AND seq = ?");
    for (const key of new Set(written.map(({ key }) => key))) {
      const max = this.#limits.get(key) ?? Infinity;
      if (max === Infinity) continue;
      const first = this.#nextSeq.get(key)! - 1 - max;
      remove.run(key, first);
      start.run(key, first);
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

  /** The newest entry of a machine. */
  newest(key: number): StoredEntry | undefined {
    this.flush();
    const row = this.#db.prepare(`${ENTRIES} ORDER BY seq DESC LIMIT 1`).get(key);
    return row && toEntry("", row as unknown as Row);
  }

  /** The numbers of a machine's oldest and newest entry. */
  bounds(key: number): { first: number; last: number } {
    this.flush();
    const row = this.#db.prepare(
      "SELECT min(seq) AS first, max(seq) AS last FROM entry WHERE machine = ?",
    ).get(key)!;
    return { first: row.first as number ?? 0, last: row.last as number ?? -1 };
  }

  /** How many entries a machine has, without those where tracking began. */
  count(key: number): number {
    this.flush();
    const row = this.#db.prepare(
      "SELECT count(*) AS count FROM entry WHERE machine = ? AND type <> 'start'",
    ).get(key)!;
    return row.count as number;
  }

  /** When an entry was made: both scales. */
  moment(key: number, seq: number): { at: number; tick: number } {
    const row = this.#db.prepare("SELECT at, tick FROM entry WHERE machine = ? AND seq = ?")
      .get(key, seq)!;
    return { at: row.at as number, tick: row.tick as number };
  }

  /** The entries from one number to another, read as they are asked for. */
  *entries(key: number, id: string, first: number, last: number): Iterable<StoredEntry> {
    const rows = this.#db.prepare(`${ENTRIES} AND seq BETWEEN ? AND ? ORDER BY seq`)
      .iterate(key, first, last);
    for (const row of rows) yield toEntry(id, row as unknown as Row);
  }

  /** Commits what waits and closes the file. */
  close(): void {
    if (!this.#open) return;
    this.flush();
    this.#open = false;
    this.#db.close();
  }
}

function toEntry(machine: string, row: Row): StoredEntry {
  return {
    machine,
    seq: row.seq,
    at: row.at,
    tick: row.tick,
    transition: row.transition,
    type: row.type as HistoryEntryType,
    calledStates: JSON.parse(row.called),
    auto: row.auto === 1,
    names: JSON.parse(row.names),
    ticks: JSON.parse(row.ticks),
  };
}
