import type { Schema } from "../relations/mod.ts";
import { type DiagramEdge, diagramOf, type DiagramOptions, edgeLabel } from "./diagram.ts";
import { label } from "./label.ts";
import { type Box, layout, type Path } from "./layout.ts";

const CHAR = 7.5;
const STYLE = `
  text { font: 13px ui-monospace, monospace; fill: #1f2328; }
  .state { fill: #fff; stroke: #57606a; }
  .auto { stroke-dasharray: 5 3; }
  .event { fill: #fff8c5; }
  .group { fill: #f0f4f8; stroke: #d0d7de; }
  .exclusive { fill: #fff8f7; stroke: #cf222e; stroke-dasharray: 2 3; }
  .title { fill: #57606a; }
  .edge { fill: none; stroke-width: 1.3; }
  .add { stroke: #1a7f37; } .remove { stroke: #cf222e; }
  .require { stroke: #0969da; } .after { stroke: #8250df; }
  .timeout { stroke: #bc4c00; stroke-dasharray: 4 3; }
  .label { font-size: 10px; stroke: #fff; stroke-width: 3px; paint-order: stroke; }
  .label.add { fill: #1a7f37; } .label.remove { fill: #cf222e; }
  .label.require { fill: #0969da; } .label.after { fill: #8250df; } .label.timeout { fill: #bc4c00; }
  .label.add, .label.remove, .label.require, .label.after, .label.timeout { stroke: #fff; stroke-dasharray: none; }`;

const COLORS = {
  add: "#1a7f37",
  remove: "#cf222e",
  require: "#0969da",
  after: "#8250df",
  timeout: "#bc4c00",
} as const;

/**
 * The schema as a picture; the same schema always gives the same picture. States that exclude each
 * other stand in a box. `data-index` is a state's place in the schema.
 */
export function svg(schema: Schema, options: DiagramOptions = {}): string {
  const diagram = diagramOf(schema, options);
  const { states, edges } = diagram;
  const labels = new Map(
    states.map(({ name, marks }) => [name, [label(name), ...marks].join(" · ")]),
  );
  const widths = new Map(
    states.map(({ name }) => [name, Math.ceil(columnsOf(labels.get(name)!) * CHAR) + 20]),
  );
  const { width, height, boxes, frames, paths } = layout(diagram, widths);
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${
      round(height)
    }" width="${round(width)}" height="${round(height)}">`,
    `<style>${STYLE}\n</style>`,
    "<defs>",
    ...Object.entries(COLORS).map(([relation, color]) =>
      `<marker id="${relation}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="${color}"/></marker>`
    ),
    "</defs>",
    `<rect width="100%" height="100%" fill="#fff"/>`,
  ];
  for (const { kind, title, box } of frames) {
    const left = box.x - box.width / 2, top = box.y - box.height / 2;
    out.push(
      `<rect class="${kind}" rx="6" ${placed(box)}/>`,
      `<text class="title" x="${round(left + 8)}" y="${round(top + 14)}">${escape(title)}</text>`,
    );
  }
  edges.forEach((edge, i) => out.push(...drawEdge(edge, paths[i])));
  for (const { name, marks, index } of states) {
    const box = boxes.get(name)!;
    out.push(
      `<rect class="state ${marks.join(" ")}" data-state="${
        escape(label(name))
      }" data-index="${index}" rx="5" ${placed(box)}/>`,
      `<text x="${round(box.x)}" y="${round(box.y + 4.5)}" text-anchor="middle">${
        escape(labels.get(name)!)
      }</text>`,
    );
  }
  out.push("</svg>");
  return out.join("\n") + "\n";
}

function drawEdge(edge: DiagramEdge, { points, x, y }: Path): string[] {
  const { from, to, relation, mutual } = edge;
  const at = points.map((point) => `${round(point.x)} ${round(point.y)}`);
  const start = mutual ? ` marker-start="url(#${relation})"` : "";
  return [
    `<path class="edge ${relation}" data-from="${escape(label(from))}" data-to="${
      escape(label(to))
    }" d="M${at.join("L")}" marker-end="url(#${relation})"${start}/>`,
    `<text class="label ${relation}" x="${round(x)}" y="${round(y + 3)}" text-anchor="middle">${
      edgeLabel(edge)
    }</text>`,
  ];
}

function placed({ x, y, width, height }: Box): string {
  return `x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${
    round(width)
  }" height="${round(height)}"`;
}

/** About how many columns of a fixed-width font the text takes. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text) columns += char.codePointAt(0)! < 0x1100 ? 1 : 2;
  return columns;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
