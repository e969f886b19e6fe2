import type { Message, Model } from "../model/mod.ts";

/** What a key does to the model; null when it does nothing here. */
export type Action = (model: Model) => Message | null;

/** A key, or several that do the same, and what it does. */
export interface Binding {
  /** Names as an input reader gives them. */
  readonly keys: readonly string[];
  /** What the help screen says. */
  readonly help: string;
  /** What happens; a word is for the terminal itself. */
  readonly action: Action | Command;
}

/** What the model has no part in: ends, suspends or redraws the debugger, or writes the export. */
export type Command = "quit" | "suspend" | "redraw" | "export";

const always = (message: Message): Action => () => message;

function sideways(by: 1 | -1): Action {
  return ({ focus }) => {
    if (focus === "matrix") return { kind: "scrollColumn", by };
    if (focus === "steps") return { kind: "step", by };
    if (focus === "filters") return { kind: "filterBy", by };
    return { kind: "move", by };
  };
}

/** A line, or among transitions that are searched the next one found. */
function line(by: 1 | -1): Action {
  return (model) =>
    panelOf(model) === "transitions" ||
      (model.focus === "timeline" && searches(model, "transitions"))
      ? { kind: "match", by }
      : { kind: "cursor", by };
}

/** All keys, in the order of the help screen. */
export const BINDINGS: readonly Binding[] = [
  { keys: ["tab"], help: "next panel", action: always({ kind: "focusBy", by: 1 }) },
  { keys: ["shift+tab"], help: "previous panel", action: always({ kind: "focusBy", by: -1 }) },
  {
    keys: ["space"],
    help: "play, pause; switch a filter",
    action: ({ focus }) => focus === "filters" ? { kind: "filterToggle" } : { kind: "play" },
  },
  { keys: ["left", "h"], help: "back: transition, step", action: sideways(-1) },
  { keys: ["right", "l"], help: "on: transition, step", action: sideways(1) },
  { keys: ["alt+left", "alt+h"], help: "jump back", action: always({ kind: "jump", by: -1 }) },
  { keys: ["alt+right", "alt+l"], help: "jump forward", action: always({ kind: "jump", by: 1 }) },
  { keys: ["alt+b"], help: "previous step", action: always({ kind: "step", by: -1 }) },
  { keys: ["alt+n"], help: "next step", action: always({ kind: "step", by: 1 }) },
  { keys: ["up", "k"], help: "line up", action: line(-1) },
  { keys: ["down", "j"], help: "line down", action: line(1) },
  {
    keys: ["alt+k", "pageup", "ctrl+u"],
    help: "page up",
    action: always({ kind: "cursor", by: -10 }),
  },
  {
    keys: ["alt+j", "pagedown", "ctrl+d"],
    help: "page down",
    action: always({ kind: "cursor", by: 10 }),
  },
  { keys: ["enter"], help: "select, expand, follow", action: always({ kind: "enter" }) },
  { keys: ["alt+e"], help: "expand all states", action: always({ kind: "expand" }) },
  { keys: ["home", "g"], help: "before the first", action: always({ kind: "first" }) },
  { keys: ["end", "G"], help: "after the last", action: always({ kind: "last" }) },
  { keys: ["alt+v", "T"], help: "tail mode", action: always({ kind: "tail" }) },
  { keys: ["alt+m", "v"], help: "next view", action: always({ kind: "layout" }) },
  { keys: ["alt+x", "n"], help: "next error of all", action: always({ kind: "error", by: 1 }) },
  { keys: ["alt+z", "N"], help: "previous error", action: always({ kind: "error", by: -1 }) },
  {
    keys: ["alt+t", "*"],
    help: "next touch of the state",
    action: always({ kind: "touched", by: 1 }),
  },
  {
    keys: ["alt+T", "#"],
    help: "previous touch",
    action: always({ kind: "touched", by: -1 }),
  },
  { keys: ["alt+f", "f"], help: "filters", action: always({ kind: "focus", on: "filters" }) },
  { keys: ["alt+g"], help: "log level", action: always({ kind: "level" }) },
  { keys: ["/"], help: "search transitions", action: always({ kind: "typing", on: true }) },
  { keys: ["alt+u"], help: "next match", action: always({ kind: "match", by: 1 }) },
  { keys: ["alt+U"], help: "previous match", action: always({ kind: "match", by: -1 }) },
  { keys: ["backspace"], help: "remove the machine", action: removal },
  { keys: ["alt+s", "x"], help: "export", action: always({ kind: "dialog", dialog: "export" }) },
  { keys: ["?"], help: "this help", action: always({ kind: "dialog", dialog: "help" }) },
  { keys: ["esc"], help: "close, end the search", action: escape },
  { keys: ["ctrl+l"], help: "draw again", action: "redraw" },
  { keys: ["ctrl+z"], help: "suspend", action: "suspend" },
  { keys: ["q", "ctrl+q", "ctrl+c", "ctrl+\\"], help: "quit", action: "quit" },
];

