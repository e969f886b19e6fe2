import type { ErrorsView, FoundView, TimeView, WhyView } from "./answer_types.ts";
import type { Dialog, ExportForm, Filters, Focus, Layout, Sort } from "./model.ts";
import type { Around, ListPart, Part } from "./list_part.ts";

/** How much of each panel is wanted; only that much is computed. */
export interface Viewport {
  /** Lines of the list of machines. @default all */
  readonly clients?: Part;
  /** Lines of the tree of states. @default all */
  readonly tree?: Part;
  /** Lines of the log. */
  readonly log: number;
  /** Lines of the rain. */
  readonly rain: number;
  /** Rows of the matrix's body. */
  readonly matrixRows: number;
  /** Columns of the matrix. */
  readonly matrixColumns: number;
  /** Cells of the timelines. */
  readonly timeline: number;
  /** Whether `why` is shown beside any layout, not only as one. @default {false} */
  readonly why?: boolean;
  /** Rows of the time view, and how many columns it can tell apart. @default {40 rows, 200 columns} */
  readonly time?: Around & { readonly columns: number };
  /** Lines of the errors. @default 100 lines */
  readonly errors?: Around;
  /** Lines of what was found. @default {40} */
  readonly found?: number;
}

/** Everything that a screen or a page shows: plain data, the same for both. */
export interface View {
  /** Where the debugger listens; empty when it only shows a file. */
  readonly address: string;
  /** One line about what is going on, for example "No transitions yet". */
  readonly status: string;
  /** An error, or what was done; empty most of the time. */
  readonly notice: string;
  /** Whether the cursor follows, moves, or stands. */
  readonly mode: "tail" | "playing" | "paused";
  /** The focused panel. */
  readonly focus: Focus;
  /** The arrangement of the panels. */
  readonly layout: Layout;
  /** The open dialog. */
  readonly dialog: Dialog | null;
  /** The export dialog's fields. */
  readonly exportForm: ExportForm;
  /** What the store holds. */
  readonly totals: TotalsView;
  /** The machines as a tree, in lines: as many as the viewport wants. */
  readonly clients: readonly ClientView[];
  /** Where those lines are in the whole list. */
  readonly clientsPart: ListPart;
  /** The order of the list. */
  readonly sort: Sort;
  /** How many machines the search hides. */
  readonly clientsHidden: number;
  /** The selected machine; `null` while there is none. */
  readonly machine: MachineView | null;
  /** The states of the selected machine as a tree, in lines: as many as the viewport wants. */
  readonly tree: readonly TreeLine[];
  /** Where those lines are in the whole tree. */
  readonly treePart: ListPart;
  /** The transition that the cursor stands after; `null` before the first. */
  readonly current: TransitionView | null;
  /** The one after it, which the steps belong to. */
  readonly next: TransitionView | null;
  /** Where the cursor is among the filtered transitions. */
  readonly timeline: TimelineView;
  /** Where it is within the steps of the next transition. */
  readonly steps: StepsView;
  /** The visible lines of the log; empty when the layout has none. */
  readonly log: readonly LogLine[];
  /** What each state did to each other in the next (or current) transition; `null` when not shown. */
  readonly matrix: MatrixView | null;
  /** One line per transition; empty when the layout has none. */
  readonly rain: readonly RainLine[];
  /** Why the current transition happened; `null` when not shown, or when there is none. */
  readonly why: WhyView | null;
  /** The errors of all machines; `null` when not shown. */
  readonly errors: ErrorsView | null;
  /** What the search found; `null` when not shown. */
  readonly found: FoundView | null;
  /** Activations over time; `null` when not shown. */
  readonly time: TimeView | null;
  /** The path in the dialog that opens a file. */
  readonly openPath: string;
  /** The page of the dialog. */
  readonly dialogPage: number;
  /** What was refused, the newest last: the reason, and how often. */
  readonly refusals: readonly (readonly [reason: string, count: number])[];
  /** What is hidden. */
  readonly filters: Filters;
  /** The filters bar, control by control. */
  readonly filterBar: readonly FilterView[];
  /** The search. */
  readonly search: SearchView;
  /** A link to this place: `#machine=ID&tx=N&step=N`, without transition while it tails. */
  readonly link: string;
}

/** What the store holds. */
export interface TotalsView {
  /** Machines. */
  readonly clients: number;
  /** Machines that are connected. */
  readonly connected: number;
  /** Transitions with an error, of all that ever came. */
  readonly errors: number;
  /** Transitions that are kept. */
  readonly transitions: number;
  /** Transitions that left because of the memory bound. */
  readonly evicted: number;
  /** Transitions that machines or the server had to drop. */
  readonly dropped: number;
  /** Bytes in use. */
  readonly memory: number;
  /** The bound on them. */
  readonly maxMemory: number;
}

