import type {
  ClientView,
  FilterName,
  Message,
  TransitionView,
  TreeLine,
  View,
  Viewport,
} from "../model/mod.ts";
import { Grid, type Style } from "./grid.ts";
import { BINDINGS, type MouseEvent } from "./keys.ts";

/** The size of a screen in cells. */
export interface Size {
  /** Columns. */
  readonly columns: number;
  /** Rows. */
  readonly rows: number;
}

/** A place that can be clicked. */
export interface Hit {
  /** First column. */
  readonly x: number;
  /** Row. */
  readonly y: number;
  /** Columns. */
  readonly width: number;
  /** What a click means, by the column within. */
  readonly click: (x: number) => Message;
}

/** A drawn screen. */
export interface Screen {
  /** The cells. */
  readonly grid: Grid;
  /** What can be clicked. */
  readonly hits: readonly Hit[];
}

/** Rows below the panels. */
const FOOT = 8;
/** Columns of a log line's time. */
const TIME = 9;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Panels {
  readonly clients: Box;
  readonly main: readonly Box[];
}

function panels({ columns, rows }: Size, layout: View["layout"]): Panels {
  const height = Math.max(rows - FOOT, 3);
  const side = Math.min(Math.max(Math.floor(columns / 5), 16), 34);
  const rest = Math.max(columns - side - 1, 10); // what is too narrow for all of it is cut
  const clients = { x: 0, y: 0, width: side, height };
  const whole = { x: side + 1, y: 0, width: rest, height };
  if (layout === "matrix") return { clients, main: [whole] };
  const left = layout === "matrix-rain" ? Math.floor(rest / 2) : Math.floor(rest * 0.4);
  return {
    clients,
    main: [
      { ...whole, width: left },
      { ...whole, x: whole.x + left + 1, width: rest - left - 1 },
    ],
  };
}

/** How much of each panel a screen of this size shows. */
export function viewportOf(size: Size, layout: View["layout"]): Viewport {
  const { main } = panels(size, layout);
  const lines = main[0].height - 1;
  return {
    log: lines,
    rain: lines,
    matrixRows: Math.max(lines - 2, 1),
    matrixColumns: Math.max(Math.floor((main.at(-1)!.width - 14) / 3), 1),
    timeline: Math.max(size.columns - 2, 1),
  };
}

/** Draws what a model shows. */
export function drawScreen(view: View, size: Size): Screen {
  const grid = new Grid(size.columns, size.rows);
  const hits: Hit[] = [];
  const { clients, main } = panels(size, view.layout);
  drawClients(grid, hits, view, clients);
  const kinds = view.layout.split("-") as ("tree" | "log" | "matrix" | "rain")[];
  kinds.forEach((kind, i) => DRAW[kind](grid, hits, view, main[i]));
  for (const box of main) {
    for (let y = 0; y < box.height; y++) grid.text(box.x - 1, y, "│", "dim");
  }
  drawFoot(grid, hits, view, Math.max(size.rows - FOOT, 3));
  if (view.dialog === "help") drawHelp(grid);
  if (view.dialog === "export") drawExport(grid, view);
  return { grid, hits };
}

/** The message of a click or a turn of the wheel. */
export function mouseMessage(screen: Screen, { kind, x, y }: MouseEvent): Message | null {
  if (kind !== "click") return { kind: "cursor", by: kind === "up" ? -3 : 3 };
  const hit = screen.hits.find((one) => one.y === y && x >= one.x && x < one.x + one.width);
  return hit ? hit.click(x - hit.x) : null;
}

function title(grid: Grid, box: Box, text: string, focused: boolean): void {
  grid.text(box.x, box.y, "─".repeat(box.width), "dim", box.width);
  grid.text(box.x + 1, box.y, ` ${text} `, focused ? "cursor" : "title", box.width - 2);
}

/** Which lines of a list are shown so that one of them is in sight. */
function windowOf(count: number, height: number, at: number): number {
  if (count <= height) return 0;
  return Math.min(Math.max(at - Math.floor(height / 2), 0), count - height);
}

function drawClients(grid: Grid, hits: Hit[], view: View, box: Box): void {
  title(grid, box, `Machines:${view.totals.clients}`, view.focus === "clients");
  const height = box.height - 1;
  const { clients } = view;
  const at = clients.findIndex((one) => one.cursor || one.selected);
  const first = windowOf(clients.length, height, at);
  clients.slice(first, first + height).forEach((client, i) => {
    const y = box.y + 1 + i;
    const count = `${client.transitions}${client.more ? "+" : ""}`;
    const room = box.width - count.length - 1;
    const end = grid.text(box.x, y, client.guide + client.id, clientStyle(client), room);
    const flags = `${client.errorNow ? "E" : ""}${client.started ? "S" : ""}${
      client.ready ? "R" : ""
    }`;
    if (flags) grid.text(end + 1, y, flags, "accent", room - (end - box.x) - 1);
    grid.text(box.x + box.width - count.length, y, count, "dim");
    if (client.cursor && view.focus === "clients") grid.paint(box.x, y, box.width, "cursor");
    hits.push({
      x: box.x,
      y,
      width: box.width,
      click: () => ({ kind: "client", key: client.key }),
    });
  });
}

