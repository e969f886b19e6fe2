/** The log in memory: entries behind a base, which snapshots move on. */
import type { Command } from "./register.ts";

/** One entry; `null` is what a leader begins its term with. */
export interface Entry {
  readonly term: number;
  readonly command: Command | null;
}

/** An entry's place: logs that have the same one are the same up to it. */
export interface Position {
  readonly index: number;
  readonly term: number;
}

/** The application's contents after an entry. */
export interface Snapshot extends Position {
  readonly state: string;
}

/** Before the first entry. */
export const START: Position = { index: 0, term: 0 };

/** Entries by index; the first one after the base has the index `base.index + 1`. */
export class Log {
  #base: Position;
  #entries: Entry[];

  constructor(base: Position = START, entries: readonly Entry[] = []) {
    this.#base = base;
    this.#entries = [...entries];
  }

  /** The position before the first entry that is kept. */
  get base(): Position {
    return this.#base;
  }

  /** The last entry's index. */
  get last(): number {
    return this.#base.index + this.#entries.length;
  }

  /** The last entry's place. */
  get end(): Position {
    return { index: this.last, term: this.termAt(this.last) ?? 0 };
  }

  /** The entry with this index, if it is kept. */
  at(index: number): Entry | undefined {
    return this.#entries[index - this.#base.index - 1];
  }

  /** The term of an entry or of the base; undefined for one that is not kept, or not there. */
  termAt(index: number): number | undefined {
    return index === this.#base.index ? this.#base.term : this.at(index)?.term;
  }

  /** Entries from an index on, at most so many. */
  from(index: number, count = Infinity): readonly Entry[] {
    const at = index - this.#base.index - 1;
    return this.#entries.slice(at, at + count);
  }

  /** Whether it is the same up to this place. What lies before the base is committed, so it is. */
  holds({ index, term }: Position): boolean {
    return index < this.#base.index || this.termAt(index) === term;
  }

  /** Drops what comes after an index, and puts these there. */
  replace(after: number, entries: readonly Entry[]): void {
    this.#entries.length = after - this.#base.index;
    for (const entry of entries) this.#entries.push(entry);
  }

  /** The place before the first entry of the term that the entry at this index has. */
  beforeTermOf(index: number): number {
    const term = this.termAt(index);
    let first = index;
    while (first > this.#base.index && this.termAt(first) === term) first--;
    return first;
  }

  /** Forgets the entries up to this place; one that the log does not hold replaces it. */
  moveBase(base: Position): void {
    if (base.index < this.#base.index) return;
    this.#entries = this.holds(base) ? [...this.from(base.index + 1)] : [];
    this.#base = { index: base.index, term: base.term };
  }
}
