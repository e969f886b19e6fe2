import type { ClientData } from "./client_data.ts";
import type { Store } from "./store.ts";

/**
 * The arrangements of the panels: the states beside one of the others, or one or two of those alone.
 * `why`: the current transition's cause and effects; `errors` and `found`: of all machines.
 */
export type Layout =
  | "tree-log"
  | "tree-matrix"
  | "tree-rain"
  | "time"
  | "matrix"
  | "matrix-rain"
  | "tree-why"
  | "errors"
  | "found";

/** All layouts. */
export const LAYOUTS: readonly Layout[] = [
  "tree-log",
  "tree-matrix",
  "tree-rain",
  "time",
  "matrix",
  "matrix-rain",
  "tree-why",
  "errors",
  "found",
];

/** The layouts that a key goes through, in order; the others are answers to a question. */
export const VIEWS: readonly Layout[] = LAYOUTS.slice(0, 6);

/** What takes the keys. */
export type Focus =
  | "clients"
  | "tree"
  | "log"
  | "timeline"
  | "steps"
  | "matrix"
  | "filters"
  | "why"
  | "time"
  | "errors"
  | "found"
  | "dialog";

/** What is open above everything else. */
export type Dialog = "help" | "export" | "open";

/** Log levels by number: 0 nothing, 1 changes, 2 ops, 3 decisions, 4 everything. */
export type Level = 0 | 1 | 2 | 3 | 4;

/** Which transitions are shown; each flag hides some. */
export interface Filters {
  /** Hides canceled transitions. */
  readonly canceled: boolean;
  /** Hides those that auto states caused. */
  readonly auto: boolean;
  /** Hides those that changed no tick. */
  readonly empty: boolean;
  /** Hides dry runs. */
  readonly checks: boolean;
  /** Lines above this level are hidden. */
  readonly level: Level;
  /** Only transitions and states of this group; `null` = all. */
  readonly group: string | null;
}

/** The names of the filters that are on or off. */
export type FilterName = "canceled" | "auto" | "empty" | "checks";

/** All filters that are on or off, in the order of the filters bar. */
export const FILTER_NAMES: readonly FilterName[] = ["canceled", "auto", "empty", "checks"];

/** The fields of the export dialog. */
export interface ExportForm {
  /** The file's name, without folder. */
  readonly name: string;
  /** Only the selected machine. */
  readonly selectedOnly: boolean;
}

/** Where one has been: a place, and what was looked at there. */
export interface Visit {
  /** The machine's key. */
  readonly key: string;
  /** How many of its rows had happened. */
  readonly cursor: number;
  /** How many steps of the next transition. */
  readonly step: number;
  /** The arrangement of the panels. */
  readonly layout: Layout;
}

/** The order of the list of machines: children below their parents, the last to do something first, or those with most errors first. */
export type Sort = "tree" | "activity" | "errors";

/** The orders as a key goes through them. */
export const SORTS: readonly Sort[] = ["tree", "activity", "errors"];

/** What the time view shows. */
export interface TimeAxis {
  /** How much of it, in ms; `null`: what is around the cursor. */
  readonly span: number | null;
  /** Where it begins, in ms since the epoch; `null`: it follows the cursor. */
  readonly from: number | null;
  /** Its rows: the states of the selected machine, or the selected state of all machines. */
  readonly by: "states" | "machines";
  /** The row that has the cursor. */
  readonly row: number;
}

/** Everything that one screen or page shows, but for the recorded data. Immutable. */
export interface Model {
  /** The recorded data: shared between models, grows in place; `revision` tells how far. */
  readonly store: Store;
  /** The store's revision that this model has taken in. */
  readonly revision: number;
  /** The key of the selected machine; `null` while there is none. */
  readonly client: string | null;
  /** How many rows of the selected machine have happened: an absolute row number. */
  readonly cursor: number;
  /** How many steps of the next transition have happened. */
  readonly step: number;
  /** The moment that the cursor stands for, in ms since the epoch: kept across machines. */
  readonly moment: number;
  /** The place that the moment was chosen at: what is certain of other machines follows from it. */
  readonly anchor: Anchor | null;
  /** Whether the cursor follows the newest transition. */
  readonly tail: boolean;
  /** Whether the cursor moves by itself. */
  readonly playing: boolean;
  /** The focused panel. */
  readonly focus: Focus;
  /** The arrangement of the panels. */
  readonly layout: Layout;
  /** The open dialog. */
  readonly dialog: Dialog | null;
  /** What is hidden. */
  readonly filters: Filters;
  /** Which control of the filters bar has the focus. */
  readonly filterCursor: number;
  /** The highlighted machine in the list, which Enter selects. */
  readonly clientCursor: string | null;
  /** The selected state's index, -1 for none. */
  readonly state: number;
  /** The row of the tree that has the focus: a state, or a line below it. */
  readonly treeCursor: TreeCursor;
  /** The expanded states of the tree. */
  readonly expanded: ReadonlySet<number>;
  /** First visible lines of the panels that scroll; the log's `null` follows the cursor. */
  readonly scroll: Scroll;
  /** Search as you type in the machine list, the tree or, elsewhere, the transitions. */
  readonly search: string;
  /** Which panel the search is for. */
  readonly searchIn: "clients" | "tree" | "transitions";
  /** Whether the search has the keys: all that can be printed is text. */
  readonly typing: boolean;
  /** The export dialog's fields. */
  readonly exportForm: ExportForm;
  /** The path in the dialog that opens a file. */
  readonly openPath: string;
  /** Which page of a dialog is shown; what is beyond the last one begins anew. */
  readonly dialogPage: number;
  /** Where one has been, the last one at the end. */
  readonly past: readonly Visit[];
  /** Where one has come back from, the next one at the end. */
  readonly future: readonly Visit[];
  /** The layout before `why`, `errors` or `found` was opened. */
  readonly layoutBefore: Layout;
  /** The line of `why` that has the cursor. */
  readonly whyCursor: number;
  /** What is unfolded in `why`. */
  readonly whyOpen: ReadonlySet<string>;
  /** The group of errors that has the cursor, by key; `null`: the first one. */
  readonly errorCursor: string | null;
  /** The time view. */
  readonly time: TimeAxis;
  /** The order of the list of machines. */
  readonly sort: Sort;
  /** One line for the person in front of it: an error, or what was done. */
  readonly notice: string;
  /** Whether the first machine that connects is selected; then it tails. */
  readonly autoSelect: boolean;
}

