import { cut } from "../model/log_view.ts";
import type {
  ClientView,
  Filters,
  FilterView,
  Layout,
  ListPart,
  Model,
  SearchView,
  Sort,
  TimelineView,
  TransitionView,
  TreeLine,
  View,
} from "../model/mod.ts";
import {
  errorsOf,
  foundOf,
  type PageErrors,
  type PageFound,
  type PageTime,
  type PageWhy,
  TEXT,
  timeOf,
  whyOf,
} from "./page_answers.ts";

/** What a page is told: the view's change since the last time, or why there is none. */
export interface PageUpdate {
  /** The change of the {@linkcode PageView}; from `null` for the first one. */
  readonly delta?: unknown;
  /** The number of the last message that it has taken in. */
  readonly answered: number;
  /** The view cannot be made. */
  readonly fault?: string;
}

/** What a page shows: of a view that which is on the page, items of lists with a key. */
export interface PageView {
  /** What is shown of the machines, and what of them is wanted. */
  readonly machines: { readonly part: ListPart; readonly rows: readonly PageMachine[] };
  /** The selected machine; `null` while there is none. */
  readonly machine: PageSelected | null;
  /** Its states. */
  readonly tree: { readonly part: ListPart; readonly rows: readonly PageState[] };
  /** The arrangement of the panels. */
  readonly layout: Layout;
  /** Lines of the log; empty when it is not shown. */
  readonly log: readonly PageLine[];
  /** Lines of the rain; empty when it is not shown. */
  readonly rain: readonly PageRain[];
  /** The matrix; `null` when it is not shown. */
  readonly matrix: PageMatrix | null;
  /** Why the transition in question happened; `null` when it is not shown, or there is none. */
  readonly why: PageWhy | null;
  /** The errors of all machines; `null` when they are not shown. */
  readonly errors: PageErrors | null;
  /** What the search found; `null` when it is not shown. */
  readonly found: PageFound | null;
  /** Activations over time; `null` when they are not shown. */
  readonly time: PageTime | null;
  /** How many errors there were so far, in all machines. */
  readonly errorCount: number;
  /** The order of the machines, and how many of them the search hides. */
  readonly order: { readonly sort: Sort; readonly hidden: number };
  /** What was refused while nothing is there: the newest last. */
  readonly refusals: readonly string[];
  /** The states for the diagram: names in the order of the schema; empty when there are too many. */
  readonly diagram: PageDiagram;
  /** The transition that the cursor stands after. */
  readonly current: PageTransition | null;
  /** The one after it. */
  readonly next: PageTransition | null;
  /** Where the cursor is. */
  readonly timeline: TimelineView;
  /** Where it is within the steps of the next transition. */
  readonly steps: { readonly position: number; readonly total: number; readonly text: string };
  /** The controls of the filters bar. */
  readonly filterBar: readonly (FilterView & { readonly key: string })[];
  /** The search. */
  readonly search: SearchView;
  /** Whether the cursor follows, moves, or stands. */
  readonly mode: View["mode"];
  /** One line about what is going on. */
  readonly status: string;
  /** An error, or what was done. */
  readonly notice: string;
  /** Transitions that were dropped. */
  readonly dropped: number;
  /** Transitions that left because of the memory bound. */
  readonly evicted: number;
  /** The link to this place. */
  readonly link: string;
  /** Why the wanted link is not shown; empty when it is. */
  readonly missing: string;
  /** What a page sets again when it has lost its connection. */
  readonly settings: PageSettings;
}

/** What one has set, besides the place. */
export interface PageSettings {
  /** The arrangement of the panels. */
  readonly layout: Layout;
  /** What is hidden. */
  readonly filters: Filters;
  /** The search in transitions. */
  readonly search: string;
  /** The selected state; -1 for none. */
  readonly state: number;
  /** The expanded states, at most 500 of them. */
  readonly expanded: readonly number[];
}

