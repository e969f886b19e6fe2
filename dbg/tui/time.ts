import type { TimeRow, TimeView, View } from "../model/mod.ts";
import { cutMiddle, textColumns } from "./columns.ts";
import type { Grid, Style } from "./grid.ts";
import { type Box, type Hit, title, windowOf } from "./panel.ts";

/** Columns of the labels in a panel of a width. */
export function timeLabels(width: number): number {
  return Math.max(Math.min(Math.floor(width / 4), 28), 10);
}

/** Draws activations over time. */
export function drawTime(grid: Grid, hits: Hit[], view: View, box: Box): void {
  const { time } = view;
  const focused = view.focus === "time";
  if (time === null || view.machine === null) return title(grid, box, "Time", focused);
  const of = time.by === "states" ? view.machine.key : `${time.state} of all machines`;
  title(
    grid,
    box,
    `Time ${time.span} · ${of} · ${time.fromClock} ─ ${time.toClock}`,
    focused,
    "+ − zoom  < > pan  t rows",
  );
  const labels = timeLabels(box.width);
  const axis = { ...box, x: box.x + labels, width: box.width - labels - 1 };
  const height = box.height - 2;
  const from = windowOf(time.rows.length, height, time.part.cursor - time.part.from);
  time.rows.slice(from, from + height).forEach((row, i) => {
    const y = box.y + 1 + i;
    const style: Style = row.error && row.active ? "error" : row.active ? "active" : "dim";
    grid.text(box.x, y, row.active ? "●" : " ", style);
    grid.text(box.x + 2, y, cutMiddle(row.label, labels - 3), style);
    drawRow(grid, time, row, axis, y);
    if (row.cursor && focused) grid.paint(box.x, y, labels - 1, "cursor");
    const { key, state } = row;
    hits.push({
      x: axis.x,
      y,
      width: axis.width,
      click: (x) => ({
        kind: "activation",
        key,
        state,
        time: time.from + ((x + 0.5) / axis.width) * (time.to - time.from),
      }),
    });
  });
  const at = columnOf(time, axis, time.cursor);
  if (at < 0 || at >= axis.width) return;
  const last = Math.min(time.rows.length - from, height);
  for (let i = 0; i < last; i++) {
    // The cursor stands between bars, not over them.
    if (grid.at(axis.x + at, box.y + 1 + i) === " ") {
      grid.text(axis.x + at, box.y + 1 + i, "┊", "accent");
    }
  }
  const label = "┊ cursor";
  const x = Math.min(axis.x + at, box.x + box.width - textColumns(label));
  grid.text(x, box.y + 1 + last, label, "accent");
}

function columnOf(time: TimeView, { width }: Box, moment: number): number {
  return Math.floor(((moment - time.from) / (time.to - time.from)) * width);
}

/** A bar per activation: `▐` where it begins, `▌` where it ends, `╳` an error, `▒` several. */
function drawRow(grid: Grid, time: TimeView, row: TimeRow, axis: Box, y: number): void {
  for (const one of row.activations) {
    const start = Math.min(Math.max(columnOf(time, axis, one.from), 0), axis.width - 1);
    const end = Math.min(Math.max(columnOf(time, axis, one.to), start), axis.width - 1);
    const style: Style = row.error ? "error" : one.from > time.cursor ? "dim" : "active";
    if (one.count > 1) {
      grid.text(axis.x + start, y, "▒".repeat(end - start + 1), style);
      continue;
    }
    if (start === end) {
      const sign = row.error ? "╳" : one.before && one.after ? "█" : "▌";
      grid.text(axis.x + start, y, sign, style);
      continue;
    }
    const head = one.before ? "█" : row.error ? "╳" : "▐";
    const tail = one.after ? "█" : "▌";
    grid.text(axis.x + start, y, head + "█".repeat(end - start - 1) + tail, style);
  }
}
