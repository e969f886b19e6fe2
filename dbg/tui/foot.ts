import type { FilterName, TransitionView, View } from "../model/mod.ts";
import { cutEnd, textColumns } from "./columns.ts";
import type { Grid, Style } from "./grid.ts";
import { type Area, type Hit, title } from "./panel.ts";

/** Draws all that stands below the panels, from a row on. */
export function drawFoot(grid: Grid, hits: Hit[], areas: Area[], view: View, top: number): void {
  const width = grid.width;
  areas.push(
    { x: 0, y: top, width, height: 3, focus: "timeline" },
    { x: 0, y: top + 3, width, height: 3, focus: "steps" },
    { x: 0, y: top + 6, width, height: 1, focus: "filters" },
  );
  drawBar(
    grid,
    top,
    { tail: "Tail", playing: "Playing", paused: "Paused" }[view.mode],
    view.current,
    view,
  );
  const { timeline, steps } = view;
  title(
    grid,
    { x: 0, y: top + 1, width, height: 1 },
    `Transition ${timeline.position} / ${timeline.total}` +
      (timeline.total < timeline.unfiltered ? ` of ${timeline.unfiltered}` : ""),
    view.focus === "timeline",
  );
  const { cells } = timeline;
  const share = timeline.total === 0 ? 0 : timeline.position / timeline.total;
  cells.slice(0, width - 2).forEach((cell, i) => {
    const past = i < share * cells.length;
    const [style, before, after] = CELLS[cell];
    grid.text(1 + i, top + 2, past ? before : after, style);
  });
  hits.push({
    x: 1,
    y: top + 2,
    width: width - 2,
    click: (x) => ({
      kind: "position",
      position: Math.round(((x + 1) / (width - 2)) * timeline.total),
    }),
  });
  drawBar(grid, top + 3, "Next", view.next, view);
  title(
    grid,
    { x: 0, y: top + 4, width, height: 1 },
    steps.kind === "none"
      ? "No next transition"
      : `Next mutation step ${steps.position} / ${steps.total}${
        steps.kind === "canceled" ? " (canceled)" : ""
      }`,
    view.focus === "steps",
  );
  const current = steps.steps[steps.position - 1];
  const bar = Math.min(steps.total, Math.floor(width / 2));
  for (let i = 0; i < bar; i++) {
    const done = i < (steps.position / Math.max(steps.total, 1)) * bar;
    grid.text(1 + i, top + 5, done ? "█" : "░", steps.kind === "canceled" ? "error" : "accent");
  }
  hits.push({
    x: 1,
    y: top + 5,
    width: Math.max(bar, 1),
    click: (x) => ({
      kind: "stepTo",
      step: Math.round(((x + 1) / Math.max(bar, 1)) * steps.total),
    }),
  });
  if (current) grid.text(bar + 3, top + 5, current.text, "bold", width - bar - 3);
  drawStatus(grid, hits, view, top + 6);
}

/** Style and sign of what has happened, and sign of what is to come. */
const CELLS: Readonly<Record<View["timeline"]["cells"][number], readonly [Style, string, string]>> =
  {
    none: ["dim", "█", " "],
    normal: ["active", "█", "░"],
    canceled: ["warning", "▼", "▽"],
    error: ["error", "▲", "△"],
    jump: ["accent", "◆", "◇"],
  };

function drawBar(
  grid: Grid,
  y: number,
  head: string,
  tx: TransitionView | null,
  view: View,
): void {
  if (tx === null) {
    const text = head === "Next" ? "" : ` | ${view.status}`;
    grid.text(0, y, ` ${head}${text}`, "dim");
    return;
  }
  const style: Style = tx.error ? "error" : tx.accepted ? "normal" : "dim";
  const args = Object.entries(tx.args).map(([name, value]) => `${name}=${value}`).join(" ");
  const kind = tx.error ? " | error" : "";
  const left = ` ${head} | tx: ${tx.id} | T: +${tx.ticks}${kind} | ${tx.title}${
    args && ` | ${args}`
  }`;
  const summary = fitting(tx.summary, grid.width - textColumns(left) - 2);
  const x = Math.max(grid.width - textColumns(summary) - 1, 24);
  grid.text(0, y, cutEnd(left, x - 1), style);
  grid.text(x, y, summary, "dim");
}

/** As much of a summary as fits: first what is 0 leaves, then the counts, then the time. */
function fitting(summary: string, width: number): string {
  let parts = summary.split(" | ");
  for (const least of [/: 0$/, /: \d+$/, /^[\d:.]+$/]) {
    if (parts.join(" | ").length <= width) break;
    parts = parts.filter((part) => !least.test(part));
  }
  return parts.join(" | ");
}

function drawStatus(grid: Grid, hits: Hit[], view: View, y: number): void {
  let x = 1;
  for (const filter of view.filterBar) {
    const style: Style = filter.focused && view.focus === "filters"
      ? "cursor"
      : filter.on
      ? "warning"
      : "dim";
    const end = grid.text(x, y, filter.text, style);
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
  const { search, totals } = view;
  let searchLine = "";
  if (search.text) {
    const none = search.matches === 0;
    const of = none
      ? "no match"
      : search.in === "transitions"
      ? `${search.match}/${search.matches}`
      : `${search.matches} found`;
    // It has the line below where the filters leave no room.
    const said = `search ${search.in}: `;
    const room = grid.width - x - said.length - of.length - 1;
    const below = room < Math.min(textColumns(search.text), 12);
    const text = cutEnd(search.text, below ? grid.width - said.length - of.length - 2 : room);
    if (below) searchLine = ` ${said}${text} ${of}`;
    else x = grid.text(x, y, `${said}${text} ${of}`, none ? "error" : "accent") + 2;
  }
  const lost = [
    totals.dropped > 0 ? `${totals.dropped} dropped` : "",
    totals.evicted > 0 ? `${totals.evicted} left memory` : "",
  ].filter((one) => one !== "").join(", ");
  grid.text(x, y, lost, "error");
  const keys =
    "? help  tab panel  ←→ transition  alt+←→ jump  space play  alt+v tail  alt+m view  ctrl+q quit";
  const [text, style]: [string, Style] = view.notice
    ? [view.notice, "warning"]
    : searchLine
    ? [searchLine.trimStart(), search.matches === 0 ? "error" : "accent"]
    : [keys, "dim"];
  grid.text(1, y + 1, cutEnd(text, grid.width - 1), style);
}
