import type { View } from "../model/mod.ts";
import { cutEnd, cutMiddle } from "./columns.ts";
import type { Grid } from "./grid.ts";
import { BINDINGS } from "./keys.ts";
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
    grid.text(box.x, box.y + y, edge[0] + fill.repeat(box.width - 2) + edge[1], "accent");
  }
  grid.text(box.x + 2, box.y, ` ${name} `, "title");
  return box;
}

/** Draws all keys. */
export function drawHelp(grid: Grid): void {
  const lines = BINDINGS.map(({ keys, help }) => `${keys.join(" ").padEnd(16)} ${help}`);
  lines.push("text".padEnd(16) + " search machines, states");
  const columns = grid.width >= 110 ? 2 : grid.height - 4 < lines.length ? 2 : 1;
  const rows = Math.ceil(lines.length / columns);
  const cell = Math.floor((Math.min(grid.width, columns * 62) - 4) / columns);
  const box = dialog(grid, columns * cell + 4, rows + 2, "Keys");
  lines.forEach((line, i) => {
    const x = box.x + 2 + Math.floor(i / rows) * cell;
    grid.text(x, box.y + 1 + (i % rows), cutEnd(line, cell - 1));
  });
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
