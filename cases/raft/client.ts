/** A client: finds the leader, and repeats what was not answered under the same number. */
import { InputError } from "./messages.ts";
import type { Command } from "./register.ts";
import type { Outcome } from "./states.ts";
import type { Status } from "./server.ts";

/** What a client may be told. */
export interface ClientOptions {
  /** `host:port` of the nodes. */
  readonly members: readonly string[];
  /** Milliseconds that one attempt may take. @default {500} */
  readonly attempt?: number;
}

/** How long one operation may take. */
export interface OperationOptions {
  readonly signal?: AbortSignal;
}

/** It is not known whether the write happened. */
export class OutcomeUnknownError extends Error {
  override readonly name = "OutcomeUnknownError";
}

/** A write that was acknowledged is gone: what must not happen. */
export class LostWriteError extends Error {
  override readonly name = "LostWriteError";
}

/** How long it waits when nobody leads. */
const PAUSE = 20;

/** One that does one thing at a time. */
export class RegisterClient {
  readonly #members: readonly string[];
  readonly #attempt: number;
  #target = 0;
  #session: number | null = null;
  #seq = 0;

  constructor({ members, attempt = 500 }: ClientOptions) {
    this.#members = members;
    this.#attempt = attempt;
    this.#target = Math.floor(Math.random() * members.length);
  }

  /**
   * Sets a key, once.
   *
   * @throws {OutcomeUnknownError} If the signal ended it, or the session was forgotten meanwhile.
   */
  async put(key: string, value: string, { signal }: OperationOptions = {}): Promise<void> {
    const session = this.#session ??= await this.#open(signal);
    const outcome = await this.#ask({ op: "put", session, seq: ++this.#seq, key, value }, signal)
      .catch((error) => {
        this.#session = null; // its next number depends on whether this one was used
        throw error instanceof InputError
          ? error
          : new OutcomeUnknownError(`Whether ${key} was set is not known`, { cause: error });
      });
    if (outcome.kind === "done") return;
    this.#session = null;
    if (outcome.kind === "gap") throw new LostWriteError(`The write before ${this.#seq} is lost`);
    if (outcome.kind === "full") throw new InputError("The register is full");
    throw new OutcomeUnknownError(`Whether ${key} was set is not known: ${outcome.kind}`);
  }

  /** A key's value. */
  async get(key: string, { signal }: OperationOptions = {}): Promise<string | null> {
    const outcome = await this.#ask({ op: "get", key }, signal);
    if (outcome.kind === "done") return outcome.value;
    throw new Error(`A get was answered by ${outcome.kind}`);
  }

  async #open(signal: AbortSignal | undefined): Promise<number> {
    const outcome = await this.#ask({ op: "open" }, signal);
    if (outcome.kind !== "opened") throw new Error(`An open was answered by ${outcome.kind}`);
    this.#seq = 0;
    return outcome.session;
  }

  /** Asks node after node until the register itself has answered. */
  async #ask(command: Command, signal: AbortSignal | undefined): Promise<Outcome> {
    for (let redirected = false;;) {
      signal?.throwIfAborted();
      const outcome = await this.#try(command, signal);
      if (outcome && outcome.kind !== "redirect" && outcome.kind !== "unknown") return outcome;
      if (outcome?.kind === "redirect" && outcome.leader !== null) {
        this.#target = outcome.leader - 1;
        redirected = !redirected;
        if (redirected) continue; // at once, but two that name each other are no leaders
      } else this.#target = (this.#target + 1) % this.#members.length;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  /** What one node says; null if it says nothing. */
  async #try(command: Command, signal: AbortSignal | undefined): Promise<Outcome | null> {
    const limit = AbortSignal.timeout(this.#attempt);
    try {
      const response = await fetch(`http://${this.#members[this.#target]}/command`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(command),
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      const answer = await response.json();
      if (response.status === 400) throw new InputError(answer.error);
      return response.ok ? answer : null;
    } catch (error) {
      if (error instanceof InputError) throw error;
      return null;
    }
  }
}

/** What each node says of itself; null for one that does not answer. */
export function statuses(
  members: readonly string[],
  timeout = 1000,
): Promise<(Status | null)[]> {
  return Promise.all(members.map(async (member) => {
    try {
      const response = await fetch(`http://${member}/status`, {
        signal: AbortSignal.timeout(timeout),
      });
      return await response.json();
    } catch {
      return null;
    }
  }));
}
