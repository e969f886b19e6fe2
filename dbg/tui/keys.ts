import type { Message, Model } from "../model/mod.ts";

/** What a key does to the model; null when it does nothing here. */
export type Action = (model: Model) => Message | null;

/** A key, or several that do the same, and what it does. */
export interface Binding {
  /** Names as an input reader gives them; one of them needs no alt. */
  readonly keys: readonly string[];
  /** What the help screen says. */
  readonly help: string;
  /** What happens; a word is for the terminal itself. */
  readonly action: Action | Command;
}

/** What the model has no part in: ends, suspends or redraws the debugger, files, the clipboard. */
export type Command = "quit" | "suspend" | "redraw" | "export" | "open" | "copy" | "demo";

const always = (message: Message): Action => () => message;

function sideways(by: 1 | -1): Action {
  return ({ focus }) => {
    if (focus === "matrix") return { kind: "scrollColumn", by };
    if (focus === "steps") return { kind: "step", by };
    if (focus === "filters") return { kind: "filterBy", by };
    if (focus === "errors") return { kind: "equal", by };
    return { kind: "move", by };
  };
}

/** A line, or while transitions are searched the next one found. */
function line(by: 1 | -1): Action {
  return (model) =>
    model.focus === "found" || searched(model) === "transitions" && model.layout !== "errors"
      ? { kind: "match", by }
      : { kind: "cursor", by };
}

/** In lists of names their own search, elsewhere that of everything. */
function search({ focus }: Model): Message {
  const where = focus === "clients" ? "clients" : focus === "tree" ? "tree" : "transitions";
  return { kind: "typing", on: true, in: where };
}

const toggled = (layout: "matrix" | "time"): Action => (model) => ({
  kind: "layout",
  layout: model.layout === layout ? "tree-log" : layout,
  focus: true,
});

