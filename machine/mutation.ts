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

/** Where a mutation came from, when it was made in a handler, through its event, by a timeout or a pipe. */
export interface MutationSource {
  /** The id of the machine whose handler made it, or whose state a pipe follows. */
  readonly machineId: string;
  /** The number of the transition during which it was made; 0 for a pipe that follows no transition. */
  readonly transition: number;
  /** The handler's name; empty for a timeout and a pipe. */
  readonly handler: string;
  /** The state whose activation has lasted, when a timeout made it. */
  readonly timeout?: string | undefined;
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
  /** The handler, of whatever machine, that made it in its synchronous part or through its event. */
  readonly source: MutationSource | null;
}

/** What a mutation was made through: a handler's event, a pipe. */
export interface MutationOrigin {
  /** Whether it comes too late: the context has ended. */
  readonly expired: boolean;
  /** Where the mutation comes from. */
  readonly source: MutationSource;
}

/** The method of machines by which others mutate with an origin; not for programs. */
export const submit: unique symbol = Symbol("submit");

/** A machine that takes mutations with an origin. */
export interface Submittable {
  /** Runs or queues a mutation. */
  [submit](
    type: MutationType,
    states: string | readonly string[],
    args: unknown,
    origin: MutationOrigin,
  ): Result;
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
