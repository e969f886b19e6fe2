import { StateUnknownError } from "../../relations/mod.ts";

/** A point of a history: milliseconds since 1970, a date, or the sum of all of the machine's ticks. */
export type Moment = number | Date | { readonly tick: number };

/** What a transition was to do with its states; `start` stands where tracking began. */
export type HistoryEntryType = "add" | "remove" | "set" | "eval" | "start";

/** What one transition has made of the tracked states. */
export interface HistoryEntry {
  /** The machine's id. */
  readonly machine: string;
  /** The transition's number within its machine. */
  readonly transition: number;
  /** When it ended, in milliseconds since 1970; never less than that of the entry before. */
  readonly at: number;
  /** The sum of all ticks of the machine afterwards. */
  readonly tick: number;
  /** What was to happen with the called states. */
  readonly type: HistoryEntryType;
  /** The called states. */
  readonly calledStates: readonly string[];
  /** Whether the machine made the mutation for its auto states. */
  readonly auto: boolean;
  /** The tracked states. */
  readonly names: readonly string[];
  /** Their ticks afterwards. */
  readonly ticks: readonly number[];
}

/** What is searched for: entries for which all of this holds. */
export interface HistoryQuery {
  /** States that it activated, or called again as multi states. */
  readonly activated?: string | readonly string[];
  /** States that it deactivated. */
  readonly deactivated?: string | readonly string[];
  /** States that were active afterwards. */
  readonly active?: string | readonly string[];
  /** States that were inactive afterwards. */
  readonly inactive?: string | readonly string[];
  /** States that it was called for. */
  readonly called?: string | readonly string[];
  /** Nothing before this. */
  readonly from?: Moment;
  /** Nothing after this. */
  readonly to?: Moment;
  /** Anything else. */
  readonly where?: (entry: HistoryEntry) => boolean;
  /** Only the newest so many. @default {Infinity} */
  readonly limit?: number;
}

/**
 * What a machine did. An entry holds from its moment to that of the next one; both ends of a range
 * belong to it. What was before the first entry is unknown: neither active nor inactive.
 */
export interface History extends Iterable<HistoryEntry> {
  /** The machine's id. */
  readonly machineId: string;
  /** The tracked states. */
  readonly states: readonly string[];
  /** How many entries there are. */
  readonly size: number;
  /** Whether a state was activated, or called again as a multi state, in the last `ms`. */
  activatedRecently(state: string, ms: number): boolean;
  /** Whether a state was activated, or called again as a multi state, in a range. */
  activatedBetween(state: string, from: Moment, to: Moment): boolean;
  /** Whether a state was deactivated in a range. */
  deactivatedBetween(state: string, from: Moment, to: Moment): boolean;
  /** Whether a state was active at some moment of a range; all the time: not `inactiveBetween`. */
  activeBetween(state: string, from: Moment, to: Moment): boolean;
  /** Whether a state was inactive at some moment of a range; all the time: not `activeBetween`. */
  inactiveBetween(state: string, from: Moment, to: Moment): boolean;
  /** The entries that a query describes, oldest first. */
  find(query?: HistoryQuery): HistoryEntry[];
}

/** What a range has of entries that follow each other without a gap; a store may hold several. */
export interface Stretch {
  /** The last entry before the range. */
  readonly before: HistoryEntry | null;
  /** Whether that still held when the range began: it may have ended with what told of it. */
  readonly held: boolean;
  /** The entries in it, oldest first, those of type `start` too. */
  readonly entries: Iterable<HistoryEntry>;
}

/** The questions that every history answers, over the one that stores differ in: a range's entries. */
export abstract class HistoryLog implements History {
  /** @inheritdoc */
  abstract readonly machineId: string;
  /** @inheritdoc */
  abstract readonly states: readonly string[];
  /** @inheritdoc */
  abstract readonly size: number;
  /** The clock, in milliseconds since 1970. */
  protected abstract now(): number;
  /** The entries of a range; without ends, all. Those that begin earlier come first. */
  protected abstract stretches(from?: Moment, to?: Moment): readonly Stretch[];

  /** @inheritdoc */
  activatedRecently(state: string, ms: number): boolean {
    const now = this.now();
    // Entries made by a clock that was ahead, or by this very millisecond, are recent too.
    return this.#changed(state, activated, now - ms, undefined);
  }

  /** @inheritdoc */
  activatedBetween(state: string, from: Moment, to: Moment): boolean {
    return this.#changed(state, activated, from, to);
  }

  /** @inheritdoc */
  deactivatedBetween(state: string, from: Moment, to: Moment): boolean {
    return this.#changed(state, deactivated, from, to);
  }

  /** @inheritdoc */
  activeBetween(state: string, from: Moment, to: Moment): boolean {
    return this.#held(state, from, to, (tick) => tick % 2 === 1);
  }

  /** @inheritdoc */
  inactiveBetween(state: string, from: Moment, to: Moment): boolean {
    return this.#held(state, from, to, (tick) => tick % 2 === 0);
  }

