import type { View } from "../model/mod.ts";
import { cutEnd } from "./columns.ts";
import type { Grid } from "./grid.ts";
import { type Box, type Hit, title, windowOf } from "./panel.ts";

/** What has to be known of a model or view to know whether the steps are shown. */
export interface Stepped {
  /** The focused panel. */
  readonly focus: View["focus"];
  /** How many steps are done. */
  readonly step: number;
}

/** Rows that the steps take of a panel so high; 0 while none is walked. */
export function stepRows({ focus, step }: Stepped, height: number): number {
  return focus === "steps" || step > 0 ? Math.min(Math.max(Math.floor(height / 3), 3), 12) : 0;
}

/** Draws the steps of the next transition. */
export function drawSteps(grid: Grid, hits: Hit[], view: View, box: Box): void {
  const { steps, next } = view;
  const focused = view.focus === "steps";
  if (next === null) return title(grid, box, "Steps: no next transition", focused);
  const canceled = steps.kind === "canceled" ? " · canceled" : "";
  const place = `${steps.position}/${steps.total}`;
  title(
    grid,
    box,
    `Steps ${place} of #${next.id} ${next.title.replace(": ", " ")}${canceled}`,
    focused,
  );
  const height = box.height - 1;
  const from = windowOf(steps.total, height, steps.position - 1);
  steps.steps.slice(from, from + height).forEach(({ text, done }, i) => {
    const y = box.y + 1 + i;
    const last = from + i + 1 === steps.position;
    grid.text(box.x + 1, y, done ? "✓" : "·", done ? "active" : "dim");
    grid.text(box.x + 3, y, cutEnd(text, box.width - 4), last ? "bold" : done ? "normal" : "dim");
    const step = from + i + 1;
    hits.push({ x: box.x, y, width: box.width, click: () => ({ kind: "stepTo", step }) });
  });
}
