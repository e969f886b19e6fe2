/** A disk that is as durable as the simulation wants it to be. */
import type { Ballot, Disk, Kept } from "../disk.ts";
import { type Entry, Log, type Position, type Snapshot } from "../log.ts";

/** Keeps everything at once. */
export class MemoryDisk implements Disk {
  #ballot: Ballot = { term: 0, vote: null };
  #snapshot: Snapshot | null = null;
  #log = new Log();

  load(): Kept {
    const { base } = this.#log;
    return {
      ballot: this.#ballot,
      snapshot: this.#snapshot,
      base,
      entries: this.#log.from(base.index + 1),
    };
  }

  saveBallot(ballot: Ballot): void {
    this.#ballot = ballot;
  }

  append(after: number, entries: readonly Entry[]): void {
    this.#log.replace(after, entries);
  }

  saveSnapshot(snapshot: Snapshot, base: Position, entries: readonly Entry[]): void {
    this.#snapshot = snapshot;
    this.#log = new Log(base, entries);
  }
}
