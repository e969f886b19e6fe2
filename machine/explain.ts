import { kept, members, resolve, type StateSet } from "../relations/mod.ts";
import type { Engine, Refusal } from "./engine.ts";
import { type Call, Plan } from "./plans.ts";
import type { Transition } from "./transition.ts";

/** One state that a relation kept from being active. */
export interface RelationRefusal {
  /** The state that was dropped. */
  readonly state: string;
  /** `remove`: `by` removes it; `require`: it requires `by`, which would not be active. */
  readonly relation: "remove" | "require";
  /** The other state. */
  readonly by: string;
}

/** Why a mutation was, or would be, canceled. */
export interface Explanation {
  /** What kind of thing refused. */
  readonly reason: "relations" | "handler" | Refusal;
  /** The mutation, when one was tried: its type and called states. */
  readonly mutation: { readonly type: string; readonly states: readonly string[] } | null;
  /** The relations that refused, those of the called states first. */
  readonly relations: readonly RelationRefusal[];
  /** The handler that refused or threw. */
  readonly handler: string | null;
  /** All of it as a sentence. */
  readonly message: string;
}

const REFUSALS: Readonly<Record<Refusal, string>> = {
  disposed: "the machine is disposed",
  expired: "the context of the handler that made it has expired",
  queueLimit: "too many mutations are waiting",
  dryRun: "it was made by a handler during a dry run",
};

/** Explains what was canceled; `null` when nothing was. */
export function explainCanceled(
  engine: Engine,
  canceled: Transition | Plan | Refusal | null,
): Explanation | null {
  if (canceled === null) return null;
  if (typeof canceled === "string") {
    const message = `Canceled: ${REFUSALS[canceled]}`;
    return { reason: canceled, mutation: null, relations: [], handler: null, message };
  }
  if (canceled instanceof Plan) {
    return byRelations(engine, canceled.call, kept(engine.canceledBefore));
  }
  if (canceled.refusedBy === null) {
    return byRelations(engine, canceled.call, canceled.before);
  }
  const { call, refusedBy } = canceled;
  return {
    reason: "handler",
    mutation: { type: call.type, states: call.names },
    relations: [],
    handler: refusedBy,
    message: `${text(call)} was canceled by the handler ${refusedBy}`,
  };
}

function byRelations(engine: Engine, call: Call, before: StateSet): Explanation {
  const { schema } = engine;
  const dropped = new Map<number, RelationRefusal>();
  const blockers = new Map<number, number>();
  const { target } = resolve(schema, before, call.called, call.type, (relation, state, other) => {
    const [lost, by] = relation === "remove" ? [other, state] : [state, other];
    if (relation !== "remove" && relation !== "require" || dropped.has(lost)) return;
    dropped.set(lost, { state: schema.names[lost], relation, by: schema.names[by] });
    blockers.set(lost, by);
  });
  const relations: RelationRefusal[] = [];
  const queue = call.called.filter((state) => !target.includes(state));
  // What a lost state lacked may have been lost for a reason of its own.
  for (const state of queue) {
    const refusal = dropped.get(state);
    if (!refusal || relations.includes(refusal)) continue;
    relations.push(refusal);
    if (refusal.relation === "require") queue.push(blockers.get(state)!);
  }
  const active = members(before).map((state) => schema.names[state]).join(" ");
  const why = relations.map(({ state, relation, by }) =>
    relation === "remove"
      ? `${by} removes ${state}`
      : `${state} requires ${by}, which would not be active`
  ).join("; ");
  return {
    reason: "relations",
    mutation: { type: call.type, states: call.names },
    relations,
    handler: null,
    message: `${text(call)} was canceled with ${
      active ? `(${active})` : "no state"
    } active: ${why}`,
  };
}

function text(call: Call): string {
  return `${call.type} ${call.names.join(", ")}`;
}
