/**
 * What a screen or a page shows of the answers: why, errors, found, time.
 *
 * @module
 */
import type { Activation } from "./activations.ts";
import type { ErrorGroup } from "./errors.ts";
import type { ListPart } from "./list_part.ts";
import type { TransitionRef } from "./reference.ts";
import type { Why } from "./why.ts";
import type { WhyLine } from "./why_lines.ts";

/** Why the current transition happened: in step mode, the next one. */
export interface WhyView {
  /** All of it. */
  readonly why: Why;
  /** The same in lines. */
  readonly lines: readonly WhyLine[];
  /** The line with the cursor. */
  readonly cursor: number;
  /** How many places one can go back to. */
  readonly back: number;
  /** How many places one can go forward to. */
  readonly forward: number;
}

/** The errors of all machines. */
export interface ErrorsView {
  /** How many there are. */
  readonly total: number;
  /** How many of them the search hides. */
  readonly hidden: number;
  /** Equal ones of a machine as one line, the newest first; those in sight. */
  readonly groups: readonly ErrorLine[];
  /** Where those are among all. */
  readonly part: ListPart;
}

/** Equal errors of a machine. */
export interface ErrorLine extends ErrorGroup {
  /** Whether it has the cursor. */
  readonly cursor: boolean;
  /** Which of them is the current transition, from 1; 0 for none. */
  readonly position: number;
}

/** What the search found in all machines. */
export interface FoundView {
  /** What is searched. */
  readonly text: string;
  /** How many transitions were found. */
  readonly total: number;
  /** The machines whose name has it. */
  readonly machines: readonly string[];
  /** The matches around the place of the cursor, by time. */
  readonly matches: readonly FoundLine[];
}

/** A match. */
export interface FoundLine extends MatchView {
  /** Whether the cursor stands after its transition. */
  readonly current: boolean;
  /** Whether it is after the moment of the cursor. */
  readonly future: boolean;
}

/** Where in a transition a search found something. */
export interface MatchView {
  /** In what. */
  readonly where: "number" | "error" | "argument" | "log" | "handler" | "state" | "machine";
  /** What was found, with what stands around it; long texts are cut around it. */
  readonly text: string;
  /** The transition. */
  readonly ref: TransitionRef;
}

/** The activations of states over a shared axis. */
export interface TimeView {
  /** Where the axis begins, in ms since the epoch. */
  readonly from: number;
  /** Where it ends. */
  readonly to: number;
  /** Its begin for display, in UTC. */
  readonly fromClock: string;
  /** Its end for display, in UTC. */
  readonly toClock: string;
  /** How long it is, for display. */
  readonly span: string;
  /** The moment of the cursor. */
  readonly cursor: number;
  /** The last moment that is known of. */
  readonly now: number;
  /** Whether it shows what is around the cursor, whatever comes. */
  readonly follows: boolean;
  /** What its rows are. */
  readonly by: "states" | "machines";
  /** The state that all machines are shown for; empty when it shows states. */
  readonly state: string;
  /** The rows in sight. */
  readonly rows: readonly TimeRow[];
  /** Where those are among all. */
  readonly part: ListPart;
}

/** A row of the time view. */
export interface TimeRow {
  /** The machine's key. */
  readonly key: string;
  /** The state's index. */
  readonly state: number;
  /** The state's name, or the machine's. */
  readonly label: string;
  /** Whether it is `Exception`. */
  readonly error: boolean;
  /** Whether it is active at the moment of the cursor. */
  readonly active: boolean;
  /** Whether it has the cursor. */
  readonly cursor: boolean;
  /** The activations in sight. */
  readonly activations: readonly Activation[];
}
