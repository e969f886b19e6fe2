import type { DatabaseSync } from "node:sqlite";
import type { MachineTime } from "../../../machine/mod.ts";
import type { HistoryEntry, HistoryEntryType } from "../log.ts";

/** One life of a machine, as it is in the file. */
export interface StoredLife {
  /** Its number within the machine. */
  readonly life: number;
  /** The numbers of its oldest and newest entry; all in between are there. */
  readonly first: number;
  readonly last: number;
  /** When these were made. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** The number of a machine in the file, if it has one. */
export function machineKey(db: DatabaseSync, machineId: string): number | undefined {
  return db.prepare("SELECT key FROM machine WHERE id = ?").get(machineId)?.key as
    | number
    | undefined;
}

/** The ids of all machines. */
export function machineIds(db: DatabaseSync): string[] {
  return db.prepare("SELECT id FROM machine ORDER BY key").all().map((row) => row.id as string);
}

/** A machine's last time. */
export function timeOf(db: DatabaseSync, machineId: string): MachineTime | undefined {
  const row = db.prepare("SELECT time FROM machine WHERE id = ?").get(machineId);
  return row?.time ? JSON.parse(row.time as string) : undefined;
}

/** Jumps from one life to the next, however many entries they have. */
const LIVES = `
  WITH RECURSIVE lives (life) AS (
    SELECT min(life) FROM entry WHERE machine = ?1
    UNION ALL
    SELECT (SELECT min(life) FROM entry WHERE machine = ?1 AND life > lives.life)
    FROM lives WHERE life IS NOT NULL
  ), bounds AS (
    SELECT life,
      (SELECT min(seq) FROM entry e WHERE e.machine = ?1 AND e.life = lives.life) AS first,
      (SELECT max(seq) FROM entry e WHERE e.machine = ?1 AND e.life = lives.life) AS last
    FROM lives WHERE life IS NOT NULL
  )
  SELECT bounds.life AS life, first, last, f.at AS firstAt, l.at AS lastAt FROM bounds
  JOIN entry f ON f.machine = ?1 AND f.life = bounds.life AND f.seq = first
  JOIN entry l ON l.machine = ?1 AND l.life = bounds.life AND l.seq = last
  ORDER BY bounds.life`;

/** All lives of a machine. */
export function livesOf(db: DatabaseSync, machine: number): StoredLife[] {
  return db.prepare(LIVES).all(machine) as unknown as StoredLife[];
}

/** How many entries a machine has, without those where tracking began. */
export function countOf(db: DatabaseSync, machine: number): number {
  return db.prepare("SELECT count(*) AS count FROM entry WHERE machine = ? AND type <> 'start'")
    .get(machine)!.count as number;
}

/** When an entry was made: both scales. */
export function momentOf(
  db: DatabaseSync,
  machine: number,
  life: number,
  seq: number,
): { at: number; tick: number } {
  return db.prepare("SELECT at, tick FROM entry WHERE machine = ? AND life = ? AND seq = ?")
    .get(machine, life, seq) as { at: number; tick: number };
}

const ENTRIES = `
  SELECT at, tick, tx AS "transition", type, auto, c.names AS called, n.names AS names, ticks
  FROM entry JOIN list c ON c.key = called JOIN list n ON n.key = entry.names
  WHERE machine = ? AND life = ? AND seq BETWEEN ? AND ? ORDER BY seq`;

/** A life's entries from one number to another, read as they are asked for. */
export function* entriesOf(
  db: DatabaseSync,
  machine: number,
  machineId: string,
  life: number,
  first: number,
  last: number,
): Generator<HistoryEntry> {
  for (const row of db.prepare(ENTRIES).iterate(machine, life, first, last)) {
    yield {
      machine: machineId,
      transition: row.transition as number,
      at: row.at as number,
      tick: row.tick as number,
      type: row.type as HistoryEntryType,
      calledStates: JSON.parse(row.called as string),
      auto: row.auto === 1,
      names: JSON.parse(row.names as string),
      ticks: JSON.parse(row.ticks as string),
    };
  }
}
