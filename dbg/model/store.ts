import type { Batch, Hello } from "../../telemetry/debugger/protocol.ts";
import { ClientData } from "./client_data.ts";

/** What a store holds at most. */
export interface StoreOptions {
  /** Bytes of recorded data. @default {1e9} */
  readonly maxMemory?: number;
  /** Machines; over it, disconnected ones leave, oldest first. @default {5000} */
  readonly maxClients?: number;
}

/** Hears of machines that come and go. */
export interface StoreWatcher {
  /** A machine has connected, or is gone. */
  connection(key: string, connected: boolean): void;
}

/** Everything recorded, of all machines, within a bound of memory. */
export class Store {
  /** The machines by key, in the order in which they came. */
  readonly clients: Map<string, ClientData> = new Map();
  /** Those who hear of machines that come and go. */
  readonly watchers: Set<StoreWatcher> = new Set();
  /** The bound, in bytes. */
  readonly maxMemory: number;
  /** Grows with every change. */
  revision = 0;
  /** Where machines connect to; empty when they cannot. */
  address = "";
  /** Bytes in use, roughly. */
  memory = 0;
  /** Transitions that left because of the bound. */
  evicted = 0;
  readonly #maxClients: number;
  /** Machines that have hung up for lack of anything to tell, and when. */
  readonly #idle = new Map<ClientData, number>();

  /** Makes an empty store. */
  constructor(options: StoreOptions = {}) {
    this.maxMemory = options.maxMemory ?? 1e9;
    this.#maxClients = options.maxClients ?? 5000;
  }

  /** A machine introduced itself: a new one, one that is back, or one with a new schema. */
  hello(hello: Hello): ClientData {
    this.revision++;
    let key = hello.id;
    for (let n = 2;; n++) {
      const known = this.clients.get(key);
      if (known === undefined) break;
      if (known.hello.instance === hello.instance) {
        this.memory -= known.memory;
        const { connected } = known;
        this.#idle.delete(known);
        known.renew(hello);
        this.memory += known.memory;
        if (!connected) this.#tell(known);
        return known;
      }
      key = `${hello.id}#${n}`;
    }
    if (this.clients.size >= this.#maxClients) this.#dropClient();
    const client = new ClientData(key, hello);
    this.clients.set(key, client);
    this.memory += client.memory;
    this.#tell(client);
    return client;
  }

  #tell({ key, connected }: ClientData): void {
    for (const watcher of this.watchers) watcher.connection(key, connected);
  }

  #dropClient(): void {
    for (const client of this.clients.values()) {
      if (!client.connected) return this.remove(client.key);
    }
    const [key] = this.clients.keys();
    this.remove(key);
  }

  /** Keeps the transitions and log lines of a batch. */
  batch(client: ClientData, batch: Batch): void {
    this.revision++;
    client.dropped = batch.dropped;
    for (const tx of batch.transitions) {
      const before = client.nextMemory;
      client.append(tx);
      this.memory += client.tailMemory - before;
    }
    for (const line of batch.logs) {
      const before = client.tailMemory;
      client.log(line);
      this.memory += client.tailMemory - before;
    }
    if (this.memory > this.maxMemory) this.#evict();
  }

  /** The oldest chunks leave until 5% are free. */
  #evict(): void {
    this.memory = 0;
    for (const client of this.clients.values()) this.memory += client.memory;
    while (this.memory > this.maxMemory * 0.95) {
      let oldest: ClientData | null = null;
      for (const client of this.clients.values()) {
        if (client.end === client.first) continue;
        if (oldest === null || client.oldest < oldest.oldest) oldest = client;
      }
      if (oldest === null) return;
      const before = oldest.memory;
      this.evicted += oldest.evict();
      this.memory -= before - oldest.memory;
    }
  }

  /** Machines have hung up because they have nothing to tell. */
  idle(clients: Iterable<ClientData>, now: number): void {
    for (const client of clients) this.#idle.set(client, now);
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
    this.revision++;
    this.#tell(client);
  }

  /** Forgets a machine. */
  remove(key: string): void {
    const client = this.clients.get(key);
    if (client === undefined) return;
    this.memory -= client.memory;
    this.clients.delete(key);
    this.revision++;
  }
}
