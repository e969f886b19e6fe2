import { STEP_KINDS } from "../../telemetry/debugger/protocol.ts";
import { lastChange } from "./changes.ts";
import type { Row } from "./chunk.ts";
import type { ClientData } from "./client_data.ts";
import { referenceTo, type TransitionRef } from "./reference.ts";

/** Why a transition was refused. */
export interface RefusalView {
  /** What refused; `unknown` when nothing that was recorded says so. */
  readonly by: "handler" | "relations" | "unknown";
  /** The handler; empty for none. */
  readonly handler: string;
  /** The relations: those of the called states first, then those that they follow from. */
  readonly relations: readonly RelationRefused[];
}

/** A relation that kept a state from being active, and what made it so. */
export interface RelationRefused {
  /** The state that was dropped. */
  readonly state: string;
  /** `require`: it requires `by`, which would not be active; `remove`: `by` removes it. */
  readonly relation: "require" | "remove";
  /** The other state. */
  readonly by: string;
  /** `Foo requires Bar`, `Bar removes Foo`. */
  readonly text: string;
  /** Why the other state was, or was not, active: `Bar was removed by Baz`. */
  readonly since: string;
  /** The transition that made it so; `null` when it is this one, or not kept. */
  readonly ref: TransitionRef | null;
}

const [ADD, REMOVE, REQUIRE] = (["add", "remove", "require"] as const)
  .map((kind) => STEP_KINDS.indexOf(kind));

/** Why a kept row was refused; `null` when it was not. */
export function refusalOf(client: ClientData, row: number): RefusalView | null {
  const tx = client.row(row);
  if (tx.accepted || tx.type === "jump") return null;
  const relations: RelationRefused[] = [];
  if (tx.refusedBy !== undefined) return { by: "handler", handler: tx.refusedBy, relations };
  /** By the dropped state: the relation, and the other state. */
  const dropped = new Map<number, readonly [relation: "require" | "remove", by: number]>();
  for (const [kind, state, by] of tx.steps) {
    if (by === -1 || dropped.has(state)) continue;
    if (kind === REMOVE) dropped.set(state, ["remove", by]);
    if (kind === REQUIRE) dropped.set(state, ["require", by]);
  }
  const queue = [...tx.called];
  const done = new Set<number>();
  // What a dropped state lacked may have been dropped for a reason of its own.
  for (const state of queue) {
    const refusal = dropped.get(state);
    if (refusal === undefined || done.has(state)) continue;
    done.add(state);
    const [relation, by] = refusal;
    relations.push(relationOf(client, tx, state, relation, by, dropped.has(by)));
    if (relation === "require") queue.push(by);
  }
  return { by: relations.length > 0 ? "relations" : "unknown", handler: "", relations };
}

function relationOf(
  client: ClientData,
  tx: Row,
  state: number,
  relation: "require" | "remove",
  by: number,
  byDropped: boolean,
): RelationRefused {
  const { names } = client.hello;
  const [lost, other] = [names[state], names[by]];
  const text = relation === "require" ? `${lost} requires ${other}` : `${other} removes ${lost}`;
  const base = { state: lost, relation, by: other, text };
  const change = lastChange(client, by, tx.row);
  const active = client.ticksAt(change === -1 ? client.first : change + 1)[by] % 2 === 1;
  const ref = change === -1 ? null : referenceTo(client, change);
  const older = client.first > 0 ? " in all that is kept" : "";
  if (relation === "require") {
    if (byDropped) return { ...base, since: `${other} was dropped as well`, ref: null };
    // An active state that is lacked leaves with the mutation itself.
    if (active) return { ...base, since: `${other} leaves by this mutation`, ref: null };
    if (ref === null) return { ...base, since: `${other} was never active${older}`, ref };
    return { ...base, since: `${other} was ${endedBy(client, client.row(change), by)}`, ref };
  }
  if (tx.called.includes(by)) return { ...base, since: `${other} is called as well`, ref: null };
  const adder = tx.steps.find(([kind, added]) => kind === ADD && added === by);
  if (!active && adder !== undefined) {
    return { ...base, since: `${other} is added by ${names[adder[2]]}`, ref: null };
  }
  if (ref === null) return { ...base, since: `${other} was active from the start`, ref };
  return { ...base, since: `${other} was activated`, ref };
}

/** How a transition ended an activation: `removed by Foo`. */
function endedBy(client: ClientData, tx: Row, state: number): string {
  const { names } = client.hello;
  const step = tx.steps.find(([kind, one]) =>
    one === state && (kind === REMOVE || kind === REQUIRE)
  );
  if (step !== undefined && step[2] !== -1) {
    return step[0] === REMOVE
      ? `removed by ${names[step[2]]}`
      : `dropped for lack of ${names[step[2]]}`;
  }
  return tx.type === "set" ? "left out of a set" : "removed";
}
