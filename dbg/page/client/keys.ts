/// <reference lib="dom" />
import type { PageMessage } from "../messages.ts";

/** A key's message; `place`: it is a place to come back to. */
interface Action {
  readonly message: PageMessage;
  readonly place?: boolean;
}

const KEYS: Readonly<Record<string, Action>> = {
  " ": { message: { kind: "play" } },
  ArrowLeft: { message: { kind: "move", by: -1 } },
  ArrowRight: { message: { kind: "move", by: 1 } },
  "shift ArrowLeft": { message: { kind: "step", by: -1 } },
  "shift ArrowRight": { message: { kind: "step", by: 1 } },
  ",": { message: { kind: "jump", by: -1 }, place: true },
  ".": { message: { kind: "jump", by: 1 }, place: true },
  Home: { message: { kind: "first" }, place: true },
  End: { message: { kind: "last" }, place: true },
  ArrowUp: { message: { kind: "cursor", by: -1 } },
  ArrowDown: { message: { kind: "cursor", by: 1 } },
  Enter: { message: { kind: "enter" }, place: true },
  t: { message: { kind: "tail" } },
  v: { message: { kind: "layout" } },
  e: { message: { kind: "expand" } },
  n: { message: { kind: "error", by: 1 }, place: true },
  p: { message: { kind: "error", by: -1 }, place: true },
};

/** The keys in one line. */
export const HINTS =
  "← → transition · shift+← → step · , . jump · space play · t tail · v view · " +
  "d diagram · n p error · / find · alt+← → back and forward";

const SLIDER = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

/** Whether the focused element needs the key itself. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== "range" || SLIDER.has(key);
  return target.closest("button, a, select, textarea, summary") !== null &&
    (key === " " || key === "Enter");
}

/** What a key means on the page; `null` when it is somebody else's. */
export function actionOf(event: KeyboardEvent): Action | "diagram" | "search" | null {
  // With these the key is the browser's: copying, and back and forward.
  if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return null;
  if (event.key === "d") return "diagram";
  if (event.key === "/") return "search";
  const name = event.shiftKey && event.key.startsWith("Arrow") ? `shift ${event.key}` : event.key;
  return Object.hasOwn(KEYS, name) ? KEYS[name] : null;
}
