/**
 * The application: a register of keys, and the sessions that make retries safe. What it does depends
 * on the log alone, so that all nodes come to the same contents.
 */

/** What a log entry asks of the register. */
export type Command =
  | { readonly op: "open" }
  | { readonly op: "get"; readonly key: string }
  | {
    readonly op: "put";
    /** What `open` answered. */
    readonly session: number;
    /** The session's writes are numbered from 1 on; a retry has the number of what it repeats. */
    readonly seq: number;
    readonly key: string;
    readonly value: string;
  };

/**
 * What the register answers. `gap`: the write before this one is missing, which acknowledged writes
 * never are; `stale`: a later one has been applied; `expired`: the session has been forgotten;
 * `full`: the value would not fit.
 */
export type Answer =
  | { readonly kind: "done"; readonly value: string | null }
  | { readonly kind: "opened"; readonly session: number }
  | { readonly kind: "gap" | "stale" | "expired" | "full" };

/** What a node replicates. */
export interface Application {
  /** Applies the entry with this index, which may be any command that a log can hold. */
  apply(index: number, command: Command): Answer;
  /** Everything that it holds, as text. */
  save(): string;
  /** Takes over what `save` gave. */
  load(saved: string): void;
}

/** Sessions that are remembered; beyond them the one that has been silent longest is forgotten. */
export const MAX_SESSIONS = 10_000;
/** Characters of all keys and values: a snapshot travels in one message. */
export const MAX_CONTENTS = 1_000_000;
/** Characters of a key. */
export const MAX_KEY = 256;
/** Characters of a value. */
export const MAX_VALUE = 10_000;

/** Keys and values, and the number of the last write of each session. */
export class Register implements Application {
  readonly #values: Map<string, string> = new Map();
  /** In the order of use. */
  readonly #sessions: Map<number, number> = new Map();
  #size = 0;

  apply(index: number, command: Command): Answer {
    switch (command.op) {
      case "open":
        return this.#open(index);
      case "get":
        return { kind: "done", value: this.#values.get(command.key) ?? null };
      case "put":
        return this.#put(command);
    }
  }

  /** The index of its entry names a session: no other one can have it. */
  #open(index: number): Answer {
    this.#sessions.set(index, 0);
    if (this.#sessions.size > MAX_SESSIONS) {
      const [oldest] = this.#sessions.keys();
      this.#sessions.delete(oldest);
    }
    return { kind: "opened", session: index };
  }

  #put({ session, seq, key, value }: Command & { readonly op: "put" }): Answer {
    const last = this.#sessions.get(session);
    if (last === undefined) return { kind: "expired" };
    if (seq === last) return { kind: "done", value: null };
    if (seq !== last + 1) return { kind: seq < last ? "stale" : "gap" };
    const before = this.#values.get(key);
    const size = this.#size + value.length - (before?.length ?? -key.length);
    if (size > MAX_CONTENTS) return { kind: "full" };
    this.#size = size;
    this.#values.set(key, value);
    this.#sessions.delete(session);
    this.#sessions.set(session, seq);
    return { kind: "done", value: null };
  }

  save(): string {
    return JSON.stringify({ values: [...this.#values], sessions: [...this.#sessions] });
  }

  load(saved: string): void {
    const { values, sessions } = JSON.parse(saved);
    this.#values.clear();
    this.#sessions.clear();
    this.#size = 0;
    for (const [key, value] of values) {
      this.#values.set(key, value);
      this.#size += key.length + value.length;
    }
    for (const [session, seq] of sessions) this.#sessions.set(session, seq);
  }
}