/** A place in a machine's transitions. */
export interface Anchor {
  /** The machine's key. */
  readonly key: string;
  /** How many of its rows have happened. */
  readonly cursor: number;
}

/** A place in the tree: a state, and a line below it (0 = the state's own line). */
export interface TreeCursor {
  /** The state's index. */
  readonly state: number;
  /** 0 for the state itself, then its lines in order. */
  readonly line: number;
}

/** What the panels' scroll bars would show. */
export interface Scroll {
  /** Lines that the log is scrolled up (negative) or down from the cursor; `null`: it follows. */
  readonly log: number | null;
  /** First row of the matrix. */
  readonly matrixRow: number;
  /** First column of the matrix. */
  readonly matrixColumn: number;
}

/** Everything that can be done to a model; plain data, so that a page can send it. */
export type Message =
  /** The store has changed. */
  | { readonly kind: "received" }
  /** Select a machine; the cursor stays at the same moment. */
  | { readonly kind: "client"; readonly key: string }
  /** Previous or next machine of the list. */
  | { readonly kind: "clientBy"; readonly by: number }
  /** Removes a machine (default: the highlighted one) and all that is recorded of it. */
  | { readonly kind: "removeClient"; readonly key?: string }
  /** Moves by transitions, of those that the filters leave. */
  | { readonly kind: "move"; readonly by: number }
  /** Moves by steps of the next transition, over into the neighbors. */
  | { readonly kind: "step"; readonly by: number }
  /** Sets the cursor to a position among the filtered transitions, 0 = before the first. */
  | { readonly kind: "position"; readonly position: number }
  /** Goes to the moment after the transition with this id, and this many steps of the next. */
  | { readonly kind: "transition"; readonly id: number; readonly step?: number }
  /** Sets the number of done steps of the next transition. */
  | { readonly kind: "stepTo"; readonly step: number }
  /** Goes to the moment, in ms since the epoch. */
  | { readonly kind: "time"; readonly time: number }
  /** The initial structure, or the last transition. */
  | { readonly kind: "first" }
  | { readonly kind: "last" }
  /** 50 transitions, or to the next one that changed the selected state. */
  | { readonly kind: "jump"; readonly by: 1 | -1 }
  /** To the next transition that touched a state (default: the selected one). */
  | { readonly kind: "touched"; readonly by: 1 | -1; readonly state?: number }
  /** To the next or previous transition with an error, of all machines. */
  | { readonly kind: "error"; readonly by: 1 | -1 }
  /** To the next or previous one of the errors that are equal to the current one. */
  | { readonly kind: "equal"; readonly by: 1 | -1 }
  /** To a transition of any machine, by its key and its number. */
  | { readonly kind: "go"; readonly key: string; readonly id: number }
  /** To where one was before, and from there back again. */
  | { readonly kind: "back" }
  | { readonly kind: "forward" }
  /** To the next or previous transition, machine or state that matches the search. */
  | { readonly kind: "match"; readonly by: 1 | -1 }
  /** Turns tail mode on, off, or over. */
  | { readonly kind: "tail"; readonly on?: boolean }
  /** Starts or stops playing. */
  | { readonly kind: "play"; readonly on?: boolean }
  /** Focuses a panel, or the next or previous one. */
  | { readonly kind: "focus"; readonly on: Focus }
  | { readonly kind: "focusBy"; readonly by: 1 | -1 }
  /** Sets the layout, or goes to the next or previous one; its panel may get the keys. */
  | {
    readonly kind: "layout";
    readonly layout?: Layout;
    readonly by?: 1 | -1;
    readonly focus?: boolean;
  }
  /** Opens `why`, `errors` or `found`; a second time, or without one, what was there before. */
  | { readonly kind: "answer"; readonly layout?: "tree-why" | "errors" | "found" }
  /** Unfolds something in `why`, or folds it. */
  | { readonly kind: "unfold"; readonly fold: string; readonly on?: boolean }
  /** Shows less time with more detail (1), or more (-1). */
  | { readonly kind: "zoom"; readonly by: 1 | -1 }
  /** Moves the time view by quarters of it. */
  | { readonly kind: "pan"; readonly by: number }
  /** Sets what the time view shows from when on; both `null`: what is around the cursor. */
  | { readonly kind: "timeWindow"; readonly from: number | null; readonly span: number | null }
  /** Rows of the time view: the states of one machine, or one state of many; without one, the other. */
  | { readonly kind: "timeBy"; readonly rows?: "states" | "machines" }
  /** To the transition that began the activation of a state at a moment. */
  | {
    readonly kind: "activation";
    readonly key: string;
    readonly state: number;
    readonly time: number;
  }
  /** Sets the order of the machines; without one, the next. */
  | { readonly kind: "sort"; readonly sort?: Sort }
  /** Opens or closes a dialog. */
  | { readonly kind: "dialog"; readonly dialog: Dialog | null }
  /** The next or previous page of a dialog. */
  | { readonly kind: "dialogPage"; readonly by: number }
  /** Changes the path of the dialog that opens a file. */
  | { readonly kind: "openPath"; readonly path: string }
  /** Turns a filter over, or sets it. */
  | { readonly kind: "filter"; readonly name: FilterName; readonly on?: boolean }
  /** Sets, or cycles, the log level. */
  | { readonly kind: "level"; readonly level?: Level }
  /** Sets the group; without one, the next. */
  | { readonly kind: "group"; readonly group?: string | null }
  /** Moves within the filters bar, and turns the focused one over. */
  | { readonly kind: "filterBy"; readonly by: number }
  | { readonly kind: "filterToggle" }
  /** Moves the cursor of a list (machines, tree, log, matrix; default: the focused one) by lines. */
  | { readonly kind: "cursor"; readonly by: number; readonly on?: Focus }
  /** Whether the log follows the cursor. */
  | { readonly kind: "followLog"; readonly on: boolean }
  /** Scrolls the matrix sideways. */
  | { readonly kind: "scrollColumn"; readonly by: number }
  /** Acts on the focused line: selects the machine, expands the state, follows the relation. */
  | { readonly kind: "enter" }
  /** Selects a state; -1 = none. */
  | { readonly kind: "state"; readonly state: number }
  /** Expands or collapses one state, or all. */
  | { readonly kind: "expand"; readonly state?: number; readonly on?: boolean }
  /** Sets the search text of a panel; an empty one ends it. */
  | {
    readonly kind: "search";
    readonly text: string;
    readonly in?: "clients" | "tree" | "transitions";
  }
  /** Begins to take keys for a search (default: of everything), or ends that. */
  | {
    readonly kind: "typing";
    readonly on: boolean;
    readonly in?: "clients" | "tree" | "transitions";
  }
  /** Takes what the search has found: selects the machine or the state, goes to the transition. */
  | { readonly kind: "accept" }
  /** Changes the export dialog. */
  | { readonly kind: "exportForm"; readonly name?: string; readonly selectedOnly?: boolean }
  /** A line for the person in front of it. */
  | { readonly kind: "notice"; readonly text: string };

