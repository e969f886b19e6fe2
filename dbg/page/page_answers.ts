/**
 * What a page shows of the answers: why, the errors, what was found, time.
 *
 * @module
 */
import { cut } from "../model/log_view.ts";
import type { FoundLine, ListPart, TimeRow, TimeView, View, WhyLine } from "../model/mod.ts";

/** UTF-16 units of one text in a bar or list. */
export const TEXT = 300;

/** Why a transition happened. */
export interface PageWhy {
  /** `peer-1 #12 add Foo`. */
  readonly title: string;
  /** What came of it. */
  readonly outcome: string;
  /** What is said about it. */
  readonly lines: readonly PageWhyLine[];
}

/** A line of it. */
export interface PageWhyLine extends Pick<WhyLine, "label" | "text" | "depth" | "open" | "tone"> {
  /** Its number. */
  readonly key: number;
  /** Where one can go from it. */
  readonly go: PagePlace | null;
  /** What can be unfolded there. */
  readonly fold: string | null;
  /** Whether it has the cursor. */
  readonly cursor: boolean;
}

/** A transition of any machine. */
export interface PagePlace {
  /** The machine's key. */
  readonly machine: string;
  /** The transition's number. */
  readonly id: number;
}

/** The errors of all machines, equal ones together. */
export interface PageErrors {
  /** How many. */
  readonly total: number;
  /** How many of them the search hides. */
  readonly hidden: number;
  /** Where the rows are among all. */
  readonly part: ListPart;
  /** Those in sight. */
  readonly rows: readonly PageError[];
}

/** Equal errors of a machine. */
export interface PageError {
  /** Tells it from the others. */
  readonly key: string;
  /** When the newest one happened, in UTC. */
  readonly clock: string;
  /** What it says. */
  readonly text: string;
  /** How many there are. */
  readonly count: number;
  /** Which of them is the current transition, from 1; 0 for none. */
  readonly position: number;
  /** The newest one. */
  readonly last: PagePlace;
  /** Whether it has the cursor. */
  readonly cursor: boolean;
}

/** What the search found in all machines. */
export interface PageFound {
  /** In how many transitions. */
  readonly total: number;
  /** Machines whose name has it. */
  readonly machines: readonly string[];
  /** Those around the cursor. */
  readonly rows: readonly PageMatch[];
}

/** A match. */
export interface PageMatch extends Pick<FoundLine, "where" | "text" | "current" | "future"> {
  /** Tells it from the others. */
  readonly key: string;
  /** When, in UTC. */
  readonly clock: string;
  /** The transition. */
  readonly place: PagePlace;
}

/** Activations over time. */
export interface PageTime extends Pick<TimeView, "follows" | "by" | "part"> {
  /** What it is about: `peer-1`, `Connected of all machines`. */
  readonly title: string;
  /** Its begin, its end and its length, for display. */
  readonly axis: readonly [from: string, to: string, span: string];
  /** Where it begins, in ms since the epoch. */
  readonly from: number;
  /** Its length, in ms. */
  readonly span: number;
  /** Where the cursor is, as a share of it. */
  readonly cursor: number;
  /** The rows in sight. */
  readonly rows: readonly PageTimeRow[];
}

/** A row of it. */
export interface PageTimeRow
  extends Pick<TimeRow, "state" | "label" | "error" | "active" | "cursor"> {
  /** The machine, and the state's index. */
  readonly key: string;
  /** The machine's key. */
  readonly machine: string;
  /** Begins and ends in thousandths of the axis, what it is, and when it began, in ms. */
  readonly bars: readonly (readonly [
    from: number,
    to: number,
    kind: "one" | "many" | "future",
    begin: number,
  ])[];
}

/** Lines of why that a page can show, and UTF-16 units of one. */
const LINES = 500;
const LINE = 2000;

/** Why, as a page shows it. */
export function whyOf({ why }: View): PageWhy | null {
  if (why === null) return null;
  const { tx, outcome } = why.why;
  return {
    title: cut(`${tx.key} #${tx.id} ${tx.title}`, TEXT),
    outcome,
    lines: why.lines.slice(0, LINES).map((line, key) => ({
      key,
      label: line.label,
      text: cut(line.text, LINE),
      depth: line.depth,
      open: line.open,
      tone: line.tone,
      go: line.go && { machine: line.go.key, id: line.go.id },
      fold: line.fold,
      cursor: key === why.cursor,
    })),
  };
}

/** The errors, as a page shows them. */
export function errorsOf({ errors }: View): PageErrors | null {
  return errors && {
    total: errors.total,
    hidden: errors.hidden,
    part: errors.part,
    rows: errors.groups.map(({ key, clock, text, count, position, last, cursor }) => ({
      key,
      clock,
      text: cut(text, TEXT),
      count,
      position,
      last: { machine: last.key, id: last.id },
      cursor,
    })),
  };
}

/** What was found, as a page shows it. */
export function foundOf({ found }: View): PageFound | null {
  return found && {
    total: found.total,
    machines: found.machines.slice(0, 5),
    rows: found.matches.map(({ where, text, ref, current, future }) => ({
      key: `${ref.key} ${ref.row}`,
      clock: ref.clock,
      where,
      text: cut(text, TEXT),
      place: { machine: ref.key, id: ref.id },
      current,
      future,
    })),
  };
}

/** Time, as a page shows it. */
export function timeOf({ time, machine }: View): PageTime | null {
  if (time === null) return null;
  const { from, to, cursor, rows, follows, by, part } = time;
  const share = (moment: number) => Math.round((moment - from) / (to - from) * 1000);
  return {
    title: by === "states"
      ? cut(machine?.id ?? "", TEXT)
      : `${cut(time.state, TEXT)} of all machines`,
    axis: [time.fromClock, time.toClock, time.span],
    from,
    span: to - from,
    cursor: (cursor - from) / (to - from),
    follows,
    by,
    part,
    rows: rows.map(({ key, state, label, error, active, cursor: here, activations }) => ({
      key: `${key} ${state}`,
      machine: key,
      state,
      label: cut(label, TEXT),
      error,
      active,
      cursor: here,
      bars: activations.map((one) => [
        share(one.from),
        share(one.to),
        one.count > 1 ? "many" : one.from > cursor ? "future" : "one",
        one.from,
      ]),
    })),
  };
}
