import {
  type Batch,
  type Hello,
  parseFrame,
  parseMessage,
  ProtocolError,
} from "../telemetry/debugger/protocol.ts";
import type { ClientData } from "./model/client_data.ts";
import { RefusedError, type Store } from "./model/store.ts";

/** Transitions and log lines that one connection may send in a second; more are counted only. */
const RATE = 100_000;

/** Why a connection has to be closed. */
export interface Refusal {
  /** 4000: something breaks the protocol; 4001: it is another version. */
  readonly code: 4000 | 4001;
  /** What is wrong. */
  readonly reason: string;
}

/**
 * What one connection, or one file, says. Each message stands for itself: one that cannot be taken
 * leaves the others as they are, and what it took with it is counted.
 */
export class Receiver {
  readonly #store: Store;
  /** The machines by their numbers; null: there is no room for that one. */
  readonly #machines = new Map<number, ClientData | null>();
  readonly #now: () => number;
  readonly #rate: number;
  #second = 0;
  #taken = 0;

  /** `now` gives milliseconds, for the `rate` that may come in a second. */
  constructor(store: Store, now: () => number = () => performance.now(), rate: number = RATE) {
    this.#store = store;
    this.#rate = rate;
    this.#now = now;
  }

  /** Takes a frame; null if nothing of it breaks the protocol. Never throws. */
  frame(data: unknown): Refusal | null {
    let messages: readonly unknown[];
    try {
      messages = parseFrame(data);
    } catch (error) {
      return this.#refused(error);
    }
    let first: Refusal | null = null;
    for (const message of messages) {
      try {
        this.message(message);
      } catch (error) {
        this.#count(message);
        const refusal = this.#refused(error);
        if (refusal.code === 4001) return refusal;
        first ??= refusal;
      }
    }
    return first;
  }

  /**
   * Takes a message.
   *
   * @throws {ProtocolError} If it breaks the protocol.
   */
  message(value: unknown): void {
    const message = parseMessage(value, (machine) => this.#states(machine));
    if (message.kind === "hello") return this.#hello(message);
    const client = this.#machines.get(message.machine);
    if (message.kind === "dispose") {
      this.#machines.delete(message.machine);
      if (!client) return;
      client.disposed = true;
      this.#store.disconnected(client);
    } else if (client) this.#batch(client, message);
  }

  /** The connection is over; `idle`: it will be back. */
  over(idle: boolean): void {
    const clients = [...this.#machines.values()].filter((client) => client !== null);
    if (idle) this.#store.idle(clients, this.#now());
    else for (const client of clients) this.#store.disconnected(client);
    this.#machines.clear();
  }

  /** How many states a machine has; what one says that was left out is read as well as it goes. */
  #states(machine: number): number {
    const client = this.#machines.get(machine);
    if (client === null) return Infinity;
    return client?.hello.names.length ?? 0;
  }

  #hello(hello: Hello): void {
    const before = this.#machines.get(hello.machine);
    if (before === undefined && this.#machines.size >= this.#store.maxClients * 2) {
      throw new ProtocolError("There are too many machines in one connection");
    }
    try {
      const client = this.#store.hello(hello);
      // A number that another machine had: that one is not heard of any more.
      if (before && before !== client) this.#store.disconnected(before);
      this.#machines.set(hello.machine, client);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      this.#machines.set(hello.machine, null);
      this.#store.refuse(error.message);
    }
  }

  #batch(client: ClientData, batch: Batch): void {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) [this.#second, this.#taken] = [second, 0];
    this.#taken += batch.transitions.length + batch.logs.length;
    if (this.#taken <= this.#rate) return this.#store.batch(client, batch);
    client.expect(batch.sent);
    client.skip(batch.transitions);
    this.#store.refuse(`More than ${this.#rate} transitions in a second: the rest is counted only`);
  }

  /** Counts the transitions of a message that could not be taken. */
  #count(message: unknown): void {
    const { kind, machine, transitions } = (message ?? {}) as Partial<Record<string, unknown>>;
    const client = this.#machines.get(machine as number);
    if (kind !== "batch" || !client || !Array.isArray(transitions)) return;
    client.refuse(transitions.filter((one) => one?.type !== "jump").length);
    this.#store.revision++;
  }

  #refused(error: unknown): Refusal {
    // Anything else than a breach of the protocol is our own fault, and ends nothing.
    const reason = error instanceof ProtocolError
      ? error.message
      : `Internal error: ${error instanceof Error ? error.message : "unknown"}`;
    this.#store.refuse(reason);
    return { code: reason.includes("version") ? 4001 : 4000, reason };
  }
}
