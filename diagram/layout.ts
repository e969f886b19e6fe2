import dagre from "@dagrejs/dagre";
import { type Diagram, type DiagramEdge, edgeLabel } from "./diagram.ts";
import { label } from "./label.ts";

/** A rectangle, by its center. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** An edge's line, and where its label stands. */
export interface Path extends Point {
  readonly points: readonly Point[];
}

/** A box around several states. */
interface Frame {
  readonly kind: "group" | "exclusive";
  readonly title: string;
  readonly box: Box;
}

interface Layout {
  readonly width: number;
  readonly height: number;
  /** By the states' names. */
  readonly boxes: ReadonlyMap<string, Box>;
  readonly frames: readonly Frame[];
  /** In the order of the edges. */
  readonly paths: readonly Path[];
}

const HEIGHT = 30;
const GAP = 10;
const MARGIN = 24;
const EXCLUSIVE = "at most one";
/** The room of that title. */
const TITLE = { width: 100, height: 22 };
/** Above so many states an exact layout takes too long. */
const LARGE = 150;

type Graph = InstanceType<typeof dagre.graphlib.Graph>;

/** Where everything of a diagram stands, given the widths of its states. */
export function layout(diagram: Diagram, widths: ReadonlyMap<string, number>): Layout {
  const { states, edges, groups, exclusive } = diagram;
  const boxOf = new Map(exclusive.flatMap((set, i) => set.map((name) => [name, i])));
  // The ids are ours: names could be those of properties that every object has.
  const ids = new Map(states.map(({ name }, i) => {
    const box = boxOf.get(name);
    return [name, box === undefined ? `state${i}` : `exclusive${box}`];
  }));
  const isInner = ({ from, to }: DiagramEdge) => ids.get(from) === ids.get(to);
  const looped = new Set(edges.flatMap(({ from, to }) => from === to ? [from] : []));
  // Edges between states of one box have lanes on its right, each as wide as its label.
  const lanes = exclusive.map(() => 0);
  const laneOf = edges.map((edge) => {
    const { from, to } = edge;
    if (!isInner(edge) || from === to) return 0;
    const width = labelWidth(edge);
    return (lanes[boxOf.get(from)!] += width) - width / 2;
  });
  // Whoever has no relation stands in a grid below: a layered layout would make one long column.
  const related = new Set(edges.flatMap(({ from, to }) => [from, to]).concat(...exclusive));
  const frameWidth = (set: readonly string[]) =>
    Math.max(TITLE.width, ...set.map((name) => widths.get(name)! + 2 * GAP));
  const build = (ranker: string, clustered: boolean): Graph => {
    const graph = new dagre.graphlib.Graph({ compound: true, multigraph: true });
    graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 90, edgesep: 12, ranker });
    graph.setDefaultEdgeLabel(() => ({}));
    exclusive.forEach((set, i) => {
      const width = frameWidth(set) + lanes[i];
      const height = TITLE.height + set.length * (HEIGHT + GAP);
      graph.setNode(`exclusive${i}`, { width, height });
    });
    if (clustered) groups.forEach((_, i) => graph.setNode(`group${i}`, {}));
    for (const { name, group } of states) {
      if (!related.has(name) && group === "") continue;
      const id = ids.get(name)!;
      const height = HEIGHT + (looped.has(name) ? 2 * GAP : 0);
      if (!boxOf.has(name)) graph.setNode(id, { width: widths.get(name)!, height });
      if (clustered && group !== "") graph.setParent(id, `group${groups.indexOf(group)}`);
    }
    edges.forEach((edge, i) => {
      if (isInner(edge)) return;
      const size = { width: labelWidth(edge), height: 12, labelpos: "c" };
      graph.setEdge(ids.get(edge.from)!, ids.get(edge.to)!, size, `edge${i}`);
    });
    dagre.layout(graph);
    return graph;
  };
  const clustered = states.length <= LARGE && groups.length > 0;
  const graph = firstThatWorks([
    () => build(states.length > LARGE ? "longest-path" : "network-simplex", clustered),
    // Some clusters are too much for dagre, which then throws.
    () => build("longest-path", clustered),
    () => build("longest-path", false),
  ]);

  const boxes = new Map<string, Box>();
  const frames: Frame[] = [];
  groups.forEach((group, i) => {
    if (!graph.hasNode(`group${i}`)) return;
    frames.push({ kind: "group", title: label(group), box: nodeBox(graph, `group${i}`) });
  });
  exclusive.forEach((set, i) => {
    const whole = nodeBox(graph, `exclusive${i}`);
    const box = { ...whole, x: whole.x - lanes[i] / 2, width: whole.width - lanes[i] };
    frames.push({ kind: "exclusive", title: EXCLUSIVE, box });
    set.forEach((name, row) => {
      const y = box.y - box.height / 2 + TITLE.height + row * (HEIGHT + GAP) + HEIGHT / 2;
      boxes.set(name, { x: box.x, y, width: box.width - 2 * GAP, height: HEIGHT });
    });
  });
  for (const { name } of states) {
    if (boxOf.has(name) || !graph.hasNode(ids.get(name)!)) continue;
    boxes.set(name, { ...nodeBox(graph, ids.get(name)!), height: HEIGHT });
  }
  const paths = edges.map((edge, i): Path => {
    const from = boxes.get(edge.from)!, to = boxes.get(edge.to)!;
    if (from === to) return loop(from);
    if (isInner(edge)) return beside(from, to, laneOf[i]);
    const drawn = graph.edge(ids.get(edge.from)!, ids.get(edge.to)!, `edge${i}`) as unknown as Path;
    const points = drawn.points.map(moved);
    // dagre's line ends at the exclusive box: it goes on to the state in it.
    if (boxOf.has(edge.from)) points.unshift(side(from, points[0]));
    if (boxOf.has(edge.to)) points.push(side(to, points[points.length - 1]));
    return { ...moved(drawn), points };
  });

  const size = graph.graph() as { width?: number; height?: number };
  const isEmpty = graph.nodeCount() === 0;
  const width = isEmpty ? 0 : Math.max(0, size.width ?? 0);
  const height = isEmpty ? 0 : Math.max(0, size.height ?? 0);
  const loose = states.filter(({ name }) => !boxes.has(name));
  const cell = Math.max(0, ...loose.map(({ name }) => widths.get(name)!)) + 16;
  const columns = Math.max(1, Math.floor(Math.max(width, 900) / cell));
  const top = MARGIN + (height > 0 ? height + 30 : 0);
  loose.forEach(({ name }, i) => {
    const own = widths.get(name)!;
    const x = MARGIN + (i % columns) * cell + own / 2;
    const y = top + Math.floor(i / columns) * (HEIGHT + 14) + HEIGHT / 2;
    boxes.set(name, { x, y, width: own, height: HEIGHT });
  });
  const rows = Math.ceil(loose.length / columns);
  return {
    width: Math.max(width, Math.min(loose.length, columns) * cell) + 2 * MARGIN,
    height: top + rows * (HEIGHT + 14) + MARGIN,
    boxes,
    frames,
    paths,
  };
}

