import type { MachineTime, Migration, Timer } from "../mod.ts";
import type { KindPlan } from "./define_flow.ts";
import type { SavedFlow } from "./kind.ts";
import { readSnapshot, type Snapshot } from "./snapshot.ts";

/** What was stored of a flow, ready to be imported by a machine of its kind. */
export interface RevivedFlow {
  readonly snapshot: Snapshot;
  /** What a migration may change. */
  readonly saved: SavedFlow;
  readonly time: MachineTime;
  readonly migrate: Migration | undefined;
}

/**
 * Reads what was stored of a flow.
 *
 * @throws {FlowUnreadableError} If it is damaged, or of a newer form.
 */
export function reviveFlow(plan: KindPlan, id: string, text: string, hash: string): RevivedFlow {
  const { name: kind, states } = plan;
  const { migrate } = plan.kind.parts;
  const snapshot = readSnapshot(kind, id, text);
  const names = hash === plan.hash ? states : Object.keys(snapshot.ticks);
  const saved = { kind, id, data: snapshot.data, args: { ...snapshot.args } };
  return {
    snapshot,
    saved,
    time: {
      id: `${kind}/${id}`,
      names,
      ticks: names.map((name) => snapshot.ticks[name] ?? 0),
      schemaHash: hash,
      timers: snapshot.timers as Timer[],
    },
    migrate: migrate === undefined ? undefined : (time) => migrate(time, saved),
  };
}
