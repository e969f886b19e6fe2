import type { CompiledSchema, Relation } from "../relations/mod.ts";
import { requirements } from "./explore.ts";

/** Two states that one state needs, or adds, although one removes the other. */
export function contradiction(
  schema: CompiledSchema,
  state: number,
): { states: string[]; message: string; adds: boolean } | null {
  const { names } = schema;
  const needed = requirements(schema, state);
  const withAdded = [...needed];
  for (const one of withAdded) {
    for (const other of schema.add[one]) if (!withAdded.includes(other)) withAdded.push(other);
  }
  for (const remover of withAdded) {
    for (const removed of schema.remove[remover]) {
      if (!needed.includes(removed)) continue;
      const states = [...new Set([state, remover, removed])].map((one) => names[one]);
      const message = `${path(schema, state, removed)}, but ${
        remover === state ? "it" : `${path(schema, state, remover)}, which`
      } removes ${removed === state ? "it" : names[removed]}`;
      const adds = !needed.includes(remover);
      return { states, message: message.replace(/^it, but /, ""), adds };
    }
  }
  return null;
}

/** How a state comes to need, or add, another: `it requires A, which requires B`. */
function path(schema: CompiledSchema, from: number, to: number): string {
  const before = new Map<number, [number, Relation]>([[from, [-1, "require"]]]);
  const queue = [from];
  for (const state of queue) {
    for (const relation of ["require", "add"] as const) {
      for (const next of schema[relation][state]) {
        if (before.has(next)) continue;
        before.set(next, [state, relation]);
        queue.push(next);
      }
    }
  }
  const steps: string[] = [];
  for (let at = to; at !== from;) {
    const [previous, relation] = before.get(at)!;
    steps.unshift(`${relation === "add" ? "adds" : "requires"} ${schema.names[at]}`);
    at = previous;
  }
  return ["it", steps.join(", which ")].filter((part) => part !== "").join(" ");
}
