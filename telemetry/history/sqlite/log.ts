import type { DatabaseSync } from "node:sqlite";
import {
  type HistoryEntry,
  HistoryLog,
  isTick,
  type Moment,
  type Stretch,
  valueOf,
} from "../log.ts";
import type { Batches } from "./batches.ts";
import { countOf, entriesOf, livesOf, machineKey, momentOf, type StoredLife } from "./stored.ts";

/** The history of one machine in a file. */
export class SqliteLog extends HistoryLog {
  override readonly machineId: string;
  readonly #db: DatabaseSync;
  readonly #batches: Batches;
  readonly #now: () => number;
  readonly #states: () => readonly string[];

  constructor(
    db: DatabaseSync,
    batches: Batches,
    machineId: string,
    now: () => number,
    states: () => readonly string[],
  ) {
    super();
    this.#db = db;
    this.#batches = batches;
    this.machineId = machineId;
    this.#now = now;
    this.#states = states;
  }

  override get states(): readonly string[] {
    return this.#states();
  }

  override get size(): number {
    return countOf(this.#db, this.#key());
  }

  protected override now(): number {
    return this.#now();
  }

  #key(): number {
    this.#batches.flush();
    return machineKey(this.#db, this.machineId) ?? -1;
  }

  protected override stretches(from?: Moment, to?: Moment): Stretch[] {
    const machine = this.#key();
    const lives = livesOf(this.#db, machine);
    const inOrder = lives.toSorted((a, b) => a.firstAt - b.firstAt);
    return inOrder.flatMap((one): Stretch[] => {
      const { life, first, last } = one;
      const start = from === undefined ? first : this.#search(machine, one, from, false);
      const end = to === undefined ? last + 1 : this.#search(machine, one, to, true);
      const held = start <= last || holds(one, lives, from!);
      if (start >= end && !held) return [];
      const entries = (from: number, to: number) =>
        entriesOf(this.#db, machine, this.machineId, life, from, to);
      let before: HistoryEntry | null = null;
      if (start > first) [before] = entries(start - 1, start - 1);
      return [{ before, held, entries: entries(start, end - 1) }];
    });
  }

  /** The first entry at a moment or later, or, with `after`, later only. */
  #search(machine: number, life: StoredLife, moment: Moment, after: boolean): number {
    const value = valueOf(moment);
    if (!isTick(moment) && value < life.firstAt) return life.first;
    if (!isTick(moment) && value > life.lastAt) return life.last + 1;
    const scale = isTick(moment) ? "tick" : "at";
    let [low, high] = [life.first, life.last + 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const own = momentOf(this.#db, machine, life.life, middle)[scale];
      if (own < value || (after && own === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A life's last entry holds until the machine's next life begins. */
function holds({ life, lastAt }: StoredLife, lives: readonly StoredLife[], from: Moment): boolean {
  for (const { life: other, firstAt } of lives) {
    if (other <= life || firstAt < lastAt) continue;
    if (isTick(from) || firstAt <= valueOf(from)) return false;
  }
  return true;
}
