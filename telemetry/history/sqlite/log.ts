import { HistoryLog, isTick, type Moment, type Span, valueOf } from "../log.ts";
import type { Batches } from "./batches.ts";

/** The history of one machine in a file. */
export class SqliteLog extends HistoryLog {
  /** The machine's number in the file. */
  readonly key: number;
  override readonly machineId: string;
  readonly #batches: Batches;
  readonly #now: () => number;
  readonly #states: () => readonly string[];

  constructor(
    batches: Batches,
    key: number,
    machineId: string,
    now: () => number,
    states: () => readonly string[],
  ) {
    super();
    this.#batches = batches;
    this.key = key;
    this.machineId = machineId;
    this.#now = now;
    this.#states = states;
  }

  override get states(): readonly string[] {
    return this.#states();
  }

  override get size(): number {
    return this.#batches.count(this.key);
  }

  protected override now(): number {
    return this.#now();
  }

  protected override span(from?: Moment, to?: Moment): Span {
    const { first, last } = this.#batches.bounds(this.key);
    const start = from === undefined ? first : this.#search(from, false, first, last);
    const end = to === undefined ? last + 1 : this.#search(to, true, first, last);
    const entries = (from: number, to: number) =>
      this.#batches.entries(this.key, this.machineId, from, to);
    const [before = null] = start > first ? entries(start - 1, start - 1) : [];
    return { before, entries: entries(start, end - 1) };
  }

  /** The first entry at a moment or later, or, with `after`, later only. */
  #search(moment: Moment, after: boolean, first: number, last: number): number {
    const value = valueOf(moment);
    const scale = isTick(moment) ? "tick" : "at";
    let [low, high] = [first, last + 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const own = this.#batches.moment(this.key, middle)[scale];
      if (own < value || (after && own === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