/** A machine in the list. */
export interface ClientView {
  /** Identifies it in messages. */
  readonly key: string;
  /** The machine's id, for display. */
  readonly id: string;
  /** Levels of parents above it. */
  readonly depth: number;
  /** Lines of the tree in front of the id, for example "│ └ ". */
  readonly guide: string;
  /** Whether it is the selected one. */
  readonly selected: boolean;
  /** Whether it has the list's cursor. */
  readonly cursor: boolean;
  /** Whether it is connected. */
  readonly connected: boolean;
  /** Whether it was disposed. */
  readonly disposed: boolean;
  /** Whether its `Exception` is active at the moment of the cursor. */
  readonly errorNow: boolean;
  /** Whether an error happened within its last 100 transitions. */
  readonly errorRecently: boolean;
  /** Whether a state `Start` is active at the moment of the cursor. */
  readonly started: boolean;
  /** Whether a state `Ready` is active at the moment of the cursor. */
  readonly ready: boolean;
  /** Its transitions up to the moment of the cursor. */
  readonly transitions: number;
  /** Transitions with an error, of all that ever came. */
  readonly errors: number;
  /** Whether it has more after that moment. */
  readonly more: boolean;
  /** Transitions that were dropped on the way. */
  readonly dropped: number;
  /** Transitions that left because of the memory bound. */
  readonly evicted: number;
  /** Labels. */
  readonly tags: readonly string[];
}

/** The selected machine. */
export interface MachineView {
  /** Its key. */
  readonly key: string;
  /** Its id. */
  readonly id: string;
  /** Its parent's id. */
  readonly parent: string | null;
  /** Names of the states by index. */
  readonly states: readonly string[];
  /** The ticks after the current transition, by index. */
  readonly ticks: readonly number[];
  /** Their sum. */
  readonly timeSum: number;
  /** Mutations that waited when the current transition started. */
  readonly queue: number;
  /** Names of the groups. */
  readonly groups: readonly string[];
  /** What else is known of it, part by part: parent, errors, tags, what was lost, whether it is gone. */
  readonly about: readonly string[];
  /** Relations for a diagram: `from` names `to` in its list `relation`. */
  readonly relations: readonly RelationView[];
}

/** One entry of one relation of the schema. */
export interface RelationView {
  /** The owner's index. */
  readonly from: number;
  /** The index of the state that it names. */
  readonly to: number;
  /** Which list it is in. */
  readonly relation: "add" | "remove" | "require" | "after";
}

/** A line of the tree of states. */
export interface TreeLine {
  /** A state, or what stands below an expanded one. */
  readonly kind: "state" | "properties" | "relation" | "reference";
  /** The state that the line belongs to. */
  readonly state: number;
  /** 0 for the state itself, then its lines in order: the tree cursor's `line`. */
  readonly line: number;
  /** The state's name, `auto multi`, the relation's name, or the referenced state's name. */
  readonly text: string;
  /** The referenced state; -1 elsewhere. */
  readonly to: number;
  /** The tick of the state, or of the referenced one; -1 elsewhere. */
  readonly tick: number;
  /** Whether the state, or the referenced one, is active. */
  readonly active: boolean;
  /** Whether it has the tree's cursor. */
  readonly cursor: boolean;
  /** Whether the state, or the referenced one, is the selected one. */
  readonly selected: boolean;
  /** Whether the state is expanded (states only). */
  readonly expanded: boolean;
  /** Whether it is called by the transition in question (the next one in step mode). */
  readonly called: boolean;
  /** Whether a step, up to now in step mode, touched it. */
  readonly touched: boolean;
  /** Whether its tick changed in the current transition. */
  readonly changed: boolean;
  /** `*` handler ran, `+` is added, `-` is removed, `!` canceled: of the steps up to now. */
  readonly marks: string;
  /** Whether the current step's relation comes from (`from`) or leads to (`to`) this line. */
  readonly link: "from" | "to" | null;
}

/** A transition, in words. */
export interface TransitionView {
  /** Its number within the machine; 0 for a jump of the time. */
  readonly id: number;
  /** The absolute row, which grows by one each. */
  readonly row: number;
  /** The mutation; `jump`: the ticks moved without a recorded transition. */
  readonly type: "add" | "remove" | "set" | "jump";
  /** Names of the called states. */
  readonly called: readonly string[];
  /** Whether it was executed. */
  readonly accepted: boolean;
  /** Whether an auto state caused it. */
  readonly auto: boolean;
  /** Whether it was a dry run. */
  readonly check: boolean;
  /** Whether `Exception` was called or activated. */
  readonly error: boolean;
  /** By how much the sum of the ticks grew. */
  readonly ticks: number;
  /** States that activated. */
  readonly added: readonly string[];
  /** States that deactivated. */
  readonly removed: readonly string[];
  /** States that were called again. */
  readonly retouched: readonly string[];
  /** How many states its steps touched. */
  readonly touched: number;
  /** Mutations that waited when it started. */
  readonly queue: number;
  /** How long it took, in ms. */
  readonly duration: number;
  /** When it began, in ms since the epoch. */
  readonly time: number;
  /** The same for display: `15:04:05.000`, in UTC. */
  readonly clock: string;
  /** Where the mutation came from. */
  readonly source: SourceView | null;
  /** The handler that refused or threw. */
  readonly refusedBy: string | null;
  /** Its arguments, as the machine's program lets them be seen. */
  readonly args: Readonly<Record<string, string>>;
  /** Transitions that were lost right before (type `jump` only). */
  readonly lost: number;
  /** `add multi: Foo, Bar`: the left half of the bar. */
  readonly title: string;
  /** `auto | canceled | add: 1 | rm: 0 | touch: 4 | 15:04:05.000`: the right half. */
  readonly summary: string;
}

