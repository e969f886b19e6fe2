/**
 * A connection-tracking table as a table: what each packet does in each state, written down cell by cell
 * as stateful packet filters do it. Independent of the machine, which is compared with it.
 *
 * @module
 */
import type { Place } from "./flow_states.ts";

/** A packet's kind and direction: `>` from the end that opened, `<` from the other one. */
export const KINDS = [
  ">syn",
  ">synAck",
  ">fin",
  ">ack",
  ">rst",
  "<syn",
  "<synAck",
  "<fin",
  "<ack",
  "<rst",
] as const;

/** One of {@linkcode KINDS}. */
export type Kind = typeof KINDS[number];

/** Where a flow is; `None`: not known. */
export type Row = Place | "None";

/** The states in the order of the table's columns. */
export const ROWS: readonly Row[] = [
  "None",
  "SynSent",
  "SynBoth",
  "SynReceived",
  "Established",
  "FinWait",
  "CloseWait",
  "LastAck",
  "TimeWait",
  "Closed",
];

const SHORT: Readonly<Record<string, Row>> = {
  ss: "SynSent",
  s2: "SynBoth",
  sr: "SynReceived",
  es: "Established",
  fw: "FinWait",
  cw: "CloseWait",
  la: "LastAck",
  tw: "TimeWait",
  cl: "Closed",
};

// `--`: dropped; `==`: passes and changes nothing.
//            None ss s2 sr es fw cw la tw cl
const CELLS: Readonly<Record<Kind, string>> = {
  ">syn": "ss ss s2 == == == == == ss ss",
  ">synAck": "-- -- sr sr -- -- -- -- -- --",
  ">fin": "-- -- -- fw fw la la la tw cl",
  ">ack": "-- -- -- es es cw cw tw tw cl",
  ">rst": "-- cl cl cl cl cl cl cl cl cl",
  "<syn": "-- s2 s2 -- -- -- -- -- ss --",
  "<synAck": "-- sr sr == == == == == == ==",
  "<fin": "-- -- -- fw fw la la la tw cl",
  "<ack": "-- == == sr es cw cw tw tw cl",
  "<rst": "-- cl cl cl cl cl cl cl cl cl",
};

/** What a packet makes of a state; `null`: it is dropped. */
export type Cells = Readonly<Record<Kind, Readonly<Record<Row, Row | null>>>>;

/** The table. */
export const TABLE: Cells = Object.fromEntries(
  KINDS.map((kind) => [
    kind,
    Object.fromEntries(
      CELLS[kind].split(" ").map((cell, i) => [
        ROWS[i],
        cell === "--" ? null : cell === "==" ? ROWS[i] : SHORT[cell],
      ]),
    ),
  ]),
) as unknown as Cells;

/** Flows as rows of a table, each with the time at which it is forgotten. */
export class ReferenceTable {
  readonly #flows: Map<string, { row: Row; due: number }> = new Map();
  readonly #cells: Cells;
  readonly #patience: Readonly<Record<Place, number>>;

  /** @param cells Another table than the right one shows whether a comparison would notice. */
  constructor(patience: Readonly<Record<Place, number>>, cells: Cells = TABLE) {
    this.#patience = patience;
    this.#cells = cells;
  }

  /** How many flows it knows. */
  get size(): number {
    return this.#flows.size;
  }

  /** Where a flow is. */
  rowOf(key: string): Row {
    return this.#flows.get(key)?.row ?? "None";
  }

  /** Whether a packet of a flow passes. */
  passes(key: string, kind: Kind, now: number): boolean {
    const row = this.#cells[kind][this.rowOf(key)];
    if (row === null || row === "None") return false;
    this.#flows.set(key, { row, due: now + this.#patience[row] });
    return true;
  }

  /** Forgets what is due. */
  expire(now: number): void {
    for (const [key, { due }] of this.#flows) if (due <= now) this.#flows.delete(key);
  }
}
