/** One state that a relation kept from being active. */
export interface RelationRefusal {
  /** The state that was dropped. */
  readonly state: string;
  /** `remove`: `by` removes it; `require`: it requires `by`, which would not be active. */
  readonly relation: "remove" | "require";
  /** The other state. */
  readonly by: string;
}

/** Why a mutation was canceled outside of relations and handlers. */
export type Refusal = "disposed" | "expired" | "queueLimit" | "drainLimit" | "dryRun";

/** Why a mutation was, or would be, canceled. */
export interface Explanation {
  /** What kind of thing refused. */
  readonly reason: "relations" | "handler" | Refusal;
  /** The mutation, when one was tried: its type and called states. */
  readonly mutation: { readonly type: string; readonly states: readonly string[] } | null;
  /** The relations that refused, those of the called states first. */
  readonly relations: readonly RelationRefusal[];
  /** The handler that refused or threw. */
  readonly handler: string | null;
  /** All of it as a sentence. */
  readonly message: string;
}
