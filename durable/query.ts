import type { FlowHead, FlowQuery } from "./store.ts";

/** Whether a flow is what is searched for: for stores that look at each. */
export function matches(
  row: FlowHead,
  { kind, active = [], tags = [], ended, after }: FlowQuery,
): boolean {
  return (kind === undefined || row.kind === kind) &&
    (ended === undefined || row.ended === ended) &&
    active.every((state) => row.active.includes(state)) &&
    tags.every((tag) => row.tags.includes(tag)) &&
    (after === undefined || row.id > after.id ||
      row.id === after.id && after.kind !== undefined && row.kind > after.kind);
}

/** The order of lists. */
export function inOrder(a: FlowHead, b: FlowHead): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0;
}
