/** Clients that put and get without a pause, and what they saw. */
import { LostWriteError, RegisterClient } from "../client.ts";
import type { Operation } from "../linearizable.ts";

/** How much of what. */
export interface LoadOptions {
  readonly members: readonly string[];
  readonly clients: number;
  readonly keys: readonly string[];
  /** Share of the operations that are gets. */
  readonly gets: number;
}

/** For how many milliseconds a client tries. */
const PATIENCE = 10_000;

/** The clients at work. */
export class Load {
  /** What they did, with times of `performance.now()`. */
  readonly history: Operation[] = [];
  /** Acknowledged writes that were found to be missing. */
  lost = 0;
  /** What was given up. */
  unanswered = 0;
  #running = true;
  readonly #options: LoadOptions;
  readonly #clients: readonly RegisterClient[];
  readonly #work: Promise<unknown>;

  constructor(options: LoadOptions) {
    this.#options = options;
    const { members, clients } = options;
    this.#clients = Array.from({ length: clients }, () => new RegisterClient({ members }));
    this.#work = Promise.all(this.#clients.map((client, id) => this.#run(client, id)));
  }

  /** Ends, with a put of each client, which its session refuses if one before it is lost, and gets. */
  async end(): Promise<void> {
    this.#running = false;
    await this.#work;
    await Promise.all(this.#clients.map((client, id) => this.#put(client, `last ${id}`, "end")));
    for (const key of this.#options.keys) await this.#get(this.#clients[0], key);
  }

  /** Acknowledged writes. */
  get acknowledged(): readonly Operation[] {
    return this.history.filter(({ op, returned }) => op === "put" && returned !== Infinity);
  }

  async #run(client: RegisterClient, id: number): Promise<void> {
    const { keys, gets } = this.#options;
    for (let n = 0; this.#running; n++) {
      const key = keys[Math.floor(Math.random() * keys.length)];
      if (Math.random() < gets) await this.#get(client, key);
      else await this.#put(client, key, `${id}.${n}`);
    }
  }

  async #put(client: RegisterClient, key: string, value: string): Promise<void> {
    const called = performance.now();
    let returned = Infinity;
    try {
      await client.put(key, value, { signal: AbortSignal.timeout(PATIENCE) });
      returned = performance.now();
    } catch (error) {
      if (error instanceof LostWriteError) this.lost++;
      else this.unanswered++;
    }
    this.history.push({ op: "put", key, value, called, returned });
  }

  async #get(client: RegisterClient, key: string): Promise<void> {
    const called = performance.now();
    try {
      const value = await client.get(key, { signal: AbortSignal.timeout(PATIENCE) });
      this.history.push({ op: "get", key, value, called, returned: performance.now() });
    } catch {
      this.unanswered++;
    }
  }
}
