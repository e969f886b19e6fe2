import type { Obligatory, Schema } from "../mod.ts";
import type { FilterName, Message } from "./model/mod.ts";

/** What has the keys: one of them. */
export const FOCUSED = [
  "TreeFocused",
  "LogFocused",
  "SidebarFocused",
  "TimelineTxsFocused",
  "TimelineStepsFocused",
  "MatrixFocused",
  "FiltersFocused",
  "WhyFocused",
  "ErrorsFocused",
  "FoundFocused",
  "TimeFocused",
  "DialogFocused",
] as const;

/** How the cursor moves: one of them, once a machine is selected. */
export const PLAYING = ["Playing", "Paused", "TailMode"] as const;

/** The dialogs: at most one. */
export const DIALOG = ["HelpDialog", "ExportDialog", "OpenDialog"] as const;

/** The arrangements of the panels: one of them. */
export const VIEWS = [
  "TreeLogView",
  "TreeMatrixView",
  "TreeRainView",
  "MatrixView",
  "MatrixRainView",
  "TimeView",
  "WhyView",
  "ErrorsView",
  "FoundView",
] as const;

/** The groups of the debugger's states. */
export const groups = { Focused: FOCUSED, Playing: PLAYING, Dialog: DIALOG, Views: VIEWS };

/** Which way, and how far, the cursor moves. */
export interface SessionMove {
  /** Transitions or steps. @default {1} */
  readonly by?: number;
}

const focus = { remove: FOCUSED } as const;
const dialog = { remove: DIALOG } as const;
const view = { remove: VIEWS } as const;
/** A move of a person ends playing and tailing. */
const user = { multi: true, remove: ["Playing", "TailMode"] } as const;
const move = { multi: true, require: ["ClientSelected"] } as const;

/** The states of {@linkcode schema}, with their arguments. */
export interface SessionStates {
  /** Machines have sent something. */
  ClientMsg: unknown;
  /** A machine has connected. */
  ConnectEvent: { readonly key: string } | Obligatory;
  /** A machine has gone. */
  DisconnectEvent: { readonly key: string } | Obligatory;
  /** A person goes to the next transition. */
  UserFwd: SessionMove;
  /** A person goes to the previous transition. */
  UserBack: SessionMove;
  /** A person goes to the next step. */
  UserFwdStep: SessionMove;
  /** A person goes to the previous step. */
  UserBackStep: SessionMove;
  /** Anything else that a person does: search, scroll, expand, … */
  UserCommand: { readonly message: Message } | Obligatory;
  /** The states take the keys. */
  TreeFocused: unknown;
  /** The log takes the keys. */
  LogFocused: unknown;
  /** The list of machines takes the keys. */
  SidebarFocused: unknown;
  /** The timeline of transitions takes the keys. */
  TimelineTxsFocused: unknown;
  /** The steps take the keys. */
  TimelineStepsFocused: unknown;
  /** The matrix takes the keys. */
  MatrixFocused: unknown;
  /** The filters take the keys. */
  FiltersFocused: unknown;
  /** The answer to "why" takes the keys. */
  WhyFocused: unknown;
  /** The errors take the keys. */
  ErrorsFocused: unknown;
  /** What was found takes the keys. */
  FoundFocused: unknown;
  /** The time view takes the keys. */
  TimeFocused: unknown;
  /** A dialog takes the keys. */
  DialogFocused: unknown;
  /** A state is selected, by index or by name. */
  StateNameSelected: { readonly state: number | string } | Obligatory;
  /** The keys are shown. */
  HelpDialog: unknown;
  /** The export dialog is open. */
  ExportDialog: unknown;
  /** The dialog that opens a file is open. */
  OpenDialog: unknown;
  /** The log does not follow the cursor. */
  LogUserScrolled: unknown;
  /** All that was to be read at the start is there. */
  Ready: unknown;
  /** Canceled transitions are hidden. */
  FilterCanceledTx: unknown;
  /** Transitions of auto states are hidden. */
  FilterAutoTx: unknown;
  /** Transitions without a change are hidden. */
  FilterEmptyTx: unknown;
  /** Dry runs are hidden. */
  FilterChecksTx: unknown;
  /** The session goes on; without it, it is over. */
  Start: unknown;
  /** States and log. */
  TreeLogView: unknown;
  /** States and matrix. */
  TreeMatrixView: unknown;
  /** States and rain. */
  TreeRainView: unknown;
  /** The matrix alone. */
  MatrixView: unknown;
  /** Matrix and rain. */
  MatrixRainView: unknown;
  /** Activations over time. */
  TimeView: unknown;
  /** States, and why the current transition happened. */
  WhyView: unknown;
  /** The errors of all machines. */
  ErrorsView: unknown;
  /** What the search found. */
  FoundView: unknown;
  /** The cursor follows what comes. */
  TailMode: unknown;
  /** The cursor moves by itself. */
  Playing: unknown;
  /** The cursor stays. */
  Paused: unknown;
  /** Goes on by transitions. */
  Fwd: SessionMove;
  /** Goes back by transitions. */
  Back: SessionMove;
  /** Goes on by steps. */
  FwdStep: SessionMove;
  /** Goes back by steps. */
  BackStep: SessionMove;
  /** Goes somewhere: `to` says where. */
  ScrollToTx: { readonly to: Message } | Obligatory;
  /** Another machine is selected, by key or by its distance in the list. */
  SelectingClient: { readonly key?: string; readonly by?: number };
  /** A machine is shown. */
  ClientSelected: unknown;
  /** Removes a machine (default: the highlighted one). */
  RemoveClient: { readonly key?: string };
  /** Turns a filter over. */
  ToggleFilter: { readonly name: FilterName } | Obligatory;
  /** The export dialog's file is being written. */
  Exporting: unknown;
  /** A file is being read. */
  Opening: { readonly path: string } | Obligatory;
  /** The demo's machines are being started. */
  StartingDemo: unknown;
}

