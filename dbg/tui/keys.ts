import type { Message, Model } from "../model/mod.ts";

/** What a key does to the model; null when it does nothing here. */
export type Action = (model: Model) => Message | null;

/** A key, or several that do the same, and what it does. */
export interface Binding {
  /** Names as {@linkcode parseKeys} gives them. */
  readonly keys: readonly string[];
  /** What the help screen says. */
  readonly help: string;
  /** What happens; `quit` ends the debugger. */
  readonly action: Action | "quit" | "export";
}

const always = (message: Message): Action => () => message;

function sideways(by: 1 | -1): Action {
  return ({ focus }) => {
    if (focus === "matrix") return { kind: "scrollColumn", by };
    if (focus === "steps") return { kind: "step", by };
    if (focus === "filters") return { kind: "filterBy", by };
    return { kind: "move", by };
  };
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
  { keys: ["left"], help: "back: transition, step", action: sideways(-1) },
  { keys: ["right"], help: "on: transition, step", action: sideways(1) },
  { keys: ["alt+left", "alt+h"], help: "jump back", action: always({ kind: "jump", by: -1 }) },
  { keys: ["alt+right", "alt+l"], help: "jump forward", action: always({ kind: "jump", by: 1 }) },
  { keys: ["alt+b"], help: "previous step", action: always({ kind: "step", by: -1 }) },
  { keys: ["alt+n"], help: "next step", action: always({ kind: "step", by: 1 }) },
  { keys: ["up", "k"], help: "line up", action: always({ kind: "cursor", by: -1 }) },
  { keys: ["down", "j"], help: "line down", action: always({ kind: "cursor", by: 1 }) },
  { keys: ["alt+k", "pageup"], help: "page up", action: always({ kind: "cursor", by: -10 }) },
  { keys: ["alt+j", "pagedown"], help: "page down", action: always({ kind: "cursor", by: 10 }) },
  { keys: ["enter"], help: "select, expand, follow", action: always({ kind: "enter" }) },
  { keys: ["alt+e"], help: "expand all states", action: always({ kind: "expand" }) },
  { keys: ["home"], help: "before the first", action: always({ kind: "first" }) },
  { keys: ["end"], help: "after the last", action: always({ kind: "last" }) },
  { keys: ["alt+v"], help: "tail mode", action: always({ kind: "tail" }) },
  { keys: ["alt+m"], help: "next view", action: always({ kind: "layout" }) },
  { keys: ["alt+x"], help: "next error", action: always({ kind: "error", by: 1 }) },
  { keys: ["alt+z"], help: "previous error", action: always({ kind: "error", by: -1 }) },
  {
    keys: ["alt+t"],
    help: "next touch of the state",
    action: always({ kind: "touched", by: 1 }),
  },
  { keys: ["alt+f"], help: "filters", action: always({ kind: "focus", on: "filters" }) },
  { keys: ["alt+g"], help: "log level", action: always({ kind: "level" }) },
  { keys: ["/"], help: "search transitions", action: always({ kind: "focus", on: "timeline" }) },
  { keys: ["alt+u"], help: "next match", action: always({ kind: "match", by: 1 }) },
  { keys: ["backspace"], help: "remove the machine", action: removal },
  { keys: ["alt+s"], help: "export", action: always({ kind: "dialog", dialog: "export" }) },
  { keys: ["?"], help: "this help", action: always({ kind: "dialog", dialog: "help" }) },
  { keys: ["esc"], help: "close, end the search", action: escape },
  { keys: ["ctrl+q", "ctrl+c"], help: "quit", action: "quit" },
];

function removal({ focus }: Model): Message | null {
  return focus === "clients" ? { kind: "removeClient" } : null;
}

function escape({ dialog, search }: Model): Message {
  if (dialog !== null) return { kind: "dialog", dialog: null };
  return search === "" ? { kind: "focus", on: "clients" } : { kind: "search", text: "" };
}

const BY_KEY = new Map(
  BINDINGS.flatMap((one) => one.keys.map((key) => [key, one.action] as const)),
);

