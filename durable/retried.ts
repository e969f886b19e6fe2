import { readSnapshot } from "./snapshot.ts";
import type { FlowCommit, FlowRow } from "./store.ts";

/**
 * The change that brings a flow back to where it was before the error that stands in it: the states that
 * the error ended are active again, with their ticks, so with the keys and results of what they had done.
 *
 * @throws {FlowUnreadableError} If it cannot be read.
 * @throws {Error} If no error stands in it that can be taken back.
 */
export function retried(row: FlowRow, now: number): FlowCommit {
  const { kind, id, revision, hash, tags } = row;
  const snapshot = readSnapshot(kind, id, row.state);
  const { failed } = snapshot;
  const tick = snapshot.ticks.Exception ?? 0;
  if (row.ended) throw new Error(`Flow "${kind}/${id}" is finished`);
  if (tick % 2 === 0 || failed === undefined) {
    throw new Error(`Flow "${kind}/${id}" has no error: it is ${row.active.join(", ")}`);
  }
  const ticks: Record<string, number> = { ...snapshot.ticks, Exception: tick + 1 };
  for (const state of failed.entered) {
    if (ticks[state] % 2 === 1) ticks[state]++;
  }
  Object.assign(ticks, failed.left);
  const { Exception: _, ...args } = { ...snapshot.args, ...failed.args };
  const active = Object.keys(ticks).filter((state) => ticks[state] % 2 === 1);
  const { failed: _failed, ...rest } = snapshot;
  return {
    kind,
    id,
    after: revision,
    hash,
    active,
    tags,
    due: row.due,
    ended: false,
    failed: false,
    state: JSON.stringify({ ...rest, ticks, args }),
    log: JSON.stringify([{ type: "retry", called: Object.keys(failed.left), ticks }]),
    at: now,
  };
}