/** A machine in the list. */
export interface PageMachine {
  /** Identifies it. */
  readonly key: string;
  /** Its id, for display. */
  readonly id: string;
  /** Lines of the tree in front of the id. */
  readonly guide: string;
  /** `E`, `S`, `R` for an active Exception, Start and Ready. */
  readonly flags: string;
  /** Its transitions up to the cursor's moment, `+`: there are more. */
  readonly count: string;
  /** How it is drawn. */
  readonly style: "error" | "warning" | "dim" | "";
  /** Whether it is connected. */
  readonly connected: boolean;
  /** Whether it is the selected one. */
  readonly selected: boolean;
  /** Whether it has the list's cursor. */
  readonly cursor: boolean;
}

/** The selected machine. */
export interface PageSelected {
  /** Its key. */
  readonly key: string;
  /** Its id. */
  readonly id: string;
  /** How many states it has. */
  readonly states: number;
  /** Names of its groups. */
  readonly groups: readonly string[];
}

/** A line of the tree of states. */
export interface PageState extends
  Pick<
    TreeLine,
    "kind" | "text" | "tick" | "active" | "cursor" | "selected" | "expanded" | "called" | "marks"
  > {
  /** The state's index, and the line below it. */
  readonly key: string;
  /** The state that a click selects. */
  readonly state: number;
  /** Whether the transition in question touched or changed it. */
  readonly touched: boolean;
}

/** A line of the log. */
export interface PageLine {
  /** The transition's row, and the line within. */
  readonly key: string;
  /** The transition's number. */
  readonly id: number;
  /** `time`: separates seconds. */
  readonly kind: "line" | "time";
  /** The mark in brackets. */
  readonly prefix: string;
  /** The rest. */
  readonly text: string;
  /** Whether it belongs to the current transition. */
  readonly current: boolean;
  /** Whether it is after the cursor. */
  readonly future: boolean;
}

/** A line of the rain. */
export interface PageRain {
  /** The transition's row. */
  readonly key: number;
  /** The transition's number. */
  readonly id: number;
  /** When, in UTC. */
  readonly clock: string;
  /** A character per state. */
  readonly cells: string;
  /** Whether there was an error. */
  readonly error: boolean;
  /** Whether it is the current one. */
  readonly current: boolean;
}

/** The matrix. */
export interface PageMatrix {
  /** The machine's sum of ticks. */
  readonly timeSum: number;
  /** The columns. */
  readonly columns: readonly { readonly key: number; readonly called: boolean }[];
  /** The rows. */
  readonly rows: readonly {
    readonly key: number;
    readonly name: string;
    readonly active: boolean;
    readonly cells: readonly number[];
  }[];
}

/** What the diagram lights up. */
export interface PageDiagram {
  /** Names of the states. */
  readonly names: readonly string[];
  /** Per state: 1 when it is active. */
  readonly active: readonly number[];
  /** Names that the transition in question called or changed. */
  readonly touched: readonly string[];
}

/** A transition in a bar. */
export interface PageTransition {
  /** Its number. */
  readonly id: number;
  /** How far the ticks moved. */
  readonly ticks: number;
  /** What was called. */
  readonly title: string;
  /** Its arguments, as much as a bar can show. */
  readonly args: string;
  /** What came of it. */
  readonly summary: string;
  /** How it is drawn. */
  readonly style: "error" | "dim" | "";
}

/** States above which a diagram is not drawn. */
export const DRAWABLE = 300;