/** What a key means for the model: letters search where a search makes sense, the rest is bound. */
export function actionOf(model: Model, key: string): Message | "quit" | "export" | null {
  const bound = BY_KEY.get(key);
  if (bound === "quit") return bound;
  if (model.dialog === "export") return exportKey(model, key);
  if (model.dialog !== null) return { kind: "dialog", dialog: null };
  const panel = model.focus === "clients" || model.focus === "tree"
    ? model.focus
    : model.focus === "timeline"
    ? "transitions"
    : null;
  const moves = model.search === "" && (key === "j" || key === "k") && panel !== "transitions";
  if (panel !== null && /^[a-zA-Z0-9_-]$/.test(key) && !moves) {
    return { kind: "search", text: searchText(model, panel) + key, in: panel };
  }
  if (panel === "transitions" && key === "backspace") {
    return { kind: "search", text: model.search.slice(0, -1), in: panel };
  }
  if (panel === "transitions" && key === "enter") return { kind: "match", by: 1 };
  return bound === undefined || bound === "export" ? null : bound(model);
}

function searchText(model: Model, panel: "clients" | "tree" | "transitions"): string {
  return model.searchIn === panel ? model.search : "";
}

function exportKey({ exportForm }: Model, key: string): Message | "export" | null {
  const { name, selectedOnly } = exportForm;
  if (key === "esc") return { kind: "dialog", dialog: null };
  if (key === "enter") return "export";
  if (key === "tab") return { kind: "exportForm", selectedOnly: !selectedOnly };
  if (key === "backspace") return { kind: "exportForm", name: name.slice(0, -1) };
  if (/^[\w.-]$/.test(key)) return { kind: "exportForm", name: name + key };
  return null;
}

/** A click or a turn of the wheel. */
export interface MouseEvent {
  /** What happened. */
  readonly kind: "click" | "up" | "down";
  /** Column from 0. */
  readonly x: number;
  /** Row from 0. */
  readonly y: number;
}

const SEQUENCES: Readonly<Record<string, string>> = {
  "[A": "up",
  "[B": "down",
  "[C": "right",
  "[D": "left",
  "OA": "up",
  "OB": "down",
  "OC": "right",
  "OD": "left",
  "[H": "home",
  "[F": "end",
  "[1~": "home",
  "[4~": "end",
  "OH": "home",
  "OF": "end",
  "[5~": "pageup",
  "[6~": "pagedown",
  "[Z": "shift+tab",
  "[1;3C": "alt+right",
  "[1;3D": "alt+left",
};
const CONTROL: Readonly<Record<string, string>> = {
  "\t": "tab",
  "\r": "enter",
  "\n": "enter",
  " ": "space",
  "\x7f": "backspace",
  "\b": "backspace",
  "\x03": "ctrl+c",
  "\x11": "ctrl+q",
};

/** The keys and mouse events in what a terminal sent. */
export function parseKeys(text: string): (string | MouseEvent)[] {
  const found: (string | MouseEvent)[] = [];
  for (let at = 0; at < text.length;) {
    if (text[at] !== "\x1b") {
      const char = String.fromCodePoint(text.codePointAt(at)!);
      if (CONTROL[char] ?? char >= " ") found.push(CONTROL[char] ?? char);
      at += char.length;
      continue;
    }
    const rest = text.slice(at + 1, at + 32);
    const mouse = /^\[<(\d+);(\d+);(\d+)([Mm])/.exec(rest);
    const sequence = /^(\[[\d;]*[A-Za-z~]|O[A-Z])/.exec(rest);
    if (mouse) {
      const [all, button, x, y, end] = mouse;
      const kind = { 0: "click", 64: "up", 65: "down" }[Number(button)] as MouseEvent["kind"];
      if (kind && end === "M") found.push({ kind, x: Number(x) - 1, y: Number(y) - 1 });
      at += 1 + all.length;
    } else if (sequence) {
      const key = SEQUENCES[sequence[0]];
      if (key) found.push(key);
      at += 1 + sequence[0].length;
    } else if (rest === "" || rest[0] === "\x1b") {
      found.push("esc");
      at += 1;
    } else {
      found.push(`alt+${rest[0]}`);
      at += 2;
    }
  }
  return found;
}
