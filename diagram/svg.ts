import dagre from "@dagrejs/dagre";
import type { Schema } from "../relations/mod.ts";
import { type DiagramEdge, diagramOf, type DiagramOptions } from "./diagram.ts";

const CHAR = 7.5;
const HEIGHT = 30;
const MARGIN = 24;
/** Above so many states an exact layout takes too long. */
const LARGE = 150;

const STYLE = `
  text { font: 13px ui-monospace, monospace; fill: #1f2328; }
  .state { fill: #fff; stroke: #57606a; }
  .auto { stroke-dasharray: 5 3; }
  .group { fill: #f0f4f8; stroke: #d0d7de; }
  .title { fill: #57606a; }
  .edge { fill: none; stroke-width: 1.3; }
  .add { stroke: #1a7f37; } .remove { stroke: #cf222e; }
  .require { stroke: #0969da; } .after { stroke: #8250df; }
  .label { font-size: 10px; stroke: #fff; stroke-width: 3px; paint-order: stroke; }
  .label.add { fill: #1a7f37; } .label.remove { fill: #cf222e; }
  .label.require { fill: #0969da; } .label.after { fill: #8250df; }
  .label.add, .label.remove, .label.require, .label.after { stroke: #fff; }`;

const COLORS = { add: "#1a7f37", remove: "#cf222e", require: "#0969da", after: "#8250df" } as const;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The schema as a picture; the same schema always gives the same picture. */
export function svg(schema: Schema, options: DiagramOptions = {}): string {
  const { states, edges, groups } = diagramOf(schema, options);
  const graph = new dagre.graphlib.Graph({ compound: true, multigraph: true });
  const ranker = states.length > LARGE ? "longest-path" : "network-simplex";
  graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 90, edgesep: 12, ranker });
  graph.setDefaultEdgeLabel(() => ({}));
  // Whoever has no relation stands in a grid below: a layered layout would make one long column.
  const related = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const width = (text: string) => Math.ceil(text.length * CHAR) + 20;
  const labels = new Map(states.map(({ name, marks }) => [name, [name, ...marks].join(" · ")]));
  const clustered = states.length <= LARGE;
  for (const { name, group } of states) {
    if (!related.has(name) && group === "") continue;
    graph.setNode(name, { width: width(labels.get(name)!), height: HEIGHT });
  }
  for (const group of clustered ? groups : []) graph.setNode(`group ${group}`, {});
  for (const { name, group } of states) {
    if (clustered && group !== "") graph.setParent(name, `group ${group}`);
  }
  for (const { from, to, relation } of edges) {
    graph.setEdge(from, to, { width: 46, height: 12, labelpos: "c" }, relation);
  }
  dagre.layout(graph);
  const size = graph.graph() as { width?: number; height?: number };
  const graphWidth = graph.nodeCount() === 0 ? 0 : Math.max(0, size.width ?? 0);
  const graphHeight = graph.nodeCount() === 0 ? 0 : Math.max(0, size.height ?? 0);

  const boxes = new Map<string, Box>();
  for (const { name } of states) {
    const box = graph.node(name) as Box | undefined;
    if (box) boxes.set(name, { ...box, x: box.x + MARGIN, y: box.y + MARGIN });
  }
  const loose = states.filter(({ name }) => !boxes.has(name));
  const cell = Math.max(0, ...loose.map(({ name }) => width(labels.get(name)!))) + 16;
  const columns = Math.max(1, Math.floor(Math.max(graphWidth, 900) / cell));
  const top = MARGIN + (graphHeight > 0 ? graphHeight + 30 : 0);
  loose.forEach(({ name }, i) => {
    const own = width(labels.get(name)!);
    const x = MARGIN + (i % columns) * cell + own / 2;
    const y = top + Math.floor(i / columns) * (HEIGHT + 14) + HEIGHT / 2;
    boxes.set(name, { x, y, width: own, height: HEIGHT });
  });

  const rows = Math.ceil(loose.length / columns);
  const totalWidth = Math.max(graphWidth, Math.min(loose.length, columns) * cell) + 2 * MARGIN;
  const totalHeight = top + rows * (HEIGHT + 14) + MARGIN;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(totalWidth)} ${
      round(totalHeight)
    }" width="${round(totalWidth)}" height="${round(totalHeight)}">`,
    `<style>${STYLE}\n</style>`,
    "<defs>",
    ...Object.entries(COLORS).map(([relation, color]) =>
      `<marker id="${relation}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="${color}"/></marker>`
    ),
    "</defs>",
    `<rect width="100%" height="100%" fill="#fff"/>`,
  ];
  for (const group of clustered ? groups : []) {
    const box = graph.node(`group ${group}`) as Box;
    const left = box.x - box.width / 2 + MARGIN, high = box.y - box.height / 2 + MARGIN;
    out.push(
      `<rect class="group" rx="6" x="${round(left)}" y="${round(high)}" width="${
        round(box.width)
      }" height="${round(box.height)}"/>`,
      `<text class="title" x="${round(left + 8)}" y="${round(high + 14)}">${escape(group)}</text>`,
    );
  }
  for (const edge of edges) out.push(...drawEdge(edge, graph));
  for (const { name, marks } of states) {
    const box = boxes.get(name)!;
    out.push(
      `<rect class="state ${marks.join(" ")}" data-state="${escape(name)}" rx="5" x="${
        round(box.x - box.width / 2)
      }" y="${round(box.y - box.height / 2)}" width="${round(box.width)}" height="${HEIGHT}"/>`,
      `<text x="${round(box.x)}" y="${round(box.y + 4.5)}" text-anchor="middle">${
        escape(labels.get(name)!)
      }</text>`,
    );
  }
  out.push("</svg>");
  return out.join("\n") + "\n";
}

interface Drawn {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly x: number;
  readonly y: number;
}

function drawEdge(
  { from, to, relation, mutual }: DiagramEdge,
  graph: InstanceType<typeof dagre.graphlib.Graph>,
): string[] {
  const { points, x, y } = graph.edge(from, to, relation) as unknown as Drawn;
  const at = points.map((point) => `${round(point.x + MARGIN)} ${round(point.y + MARGIN)}`);
  const start = mutual ? ` marker-start="url(#${relation})"` : "";
  return [
    `<path class="edge ${relation}" data-from="${escape(from)}" data-to="${escape(to)}" d="M${
      at.join("L")
    }" marker-end="url(#${relation})"${start}/>`,
    `<text class="label ${relation}" x="${round(x + MARGIN)}" y="${
      round(y + MARGIN + 3)
    }" text-anchor="middle">${relation}</text>`,
  ];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
