import {
  clock,
  type Focus,
  type Message,
  type Model,
  type TreeLine,
  type View,
  type Viewport,
} from "../model/mod.ts";
import { characters, columnsOf, cutEnd, cutMiddle, textColumns } from "./columns.ts";
import { drawExport, drawHelp, drawOpen } from "./dialogs.ts";
import { drawFirstMinute } from "./first_minute.ts";
import { drawFoot, type Footed, footRows, timelineColumns } from "./foot.ts";
import { Grid, type Style } from "./grid.ts";
import type { MouseEvent } from "./input.ts";
import { drawMachines, wishOf } from "./machines.ts";
import { drawErrors, drawFound } from "./over_all.ts";
import { type Area, type Box, type Hit, title, windowOf } from "./panel.ts";
import { drawSteps, type Stepped, stepRows } from "./steps.ts";
import { drawTime, timeLabels } from "./time.ts";
import { drawWhy } from "./why.ts";

export type { Area, Hit } from "./panel.ts";

/** The size of a screen in cells. */
export interface Size {
  /** Columns. */
  readonly columns: number;
  /** Rows. */
  readonly rows: number;
}

/** A drawn screen. */
export interface Screen {
  /** The cells. */
  readonly grid: Grid;
  /** What can be clicked. */
  readonly hits: readonly Hit[];
  /** Where the panels are. */
  readonly areas: readonly Area[];
}

/** Columns of a rain line's time, with the sign of an error. */
const TIME = 9;
/** Columns of the machines, at least. */
const SIDE = 16;

interface Panels {
  readonly clients: Box;
  readonly main: readonly Box[];
  readonly steps: Box | null;
}

/** What has to be known of a model or view to know where the panels are. */
type Arranged = Pick<View, "layout"> & Footed & Stepped;

type Kind = keyof typeof DRAW;

/** The panels of a layout. Where there is not much room, why is alone. */
function kindsOf(layout: View["layout"], { columns }: Size): Kind[] {
  if (layout === "tree-why" && columns < 110) return ["why"];
  return layout.split("-") as Kind[];
}

function panels(size: Size, shown: Arranged, wish: number): Panels {
  const { columns, rows } = size;
  const height = Math.max(rows - footRows(shown), 3);
  const least = Math.max(Math.floor(columns / 5), SIDE);
  const side = Math.min(
    Math.max(Math.min(least, 34), wish),
    Math.max(Math.floor(columns / 3), SIDE),
  );
  const rest = Math.max(columns - side - 1, 10); // what is too narrow for all of it is cut
  const clients = { x: 0, y: 0, width: side, height };
  const whole = { x: side + 1, y: 0, width: rest, height };
  const kinds = kindsOf(shown.layout, size);
  const share = kinds[0] === "tree" && kinds[1] === "why" ? 0.3 : kinds[0] === "tree" ? 0.4 : 0.5;
  const left = Math.floor(rest * share);
  const boxes = kinds.length === 1 ? [whole] : [
    { ...whole, width: left },
    { ...whole, x: whole.x + left + 1, width: rest - left - 1 },
  ];
  const below = stepRows(shown, height);
  if (below === 0) return { clients, main: boxes, steps: null };
  const [first, ...others] = boxes;
  return {
    clients,
    main: [{ ...first, height: height - below }, ...others],
    steps: { ...first, y: first.y + height - below, height: below },
  };
}

/** How much of each panel a screen of this size shows at most. */
export function viewportOf(size: Size, model: Arranged): Viewport {
  const { main } = panels(size, model, 0);
  const last = main[main.length - 1];
  const lines = last.height - 1;
  return {
    log: lines,
    rain: Math.max(lines - 1, 1),
    matrixRows: Math.max(main[0].height - 3, 1),
    matrixColumns: Math.max(Math.floor((last.width - 14) / 3), 1),
    timeline: timelineColumns(size.columns),
    found: lines,
    errors: { count: lines },
    time: {
      count: Math.max(lines - 1, 1),
      columns: Math.max(last.width - timeLabels(last.width) - 1, 1),
    },
  };
}

