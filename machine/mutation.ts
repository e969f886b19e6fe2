import type { MutationType } from "../relations/mod.ts";

/** What became of a mutation. */
export type Result = "executed" | "canceled" | "queued";

/** The results by name. */
export const Result = {
  /** The transition was accepted and its handlers have run. */
  Executed: "executed",
  /** Relations or a handler refused it; nothing has changed. */
  Canceled: "canceled",
  /** It was made during a transition and runs after it. */
  Queued: "queued",
} as const;

/** Where a mutation came from, when it was made through a handler's event. */
export interface MutationSource {
  /** The id of the machine whose handler made it. */
  readonly machineId: string;
  /** The number of the transition during which the handler was called. */
  readonly transition: number;
  /** The handler's name. */
  readonly handler: string;
}

/** A request to change the active states. */
export interface Mutation {
  /** What is to happen with the called states; `eval` runs a function between transitions. */
  readonly type: MutationType | "eval";
  /** The called states, without duplicates. */
  readonly calledStates: readonly string[];
  /** The arguments, empty when none were given. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Whether the machine made it for its auto states. */
  readonly auto: boolean;
  /** The handler that made it, if one did through its event. */
  readonly source: MutationSource | null;
}

/** The handler's event that a mutation was made through. */
export interface MutationOrigin {
  /** Whether its context has ended, so that the mutation comes too late. */
  readonly expired: boolean;
  /** Where the mutation comes from. */
  readonly source: MutationSource;
}

/** What else to add with an error. */
export interface AddErrOptions<Name extends string = string> {
  /** A state that says more about the error, added together with `Exception`. */
  readonly state?: Name | undefined;
  /** More arguments beside `err`. */
  readonly args?: Readonly<Record<string, unknown>> | undefined;
}

/** How `isQueued` compares. */
export interface IsQueuedOptions {
  /** Exactly these states, not just among others. @default {false} */
  readonly strict?: boolean | undefined;
  /** Only mutations without arguments. @default {false} */
  readonly withoutArgs?: boolean | undefined;
}