/** What a page shows of a view. */
export function pageView(shown: View, model: Model, missing: string): PageView {
  const { machine, matrix, steps, search, totals } = shown;
  return {
    machines: { part: shown.clientsPart, rows: shown.clients.map(machineRow) },
    machine: machine && {
      key: machine.key,
      id: cut(machine.id, TEXT),
      states: machine.states.length,
      groups: machine.groups,
    },
    tree: { part: shown.treePart, rows: shown.tree.map(stateRow) },
    layout: shown.layout,
    log: numbered(shown.log, (line) => line.row, (line, key) => ({
      key,
      id: line.id,
      kind: line.kind,
      prefix: line.prefix,
      text: line.text,
      current: line.current,
      future: line.future,
    })),
    rain: shown.rain.map(({ row, id, clock, cells, error, current }) => ({
      key: row,
      id,
      clock,
      cells: cut(cells, TEXT),
      error,
      current,
    })),
    matrix: machine && matrix && {
      timeSum: matrix.timeSum,
      columns: matrix.columns.map((key, i) => ({ key, called: matrix.called[i] })),
      rows: matrix.rows.map((key, i) => ({
        key,
        name: cut(machine.states[key], TEXT),
        active: machine.ticks[key] % 2 === 1,
        cells: matrix.cells[i],
      })),
    },
    why: whyOf(shown),
    errors: errorsOf(shown),
    found: foundOf(shown),
    time: timeOf(shown),
    errorCount: totals.errors,
    order: { sort: shown.sort, hidden: shown.clientsHidden },
    refusals: shown.clientsPart.total > 0
      ? []
      : shown.refusals.slice(-5).map(([reason, count]) =>
        cut(count > 1 ? `${reason} (${count} times)` : reason, TEXT)
      ),
    diagram: diagramOf(shown),
    current: transition(shown.current),
    next: transition(shown.next),
    timeline: shown.timeline,
    steps: {
      position: steps.position,
      total: steps.total,
      text: cut(steps.steps[steps.position - 1]?.text ?? "", TEXT),
    },
    filterBar: shown.filterBar.map((one) => ({ ...one, text: cut(one.text, TEXT), key: one.name })),
    search,
    mode: shown.mode,
    status: shown.status,
    notice: cut(shown.notice, TEXT),
    dropped: totals.dropped,
    evicted: totals.evicted,
    link: shown.link,
    missing,
    settings: {
      layout: shown.layout,
      filters: shown.filters,
      search: search.in === "transitions" ? search.text : "",
      state: model.state,
      expanded: [...model.expanded].slice(0, 500),
    },
  };
}

function machineRow(one: ClientView): PageMachine {
  return {
    key: one.key,
    id: cut(one.id, TEXT),
    guide: cut(one.guide, TEXT),
    flags: `${one.errorNow ? "E" : "·"}${one.started ? "S" : "·"}${one.ready ? "R" : "·"}`,
    count: `${one.transitions}${one.more ? "+" : ""}`,
    style: one.errorNow ? "error" : one.errorRecently ? "warning" : one.connected ? "" : "dim",
    connected: one.connected,
    selected: one.selected,
    cursor: one.cursor,
  };
}

function stateRow(line: TreeLine): PageState {
  const { kind, tick, active, cursor, selected, expanded, called, marks } = line;
  return {
    key: `${line.state}.${line.line}`,
    state: line.to >= 0 ? line.to : line.state,
    kind,
    text: cut(line.text, TEXT),
    tick,
    active,
    cursor,
    selected,
    expanded,
    called,
    marks,
    touched: line.touched || line.changed,
  };
}

/** Lines of one transition are told apart by their number within it. */
function numbered<Line, Row>(
  lines: readonly Line[],
  rowOf: (line: Line) => number,
  make: (line: Line, key: string) => Row,
): Row[] {
  // The first transition may have lost lines at the upper edge: counted from its end.
  const left = new Map<number, number>();
  for (const line of lines) left.set(rowOf(line), (left.get(rowOf(line)) ?? 0) + 1);
  return lines.map((line) => {
    const row = rowOf(line);
    const number = left.get(row)!;
    left.set(row, number - 1);
    return make(line, `${row}.${number}`);
  });
}

function diagramOf({ machine, steps, current, next }: View): PageDiagram {
  if (machine === null || machine.states.length > DRAWABLE) {
    return { names: [], active: [], touched: [] };
  }
  const shown = steps.position > 0 ? next : current;
  return {
    names: machine.states,
    active: machine.ticks.map((tick) => tick % 2),
    touched: [
      ...new Set([...shown?.called ?? [], ...shown?.added ?? [], ...shown?.removed ?? []]),
    ],
  };
}

function transition(one: TransitionView | null): PageTransition | null {
  return one && {
    id: one.id,
    ticks: one.ticks,
    title: cut(one.title, TEXT),
    args: cut(
      Object.entries(one.args).slice(0, 20).map(([name, value]) =>
        `${cut(name, TEXT)}=${cut(value, TEXT)}`
      ).join(" "),
      TEXT,
    ),
    summary: one.summary,
    style: one.error ? "error" : one.accepted ? "" : "dim",
  };
}
