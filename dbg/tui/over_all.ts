/**
 * What is shown of all machines at once: their errors, and what a search found.
 *
 * @module
 */
import type { MatchView, View } from "../model/mod.ts";
import { cutEnd, cutMiddle, textColumns } from "./columns.ts";
import type { Grid, Style } from "./grid.ts";
import { type Box, type Hit, title, windowOf } from "./panel.ts";

/** Columns of a machine's name: a quarter, within bounds. */
function nameRoom({ width }: Box): number {
  return Math.max(Math.min(Math.floor(width / 4), 28), 10);
}

/** Draws the errors of all machines, equal ones as one line. */
export function drawErrors(grid: Grid, hits: Hit[], view: View, box: Box): void {
  const { errors } = view;
  if (errors === null) return;
  const focused = view.focus === "errors";
  const hidden = errors.hidden > 0 ? `, ${errors.hidden} hidden by the search` : "";
  title(grid, box, `Errors ${errors.total}${hidden}`, focused, "/ search");
  if (errors.groups.length === 0) {
    const text = errors.hidden > 0 ? "No error has this in it" : "No errors: all is well";
    grid.text(box.x + 1, box.y + 2, text, "dim", box.width - 1);
  }
  const height = box.height - 1;
  const at = errors.part.cursor - errors.part.from;
  const from = windowOf(errors.groups.length, height, at);
  const names = nameRoom(box);
  errors.groups.slice(from, from + height).forEach((group, i) => {
    const y = box.y + 1 + i;
    const of = group.position > 0 ? `${group.position}/` : "×";
    const count = group.count > 1 || group.position > 0 ? `${of}${group.count}` : "";
    const x = grid.text(box.x + 1, y, `${group.clock.slice(0, 8)}  `, "dim");
    grid.text(x, y, cutMiddle(group.machine, names), "normal");
    const start = x + names + 2;
    const end = box.x + box.width - textColumns(count) - 2;
    grid.text(start, y, cutEnd(oneLine(group.text), end - start), "error");
    grid.text(end + 1, y, count, "warning");
    if (group.cursor && focused) grid.paint(box.x, y, box.width, "cursor");
    const { key, id } = group.last;
    hits.push({ x: box.x, y, width: box.width, click: () => ({ kind: "go", key, id }) });
  });
}

const WHERE: Readonly<Record<MatchView["where"], Style>> = {
  number: "bold",
  error: "error",
  argument: "accent",
  log: "normal",
  handler: "normal",
  state: "active",
  machine: "normal",
};

/** Draws what the search found in all machines, around the cursor. */
export function drawFound(grid: Grid, hits: Hit[], view: View, box: Box): void {
  const { found } = view;
  if (found === null) return;
  title(grid, box, `Found ${found.total}: ${found.text}`, view.focus === "found", "↑↓ enter");
  let y = box.y + 1;
  if (found.machines.length > 0) {
    const names = found.machines.slice(0, 3).map((name) => cutMiddle(name, 24)).join("  ");
    const more = found.machines.length > 3 ? `  +${found.machines.length - 3}` : "";
    grid.text(box.x + 1, y++, cutEnd(`machines: ${names}${more}`, box.width - 2), "bold");
  }
  if (found.matches.length === 0) {
    const text = found.text === "" ? "/ searches in everything" : "Found in no transition";
    grid.text(box.x + 1, y + 1, text, "dim", box.width - 1);
  }
  const names = nameRoom(box);
  for (const match of found.matches) {
    if (y >= box.y + box.height) break;
    const { ref } = match;
    grid.text(box.x, y, match.current ? "▌" : " ", "accent");
    const x = grid.text(box.x + 1, y, `${ref.clock.slice(0, 8)}  `, "dim");
    grid.text(x, y, cutMiddle(ref.key, names), match.future ? "dim" : "normal");
    const start = grid.text(x + names + 1, y, `#${ref.id} `.padEnd(7), "dim");
    const style = match.future ? "dim" : WHERE[match.where];
    grid.text(
      start,
      y,
      cutEnd(`${match.where}: ${oneLine(match.text)}`, box.x + box.width - start),
      style,
    );
    if (match.current && view.focus === "found") grid.paint(box.x, y, box.width, "cursor");
    const { key, id } = ref;
    hits.push({ x: box.x, y, width: box.width, click: () => ({ kind: "go", key, id }) });
    y++;
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}
