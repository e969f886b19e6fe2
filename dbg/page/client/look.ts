/// <reference lib="dom" />
/**
 * How the page looks to this person: what no other session of the debugger has to know. It stays
 * over reloads, in this browser.
 *
 * @module
 */

/** The panels of a narrow page, of which one is in sight. */
export const TABS = ["machines", "states", "view", "why", "diagram"] as const;
/** One of them. */
export type Tab = typeof TABS[number];
/** Columns whose width can be set. */
export type Column = "machines" | "states" | "side";

/** What is set. */
export interface Look {
  /** Colors; `system`: as the system has them. */
  readonly theme: "system" | "light" | "dark";
  /** What the column at the right shows. */
  readonly side: "why" | "diagram";
  /** Whether the diagram has the room of the log. */
  readonly wide: boolean;
  /** The panel in sight on a narrow page. */
  readonly tab: Tab;
  /** Widths in pixels. */
  readonly widths: Readonly<Record<Column, number>>;
  /** Kinds of relations that the diagram leaves out. */
  readonly hidden: readonly string[];
}

const NAME = "am-dbg-look";
const FIRST: Look = {
  theme: "system",
  side: "diagram",
  wide: false,
  tab: "machines",
  widths: { machines: 260, states: 260, side: 400 },
  hidden: [],
};
/** A column is never narrower, nor wider. */
export const LEAST = 120;
export const MOST = 900;

let now: Look = stored();
let changed = () => {};

function stored(): Look {
  try {
    const { theme, side, tab, widths, wide, hidden } = JSON.parse(
      localStorage.getItem(NAME) ?? "{}",
    );
    const width = (column: Column) => {
      const value = Number(widths?.[column]);
      return value >= LEAST && value <= MOST ? value : FIRST.widths[column];
    };
    return {
      theme: theme === "light" || theme === "dark" ? theme : "system",
      side: side === "why" ? "why" : "diagram",
      tab: TABS.find((one) => one === tab) ?? FIRST.tab,
      wide: wide === true,
      widths: { machines: width("machines"), states: width("states"), side: width("side") },
      hidden: Array.isArray(hidden) ? hidden.filter((one) => typeof one === "string") : [],
    };
  } catch {
    return FIRST;
  }
}

/** What is set now. */
export function look(): Look {
  return now;
}

/** Sets some of it, and keeps it. */
export function setLook(change: Partial<Look>): void {
  now = { ...now, ...change };
  try {
    localStorage.setItem(NAME, JSON.stringify(now));
  } catch {
    // A full or forbidden storage: the next visit starts anew.
  }
  dress();
  changed();
}

/** Sets a column's width within its bounds. */
export function setWidth(column: Column, width: number): void {
  const bounded = Math.round(Math.max(LEAST, Math.min(MOST, width)));
  setLook({ widths: { ...now.widths, [column]: bounded } });
}

/** Calls `draw` when something is set. */
export function watchLook(draw: () => void): void {
  changed = draw;
  dress();
}

function dress(): void {
  const { style } = document.documentElement;
  style.colorScheme = now.theme === "system" ? "light dark" : now.theme;
  for (const [column, width] of Object.entries(now.widths)) {
    style.setProperty(`--${column}`, `${width}px`);
  }
}