/** Draws what a model shows. */
export function drawScreen(view: View, size: Size): Screen {
  const grid = new Grid(size.columns, size.rows);
  const hits: Hit[] = [];
  const areas: Area[] = [];
  const shown = { ...view, step: view.steps.position };
  const top = Math.max(size.rows - footRows(shown), 3);
  if (view.totals.clients === 0) drawFirstMinute(grid, view, top);
  else drawPanels(grid, hits, areas, view, size, panels(size, shown, wishOf(view.clients)));
  drawFoot(grid, hits, areas, view, top);
  if (view.dialog === "help") drawHelp(grid, view);
  if (view.dialog === "export") drawExport(grid, view);
  if (view.dialog === "open") drawOpen(grid, view);
  return { grid, hits, areas };
}

function drawPanels(
  grid: Grid,
  hits: Hit[],
  areas: Area[],
  view: View,
  size: Size,
  { clients, main, steps }: Panels,
): void {
  areas.push({ ...clients, focus: "clients" });
  drawMachines(grid, hits, view, clients);
  kindsOf(view.layout, size).forEach((kind, i) => {
    DRAW[kind](grid, hits, view, main[i]);
    areas.push({ ...main[i], focus: FOCUS[kind] });
  });
  if (steps !== null) {
    drawSteps(grid, hits, view, steps);
    areas.push({ ...steps, focus: "steps" });
  }
  for (const box of steps === null ? main : [...main, steps]) {
    for (let y = 0; y < box.height; y++) grid.text(box.x - 1, box.y + y, "│", "dim");
  }
}

/** What a click or a turn of the wheel means for the panel under the pointer. */
export function mouseMessages(
  screen: Screen,
  { kind, x, y }: MouseEvent,
  { dialog }: Pick<Model, "dialog">,
): readonly Message[] {
  if (dialog !== null) {
    if (dialog !== "help") return [];
    return kind === "click"
      ? [{ kind: "dialog", dialog: null }]
      : [{ kind: "dialogPage", by: kind === "up" ? -1 : 1 }];
  }
  const area = screen.areas.find((one) =>
    x >= one.x && x < one.x + one.width && y >= one.y && y < one.y + one.height
  );
  if (area === undefined) return [];
  const { focus } = area;
  if (kind !== "click") {
    const by = (focus === "timeline" || focus === "steps" ? 1 : 3) * (kind === "up" ? -1 : 1);
    return focus === "filters" ? [] : [{ kind: "cursor", by, on: focus }];
  }
  const hit = screen.hits.find((one) => one.y === y && x >= one.x && x < one.x + one.width);
  return [{ kind: "focus", on: focus }, ...(hit ? [hit.click(x - hit.x)] : [])];
}

function drawTree(grid: Grid, hits: Hit[], view: View, box: Box): void {
  const { machine, tree } = view;
  const head = machine
    ? `States ${machine.states.length} · ${cutMiddle(machine.key, Math.max(box.width - 15, 6))}`
    : "States";
  title(grid, box, head, view.focus === "tree");
  const about = machine?.about.join(" · ") ?? "";
  if (about !== "") grid.text(box.x, box.y + 1, cutEnd(about, box.width - 1), "dim");
  const top = box.y + (about === "" ? 1 : 2);
  const height = box.y + box.height - top;
  const first = windowOf(tree.length, height, tree.findIndex((line) => line.cursor));
  tree.slice(first, first + height).forEach((line, i) => {
    const y = top + i;
    const indent = { state: 1, properties: 3, relation: 3, reference: 5 }[line.kind];
    const mark = line.link === "from" ? "▶" : line.link === "to" ? "◀" : "";
    const tick = line.tick < 0 ? "" : ` (${line.tick})`;
    const fold = line.kind === "state" ? (line.expanded ? "▾" : "▸") : "";
    const marks = line.marks || (line.touched || line.called || line.changed ? "·" : "");
    const rest = `${tick}${line.kind === "state" && marks ? " " + marks : ""} ${mark}`.trimEnd();
    const x = box.x + indent - 1;
    const room = box.width - indent - textColumns(fold + rest);
    const style = treeStyle(line);
    const from = grid.text(x, y, fold, style, box.width - indent);
    const end = grid.text(from, y, cutMiddle(line.text, room), style);
    grid.text(end, y, rest, style, box.x + box.width - end);
    if (line.selected) grid.paint(from, y, end - from, "selected");
    if (line.cursor && view.focus === "tree") grid.paint(box.x, y, box.width, "cursor");
    const state = line.to >= 0 ? line.to : line.state;
    hits.push({ x: box.x, y, width: box.width, click: () => ({ kind: "state", state }) });
  });
}