function clientStyle(client: ClientView): Style {
  if (client.errorNow) return "error";
  if (!client.connected) return client.selected ? "selected" : "dim";
  if (client.selected) return "selected";
  return client.errorRecently ? "warning" : "normal";
}

function drawTree(grid: Grid, hits: Hit[], view: View, box: Box): void {
  const { machine, tree } = view;
  const head = machine ? `States Q:${machine.queue} S:${machine.states.length}` : "States";
  title(grid, box, head, view.focus === "tree");
  const height = box.height - 1;
  const first = windowOf(tree.length, height, tree.findIndex((line) => line.cursor));
  tree.slice(first, first + height).forEach((line, i) => {
    const y = box.y + 1 + i;
    const indent = { state: 1, properties: 3, relation: 3, reference: 5 }[line.kind];
    const mark = line.link === "from" ? "▶" : line.link === "to" ? "◀" : "";
    const tick = line.tick < 0 ? "" : ` (${line.tick})`;
    const fold = line.kind === "state" ? (line.expanded ? "▾" : "▸") : "";
    const text = `${fold}${line.text}${tick}${line.marks ? " " + line.marks : ""} ${mark}`;
    grid.text(box.x + indent - 1, y, text, treeStyle(line), box.width - indent);
    if (line.cursor && view.focus === "tree") grid.paint(box.x, y, box.width, "cursor");
    const state = line.to >= 0 ? line.to : line.state;
    hits.push({ x: box.x, y, width: box.width, click: () => ({ kind: "state", state }) });
  });
}

function treeStyle(line: TreeLine): Style {
  if (line.kind === "properties" || line.kind === "relation") return "dim";
  if (line.selected) return "selected";
  if (line.active) return line.touched || line.changed || line.called ? "bold" : "active";
  return line.touched || line.called ? "warning" : "dim";
}