  /** @inheritdoc */
  find(query: HistoryQuery = {}): HistoryEntry[] {
    const [on, off, active, inactive] = [
      query.activated,
      query.deactivated,
      query.active,
      query.inactive,
    ].map((states) => this.#known(states));
    const called = this.#known(query.called);
    const { limit = Infinity } = query;
    const found: HistoryEntry[] = [];
    for (const [previous, entry] of inOrder(this.#range(query.from, query.to))) {
      const matches = on.every((state) => activated(previous, entry, state)) &&
        off.every((state) => deactivated(previous, entry, state)) &&
        active.every((state) => tickOf(entry, state) % 2 === 1) &&
        inactive.every((state) => tickOf(entry, state) % 2 === 0) &&
        called.every((state) => entry.calledStates.includes(state)) &&
        (query.where?.(entry) ?? true);
      if (!matches) continue;
      found.push(entry);
      if (found.length > limit) found.shift();
    }
    return found;
  }

  /** All entries, oldest first. */
  *[Symbol.iterator](): Iterator<HistoryEntry> {
    for (const [, entry] of inOrder(this.stretches())) yield entry;
  }

  #changed(state: string, change: Change, from: Moment, to: Moment | undefined): boolean {
    this.#known(state);
    return this.#range(from, to).some(({ before, entries }) => {
      let last = before;
      for (const entry of entries) {
        if (entry.type !== "start" && change(last, entry, state)) return true;
        last = entry;
      }
      return false;
    });
  }

  #held(state: string, from: Moment, to: Moment, is: (tick: number) => boolean): boolean {
    this.#known(state);
    return this.#range(from, to).some(({ before, held, entries }) => {
      const heldBefore = held && before !== null && is(tickOf(before, state));
      let first = true;
      for (const entry of entries) {
        if (first && heldBefore && isBefore(from, entry)) return true;
        if (is(tickOf(entry, state))) return true;
        first = false;
      }
      return first && heldBefore;
    });
  }

  #range(from: Moment | undefined, to: Moment | undefined): readonly Stretch[] {
    for (const moment of [from, to]) {
      if (moment !== undefined && Number.isNaN(valueOf(moment))) {
        throw new RangeError(`Cannot search the history: ${moment} is not a moment`);
      }
    }
    return this.stretches(from, to);
  }

  #known(states: string | readonly string[] | undefined): readonly string[] {
    const list = states === undefined ? [] : typeof states === "string" ? [states] : states;
    for (const state of list) {
      if (!this.states.includes(state)) throw new StateUnknownError(state, this.states);
    }
    return list;
  }
}

/** A stretch that is being read: its next entry, and the one before that. */
interface Reading {
  last: HistoryEntry | null;
  next: HistoryEntry;
  readonly rest: Iterator<HistoryEntry>;
}

/** The entries of all stretches in the order of their moments, each with the one before it. */
function* inOrder(
  stretches: readonly Stretch[],
): Generator<[before: HistoryEntry | null, entry: HistoryEntry]> {
  const left = stretches.values();
  const begin = (): Reading | null => {
    for (const { before, entries } of left) {
      const rest = entries[Symbol.iterator]();
      const { value, done } = rest.next();
      if (!done) return { last: before, next: value, rest };
    }
    return null;
  };
  // Mostly one begins when the one before has ended: few are read at the same time.
  const open = new Set<Reading>();
  let coming = begin();
  try {
    for (;;) {
      let earliest = coming;
      for (const one of open) {
        if (earliest === null || one.next.at < earliest.next.at) earliest = one;
        else if (earliest === coming && one.next.at === earliest.next.at) earliest = one;
      }
      if (earliest === null) return;
      if (earliest === coming) {
        open.add(earliest);
        coming = begin();
      }
      if (earliest.next.type !== "start") yield [earliest.last, earliest.next];
      const { value, done } = earliest.rest.next();
      if (done) open.delete(earliest);
      else [earliest.last, earliest.next] = [earliest.next, value];
    }
  } finally {
    for (const { rest } of open) rest.return?.();
    coming?.rest.return?.();
  }
}

type Change = (before: HistoryEntry | null, entry: HistoryEntry, state: string) => boolean;

const activated: Change = (before, entry, state) => {
  if (before === null) return false;
  const tick = tickOf(entry, state);
  const passed = tick - tickOf(before, state);
  // Two ticks: a multi state called again, or an activation that a throw undid.
  return passed >= 2 || (passed === 1 && tick % 2 === 1);
};

const deactivated: Change = (before, entry, state) => {
  if (before === null) return false;
  const tick = tickOf(entry, state);
  return tick > tickOf(before, state) && tick % 2 === 0;
};

/** A state that the schema did not have then has never been active: 0. */
function tickOf({ names, ticks }: HistoryEntry, state: string): number {
  return ticks[names.indexOf(state)] ?? 0;
}

/** A moment as a number on its scale. */
export function valueOf(moment: Moment): number {
  if (typeof moment === "number") return moment;
  return moment instanceof Date ? moment.getTime() : moment.tick;
}

/** Whether a moment is on the scale of ticks. */
export function isTick(moment: Moment): moment is { readonly tick: number } {
  return typeof moment === "object" && !(moment instanceof Date);
}

function isBefore(moment: Moment, entry: HistoryEntry): boolean {
  return valueOf(moment) < (isTick(moment) ? entry.tick : entry.at);
}
