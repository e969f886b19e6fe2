import type { View, WhyLine } from "../model/mod.ts";
import { characters, columnsOf, cutEnd, cutMiddle, textColumns } from "./columns.ts";
import type { Grid, Style } from "./grid.ts";
import { type Box, type Hit, title, windowOf } from "./panel.ts";

/** Columns of the labels. */
const LABEL = 12;
/** Lines that one text takes at most. */
const WRAPPED = 4;

const STYLES: Readonly<Record<WhyLine["tone"], Style>> = {
  normal: "normal",
  dim: "dim",
  error: "error",
  warning: "warning",
  value: "accent",
  code: "dim",
};

/** Draws why the current transition happened, and what came of it. */
export function drawWhy(grid: Grid, hits: Hit[], view: View, box: Box): void {
  const { why } = view;
  const focused = view.focus === "why";
  if (why === null) {
    title(grid, box, "Why", focused);
    grid.text(box.x + 1, box.y + 2, "Before the first transition: → goes to it", "dim", box.width);
    return;
  }
  const { tx, outcome } = why.why;
  const ways = `${why.back > 0 ? " [ back" : ""}${why.forward > 0 ? " ] forward" : ""}`;
  const number = tx.id === 0 ? "" : `#${tx.id} `;
  title(
    grid,
    box,
    `Why · ${cutMiddle(tx.key, 20)} ${number}${tx.title} · ${outcome}`,
    focused,
    ways,
  );
  const rows: { readonly line: number; readonly text: string; readonly first: boolean }[] = [];
  why.lines.forEach((one, line) => {
    const room = box.width - LABEL - one.depth * 2 - (one.go || one.fold ? 4 : 1);
    // Of a stack's line the end matters: the file and the place in it.
    const texts = one.tone === "code"
      ? [cutMiddle(one.text, room)]
      : wrapped(one.text, Math.max(room, 8));
    texts.forEach((text, i) => {
      rows.push({ line, text, first: i === 0 });
    });
  });
  const height = box.height - 1;
  const at = rows.findIndex(({ line }) => line === why.cursor);
  const from = windowOf(rows.length, height, at);
  rows.slice(from, from + height).forEach(({ line, text, first }, i) => {
    const one = why.lines[line];
    const y = box.y + 1 + i;
    if (first) grid.text(box.x + 1, y, one.label, "dim", LABEL - 1);
    const guide = one.depth > 0 && first && one.go ? "└ " : "  ";
    const x = box.x + LABEL + Math.max(one.depth - 1, 0) * 2;
    const start = one.depth > 0 ? grid.text(x, y, guide, "dim", box.x + box.width - x) : x;
    grid.text(start, y, text, STYLES[one.tone], box.x + box.width - start);
    const sign = !first ? "" : one.go ? "▸" : one.fold === null ? "" : one.open ? "▾" : "▸";
    const cursor = line === why.cursor && focused;
    const hint = cursor && first && sign !== "" ? `enter ${sign}` : sign;
    const right = box.x + box.width - textColumns(hint) - 1;
    if (right > start + textColumns(text)) grid.text(right, y, hint, "accent");
    else if (sign !== "") grid.text(box.x + box.width - 2, y, sign, "accent");
    if (cursor) grid.paint(box.x, y, box.width, "cursor");
    const { go, fold } = one;
    if (go === null && fold === null) return;
    hits.push({
      x: box.x,
      y,
      width: box.width,
      click: () => go ? { kind: "go", key: go.key, id: go.id } : { kind: "unfold", fold: fold! },
    });
  });
  if (from + height < rows.length) {
    const more = ` ${rows.length - from - height} more lines `;
    grid.text(box.x + box.width - more.length - 1, box.y + box.height - 1, more, "dim");
  }
}

/** A text in lines of at most so many columns; the last one says what is cut. */
function wrapped(text: string, room: number): string[] {
  if (textColumns(text) <= room) return [text];
  const lines: string[] = [];
  let rest = characters(text);
  while (rest.length > 0 && lines.length < WRAPPED - 1) {
    let used = 0;
    let count = 0;
    while (count < rest.length && used + columnsOf(rest[count]) <= room) {
      used += columnsOf(rest[count++]);
    }
    if (count === 0) break;
    // Between words, where there is a place for it.
    const space = count === rest.length ? -1 : rest.slice(0, count).lastIndexOf(" ");
    const end = space > count / 2 ? space + 1 : count;
    lines.push(rest.slice(0, end).join("").trimEnd());
    rest = rest.slice(end);
  }
  if (rest.length > 0) lines.push(cutEnd(rest.join(""), room));
  return lines;
}
