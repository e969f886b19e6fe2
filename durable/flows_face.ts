import type { AnyFlowKind, FlowOf, InputOf } from "./kind.ts";
import type { FlowHead } from "./store.ts";

/** Kinds of flows by name. */
export type FlowKinds = Readonly<Record<string, AnyFlowKind>>;

/** What is searched for. */
export interface ListOptions<K extends FlowKinds = FlowKinds> {
  /** Of this kind only. */
  readonly kind?: (keyof K & string) | undefined;
  /** All of these states are active: one or a list. */
  readonly active?: string | readonly string[] | undefined;
  /** With all of these labels. */
  readonly tags?: readonly string[] | undefined;
  /** Only finished, or unfinished ones. @default both */
  readonly ended?: boolean | undefined;
  /** Those behind this one: an item of a list, or an id. */
  readonly after?: string | { readonly id: string; readonly kind: string } | undefined;
  /** At most so many. @default all */
  readonly limit?: number | undefined;
}

/** A flow as it stands in a list. */
export interface FlowItem extends FlowHead {
  /** Why it cannot be opened, if it cannot. */
  readonly error: Error | undefined;
}

/** Numbers of flows: for metrics. */
export interface FlowStats {
  /** Flows that were started. */
  readonly started: number;
  /** Flows that were taken over. */
  readonly resumed: number;
  /** Flows that were finished without an error. */
  readonly done: number;
  /** Flows that were finished with an error. */
  readonly failed: number;
  /** Commits of flows. */
  readonly commits: number;
  /** Attempts to store that failed. */
  readonly storeErrors: number;
  /** Flows in memory. */
  readonly live: number;
  /** Flows that wait for their time, not in memory. */
  readonly asleep: number;
  /** How long the last batch waited to be stored, in milliseconds. */
  readonly lag: number;
}

/** Flows of some kinds on a store, made by {@linkcode openFlows}. */
export interface Flows<K extends FlowKinds = FlowKinds> extends AsyncDisposable {
  /** Ends when they are closed, or the lease is lost: then its reason is a {@linkcode LeaseLostError}. */
  readonly signal: AbortSignal;
  /** What has been done since they were opened, and what is there now. */
  readonly stats: FlowStats;
  /**
   * Begins a flow: makes its data, adds its first state. Resolves when that is stored; with the existing
   * flow when there is one of this id.
   *
   * @throws {TypeError} If input or data are nothing that JSON can hold.
   * @throws {FlowOwnedError} If it exists and another live owner has it.
   */
  start<const N extends keyof K & string>(
    kind: N,
    id: string,
    ...input: undefined extends InputOf<K[N]> ? [input?: InputOf<K[N]>] : [input: InputOf<K[N]>]
  ): Promise<FlowOf<K[N]>>;
  /**
   * One flow, or `undefined`.
   *
   * @throws {FlowOwnedError} If another live owner has it.
   * @throws {FlowUnreadableError} If it cannot be opened.
   */
  get<const N extends keyof K & string>(kind: N, id: string): Promise<FlowOf<K[N]> | undefined>;
  /** Flows by what is searched for, in the order of their ids, then kinds; those of other owners too. */
  list(options?: ListOptions<K>): Promise<readonly FlowItem[]>;
  /** Stores what is outstanding, stops all flows, and lets others have them. */
  close(): Promise<void>;
}