/** All keys, in the order of the help screen. */
export const BINDINGS: readonly Binding[] = [
  { keys: ["w"], help: "why did this happen?", action: answer("tree-why") },
  { keys: ["e"], help: "errors of all machines", action: answer("errors") },
  { keys: ["n", "alt+x"], help: "next error of all", action: always({ kind: "error", by: 1 }) },
  { keys: ["N", "alt+z"], help: "previous error", action: always({ kind: "error", by: -1 }) },
  { keys: ["/"], help: "search names, or everything", action: search },
  {
    keys: ["ctrl+f"],
    help: "search everything",
    action: always({ kind: "typing", on: true, in: "transitions" }),
  },
  { keys: ["ctrl+n", "alt+u"], help: "next match", action: always({ kind: "match", by: 1 }) },
  { keys: ["ctrl+p", "alt+U"], help: "previous match", action: always({ kind: "match", by: -1 }) },
  { keys: ["enter"], help: "go, select, unfold, why", action: always({ kind: "enter" }) },
  { keys: ["["], help: "back to where you were", action: always({ kind: "back" }) },
  { keys: ["]"], help: "forward again", action: always({ kind: "forward" }) },
  { keys: ["left", "h"], help: "back: transition, step", action: sideways(-1) },
  { keys: ["right", "l"], help: "on: transition, step", action: sideways(1) },
  {
    keys: [",", "alt+left", "alt+h"],
    help: "50 back, or change of state",
    action: always({ kind: "jump", by: -1 }),
  },
  {
    keys: [".", "alt+right", "alt+l"],
    help: "50 on, or change of state",
    action: always({ kind: "jump", by: 1 }),
  },
  { keys: ["g", "home"], help: "before the first", action: always({ kind: "first" }) },
  { keys: ["G", "end"], help: "after the last", action: always({ kind: "last" }) },
  {
    keys: ["*", "alt+t"],
    help: "next touch of the state",
    action: always({ kind: "touched", by: 1 }),
  },
  { keys: ["#", "alt+T"], help: "previous touch", action: always({ kind: "touched", by: -1 }) },
  { keys: ["up", "k"], help: "line up", action: line(-1) },
  { keys: ["down", "j"], help: "line down", action: line(1) },
  {
    keys: ["ctrl+u", "pageup", "alt+k"],
    help: "page up",
    action: always({ kind: "cursor", by: -10 }),
  },
  {
    keys: ["ctrl+d", "pagedown", "alt+j"],
    help: "page down",
    action: always({ kind: "cursor", by: 10 }),
  },
  { keys: ["tab"], help: "next panel", action: always({ kind: "focusBy", by: 1 }) },
  { keys: ["shift+tab"], help: "previous panel", action: always({ kind: "focusBy", by: -1 }) },
  { keys: ["v", "alt+m"], help: "next view", action: always({ kind: "layout", by: 1 }) },
  { keys: ["V"], help: "previous view", action: always({ kind: "layout", by: -1 }) },
  { keys: ["m"], help: "matrix of relations", action: toggled("matrix") },
  { keys: ["i"], help: "time: how long, at once", action: toggled("time") },
  { keys: ["+", "="], help: "time: more detail", action: always({ kind: "zoom", by: 1 }) },
  { keys: ["-", "_"], help: "time: less detail", action: always({ kind: "zoom", by: -1 }) },
  { keys: ["<"], help: "time: earlier", action: always({ kind: "pan", by: -1 }) },
  { keys: [">"], help: "time: later", action: always({ kind: "pan", by: 1 }) },
  {
    keys: ["0"],
    help: "time: around the cursor",
    action: always({ kind: "timeWindow", from: null, span: null }),
  },
  {
    keys: ["t"],
    help: "sort machines; rows of time",
    action: ({ layout }) => layout === "time" ? { kind: "timeBy" } : { kind: "sort" },
  },
  { keys: ["s"], help: "steps of the next one", action: steps },
  { keys: [")", "alt+n"], help: "next step", action: always({ kind: "step", by: 1 }) },
  { keys: ["(", "alt+b"], help: "previous step", action: always({ kind: "step", by: -1 }) },
  { keys: ["E", "alt+e"], help: "expand all states", action: always({ kind: "expand" }) },
  { keys: ["f", "alt+f"], help: "filters", action: filters },
  { keys: ["L", "alt+g"], help: "log level", action: always({ kind: "level" }) },
  {
    keys: ["space"],
    help: "play, pause; switch a filter",
    action: ({ focus }) => focus === "filters" ? { kind: "filterToggle" } : { kind: "play" },
  },
  { keys: ["T", "alt+v"], help: "follow the newest (tail)", action: always({ kind: "tail" }) },
  { keys: ["backspace"], help: "remove the machine", action: removal },
  { keys: ["o"], help: "open a file", action: always({ kind: "dialog", dialog: "open" }) },
  {
    keys: ["x", "alt+s"],
    help: "export to a file",
    action: always({ kind: "dialog", dialog: "export" }),
  },
  { keys: ["y"], help: "copy why, or the link", action: "copy" },
  { keys: ["d"], help: "demo, while nothing is here", action: "demo" },
  { keys: ["?"], help: "this help", action: always({ kind: "dialog", dialog: "help" }) },
  { keys: ["esc"], help: "close, end the search", action: escape },
  { keys: ["r", "ctrl+l"], help: "draw again", action: "redraw" },
  { keys: ["ctrl+z"], help: "suspend", action: "suspend" },
  { keys: ["q", "ctrl+q", "ctrl+c", "ctrl+\\"], help: "quit", action: "quit" },
];

function answer(layout: "tree-why" | "errors"): Action {
  return always({ kind: "answer", layout });
}

function steps({ focus }: Model): Message {
  return { kind: "focus", on: focus === "steps" ? "timeline" : "steps" };
}

function filters({ focus }: Model): Message {
  return { kind: "focus", on: focus === "filters" ? "timeline" : "filters" };
}

function removal({ focus }: Model): Message | null {
  return focus === "clients" ? { kind: "removeClient" } : null;
}

function escape(model: Model): Message {
  const { dialog, search, typing, focus } = model;
  if (dialog !== null) return { kind: "dialog", dialog: null };
  if (typing) return { kind: "typing", on: false };
  if (search !== "") return { kind: "search", text: "" };
  if (model.step > 0 && focus === "steps") return { kind: "stepTo", step: 0 };
  // What answered a question goes; elsewhere it leads to the list of machines.
  if (["tree-why", "errors", "found"].includes(model.layout)) return { kind: "answer" };
  return { kind: "focus", on: "clients" };
}

