import {
  type CompiledSchema,
  compileSchema,
  type Relation,
  RELATIONS,
  type Schema,
} from "../relations/mod.ts";
import { explore, type ExploreOptions, requirements } from "./explore.ts";

/** What kind of fault a finding is. */
export type FindingKind =
  | "contradiction"
  | "never-active"
  | "never-leaves"
  | "useless-relation"
  | "auto-fight";

/** A fault of a schema. */
export interface Finding {
  /** What kind of fault it is. */
  readonly kind: FindingKind;
  /** The states that it is about, the main one first. */
  readonly states: readonly string[];
  /** What is wrong, and why. */
  readonly message: string;
}

/** What was found out about a schema. */
export interface CheckReport {
  /** The faults. */
  readonly findings: readonly Finding[];
  /** How many sets of active states were visited. */
  readonly configurations: number;
  /** Whether all were. If not, only what is certain all the same is reported. */
  readonly complete: boolean;
}

/**
 * Explores the schema as a model, without handlers, and reports states that can never become
 * active or never leave, relations without any effect, hidden contradictions, and auto states
 * that fight each other.
 *
 * @throws {SchemaError} If the schema contradicts itself openly.
 */
export function checkSchema(schema: Schema, options: ExploreOptions = {}): CheckReport {
  const compiled = compileSchema(schema);
  const { names } = compiled;
  const exploration = explore(compiled, options);
  const { complete, activated, left, effective, beaten, configurations } = exploration;
  const findings: Finding[] = [];
  const chains = names.map((_, state) => contradiction(compiled, state)).map((chain, state) =>
    // What a state adds may be removed again later: such a chain counts if the state never came.
    chain === null || chain.adds && (!complete || activated.has(state)) ? null : chain
  );
  const isRoot = (state: number) =>
    chains[state] !== null && !compiled.require[state].some((other) => chains[other] !== null);
  names.forEach((name, state) => {
    if (!isRoot(state)) return;
    const { states, message } = chains[state]!;
    findings.push({ kind: "contradiction", states, message: `${name}: ${message}` });
  });
  if (complete) {
    const own = names.map((_, state) => state).filter((state) =>
      names[state] !== "Exception" || Object.hasOwn(schema, "Exception")
    );
    for (const state of own) {
      if (!activated.has(state) && !isRoot(state)) {
        findings.push(neverActive(compiled, state, activated));
      } else if (activated.has(state) && !left.has(state)) {
        const why = compiled.states[names[state]].auto
          ? "it is auto, and comes back at once when it is removed"
          : "whatever is removed, it stays";
        const message = `${names[state]} can never leave: ${why}`;
        findings.push({ kind: "never-leaves", states: [names[state]], message });
      }
    }
    findings.push(...uselessRelations(compiled, activated, effective));
  }
  for (const pair of beaten) {
    const [winner, loser] = pair.split(" ").map(Number);
    if (!compiled.remove[winner].includes(loser) || !compiled.remove[loser].includes(winner)) {
      continue;
    }
    const message =
      `${names[winner]} and ${names[loser]} are auto and remove each other: whenever ` +
      `both could come, ${names[winner]} does, as it stands first`;
    findings.push({ kind: "auto-fight", states: [names[winner], names[loser]], message });
  }
  return { findings, configurations, complete };
}

/** Two states that one state needs, or adds, although one removes the other. */
function contradiction(
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

function neverActive(
  schema: CompiledSchema,
  state: number,
  activated: ReadonlySet<number>,
): Finding {
  const { names } = schema;
  const missing = schema.require[state].filter((other) => !activated.has(other));
  const removers = schema.removedBy[state];
  const why = missing.length > 0
    ? `it requires ${missing.map((other) => names[other]).join(", ")}, which can never be active`
    : removers.length > 0
    ? `${removers.map((other) => names[other]).join(", ")} always removes it`
    : "what it requires is never active at the same time";
  return {
    kind: "never-active",
    states: [names[state], ...missing.map((other) => names[other])],
    message: `${names[state]} can never become active: ${why}`,
  };
}

function uselessRelations(
  schema: CompiledSchema,
  activated: ReadonlySet<number>,
  effective: ReadonlySet<string>,
): Finding[] {
  const { names, indexes } = schema;
  return names.flatMap((name, state) => {
    // A state that never comes is reported as such, not by each of its relations.
    if (!activated.has(state)) return [];
    return RELATIONS.flatMap((relation) =>
      (schema.states[name][relation] ?? []).flatMap((to): Finding[] => {
        const other = indexes.get(to)!;
        if (!activated.has(other) || effective.has(`${relation} ${state} ${other}`)) return [];
        const message = `${name} ${VERBS[relation]} ${to}, which never matters`;
        return [{ kind: "useless-relation", states: [name, to], message }];
      })
    );
  });
}

const VERBS = { add: "adds", remove: "removes", require: "requires", after: "is after" } as const;