/** Where a mutation came from. */
export interface SourceView {
  /** The machine's id. */
  readonly machine: string;
  /** The transition's number within it. */
  readonly transition: number;
  /** The handler. */
  readonly handler: string;
}

/** The timeline of transitions. */
export interface TimelineView {
  /** Filtered transitions up to the cursor. */
  readonly position: number;
  /** All filtered transitions. */
  readonly total: number;
  /** All kept transitions, filtered or not. */
  readonly unfiltered: number;
  /** Per cell of the timeline: what happened there, worst first. */
  readonly cells: readonly ("none" | "normal" | "canceled" | "error" | "jump")[];
}

/** The timeline of steps. */
export interface StepsView {
  /** Steps done. */
  readonly position: number;
  /** Steps of the next transition. */
  readonly total: number;
  /** `none`: there is no next transition; `canceled`: it was refused. */
  readonly kind: "none" | "normal" | "canceled";
  /** The steps. */
  readonly steps: readonly StepView[];
}

/** One step of the resolution of relations. */
export interface StepView {
  /** What happened. */
  readonly kind: string;
  /** The state's index; -1 for handlers of `Any`. */
  readonly state: number;
  /** The other state of a relation; -1 for none. */
  readonly by: number;
  /** The handler; empty for none. */
  readonly handler: string;
  /** In words: "Foo removed Bar". */
  readonly text: string;
  /** Whether it has been done at the cursor. */
  readonly done: boolean;
}

/** A line of the log. */
export interface LogLine {
  /** The transition's row; lines of one transition share it. */
  readonly row: number;
  /** The transition's number within the machine. */
  readonly id: number;
  /** When, in ms since the epoch. */
  readonly time: number;
  /** The same for display: `15:04:05.000`, in UTC. */
  readonly clock: string;
  /** Its level by number. */
  readonly level: number;
  /** `time`: separates seconds. */
  readonly kind: "line" | "time";
  /** The mark in brackets, for example `[state]`. */
  readonly prefix: string;
  /** The rest, at most 1000 characters of it. */
  readonly text: string;
  /** Whether it belongs to the current transition (in step mode, the next one). */
  readonly current: boolean;
  /** Whether it is after the cursor. */
  readonly future: boolean;
}

/** The matrix of states: column did something to row. */
export interface MatrixView {
  /** Which transition it shows. */
  readonly id: number;
  /** The machine's sum of ticks. */
  readonly timeSum: number;
  /** The states of the columns: indexes. */
  readonly columns: readonly number[];
  /** The states of the rows: indexes. */
  readonly rows: readonly number[];
  /** Per column: whether it was called. */
  readonly called: readonly boolean[];
  /** Per column: by how much its tick grew. */
  readonly deltas: readonly number[];
  /** Per row, per column: sum of the bits of the kinds of steps. */
  readonly cells: readonly (readonly number[])[];
}

/** A transition as a line with one character per state. */
export interface RainLine {
  /** The transition's row. */
  readonly row: number;
  /** The transition's number within the machine. */
  readonly id: number;
  /** When, in ms since the epoch. */
  readonly time: number;
  /** The same for display: `15:04:05.000`, in UTC. */
  readonly clock: string;
  /** Per state: `1` active, `2` active and touched, `-` touched, `|` deactivated, `c` canceled, space. */
  readonly cells: string;
  /** Indexes of the called states. */
  readonly called: readonly number[];
  /** Whether `Exception` was called or activated. */
  readonly error: boolean;
  /** Whether it is the current one. */
  readonly current: boolean;
}

/** A control of the filters bar. */
export interface FilterView {
  /** `canceled`, `auto`, `empty`, `checks`, `level` or `group`. */
  readonly name: string;
  /** What it says. */
  readonly text: string;
  /** Whether it hides something. */
  readonly on: boolean;
  /** Whether it has the focus. */
  readonly focused: boolean;
}

/** The search. */
export interface SearchView {
  /** What is searched. */
  readonly text: string;
  /** In which panel. */
  readonly in: "clients" | "tree" | "transitions";
  /** How many transitions, machines or states match. */
  readonly matches: number;
  /** Which transition that matches is at or before the cursor, from 1; 0 for none. */
  readonly match: number;
  /** Whether the search has the keys. */
  readonly typing: boolean;
}
