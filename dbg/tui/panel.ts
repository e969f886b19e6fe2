import { cutEnd, textColumns } from "./columns.ts";
import type { Focus, Message } from "../model/mod.ts";
import type { Grid } from "./grid.ts";

/** A part of the screen. */
export interface Box {
  /** First column. */
  readonly x: number;
  /** First row. */
  readonly y: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Where a panel is: what the wheel acts on there, and a click focuses. */
export interface Area extends Box {
  /** The panel. */
  readonly focus: Focus;
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

/** Draws a panel's head; what is at its right is left out where there is no room. */
export function title(grid: Grid, box: Box, text: string, focused: boolean, right = ""): void {
  grid.text(box.x, box.y, "─".repeat(box.width), "dim", box.width);
  const end = grid.text(
    box.x + 1,
    box.y,
    ` ${cutEnd(text, box.width - 4)} `,
    focused ? "cursor" : "title",
    box.width - 2,
  );
  const start = box.x + box.width - textColumns(right) - 3;
  if (right !== "" && start > end) grid.text(start, box.y, ` ${right.trim()} `, "dim");
}

/** Which lines of a list are shown so that one of them is in sight. */
export function windowOf(count: number, height: number, at: number): number {
  if (count <= height) return 0;
  return Math.min(Math.max(at - Math.floor(height / 2), 0), count - height);
}
