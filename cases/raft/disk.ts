/** What a node keeps over its death. */
import type { Entry, Position, Snapshot } from "./log.ts";

/** The term that a node is in, and whom it has voted for in it. */
export interface Ballot {
  readonly term: number;
  readonly vote: number | null;
}

/** What was kept. */
export interface Kept {
  readonly ballot: Ballot;
  readonly snapshot: Snapshot | null;
  /** The log's base and the entries behind it. */
  readonly base: Position;
  readonly entries: readonly Entry[];
}

/** Keeps it: what a method was given is safe when it returns. A method that throws stops the node. */
export interface Disk {
  load(): Kept;
  saveBallot(ballot: Ballot): void;
  /** Replaces what follows an index. */
  append(after: number, entries: readonly Entry[]): void;
  /** A snapshot, and the log as it is from now on. */
  saveSnapshot(snapshot: Snapshot, base: Position, entries: readonly Entry[]): void;
}
