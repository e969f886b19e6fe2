import type { Batch, Hello } from "../../telemetry/debugger/protocol.ts";
import { ClientData } from "./client_data.ts";

/** What a store holds at most. */
export interface StoreOptions {
  /** Bytes of recorded data, what machines say of themselves included. @default {1e9} */
  readonly maxMemory?: number;
  /** Machines; over it, disconnected ones leave, oldest first. @default {5000} */
  readonly maxClients?: number;
}

/** Hears of machines that come and go. */
export interface StoreWatcher {
  /** A machine has connected, or is gone. */
  connection(key: string, connected: boolean): void;
}

/** Kinds of refusals that are kept; the oldest leave. */
const REFUSALS = 100;

/** What the store does not take, and why. */
export class RefusedError extends Error {
  /** The error's name. */
  override readonly name = "RefusedError";
}

/** Everything recorded, of all machines, within a bound of memory. */
export class Store {
  /** The machines by key, in the order in which they came. */
  readonly clients: Map<string, ClientData> = new Map();
  /** Those who hear of machines that come and go. */
  readonly watchers: Set<StoreWatcher> = new Set();
  /** What was refused, oldest first: the reason, and how often. */
  readonly refusals: Map<string, number> = new Map();
  /** The bound, in bytes. */
  readonly maxMemory: number;
  /** The bound of machines. */
  readonly maxClients: number;
  /** Grows with every change. */
  revision = 0;
  /** Where machines connect to; empty when they cannot. */
  address = "";
  /** Bytes in use, roughly. */
  memory = 0;
  /** Transitions that left because of the bound. */
  evicted = 0;
  /** Machines that have hung up for lack of anything to tell, and when. */
  readonly #idle = new Map<ClientData, number>();
  #disconnections = 0;

  /** Makes an empty store. */
  constructor(options: StoreOptions = {}) {
    this.maxMemory = options.maxMemory ?? 1e9;
    this.maxClients = options.maxClients ?? 5000;
  }

  /**
   * A machine introduced itself: a new one, one that is back, or one with a new schema.
   *
   * @throws {RefusedError} If there is no room for it, even without all that is disconnected.
   */
  hello(hello: Hello): ClientData {
    this.revision++;
    let key = hello.id;
    for (let n = 2;; n++) {
      const known = this.clients.get(key);
      if (known === undefined) break;
      if (known.hello.instance === hello.instance) return this.#back(known, hello);
      key = `${hello.id}#${n}`;
    }
    if (this.clients.size >= this.maxClients && !this.#dropDisconnected()) {
      throw new RefusedError(`Machine is left out: ${this.maxClients} are connected already`);
    }
    const client = new ClientData(key, hello);
    this.clients.set(key, client);
    this.#bound(client, client.memory);
    this.#tell(client);
    return client;
  }

  #back(known: ClientData, hello: Hello): ClientData {
    const { connected, memory } = known;
    this.#idle.delete(known);
    known.renew(hello);
    this.#bound(known, known.memory - memory);
    if (!connected) this.#tell(known);
    return known;
  }

  /** What watchers do with it is theirs: data comes first. */
  #tell({ key, connected }: ClientData): void {
    for (const watcher of this.watchers) {
      try {
        watcher.connection(key, connected);
      } catch (error) {
        this.refuse(`A watcher failed: ${error instanceof Error ? error.message : "no error"}`);
      }
    }
  }

  /** Keeps the transitions and log lines of a batch. */
  batch(client: ClientData, batch: Batch): void {
    this.revision++;
    const before = client.memory;
    client.take(batch);
    // One that was removed meanwhile is no longer anybody's.
    if (this.#has(client)) this.#bound(null, client.memory - before);
  }

  #has(client: ClientData): boolean {
    return this.clients.get(client.key) === client;
  }

  /** Takes a change of memory into account; `newcomer` leaves again when there is no room for it. */
  #bound(newcomer: ClientData | null, change: number): void {
    this.memory += change;
    if (this.memory <= this.maxMemory) return;
    // So that it does not have to be done again at once.
    const wanted = this.maxMemory * 0.95;
    while (this.memory > wanted && this.#dropDisconnected());
    let structure = 0;
    for (const client of this.clients.values()) structure += client.structure;
    // What machines say of themselves may take a half: then a newcomer goes, not others' history.
    if (newcomer === null || structure <= this.maxMemory / 2) {
      while (this.memory > wanted && this.#dropOldest());
      return;
    }
    this.remove(newcomer.key);
    throw new RefusedError(
      `Machine is left out: no room for its ${newcomer.hello.names.length} states ` +
        `within ${Math.round(this.maxMemory / 1e6)} MB`,
    );
  }

  /** The machine that was disconnected first leaves with all that is recorded of it. */
  #dropDisconnected(): boolean {
    let oldest: ClientData | null = null;
    for (const client of this.clients.values()) {
      if (client.connected) continue;
      if (oldest === null || client.disconnectedAt < oldest.disconnectedAt) oldest = client;
    }
    if (oldest === null) return false;
    this.evicted += oldest.end - oldest.first;
    this.remove(oldest.key);
    return true;
  }

  /** The oldest chunk of all machines leaves. */
  #dropOldest(): boolean {
    let oldest: ClientData | null = null;
    for (const client of this.clients.values()) {
      if (client.oldest < (oldest?.oldest ?? Infinity)) oldest = client;
    }
    if (oldest === null) return false;
    const before = oldest.memory;
    this.evicted += oldest.evict();
    this.memory -= before - oldest.memory;
    return true;
  }

  /** Remembers that something was refused, and why; each reason once, and how often. */
  refuse(reason: string): void {
    this.revision++;
    const short = reason.slice(0, 300);
    const count = this.refusals.get(short) ?? 0;
    this.refusals.delete(short);
    this.refusals.set(short, count + 1);
    if (this.refusals.size > REFUSALS) this.refusals.delete(this.refusals.keys().next().value!);
  }

  /** Machines have hung up because they have nothing to tell. */
  idle(clients: Iterable<ClientData>, now: number): void {
    for (const client of clients) if (this.#has(client)) this.#idle.set(client, now);
  }

  /** Those who have hung up before `since`, and have not called again, are gone. */
  sweep(since: number): void {
    for (const [client, time] of this.#idle) {
      if (time > since) continue;
      this.#idle.delete(client);
      this.disconnected(client);
    }
  }

  /** The connection of a machine has ended. */
  disconnected(client: ClientData): void {
    if (!client.connected) return;
    client.connected = false;
    client.disconnectedAt = ++this.#disconnections;
    this.revision++;
    if (this.#has(client)) this.#tell(client);
  }

  /** Forgets a machine. */
  remove(key: string): void {
    const client = this.clients.get(key);
    if (client === undefined) return;
    this.memory -= client.memory;
    this.clients.delete(key);
    this.#idle.delete(client);
    this.revision++;
  }
}
