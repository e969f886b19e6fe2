import { ACCEPTED, CHECK, EMPTY, type Row } from "./chunk.ts";
import type { ClientData } from "./client_data.ts";
import { referenceTo, type TransitionRef } from "./reference.ts";
import type { Store } from "./store.ts";

/** What made a transition's mutation. */
export interface Cause {
  /**
   * - `handler`: one of a transition; `error`: one that threw
   * - `timeout`: an activation has lasted; `pipe`: a state that another one follows
   * - `auto`: an auto state's turn came; `event`: an event state leaves after its transition
   */
  readonly how: "handler" | "error" | "timeout" | "pipe" | "auto" | "event";
  /** The id of the machine that it happened in. */
  readonly machine: string;
  /** The transition that it happened in or after; 0 for none that is known. */
  readonly transition: number;
  /** In words: `FooState`, `thrown in FooState`, `timeout of Foo`, `pipe`, `auto`. */
  readonly text: string;
  /** That transition; `null` while it is not here: it may still come, or has left memory. */
  readonly ref: TransitionRef | null;
}

/** The causes of a transition, and why there are no more of them. */
export interface CauseChain {
  /** The nearest first. */
  readonly causes: readonly Cause[];
  /**
   * - `first`: the last one came from outside of all handlers
   * - `missing`: the last one's transition is not here
   * - `long`: there are more, or they go in a circle
   */
  readonly end: "first" | "missing" | "long";
}

/** What a transition led to. */
export interface Effects {
  /** The first ones, by time. */
  readonly effects: readonly Effect[];
  /** How many there are. */
  readonly total: number;
}

/** A transition that another one led to. */
export interface Effect {
  /** What made it: as of a {@linkcode Cause}. */
  readonly how: Cause["how"];
  /** In words. */
  readonly text: string;
  /** The transition. */
  readonly ref: TransitionRef;
}

const byIds = new WeakMap<Store, { revision: number; machines: Map<string, ClientData[]> }>();

/** The machines of an id: several programs may have one of it. */
function clientsOf(store: Store, id: string): readonly ClientData[] {
  let known = byIds.get(store);
  if (known?.revision !== store.revision) {
    known = { revision: store.revision, machines: new Map() };
    byIds.set(store, known);
    for (const client of store.clients.values()) {
      const list = known.machines.get(client.hello.id);
      if (list === undefined) known.machines.set(client.hello.id, [client]);
      else list.push(client);
    }
  }
  return known.machines.get(id) ?? [];
}

/** Clocks of one program do not differ, but are read one after the other. */
const SLACK = 1;

/** The kept row that a source names; of several machines with its id the one that was at it last. */
function rowOfSource(
  store: Store,
  client: ClientData,
  time: number,
  [machine, id]: readonly [string, number, string],
): [client: ClientData, row: number] | null {
  if (machine === client.hello.id) {
    const row = client.rowOf(id);
    return row === -1 ? null : [client, row];
  }
  let best: [client: ClientData, row: number] | null = null;
  let bestTime = -Infinity;
  for (const one of clientsOf(store, machine)) {
    const row = one.rowOf(id);
    if (row === -1) continue;
    const began = one.time(row);
    // One that began later cannot have caused it, unless there is no other.
    const rank = began <= time + SLACK ? began : -1e18 - began;
    if (rank > bestTime) [best, bestTime] = [[one, row], rank];
  }
  return best;
}

/** Whether a row is the machine's own doing: an auto mutation, or an event state that leaves. */
function follows(client: ClientData, tx: Row): "auto" | "event" | null {
  const { type, called, source, auto } = tx;
  if (auto) return "auto";
  const { states } = client.hello;
  const leaves = type === "remove" && source === undefined && called.length > 0 &&
    called.every((state) => states[state].event);
  return leaves ? "event" : null;
}

/** Numbers that are looked through for the transition before one: dry runs and refusals lie between. */
const NEAR = 100;

/** The number of the transition after which the machine did this by itself. */
function before(client: ClientData, row: number): number {
  const id = client.id(row);
  for (let one = id - 1; one > 0 && one >= id - NEAR; one--) {
    const at = client.rowOf(one);
    if (at === -1) return one;
    const flags = client.flags(at);
    if ((flags & ACCEPTED) !== 0 && (flags & (CHECK | EMPTY)) === 0) return one;
  }
  return 0;
}