const BY_KEY = new Map(
  BINDINGS.flatMap((one) => one.keys.map((key) => [key, one.action] as const)),
);

/** Which search the typed text goes to; null while none has the keys. */
function searched({ typing, searchIn }: Model): Model["searchIn"] | null {
  return typing ? searchIn : null;
}

/** What a key prints; null for one that prints nothing. */
export function textOf(key: string): string | null {
  if (key === "space") return " ";
  return [...key].length === 1 ? key : null;
}

/** What a key means for the model: in a search or a dialog's field all that prints is text. */
export function actionOf(model: Model, key: string): Message | Command | null {
  const bound = BY_KEY.get(key);
  const text = textOf(key);
  if (typeof bound === "string" && text === null) return bound;
  if (model.dialog === "export") return exportKey(model, key);
  if (model.dialog === "open") return openKey(model, key);
  if (model.dialog === "help") return helpKey(key);
  if (model.typing) {
    const typed = searchKey(model, key);
    if (typed !== undefined) return typed;
  }
  return typeof bound === "function" ? bound(model) : bound ?? null;
}

/** What a key means in a search; undefined for what it means elsewhere. */
function searchKey(model: Model, key: string): Message | undefined {
  const { search, searchIn } = model;
  const text = textOf(key);
  if (text !== null) return { kind: "search", text: search + text, in: searchIn };
  if (key === "enter") return { kind: "accept" };
  if (key !== "backspace") return undefined;
  if (search === "") return { kind: "typing", on: false };
  const shorter = [...search].slice(0, -1).join("");
  return { kind: "search", text: shorter, in: searchIn };
}

function helpKey(key: string): Message {
  if (["right", "down", "space", "pagedown", "tab", "l", "j", "ctrl+d"].includes(key)) {
    return { kind: "dialogPage", by: 1 };
  }
  if (["left", "up", "pageup", "h", "k", "ctrl+u", "shift+tab"].includes(key)) {
    return { kind: "dialogPage", by: -1 };
  }
  return { kind: "dialog", dialog: null };
}

/** What a paste means: text where text is wanted, and never a key. */
export function pasteOf(model: Model, pasted: string): Message | null {
  const [line] = pasted.split(/[\r\n]/);
  const text = line.replaceAll(/\p{Cc}/gu, "");
  if (text === "") return null;
  if (model.dialog === "export") {
    const name = [...text.slice(0, 200)].filter((char) => FILE.test(char)).join("");
    return { kind: "exportForm", name: model.exportForm.name + name };
  }
  if (model.dialog === "open") {
    return { kind: "openPath", path: (model.openPath + text).slice(0, PATH) };
  }
  if (model.dialog !== null || !model.typing) return null;
  return { kind: "search", text: model.search + text.slice(0, 200), in: model.searchIn };
}

/** Characters of an export's name, and the longest path. */
const FILE = /^[\w.-]$/;
const PATH = 4000;

function exportKey({ exportForm }: Model, key: string): Message | "export" | null {
  const { name, selectedOnly } = exportForm;
  if (key === "esc") return { kind: "dialog", dialog: null };
  if (key === "enter") return "export";
  if (key === "tab") return { kind: "exportForm", selectedOnly: !selectedOnly };
  if (key === "backspace") return { kind: "exportForm", name: name.slice(0, -1) };
  if (FILE.test(key)) return { kind: "exportForm", name: name + key };
  return null;
}

function openKey({ openPath }: Model, key: string): Message | "open" | null {
  const text = textOf(key);
  if (key === "esc") return { kind: "dialog", dialog: null };
  if (key === "enter") return openPath.trim() === "" ? null : "open";
  if (key === "backspace") return { kind: "openPath", path: [...openPath].slice(0, -1).join("") };
  if (text === null) return null;
  return { kind: "openPath", path: (openPath + text).slice(0, PATH) };
}