function removal({ focus }: Model): Message | null {
  return focus === "clients" ? { kind: "removeClient" } : null;
}

function escape({ dialog, search, typing }: Model): Message {
  if (dialog !== null) return { kind: "dialog", dialog: null };
  if (search !== "") return { kind: "search", text: "" };
  return typing ? { kind: "typing", on: false } : { kind: "focus", on: "clients" };
}

const BY_KEY = new Map(
  BINDINGS.flatMap((one) => one.keys.map((key) => [key, one.action] as const)),
);

type Panel = Model["searchIn"];

/** Which search typed text goes to now. */
function panelOf({ focus, typing }: Model): Panel | null {
  if (focus === "clients" || focus === "tree") return focus;
  return focus === "timeline" && typing ? "transitions" : null;
}

/** Whether a search has text. */
function searches(model: Model, panel: Panel | null): panel is Panel {
  return model.search !== "" && model.searchIn === panel;
}

/** What a key prints; null for one that prints nothing. */
export function textOf(key: string): string | null {
  if (key === "space") return " ";
  return [...key].length === 1 ? key : null;
}

/** What a key means for the model: text searches where a search makes sense, the rest is bound. */
export function actionOf(model: Model, key: string): Message | Command | null {
  const bound = BY_KEY.get(key);
  const text = textOf(key);
  if (typeof bound === "string" && text === null) return bound;
  if (model.dialog === "export") return exportKey(model, key);
  if (model.dialog !== null) return { kind: "dialog", dialog: null };
  const panel = panelOf(model);
  // Before the first letter some keys mean what they mean elsewhere.
  const free = !model.typing && !searches(model, panel);
  if (panel !== null && text !== null && !(free && /[/? ]/.test(text))) {
    return searchMore(model, panel, text);
  }
  if (searches(model, panel) && key === "backspace") {
    return { kind: "search", text: [...model.search].slice(0, -1).join(""), in: panel };
  }
  if (model.focus === "timeline" && key === "enter" && searches(model, "transitions")) {
    return { kind: "match", by: 1 };
  }
  return typeof bound === "function" ? bound(model) : bound ?? null;
}

function searchMore(model: Model, panel: Panel, text: string): Message {
  const before = searches(model, panel) ? model.search : "";
  return { kind: "search", text: before + text, in: panel };
}

/** What a paste means: text where text is wanted, and never a key. */
export function pasteOf(model: Model, pasted: string): Message | null {
  const [line] = pasted.split(/[\r\n]/);
  const text = line.replaceAll(/\p{Cc}/gu, "").slice(0, 200);
  if (text === "") return null;
  if (model.dialog === "export") {
    const name = [...text].filter((char) => FILE.test(char)).join("");
    return { kind: "exportForm", name: model.exportForm.name + name };
  }
  const panel = model.dialog === null ? panelOf(model) : null;
  return panel && searchMore(model, panel, text);
}

/** Characters of an export's name. */
const FILE = /^[\w.-]$/;

function exportKey({ exportForm }: Model, key: string): Message | "export" | null {
  const { name, selectedOnly } = exportForm;
  if (key === "esc") return { kind: "dialog", dialog: null };
  if (key === "enter") return "export";
  if (key === "tab") return { kind: "exportForm", selectedOnly: !selectedOnly };
  if (key === "backspace") return { kind: "exportForm", name: name.slice(0, -1) };
  if (FILE.test(key)) return { kind: "exportForm", name: name + key };
  return null;
}
