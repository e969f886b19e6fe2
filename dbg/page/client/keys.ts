/// <reference lib="dom" />
import type { PageMessage } from "../messages.ts";

/** What only the page does. */
export type Own =
  | "search"
  | "machines"
  | "filters"
  | "steps"
  | "files"
  | "help"
  | "diagram"
  | "theme"
  | "copy"
  | "back"
  | "forward"
  | "why"
  | "errors"
  | "matrix"
  | "time"
  | "sort"
  | "enter";

/** What a key does; `place`: it is a place to come back to. */
export type Action =
  | { readonly message: PageMessage; readonly place?: boolean }
  | { readonly own: Own };

/** A key, or several that do the same. */
interface Binding {
  /** Names as the browser gives them, `shift ` before those of arrows. */
  readonly keys: readonly string[];
  /** What the help says; none for a second spelling. */
  readonly help: string;
  readonly action: Action;
}

const go = (message: PageMessage): Action => ({ message, place: true });
const say = (message: PageMessage): Action => ({ message });
const own = (name: Own): Action => ({ own: name });

/** All keys, as the help shows them. */
const BINDINGS: readonly { readonly title: string; readonly bindings: readonly Binding[] }[] = [
  {
    title: "Time",
    bindings: [
      {
        keys: ["ArrowLeft", "h"],
        help: "previous transition",
        action: say({ kind: "move", by: -1 }),
      },
      { keys: ["ArrowRight", "l"], help: "next transition", action: say({ kind: "move", by: 1 }) },
      { keys: ["shift ArrowLeft"], help: "previous step", action: say({ kind: "step", by: -1 }) },
      { keys: ["shift ArrowRight"], help: "next step", action: say({ kind: "step", by: 1 }) },
      { keys: [","], help: "jump back", action: go({ kind: "jump", by: -1 }) },
      { keys: ["."], help: "jump forward", action: go({ kind: "jump", by: 1 }) },
      { keys: ["Home", "g"], help: "before the first", action: go({ kind: "first" }) },
      { keys: ["End", "G"], help: "after the last", action: go({ kind: "last" }) },
      { keys: ["T"], help: "tail: follow what comes", action: say({ kind: "tail" }) },
      { keys: [" "], help: "play, pause", action: say({ kind: "play" }) },
    ],
  },
  {
    title: "Look for",
    bindings: [
      { keys: ["w"], help: "why did this happen?", action: own("why") },
      { keys: ["e"], help: "errors of all machines", action: own("errors") },
      { keys: ["/"], help: "search everything", action: own("search") },
      { keys: ["\\"], help: "find a machine", action: own("machines") },
      { keys: ["n"], help: "next error of all machines", action: go({ kind: "error", by: 1 }) },
      { keys: ["N", "p"], help: "previous error", action: go({ kind: "error", by: -1 }) },
      {
        keys: ["*"],
        help: "next touch of the selected state",
        action: go({ kind: "touched", by: 1 }),
      },
      { keys: ["#"], help: "previous touch", action: go({ kind: "touched", by: -1 }) },
      { keys: ["["], help: "back to where one was", action: own("back") },
      { keys: ["]"], help: "forward again", action: own("forward") },
    ],
  },
  {
    title: "Lists and panels",
    bindings: [
      { keys: ["ArrowUp", "k"], help: "line up", action: say({ kind: "cursor", by: -1 }) },
      { keys: ["ArrowDown", "j"], help: "line down", action: say({ kind: "cursor", by: 1 }) },
      { keys: ["PageUp"], help: "ten lines up", action: say({ kind: "cursor", by: -10 }) },
      { keys: ["PageDown"], help: "ten lines down", action: say({ kind: "cursor", by: 10 }) },
      { keys: ["Enter"], help: "select, unfold, go, why", action: own("enter") },
      { keys: ["E"], help: "unfold all states", action: say({ kind: "expand" }) },
      { keys: ["v"], help: "next view", action: say({ kind: "layout", by: 1 }) },
      { keys: ["V"], help: "previous view", action: say({ kind: "layout", by: -1 }) },
      { keys: ["m"], help: "matrix of relations", action: own("matrix") },
      { keys: ["i"], help: "time: how long, at once", action: own("time") },
      { keys: ["+"], help: "time: more detail", action: say({ kind: "zoom", by: 1 }) },
      { keys: ["-"], help: "time: less detail", action: say({ kind: "zoom", by: -1 }) },
      { keys: ["<"], help: "time: earlier", action: say({ kind: "pan", by: -1 }) },
      { keys: [">"], help: "time: later", action: say({ kind: "pan", by: 1 }) },
      {
        keys: ["0"],
        help: "time: around the cursor",
        action: say({ kind: "timeWindow", from: null, span: null }),
      },
      { keys: ["t"], help: "order of machines; rows of time", action: own("sort") },
      { keys: ["s"], help: "to the steps", action: own("steps") },
      { keys: ["f"], help: "to the filters", action: own("filters") },
      { keys: ["d"], help: "a large diagram", action: own("diagram") },
    ],
  },
  {
    title: "Page",
    bindings: [
      { keys: ["o", "x"], help: "open, export a file", action: own("files") },
      { keys: ["y"], help: "copy why, or the link to this place", action: own("copy") },
      { keys: ["c"], help: "colors: system, light, dark", action: own("theme") },
      { keys: ["?"], help: "this help", action: own("help") },
    ],
  },
];

const ACTIONS = new Map(
  BINDINGS.flatMap(({ bindings }) =>
    bindings.flatMap(({ keys, action }) => keys.map((key) => [key, action] as const))
  ),
);

const SIGNS: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  "shift ArrowLeft": "shift ←",
  "shift ArrowRight": "shift →",
  " ": "space",
};

/** All keys and what they do, by what they are for. */
export const HELP: readonly {
  readonly title: string;
  readonly keys: readonly (readonly [names: readonly string[], text: string])[];
}[] = [
  ...BINDINGS.map(({ title, bindings }) => ({
    title,
    keys: bindings.map(({ keys, help }) => [keys.map((key) => SIGNS[key] ?? key), help] as const),
  })),
  {
    title: "In the diagram",
    keys: [
      [["↑", "↓", "←", "→"], "to the next box"],
      [["enter"], "select the state"],
      [["+", "-", "0"], "larger, smaller, all of it"],
    ],
  },
];

/** The most useful keys in one line. */
export const HINTS =
  "? help · w why · e errors · ← → transition · n next error · v view · / search · T tail";

const SLIDER = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);
const PAGES = new Set(["PageUp", "PageDown"]);

/** Whether the focused element needs the key itself. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("dialog") !== null) return true;
  if (target instanceof HTMLInputElement) {
    return target.type !== "range" || SLIDER.has(key) || PAGES.has(key);
  }
  return target.closest("button, a, select, textarea, summary") !== null &&
    (key === " " || key === "Enter");
}

/** What a key means on the page; `null` when it is somebody else's. */
export function actionOf(event: KeyboardEvent): Action | null {
  // With these the key is the browser's: copying, and back and forward.
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  if (isTaken(event)) return null;
  const name = event.shiftKey && event.key.startsWith("Arrow") ? `shift ${event.key}` : event.key;
  return ACTIONS.get(name) ?? null;
}