function treeStyle(line: TreeLine): Style {
  if (line.kind === "properties" || line.kind === "relation") return "dim";
  if (line.active && line.text === "Exception") return "error";
  if (line.active) return line.touched || line.changed || line.called ? "bold" : "active";
  return line.touched || line.called ? "warning" : "dim";
}

function seconds(time: number): string {
  return clock(time).slice(0, 8);
}

function drawLog(grid: Grid, hits: Hit[], view: View, box: Box): void {
  const level = view.filters.level === 4 ? "" : ` · ${LEVELS[view.filters.level]} only`;
  title(grid, box, `Log${level}`, view.focus === "log");
  view.log.slice(0, box.height - 1).forEach((line, i) => {
    const y = box.y + 1 + i;
    if (line.kind === "time") {
      grid.text(box.x, y, `${seconds(line.time)} UTC ${"·".repeat(box.width)}`, "dim", box.width);
      return;
    }
    const style: Style = line.future ? "dim" : line.current ? "bold" : "normal";
    const prefixStyle: Style = line.future ? "dim" : PREFIX[line.prefix] ?? "accent";
    grid.text(box.x, y, line.current ? "▌" : " ", "accent");
    const end = grid.text(box.x + 1, y, `${line.prefix} `, prefixStyle, box.width - 1);
    grid.text(end, y, cutEnd(line.text, box.x + box.width - end), style);
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
  const of = matrix ? ` of #${matrix.id}: what a column did to a row` : "";
  title(grid, box, `Matrix${of}`, view.focus === "matrix");
  if (!matrix || !machine) return;
  const names = Math.min(14, Math.floor(box.width / 3));
  matrix.columns.forEach((state, column) => {
    const x = box.x + names + column * 3;
    if (x + 3 > box.x + box.width) return;
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
    const name = cutMiddle(`${state} ${machine.states[state]}`, names - 1);
    grid.text(box.x, y, name, active ? "active" : "dim");
    matrix.cells[row].forEach((cell, column) => {
      const text = cell === 0 ? " ·" : String(cell).padStart(2);
      const x = box.x + names + column * 3;
      if (x + 3 > box.x + box.width) return;
      grid.text(x, y, text, cell === 0 ? "dim" : "bold", 3);
    });
  });
}

function drawRain(grid: Grid, hits: Hit[], view: View, box: Box): void {
  title(grid, box, "Rain: a line is a transition, a column a state", view.focus === "log");
  // The states of the columns, by their first letters.
  const room = box.width - TIME - 2;
  const heads = (view.machine?.states ?? []).slice(0, Math.max(room, 0));
  heads.forEach((name, i) => {
    const [letter = " "] = characters(name);
    if (columnsOf(letter) === 1) grid.text(box.x + 1 + i, box.y + 1, letter, "dim");
  });
  view.rain.slice(0, box.height - 2).forEach((line, i) => {
    const y = box.y + 2 + i;
    grid.text(box.x, y, line.current ? "▌" : " ", "accent");
    grid.text(box.x + 1, y, line.cells, line.error ? "error" : "normal", box.width - TIME - 2);
    for (const state of line.called) {
      if (state < box.width - TIME - 2) grid.paint(box.x + 1 + state, y, 1, "selected");
    }
    const text = line.error ? `E${seconds(line.time)}` : ` ${seconds(line.time)}`;
    grid.text(box.x + box.width - TIME, y, text, line.error ? "error" : "dim", TIME);
    hits.push({
      x: box.x,
      y,
      width: box.width,
      click: () => ({ kind: "transition", id: line.id }),
    });
  });
}

const FOCUS: Readonly<Record<keyof typeof DRAW, Focus>> = {
  tree: "tree",
  log: "log",
  matrix: "matrix",
  rain: "log",
  why: "why",
  errors: "errors",
  found: "found",
  time: "time",
};
const DRAW = {
  tree: drawTree,
  log: drawLog,
  matrix: drawMatrix,
  rain: drawRain,
  why: drawWhy,
  errors: drawErrors,
  found: drawFound,
  time: drawTime,
} as const;
