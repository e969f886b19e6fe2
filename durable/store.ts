/**
 * What a flow needs of a store. A store keeps one row per flow: the newest of its states, as text, with
 * what is searched by; and, if it likes, what happened before. It is asked by one owner (an `openFlows`)
 * at a time for each flow, and sees to it that nobody else can write.
 */

/** A flow, as it stands in a list. */
export interface FlowHead {
  /** The name of its kind. */
  readonly kind: string;
  /** Its id, unique within the kind. */
  readonly id: string;
  /** Counts up with each change of the row; what a commit follows. */
  readonly revision: number;
  /** The hash of the schema that wrote it. */
  readonly hash: string;
  /** The active states. */
  readonly active: readonly string[];
  /** Free-form labels. */
  readonly tags: readonly string[];
  /** When its next time is over, in milliseconds since 1970; `null` when none runs. */
  readonly due: number | null;
  /** Whether it is finished. */
  readonly ended: boolean;
  /** Whether an error stands in it: `Exception` is active. */
  readonly failed: boolean;
  /** When it was stored last, in milliseconds since 1970. */
  readonly storedAt: number;
  /** Who has it; `null` when nobody has. */
  readonly owner: string | null;
  /** What of the above is damaged, if something is. */
  readonly damaged?: string | undefined;
}

/** A flow with all that is needed to go on. */
export interface FlowRow extends FlowHead {
  /** Ticks, data, arguments, times, results: a JSON text that only flows understand. */
  readonly state: string;
}

/** A change of one flow, stored as a whole or not at all. */
export interface FlowCommit {
  /** The name of its kind. */
  readonly kind: string;
  /** Its id. */
  readonly id: string;
  /** The revision that it follows; 0: the flow must not exist yet. */
  readonly after: number;
  /** The hash of the schema. */
  readonly hash: string;
  /** The active states. */
  readonly active: readonly string[];
  /** Free-form labels. */
  readonly tags: readonly string[];
  /** When its next time is over. */
  readonly due: number | null;
  /** Whether it is finished; then nobody owns it any more. */
  readonly ended: boolean;
  /** Whether an error stands in it. */
  readonly failed: boolean;
  /** The new state. */
  readonly state: string;
  /** The transitions that led to it, as a JSON text; empty when none did. */
  readonly log: string;
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
}

/** What was stored at once. */
export interface FlowLog {
  /** The revision that it led to. */
  readonly revision: number;
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** The transitions, as a JSON text. */
  readonly log: string;
}

/** Which flows are wanted, in the order of id, then kind. */
export interface FlowQuery {
  /** Of this kind only. */
  readonly kind?: string | undefined;
  /** All of these states are active. */
  readonly active?: readonly string[] | undefined;
  /** With all of these labels. */
  readonly tags?: readonly string[] | undefined;
  /** Only finished, or unfinished ones. */
  readonly ended?: boolean | undefined;
  /** Those behind this one. */
  readonly after?: { readonly id: string; readonly kind?: string | undefined } | undefined;
  /** At most so many. */
  readonly limit?: number | undefined;
}

/** Which unfinished flows an owner wants to have. */
export interface FlowClaim {
  /** Kinds, with the hash that the schema must have, or `null` for any. */
  readonly kinds: ReadonlyMap<string, string | null>;
  /** Only this one. */
  readonly id?: string | undefined;
  /** Owners that are not alive, whatever their lease says. */
  readonly dead: readonly string[];
  /** At most so many at once. */
  readonly limit: number;
}

/** A sign of life. */
export interface OwnerHead {
  /** The owner. */
  readonly owner: string;
  /** Counts its signs of life. */
  readonly beat: number;
  /** Until when it is alive, in milliseconds since 1970, by its own clock. */
  readonly until: number;
}

/**
 * Where flows are stored. All of its promises reject when the store cannot do its work (disk full, no
 * connection); then nothing of what was asked has happened, or it is as if nothing had: a commit that is
 * repeated is refused when it was stored already, and accepted else.
 */
export interface Store {
  /** Whether only this process can see it: then owners live until they leave. */
  readonly local?: boolean | undefined;
  /** Whether it keeps what happened, for `history`. @default {true} */
  readonly keepsHistory?: boolean | undefined;
  /** Begins to own: alive for `lease` ms from now on. Rejects when the store is of a newer version. */
  join(owner: string, lease: number): Promise<void>;
  /** A sign of life, for another `lease` ms; false when somebody has taken over meanwhile. */
  beat(owner: string, lease: number): Promise<boolean>;
  /** Ceases to own; all that it had is free. */
  leave(owner: string): Promise<void>;
  /** All owners. */
  owners(): Promise<readonly OwnerHead[]>;
  /**
   * Stores changes, each as a whole, all that it can. Gives the new revision of each, from 1 up; 0 when it
   * was refused: the flow exists already, the revision is another, or the owner is.
   */
  commit(owner: string, commits: readonly FlowCommit[]): Promise<readonly number[]>;
  /**
   * Takes over unfinished flows that nobody has, or whose owner is `dead` or past its lease: from now on
   * commits of that owner are refused, and it is none any more.
   */
  claim(owner: string, claim: FlowClaim): Promise<readonly FlowRow[]>;
  /** One flow. */
  read(kind: string, id: string): Promise<FlowRow | undefined>;
  /** Flows by what is searched for. */
  list(query: FlowQuery): Promise<readonly FlowHead[]>;
  /** What was stored before, oldest first; empty when the store does not keep it. */
  history(kind: string, id: string): Promise<readonly FlowLog[]>;
}
