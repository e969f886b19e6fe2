import type { FilterName, TransitionView, View } from "../model/mod.ts";
import { cutEnd, textColumns } from "./columns.ts";
import type { Grid, Style } from "./grid.ts";
import type { Area, Hit } from "./panel.ts";

/** What has to be known of a model or view to know how high the foot is. */
export type Footed = Pick<View, "focus" | "filters">;

/** Rows below the panels: the filters have one while they have the keys, or hide something. */
export function footRows(shown: Footed): number {
  return filtersShown(shown) ? 3 : 2;
}

function filtersShown({ focus, filters }: Footed): boolean {
  const { canceled, auto, empty, checks, level, group } = filters;
  return focus === "filters" || canceled || auto || empty || checks || level < 4 || group !== null;
}

/** Columns of the timeline on a screen so wide. */
export function timelineColumns(columns: number): number {
  return Math.max(Math.min(Math.floor(columns / 4), 60), 8);
}

/** Draws what stands below the panels, from a row on. */
export function drawFoot(grid: Grid, hits: Hit[], areas: Area[], view: View, top: number): void {
  let y = top;
  if (filtersShown(view)) {
    drawFilters(grid, hits, view, y);
    areas.push({ x: 0, y: y++, width: grid.width, height: 1, focus: "filters" });
  }
  areas.push({ x: 0, y, width: grid.width, height: 1, focus: "timeline" });
  drawPlace(grid, hits, view, y);
  drawHints(grid, view, y + 1);
}

/** Style and sign of what has happened, and sign of what is to come. */
const CELLS: Readonly<Record<View["timeline"]["cells"][number], readonly [Style, string, string]>> =
  {
    none: ["dim", " ", " "],
    normal: ["active", "█", "░"],
    canceled: ["warning", "▼", "▽"],
    error: ["error", "▲", "△"],
    jump: ["accent", "◆", "◇"],
  };

/** The current transition, and where it is among all. */
function drawPlace(grid: Grid, hits: Hit[], view: View, y: number): void {
  const { timeline, current } = view;
  const { cells, position, total } = timeline;
  const mode = { tail: " ● tail", playing: " ▶ plays", paused: "" }[view.mode];
  const hidden = total < timeline.unfiltered ? ` of ${timeline.unfiltered}` : "";
  const place = `${position}/${total}${hidden}${mode}`;
  const room = grid.width - textColumns(place) - cells.length - 5;
  const focused = view.focus === "timeline";
  const left = current === null ? ` ${view.status}` : ` ${transitionText(current)}`;
  grid.text(0, y, cutEnd(left, room), current === null ? "dim" : styleOf(current));
  if (view.totals.clients === 0) return;
  let x = grid.width - textColumns(place) - cells.length - 4;
  x = grid.text(x, y, "▐", focused ? "cursor" : "dim");
  const share = total === 0 ? 0 : position / total;
  cells.forEach((cell, i) => {
    const [style, before, after] = CELLS[cell];
    grid.text(x + i, y, i < share * cells.length ? before : after, style);
  });
  hits.push({
    x,
    y,
    width: cells.length,
    click: (at) => ({
      kind: "position",
      position: Math.round(((at + 1) / cells.length) * total),
    }),
  });
  x = grid.text(x + cells.length, y, "▌", focused ? "cursor" : "dim");
  grid.text(x + 1, y, place, view.mode === "tail" ? "active" : "normal");
}

function styleOf(tx: TransitionView): Style {
  return tx.error ? "error" : tx.accepted ? "normal" : "warning";
}

/** `14:02:51.118 #4211 add Connected · canceled by ConnectedEnter  T+0  queue 2`. */
function transitionText(tx: TransitionView): string {
  const number = tx.id === 0 ? "" : `#${tx.id} `;
  const said = [
    tx.error && "error",
    tx.auto && "auto",
    tx.check && "dry run",
    !tx.accepted && `canceled${tx.refusedBy === null ? "" : ` by ${tx.refusedBy}`}`,
  ].filter((one) => one).map((one) => ` · ${one}`).join("");
  const queue = tx.queue === 0 ? "" : `  queue ${tx.queue}`;
  return `${tx.clock} ${number}${tx.title.replace(": ", " ")}${said}  T+${tx.ticks}${queue}`;
}