/** What made the mutation of a kept row; `null` when it came from outside of all handlers. */
export function causeOf(store: Store, client: ClientData, row: number): Cause | null {
  const tx = client.row(row);
  const { source, timeout, time } = tx;
  const own = client.hello.id;
  if (source === undefined) {
    const how = follows(client, tx);
    if (how === null) return null;
    const transition = before(client, row);
    const at = client.rowOf(transition);
    const ref = transition === 0 || at === -1 ? null : referenceTo(client, at);
    const text = how === "auto" ? "auto" : "an event leaves";
    return { how, machine: own, transition, text, ref };
  }
  const [machine, transition, handler] = source;
  const found = transition === 0 ? null : rowOfSource(store, client, time, source);
  const ref = found && referenceTo(...found);
  const base = { machine, transition, ref };
  if (timeout !== undefined) return { ...base, how: "timeout", text: `timeout of ${timeout}` };
  if (handler === "") return { ...base, how: "pipe", text: "pipe" };
  const thrown = tx.error && tx.err !== undefined && machine === own;
  return thrown
    ? { ...base, how: "error", text: `thrown in ${handler}` }
    : { ...base, how: "handler", text: handler };
}

/** All causes of a kept row, back to the first one, across machines; at most so many. */
export function chainOf(
  store: Store,
  client: ClientData,
  row: number,
  most: number = 1000,
): CauseChain {
  const causes: Cause[] = [];
  const seen = new Set([`${client.key} ${client.id(row)}`]);
  let cause = causeOf(store, client, row);
  while (cause !== null) {
    if (causes.length === most) return { causes, end: "long" };
    causes.push(cause);
    const { ref } = cause;
    if (ref === null) return { causes, end: "missing" };
    const place = `${ref.key} ${ref.id}`;
    if (seen.has(place)) return { causes, end: "long" };
    seen.add(place);
    cause = causeOf(store, store.clients.get(ref.key)!, ref.row);
  }
  return { causes, end: "first" };
}

/** The rows that name a transition as their source, extended as rows come. */
interface Naming {
  readonly id: number;
  readonly seen: WeakMap<ClientData, number>;
  rows: { readonly client: ClientData; readonly row: number }[];
}

const named = new WeakMap<ClientData, Naming>();

function rowsNaming(store: Store, client: ClientData, id: number): Naming["rows"] {
  let naming = named.get(client);
  if (naming?.id !== id) named.set(client, naming = { id, seen: new WeakMap(), rows: [] });
  const { id: machine } = client.hello;
  for (const one of store.clients.values()) {
    const from = naming.seen.get(one) ?? 0;
    if (from >= one.end) continue;
    for (const [chunk, start] of one.chunks(from)) {
      const number = chunk.numberOf(machine);
      if (number === 0) continue;
      for (let i = start; i < chunk.size; i++) {
        if (chunk.sourceId[i] === id && chunk.sourceMachine[i] === number) {
          naming.rows.push({ client: one, row: chunk.first + i });
        }
      }
    }
    naming.seen.set(one, one.end);
  }
  naming.rows = naming.rows.filter(({ client, row }) =>
    row >= client.first && store.clients.get(client.key) === client
  );
  return naming.rows;
}

/** What a kept row led to, in all machines: the first so many by time. */
export function effectsOf(
  store: Store,
  client: ClientData,
  row: number,
  most: number = 100,
): Effects {
  const id = client.id(row);
  if (id === 0) return { effects: [], total: 0 };
  const several = clientsOf(store, client.hello.id).length > 1;
  const all = rowsNaming(store, client, id).filter((one) => {
    if (!several) return true;
    const { ref } = causeOf(store, one.client, one.row)!;
    return ref?.key === client.key && ref.row === row;
  });
  all.push(...ownOf(client, row, id).map((row) => ({ client, row })));
  all.sort((a, b) => a.client.time(a.row) - b.client.time(b.row));
  const effects = all.slice(0, most).map(({ client, row }): Effect => {
    const { how, text } = causeOf(store, client, row)!;
    return { how, text, ref: referenceTo(client, row) };
  });
  return { effects, total: all.length };
}

/** What the machine did by itself right after a transition. */
function ownOf(client: ClientData, row: number, id: number): number[] {
  const found: number[] = [];
  if ((client.flags(row) & (CHECK | EMPTY)) !== 0) return found;
  for (let one = id + 1; one <= id + NEAR; one++) {
    const at = client.rowOf(one);
    if (at === -1) break;
    const flags = client.flags(at);
    if ((flags & CHECK) !== 0) continue;
    if (follows(client, client.row(at)) !== null) found.push(at);
    if ((flags & ACCEPTED) !== 0 && (flags & EMPTY) === 0) break;
  }
  return found;
}
