import type { Schema } from "../relations/mod.ts";
import { diagramOf, type DiagramOptions, type DiagramState } from "./diagram.ts";

const ARROWS = { add: "-->", remove: "--x", require: "-.->", after: "==>" } as const;
const MUTUAL = { add: "<-->", remove: "x--x", require: "<-.->", after: "<==>" } as const;

/** The schema as a Mermaid flowchart; the same schema always gives the same text. */
export function mermaid(schema: Schema, options: DiagramOptions = {}): string {
  const { states, edges, groups } = diagramOf(schema, options);
  const lines = ["flowchart LR"];
  const show = ({ name, marks }: DiagramState, indent: string) => {
    const label = [name, ...marks].join(" · ");
    lines.push(`${indent}${name}${marks.includes("auto") ? `(["${label}"])` : `["${label}"]`}`);
  };
  for (const group of groups) {
    lines.push(`  subgraph group_${group.replace(/\W/g, "_")}["${group}"]`);
    for (const state of states) if (state.group === group) show(state, "    ");
    lines.push("  end");
  }
  for (const state of states) if (state.group === "") show(state, "  ");
  for (const { from, to, relation, mutual } of edges) {
    lines.push(`  ${from} ${(mutual ? MUTUAL : ARROWS)[relation]}|${relation}| ${to}`);
  }
  return lines.join("\n") + "\n";
}