function drawFilters(grid: Grid, hits: Hit[], view: View, y: number): void {
  let x = grid.text(1, y, "hide: ", "dim");
  for (const filter of view.filterBar) {
    const style: Style = filter.focused && view.focus === "filters"
      ? "cursor"
      : filter.on
      ? "warning"
      : "dim";
    const end = grid.text(x, y, filter.text.replace("skip ", ""), style);
    const { name } = filter;
    hits.push({
      x,
      y,
      width: end - x,
      click: () =>
        name === "level"
          ? { kind: "level" }
          : name === "group"
          ? { kind: "group" }
          : { kind: "filter", name: name as FilterName },
    });
    x = end + 2;
  }
}

/** Keys of each panel, the most important ones first; those of all panels behind. */
const HINTS: Readonly<Partial<Record<View["focus"], string>>> = {
  why: "enter go  [ ] back forward  y copy  esc close",
  errors: "enter why  ←→ equal ones  / search  esc close",
  found: "↑↓ match  enter why  esc close",
  time: "+ - zoom  < > pan  t rows  enter go",
  steps: "←→ step  s close",
  filters: "←→ choose  space switch  f close",
};
const COMMON =
  "? help  w why  e errors  n next error  v view  ←→ transition  / search  i time  [ back  T tail  q quit";

const EMPTY = "d demo  o open a file  ? help  q quit";

/** What was done or is searched, or else what one can do. */
function drawHints(grid: Grid, view: View, y: number): void {
  const { totals, notice, search } = view;
  const lost = [
    totals.dropped > 0 ? `${totals.dropped} dropped` : "",
    totals.evicted > 0 ? `${totals.evicted} left memory` : "",
  ].filter((one) => one !== "").join(", ");
  const room = grid.width - (lost === "" ? 1 : textColumns(lost) + 3);
  if (lost !== "") grid.text(grid.width - textColumns(lost) - 1, y, lost, "error");
  if (notice !== "") return void grid.text(1, y, cutEnd(notice, room), "warning");
  if (search.typing || search.text !== "") return drawSearch(grid, view, y, room);
  if (totals.clients === 0) return void grid.text(1, y, hintsFor(EMPTY, room), "dim");
  const own = HINTS[view.focus];
  grid.text(1, y, hintsFor(own === undefined ? COMMON : `${own}  ${COMMON}`, room), "dim");
}

/** As many hints as fit, whole. */
function hintsFor(hints: string, room: number): string {
  let text = "";
  for (const hint of hints.split("  ")) {
    const longer = text === "" ? hint : `${text}  ${hint}`;
    if (textColumns(longer) > room) break;
    text = longer;
  }
  return text;
}

const WHERE: Readonly<Record<View["search"]["in"], string>> = {
  clients: "machines",
  tree: "states",
  transitions: "everything",
};

function drawSearch(grid: Grid, { search, errors }: View, y: number, room: number): void {
  const none = search.text !== "" && search.matches === 0;
  const matches = none
    ? "no match"
    : search.in === "transitions"
    ? `${search.match}/${search.matches}`
    : `${search.matches} found`;
  const of = search.text === "" ? "" : errors !== null ? "" : `  ${matches}`;
  const keys = search.typing ? "  enter takes it, esc gives it up" : "  esc ends it";
  const head = ` search ${WHERE[search.in]}: `;
  const space = room - textColumns(head) - textColumns(of);
  const long = space - textColumns(search.text) < textColumns(keys) + 1;
  const text = cutEnd(search.text, space - 1);
  let x = grid.text(0, y, head, "dim");
  x = grid.text(x, y, text, none ? "error" : "bold");
  if (search.typing) x = grid.text(x, y, "_", "accent");
  x = grid.text(x, y, of, none ? "error" : "accent");
  if (!long) grid.text(x, y, keys, "dim");
}
