import {
  compileSchema,
  type Relation,
  RELATIONS,
  type Schema,
  type State,
  StateUnknownError,
} from "../relations/mod.ts";
import { exclusiveSets } from "./exclusive.ts";

/** Which part of a schema is drawn, and how it is grouped. */
export interface DiagramOptions {
  /** Groups of states, drawn as clusters; a state is drawn in the first that has it. @default none */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  /** Only this state and those that it is directly related to. @default all */
  readonly state?: string;
}

/** A state as a diagram shows it. */
export interface DiagramState {
  /** Its name. */
  readonly name: string;
  /** Its place in the schema. */
  readonly index: number;
  /**
   * Its properties: `auto`, `multi`, `latest` (each call has a context of its own), `event`, `args`
   * (has to be called with some), `returns`.
   */
  readonly marks: readonly string[];
  /** The group that it is drawn in; empty for none. */
  readonly group: string;
}

/** A relation as a diagram shows it, or a state's timeout. */
export interface DiagramEdge {
  /** The state that has the relation. */
  readonly from: string;
  /** The state that it names. */
  readonly to: string;
  /** The relation. */
  readonly relation: Relation | "timeout";
  /** Whether the other state has it, too: drawn as one edge. */
  readonly mutual: boolean;
  /** After how many milliseconds, for a timeout. */
  readonly ms?: number;
}

/** What a diagram shows, independent of the format. */
export interface Diagram {
  /** The states, in the order of the schema. */
  readonly states: readonly DiagramState[];
  /** The relations and timeouts, by state, but for what `exclusive` says. */
  readonly edges: readonly DiagramEdge[];
  /** The names of the groups that have states. */
  readonly groups: readonly string[];
  /** States of one group that all remove each other, drawn in a box instead of with edges. */
  readonly exclusive: readonly (readonly string[])[];
}

/**
 * What is to be drawn of a schema.
 *
 * @throws {StateUnknownError} If there is no state `options.state`.
 */
export function diagramOf(schema: Schema, options: DiagramOptions = {}): Diagram {
  const { names, states } = compileSchema(schema);
  const { groups = {}, state } = options;
  if (state !== undefined && !names.includes(state)) {
    throw new StateUnknownError(state, names);
  }
  const all: DiagramEdge[] = [];
  for (const from of names) {
    for (const relation of RELATIONS) {
      for (const to of states[from][relation] ?? []) {
        const mutual = states[to][relation]?.includes(from) ?? false;
        if (mutual && names.indexOf(to) < names.indexOf(from)) continue;
        all.push({ from, to, relation, mutual });
      }
    }
    for (const [to, ms] of Object.entries(states[from].timeouts ?? {})) {
      all.push({ from, to, relation: "timeout", mutual: false, ms });
    }
  }
  const edges = state === undefined
    ? all
    : all.filter((edge) => edge.from === state || edge.to === state);
  const near = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const shown = names.filter((name) =>
    state === undefined
      ? name !== "Exception" || Object.hasOwn(schema, name) || near.has(name)
      : name === state || near.has(name)
  );
  const groupOf = (name: string) =>
    Object.keys(groups).find((group) => groups[group].includes(name)) ?? "";
  const exclusive = [...Map.groupBy(shown, groupOf).values()]
    .flatMap((together) => exclusiveSets(states, together))
    .filter((together) => state === undefined || together.includes(state));
  const boxes = new Map(exclusive.flatMap((set, box) => set.map((name) => [name, box])));
  const inBox = ({ from, to, relation }: DiagramEdge) =>
    relation === "remove" && boxes.has(from) && boxes.get(from) === boxes.get(to);
  return {
    states: shown.map((name) => ({
      name,
      index: names.indexOf(name),
      marks: marksOf(states[name]),
      group: groupOf(name),
    })),
    edges: edges.filter((edge) => !inBox(edge)),
    groups: Object.keys(groups).filter((group) =>
      group !== "" && shown.some((name) => groupOf(name) === group)
    ),
    exclusive,
  };
}

function marksOf({ auto, multi, event, args, returns }: State): string[] {
  return [
    auto ? "auto" : "",
    multi === "latest" ? multi : multi ? "multi" : "",
    event ? "event" : "",
    args?.required ? "args" : "",
    returns ? "returns" : "",
  ].filter((mark) => mark !== "");
}

/** What stands at an edge. */
export function edgeLabel({ relation, ms }: DiagramEdge): string {
  return ms === undefined ? relation : `${ms} ms`;
}
