import {
  type CompiledSchema,
  kept,
  type KeptSet,
  members,
  resolve,
  type StateSet,
} from "../relations/mod.ts";
import type { Explanation, Refusal, RelationRefusal } from "./explanation.ts";
import type { Call } from "./plans.ts";
import { TransitionRecord } from "./transition.ts";

/** What was canceled last: a transition, a reason that needs none, or a call with the active states. */
export type Canceled = TransitionRecord | Refusal | {
  readonly call: Call;
  readonly before: KeptSet;
};

const REFUSALS: Readonly<Record<Refusal, string>> = {
  disposed: "the machine is disposed",
  expired: "the context of the handler that made it has expired",
  queueLimit: "too many mutations are waiting",
  drainLimit: "the machine ran too many transitions without coming to rest",
  dryRun: "it was made by a handler during a dry run",
};

/** Explains what was canceled; `null` when nothing was. */
export function explainCanceled(canceled: Canceled | null): Explanation | null {
  if (canceled === null) return null;
  if (typeof canceled === "string") {
    const message = `Canceled: ${REFUSALS[canceled]}`;
    return { reason: canceled, mutation: null, relations: [], handler: null, message };
  }
  if (!(canceled instanceof TransitionRecord)) {
    return byRelations(canceled.call, kept(canceled.before));
  }
  const { call, refusedBy } = canceled;
  if (refusedBy === null) return byRelations(call, canceled.before);
  return {
    reason: "handler",
    mutation: { type: call.type, states: call.names },
    relations: [],
    handler: refusedBy,
    message: `${text(call)} was canceled by the handler ${refusedBy}`,
  };
}

function byRelations(call: Call, before: StateSet): Explanation {
  const { schema }: { schema: CompiledSchema } = call.plans;
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