function clock(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, "0");
  return Number.isFinite(time)
    ? `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
    : "";
}

function drawLog(grid: Grid, hits: Hit[], view: View, box: Box): void {
  title(grid, box, `Log:${LEVELS[view.filters.level]}`, view.focus === "log");
  view.log.slice(0, box.height - 1).forEach((line, i) => {
    const y = box.y + 1 + i;
    if (line.kind === "time") {
      grid.text(box.x, y, `${clock(line.time)} ${"·".repeat(box.width)}`, "dim", box.width);
      return;
    }
    const style: Style = line.future ? "dim" : line.current ? "bold" : "normal";
    const prefixStyle: Style = line.future ? "dim" : PREFIX[line.prefix] ?? "accent";
    grid.text(box.x, y, line.current ? "▌" : " ", "accent");
    const end = grid.text(box.x + 1, y, `${line.prefix} `, prefixStyle, box.width - 1);
    grid.text(end, y, line.text, style, box.x + box.width - end);
    hits.push({
      x: box.x,
      y,
      width: box.width,
      click: () => ({ kind: "transition", id: line.id }),
    });
  });
}

const LEVELS = ["nothing", "changes", "ops", "decisions", "everything"];
const PREFIX: Readonly<Record<string, Style>> = {
  "[state]": "active",
  "[state:auto]": "active",
  "[error]": "error",
  "[cancel]": "warning",
  "[cancel:reject]": "warning",
  "[reject]": "warning",
};

function drawMatrix(grid: Grid, _hits: Hit[], view: View, box: Box): void {
  const { matrix, machine } = view;
  title(grid, box, matrix ? `Matrix:${matrix.timeSum}` : "Matrix", view.focus === "matrix");
  if (!matrix || !machine) return;
  const names = Math.min(14, Math.floor(box.width / 3));
  matrix.columns.forEach((state, column) => {
    const x = box.x + names + column * 3;
    grid.text(
      x,
      box.y + 1,
      String(state).padStart(2),
      matrix.called[column] ? "selected" : "dim",
      3,
    );
    const delta = matrix.deltas[column];
    grid.text(x, box.y + 2, delta === 0 ? " ·" : `+${delta}`, delta === 0 ? "dim" : "bold", 3);
  });
  matrix.rows.forEach((state, row) => {
    const y = box.y + 3 + row;
    if (y >= box.y + box.height) return;
    const active = (machine.ticks[state] ?? 0) % 2 === 1;
    grid.text(box.x, y, `${state} ${machine.states[state]}`, active ? "active" : "dim", names - 1);
    matrix.cells[row].forEach((cell, column) => {
      const text = cell === 0 ? " ·" : String(cell).padStart(2);
      grid.text(box.x + names + column * 3, y, text, cell === 0 ? "dim" : "bold", 3);
    });
  });
}

function drawRain(grid: Grid, hits: Hit[], view: View, box: Box): void {
  title(grid, box, "Rain", view.focus === "log");
  view.rain.slice(0, box.height - 1).forEach((line, i) => {
    const y = box.y + 1 + i;
    grid.text(box.x, y, line.current ? "▌" : " ", "accent");
    grid.text(box.x + 1, y, line.cells, line.error ? "error" : "normal", box.width - TIME - 2);
    for (const state of line.called) grid.paint(box.x + 1 + state, y, 1, "selected");
    const text = line.error ? `E${clock(line.time)}` : ` ${clock(line.time)}`;
    grid.text(box.x + box.width - TIME, y, text, line.error ? "error" : "dim", TIME);
    hits.push({
      x: box.x,
      y,
      width: box.width,
      click: () => ({ kind: "transition", id: line.id }),
    });
  });
}

const DRAW = { tree: drawTree, log: drawLog, matrix: drawMatrix, rain: drawRain } as const;

function drawFoot(grid: Grid, hits: Hit[], view: View, top: number): void {
  const width = grid.width;
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
    grid.text(1 + i, top + 2, past ? "█" : cell === "none" ? " " : "░", CELLS[cell]);
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

const CELLS = {
  none: "dim",
  normal: "active",
  canceled: "warning",
  error: "error",
  jump: "accent",
} as const;

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
  const left = ` ${head} | tx: ${tx.id} | T: +${tx.ticks} | ${tx.title}${args && ` | ${args}`}`;
  const summary = fitting(tx.summary, grid.width - left.length - 2);
  const x = Math.max(grid.width - summary.length - 1, 24);
  grid.text(0, y, left, style, x - 1);
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
  if (search.text) {
    const of = search.in === "transitions" ? ` ${search.match}/${search.matches}` : "";
    x = grid.text(x, y, `search ${search.in}: ${search.text}${of}`, "accent") + 2;
  }
  const lost = [
    totals.dropped > 0 ? `${totals.dropped} dropped` : "",
    totals.evicted > 0 ? `${totals.evicted} left memory` : "",
  ].filter((one) => one !== "").join(", ");
  grid.text(x, y, lost, "error");
  const keys =
    " ? help  tab panel  ←→ transition  alt+←→ jump  space play  alt+v tail  alt+m view  ctrl+q quit";
  grid.text(0, y + 1, view.notice ? ` ${view.notice}` : keys, view.notice ? "warning" : "dim");
}

function dialog(grid: Grid, width: number, height: number, name: string): Box {
  const box = {
    x: Math.max(Math.floor((grid.width - width) / 2), 0),
    y: Math.max(Math.floor((grid.height - height) / 2), 0),
    width: Math.min(width, grid.width),
    height: Math.min(height, grid.height),
  };
  for (let y = 0; y < box.height; y++) {
    const edge = y === 0 ? "┌┐" : y === box.height - 1 ? "└┘" : "││";
    const fill = y === 0 || y === box.height - 1 ? "─" : " ";
    grid.text(box.x, box.y + y, edge[0] + fill.repeat(box.width - 2) + edge[1], "accent");
  }
  grid.text(box.x + 2, box.y, ` ${name} `, "title");
  return box;
}

function drawHelp(grid: Grid): void {
  const lines = BINDINGS.map(({ keys, help }) => `${keys.join(", ").padEnd(16)} ${help}`);
  lines.push("a-z, -, _".padEnd(16) + " search panels");
  const columns = grid.width >= 110 ? 2 : grid.height - 4 < lines.length ? 2 : 1;
  const rows = Math.ceil(lines.length / columns);
  const cell = Math.floor((Math.min(grid.width, columns * 62) - 4) / columns);
  const box = dialog(grid, columns * cell + 4, rows + 2, "Keys");
  lines.forEach((line, i) => {
    const x = box.x + 2 + Math.floor(i / rows) * cell;
    grid.text(x, box.y + 1 + (i % rows), line, "normal", cell - 1);
  });
}

function drawExport(grid: Grid, { exportForm, machine }: View): void {
  const box = dialog(grid, 56, 7, "Export");
  grid.text(box.x + 2, box.y + 2, `File: ${exportForm.name}_`, "bold", 50);
  const which = exportForm.selectedOnly ? `only ${machine?.id ?? "the machine"}` : "all machines";
  grid.text(box.x + 2, box.y + 3, `What: ${which} (tab changes)`, "normal", 50);
  grid.text(box.x + 2, box.y + 5, "enter writes, esc closes", "dim", 50);
}
