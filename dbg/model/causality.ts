import type { ClientData } from "./client_data.ts";
import type { Model } from "./model.ts";

/**
 * What a machine's transitions say of another one: the row at which a higher transition number of
 * it was named as the source than ever before. Both lists grow, so that both can be searched.
 */
interface Links {
  readonly rows: number[];
  readonly ids: number[];
}

interface Sources {
  seen: number;
  readonly by: Map<string, Links>;
}

const known = new WeakMap<ClientData, Sources>();

/** The links of a machine to its sources, extended as rows come. */
function linksOf(client: ClientData): ReadonlyMap<string, Links> {
  let sources = known.get(client);
  if (sources === undefined) known.set(client, sources = { seen: 0, by: new Map() });
  const { by } = sources;
  const from = Math.max(sources.seen, client.first);
  if (from < client.end) {
    for (const [row, machine, id] of client.sources(from)) {
      if (machine === client.hello.id) continue;
      let links = by.get(machine);
      if (links === undefined) by.set(machine, links = { rows: [], ids: [] });
      if (id <= (links.ids.at(-1) ?? -1)) continue;
      links.rows.push(row);
      links.ids.push(id);
    }
    sources.seen = client.end;
    for (const { rows, ids } of by.values()) forget(rows, ids, client.first);
  }
  return by;
}

/** Drops what is about rows that left the store, but for the last of them, now and then. */
function forget(rows: number[], ids: number[], first: number): void {
  const old = firstAbove(rows, first - 1) - 1;
  if (old < 1000) return;
  rows.splice(0, old);
  ids.splice(0, old);
}

/** The first position whose number is more than `least`. */
function firstAbove(numbers: readonly number[], least: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle] <= least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The number of the last transition before a row; 0 when none is kept. */
function idBefore(client: ClientData, row: number): number {
  for (let at = Math.min(row, client.end) - 1; at >= client.first; at--) {
    const id = client.id(at);
    if (id !== 0) return id; // the time moved: no transition
  }
  for (let at = client.first; at < client.end; at++) {
    const id = client.id(at);
    if (id !== 0) return id - 1;
  }
  return 0;
}

interface Cuts {
  readonly revision: number;
  readonly key: string;
  readonly cursor: number;
  /** Rows that have happened, at least. */
  readonly least: ReadonlyMap<ClientData, number>;
  /** Rows that can have happened, at most. */
  readonly most: ReadonlyMap<ClientData, number>;
}

const cuts = new WeakMap<Model["store"], Cuts>();

/**
 * What is certain of all machines when one has just had a transition: what this and those before
 * came from has happened, through any number of machines; what it and later ones lead to has not.
 */
function cutsOf({ store }: Model, key: string, cursor: number): Cuts {
  const last = cuts.get(store);
  if (last?.revision === store.revision && last.key === key && last.cursor === cursor) return last;
  const least = new Map<ClientData, number>();
  const most = new Map<ClientData, number>();
  const start = store.clients.get(key);
  if (start !== undefined) {
    const clients = [...store.clients.values()];
    const byId = new Map(clients.map((client) => [client.hello.id, client]));
    byId.set(start.hello.id, start);
    least.set(start, cursor);
    most.set(start, cursor);
    for (const todo = [start]; todo.length > 0;) {
      const client = todo.pop()!;
      for (const [id, { rows, ids }] of linksOf(client)) {
        const source = byId.get(id);
        if (source === undefined || source === start) continue;
        const happened = firstAbove(rows, least.get(client)! - 1);
        if (happened === 0) continue;
        const row = source.rowOf(ids[happened - 1]);
        if (row < (least.get(source) ?? 0)) continue; // known already, or no longer kept
        least.set(source, row + 1);
        todo.push(source);
      }
    }
    const followers = new Map<string, ClientData[]>();
    for (const client of clients) {
      for (const id of linksOf(client).keys()) {
        const list = followers.get(id);
        if (list) list.push(client);
        else followers.set(id, [client]);
      }
    }
    for (const todo = [start]; todo.length > 0;) {
      const client = todo.pop()!;
      if (byId.get(client.hello.id) !== client) continue;
      // What the start's last transition led to is yet to come, too.
      const limit = most.get(client)!;
      const last = client === start && limit > client.first ? limit - 1 : limit;
      const id = idBefore(client, last);
      for (const follower of followers.get(client.hello.id) ?? []) {
        if (follower === start) continue;
        const { rows, ids } = linksOf(follower).get(client.hello.id)!;
        const row = rows[firstAbove(ids, id)];
        if (row === undefined || row >= (most.get(follower) ?? Infinity)) continue;
        most.set(follower, row);
        todo.push(follower);
      }
    }
  }
  const found = { revision: store.revision, key, cursor, least, most };
  cuts.set(store, found);
  return found;
}

/**
 * How many rows of a machine have happened at the model's moment. What transitions say of their
 * sources comes first; only where that leaves it open, the clocks of the machines decide.
 */
export function cursorOf(model: Model, client: ClientData): number {
  if (client.key === model.client) return model.cursor;
  if (model.tail) return client.end;
  const { anchor, moment } = model;
  const byClock = client.cursorAt(moment);
  if (anchor === null) return byClock;
  const { least, most } = cutsOf(model, anchor.key, anchor.cursor);
  const low = Math.min(Math.max(least.get(client) ?? 0, client.first), client.end);
  const high = Math.min(most.get(client) ?? client.end, client.end);
  return Math.max(low, Math.min(byClock, high));
}
