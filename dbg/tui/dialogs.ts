import type { View } from "../model/mod.ts";
import { cutEnd, cutMiddle, textColumns } from "./columns.ts";
import type { Grid, Style } from "./grid.ts";
import { BINDINGS } from "./keys.ts";
import { LEGEND } from "./legend.ts";
import type { Box } from "./panel.ts";

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
    grid.text(
      box.x,
      box.y + y,
      edge[0] + fill.repeat(Math.max(box.width - 2, 0)) + edge[1],
      "accent",
    );
  }
  grid.text(box.x + 2, box.y, ` ${name} `, "title", box.width - 4);
  return box;
}

type HelpLine = readonly [head: string, text: string, style: Style];

/** Columns of a column of the help, and of what stands at its left. */
const CELL = 50;
const HEAD = 18;

/** Keys and signs, in lines. */
function helpLines(): HelpLine[] {
  const keys = BINDINGS.map(({ keys, help }): HelpLine => [keys.join(" "), help, "normal"]);
  const signs = LEGEND.flatMap(({ where, signs }): HelpLine[] => [
    [where, "", "title"],
    ...signs.map(([sign, meaning]): HelpLine => [sign, meaning, "normal"]),
  ]);
  return [["Keys", "", "title"], ...keys, ...signs];
}

/** Draws all keys and signs, in as many pages as they need. */
export function drawHelp(grid: Grid, { dialogPage }: View): void {
  const lines = helpLines();
  const columns = Math.max(Math.floor((grid.width - 4) / CELL), 1);
  const cell = Math.min(Math.floor((grid.width - 4) / columns), 64);
  const room = Math.max(grid.height - 2, 1);
  const rows = Math.min(Math.ceil(lines.length / columns), room);
  const pages = Math.ceil(lines.length / (rows * columns));
  const page = dialogPage % pages;
  const name = pages === 1 ? "Help" : `Help ${page + 1}/${pages} · space: next page`;
  const box = dialog(grid, columns * cell + 4, rows + 2, `${name} · esc closes`);
  lines.slice(page * rows * columns, (page + 1) * rows * columns).forEach(
    ([head, text, style], i) => {
      const x = box.x + 2 + Math.floor(i / rows) * cell;
      const y = box.y + 1 + (i % rows);
      if (text === "") return void grid.text(x, y, cutEnd(head, cell - 1), style);
      grid.text(x, y, head, "accent", cell - 1);
      const start = x + Math.max(HEAD, textColumns(head) + 1);
      grid.text(start, y, cutEnd(text, x + cell - 1 - start), style);
    },
  );
}

/** Draws the form of an export. */
export function drawExport(grid: Grid, { exportForm, machine }: View): void {
  const box = dialog(grid, 56, 7, "Export");
  grid.text(box.x + 2, box.y + 2, cutMiddle(`File: ${exportForm.name}_`, 50), "bold", 50);
  const which = exportForm.selectedOnly
    ? `only ${cutMiddle(machine?.id ?? "the machine", 24)}`
    : "all machines";
  grid.text(box.x + 2, box.y + 3, `What: ${which} (tab changes)`, "normal", 50);
  grid.text(box.x + 2, box.y + 5, "enter writes, esc closes", "dim", 50);
}

/** Draws the form that opens a file. */
export function drawOpen(grid: Grid, { openPath }: View): void {
  const box = dialog(grid, 70, 7, "Open a file");
  const room = box.width - 4;
  const path = textColumns(openPath) > room - 7 ? cutMiddle(openPath, room - 7) : openPath;
  grid.text(box.x + 2, box.y + 2, `Path: ${path}_`, "bold", room);
  grid.text(box.x + 2, box.y + 3, "An export, or plain lines of the wire's messages", "dim", room);
  grid.text(box.x + 2, box.y + 5, "enter reads it, esc closes", "dim", room);
}