/**
 * The debugger's own states: what comes in, where a person is, and what is done. Those that are
 * over as soon as they are done (moves, commands, events) are `multi`: each call counts.
 */
export const schema: Schema<SessionStates> = {
  // Input
  ClientMsg: { multi: true },
  ConnectEvent: { multi: true },
  DisconnectEvent: { multi: true },
  UserFwd: { ...user, add: ["Fwd"] },
  UserBack: { ...user, add: ["Back"] },
  UserFwdStep: { ...user, add: ["FwdStep"] },
  UserBackStep: { ...user, add: ["BackStep"] },
  UserCommand: { multi: true, require: ["Start"] },

  // Where a person is
  TreeFocused: focus,
  LogFocused: focus,
  SidebarFocused: focus,
  TimelineTxsFocused: focus,
  TimelineStepsFocused: focus,
  MatrixFocused: focus,
  FiltersFocused: focus,
  WhyFocused: focus,
  ErrorsFocused: focus,
  FoundFocused: focus,
  TimeFocused: focus,
  DialogFocused: focus,
  StateNameSelected: {
    multi: true,
    require: ["ClientSelected"],
  },
  HelpDialog: { ...dialog, add: ["DialogFocused"] },
  ExportDialog: { ...dialog, add: ["DialogFocused"] },
  OpenDialog: { ...dialog, add: ["DialogFocused"] },
  LogUserScrolled: { require: ["ClientSelected"], remove: ["Playing"] },
  Ready: { require: ["Start"] },
  FilterCanceledTx: {},
  FilterAutoTx: {},
  FilterEmptyTx: {},
  FilterChecksTx: {},

  // Actions
  Start: {},
  TreeLogView: { ...view, auto: true },
  TreeMatrixView: view,
  TreeRainView: view,
  MatrixView: view,
  MatrixRainView: view,
  TimeView: view,
  WhyView: view,
  ErrorsView: view,
  FoundView: view,
  TailMode: { require: ["ClientSelected"], remove: PLAYING },
  Playing: { require: ["ClientSelected"], remove: [...PLAYING, "LogUserScrolled"] },
  Paused: { auto: true, require: ["ClientSelected"], remove: PLAYING },
  Fwd: move,
  Back: move,
  FwdStep: move,
  BackStep: move,
  ScrollToTx: { multi: true, require: ["ClientSelected"] },
  SelectingClient: {
    require: ["Start"],
    remove: ["ClientSelected"],
  },
  ClientSelected: { require: ["Start"], remove: ["SelectingClient"] },
  RemoveClient: { multi: true, require: ["ClientSelected"] },
  ToggleFilter: { multi: true },
  Exporting: { require: ["Start"] },
  Opening: { require: ["Start"] },
  StartingDemo: { require: ["Start"] },
};
