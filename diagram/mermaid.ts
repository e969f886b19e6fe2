import type { Schema } from "../relations/mod.ts";
import { diagramOf, type DiagramOptions, type DiagramState, edgeLabel } from "./diagram.ts";
import { label } from "./label.ts";

const ARROWS = { add: "-->", remove: "--x", require: "-.->", after: "==>", timeout: "--o" };
const MUTUAL = { ...ARROWS, add: "<-->", remove: "x--x", require: "<-.->", after: "<==>" };

/**
 * The schema as a Mermaid flowchart; the same schema always gives the same text. States that exclude
 * each other stand in a box.
 */
export function mermaid(schema: Schema, options: DiagramOptions = {}): string {
  const { states, edges, groups, exclusive } = diagramOf(schema, options);
  // Names in PascalCase are ids that Mermaid takes; others could be its own words.
  const ids = new Map(states.map(({ name }, i) => [
    name,
    /^[A-Z][A-Za-z0-9]*$/.test(name) ? name : `state_${i}`,
  ]));
  const boxOf = new Map(exclusive.flatMap((set, box) => set.map((name) => [name, box])));
  const lines = ["flowchart LR"];
  const show = ({ name, marks }: DiagramState, indent: string) => {
    const text = [name, ...marks].map(quoted).join(" · ");
    const [open, close] = marks.includes("auto")
      ? ["([", "])"]
      : marks.includes("event")
      ? ["{{", "}}"]
      : ["[", "]"];
    lines.push(`${indent}${ids.get(name)}${open}"${text}"${close}`);
  };
  const showAll = (group: string, indent: string) => {
    const own = states.filter((state) => state.group === group);
    for (const box of new Set(own.map(({ name }) => boxOf.get(name)))) {
      if (box === undefined) continue;
      lines.push(`${indent}subgraph exclusive_${box}["at most one"]`);
      for (const state of own) if (boxOf.get(state.name) === box) show(state, indent + "  ");
      lines.push(`${indent}end`);
    }
    for (const state of own) if (!boxOf.has(state.name)) show(state, indent);
  };
  groups.forEach((group, i) => {
    lines.push(`  subgraph group_${i}["${quoted(group)}"]`);
    showAll(group, "    ");
    lines.push("  end");
  });
  showAll("", "  ");
  for (const edge of edges) {
    const arrow = (edge.mutual ? MUTUAL : ARROWS)[edge.relation];
    lines.push(`  ${ids.get(edge.from)} ${arrow}|${edgeLabel(edge)}| ${ids.get(edge.to)}`);
  }
  return lines.join("\n") + "\n";
}

/** The name for a quoted text: signs as Mermaid's entities, so that none has a meaning of its own. */
function quoted(name: string): string {
  return label(name).replaceAll(/[^\p{L}\p{N} ]|^ | $/gu, (sign) => `#${sign.codePointAt(0)};`);
}