function firstThatWorks<T>(tries: readonly (() => T)[]): T {
  const last = tries.length - 1;
  for (const attempt of tries.slice(0, last)) {
    try {
      return attempt();
    } catch {
      // The next one asks for less.
    }
  }
  return tries[last]();
}

function nodeBox(graph: Graph, id: string): Box {
  const { x, y, width, height } = graph.node(id) as Box;
  return { ...moved({ x, y }), width, height };
}

function moved({ x, y }: Point): Point {
  return { x: x + MARGIN, y: y + MARGIN };
}

/** The middle of the left or the right side, whichever is nearer. */
function side({ x, y, width }: Box, near: Point): Point {
  return { x: near.x < x ? x - width / 2 : x + width / 2, y };
}

/** The room of an edge's label. */
function labelWidth(edge: DiagramEdge): number {
  return Math.max(46, edgeLabel(edge).length * 6 + 8);
}

/** A line between two states of one box, in its lane on their right. */
function beside(from: Box, to: Box, lane: number): Path {
  const right = from.x + from.width / 2, out = right + GAP + lane;
  const points = [{ x: right, y: from.y }, { x: out, y: from.y }, { x: out, y: to.y }, {
    x: to.x + to.width / 2,
    y: to.y,
  }];
  return { points, x: out, y: (from.y + to.y) / 2 };
}

/** A line from a state to itself, below it. */
function loop({ x, y, height }: Box): Path {
  const bottom = y + height / 2, below = bottom + GAP - 2, half = 26;
  const points = [
    { x: x + half, y: bottom },
    { x: x + half, y: below },
    { x: x - half, y: below },
    { x: x - half, y: bottom },
  ];
  return { points, x, y: below };
}
