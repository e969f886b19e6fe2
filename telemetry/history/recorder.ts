import type { AnyMachine, Transition } from "../../machine/mod.ts";
import type { HistoryEntry, HistoryEntryType } from "./log.ts";

/** An entry on its way into a store. */
export class RecordedEntry implements HistoryEntry {
  /** @inheritdoc */
  declare readonly machine: string;
  /** @inheritdoc */
  declare readonly transition: number;
  /** @inheritdoc */
  declare readonly at: number;
  /** @inheritdoc */
  declare readonly type: HistoryEntryType;
  /** @inheritdoc */
  declare readonly calledStates: readonly string[];
  /** @inheritdoc */
  declare readonly auto: boolean;
  /** @inheritdoc */
  declare readonly names: readonly string[];
  /** @inheritdoc */
  declare readonly ticks: readonly number[];
  /** All ticks of the machine; the very list of the transition. */
  declare readonly time: readonly number[];

  constructor(
    machine: string,
    tx: Transition | null,
    at: number,
    names: readonly string[],
    ticks: readonly number[],
    time: readonly number[],
  ) {
    this.machine = machine;
    this.transition = tx === null ? 0 : tx.id;
    this.at = at;
    this.type = tx === null ? "start" : tx.type;
    this.calledStates = tx === null ? [] : tx.calledStates;
    this.auto = tx !== null && tx.auto;
    this.names = names;
    this.ticks = ticks;
    this.time = time;
  }

  /** @inheritdoc */
  get tick(): number {
    return sum(this.time);
  }
}

function sum(time: readonly number[]): number {
  let total = 0;
  for (let i = 0; i < time.length; i++) total += time[i];
  return total;
}

/** Makes entries of one machine's transitions: of those that move a tracked state's tick. */
export class Recorder {
  /** The tracked states. */
  names: readonly string[] = [];
  readonly #machine: AnyMachine;
  readonly #id: string;
  readonly #wanted: readonly string[] | undefined;
  readonly #now: () => number;
  /** The indexes of the tracked states, or null for all. */
  #indexes: readonly number[] | null = null;
  #lastAt: number;

  /**
   * @param states The states to track, all unless given; those that the machine doesn't have don't
   * count.
   * @param lastAt The moment of the newest entry that the store has.
   */
  constructor(
    machine: AnyMachine,
    states: readonly string[] | undefined,
    now: () => number,
    lastAt = -Infinity,
  ) {
    this.#machine = machine;
    this.#id = machine.id;
    this.#wanted = states;
    this.#now = now;
    this.#lastAt = lastAt;
    this.readSchema();
  }

  /** Whether the machine may change without an entry. */
  get partial(): boolean {
    return this.#wanted !== undefined;
  }

  /** Called again after a change of the schema. */
  readSchema(): void {
    const { stateNames } = this.#machine;
    this.names = this.#wanted
      ? stateNames.filter((name) => this.#wanted!.includes(name))
      : [...stateNames];
    this.#indexes = this.#wanted ? this.names.map((name) => stateNames.indexOf(name)) : null;
  }

  /** How things are now, without a transition. */
  snapshot(): RecordedEntry {
    return this.#entry(null, this.#machine.time());
  }

  /** The entry of a transition, if it has changed anything that is tracked. */
  record(tx: Transition): RecordedEntry | null {
    return this.#changed(tx.timeBefore, tx.timeAfter) ? this.#entry(tx, tx.timeAfter) : null;
  }

  #changed(before: readonly number[], after: readonly number[]): boolean {
    const indexes = this.#indexes;
    if (indexes === null) {
      for (let i = 0; i < after.length; i++) if (after[i] !== before[i]) return true;
      return false;
    }
    for (let i = 0; i < indexes.length; i++) {
      if (after[indexes[i]] !== before[indexes[i]]) return true;
    }
    return false;
  }

  #entry(tx: Transition | null, time: readonly number[]): RecordedEntry {
    // Searching by time needs moments that never go back, as clocks may.
    const now = this.#now();
    if (now > this.#lastAt) this.#lastAt = now;
    const indexes = this.#indexes;
    const ticks = indexes === null ? time : indexes.map((index) => time[index]);
    return new RecordedEntry(this.#id, tx, this.#lastAt, this.names, ticks, time);
  }
}