/** What a model starts with. */
export function initialModel(store: Store, options: Partial<Model> = {}): Model {
  return {
    store,
    revision: -1,
    client: null,
    cursor: 0,
    step: 0,
    moment: 0,
    anchor: null,
    tail: true,
    playing: false,
    focus: "clients",
    layout: "tree-log",
    dialog: null,
    filters: {
      canceled: false,
      auto: false,
      empty: false,
      checks: false,
      level: 4,
      group: null,
    },
    filterCursor: 0,
    clientCursor: null,
    state: -1,
    treeCursor: { state: 0, line: 0 },
    expanded: new Set(),
    scroll: { log: null, matrixRow: 0, matrixColumn: 0 },
    search: "",
    searchIn: "transitions",
    typing: false,
    exportForm: { name: "am-dbg-dump", selectedOnly: false },
    openPath: "",
    dialogPage: 0,
    past: [],
    future: [],
    layoutBefore: "tree-log",
    whyCursor: 0,
    whyOpen: new Set(),
    errorCursor: null,
    time: { span: null, from: null, by: "states", row: 0 },
    sort: "tree",
    notice: "",
    autoSelect: true,
    ...options,
  };
}

/** The selected machine. */
export function selected(model: Model): ClientData | null {
  return model.client === null ? null : model.store.clients.get(model.client) ?? null;
}
