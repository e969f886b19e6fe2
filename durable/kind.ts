import type {
  AskParams,
  HandlerOf,
  Machine,
  MachineTime,
  ReturnsOf,
  Schema,
  StateNames,
} from "../mod.ts";

/** What `fn` of `e.once` is called with. */
export interface OnceCall {
  /** The same for each call of this name in this activation, also after a crash: for the other side. */
  readonly key: string;
  /** Ends with the handler's context. */
  readonly signal: AbortSignal;
}

/** What becomes of a child when its parent is finished: a state is added to it. */
export interface ClosePolicy {
  /** The state. */
  readonly add: string;
  /** Its arguments. */
  readonly args?: Readonly<Record<string, unknown>> | undefined;
}

/** Settings of a child. */
export interface ChildOptions {
  /** What it is told when its parent is finished. @default nothing: it goes on */
  readonly close?: ClosePolicy | undefined;
}

/** What handlers see of their flow. */
export interface FlowInside<D = unknown> {
  /** The name of the flow's kind. */
  readonly kind: string;
  /** The flow's id. */
  readonly id: string;
  /** The flow's data: JSON. Changes are stored with the next transition, or by `committed`. */
  data: D;
  /** Resolves when all that happened so far is stored, changes of the data too. */
  committed(): Promise<void>;
  /**
   * Starts another flow of these kinds, or finds it by its id: after a crash the same call gives the same
   * child. One that another owner has is waited for.
   */
  start<S2, D2, I2>(
    kind: FlowKind<S2, D2, I2>,
    id: string,
    ...rest: undefined extends I2 ? [input?: I2, options?: ChildOptions]
      : [input: I2, options?: ChildOptions]
  ): Promise<Flow<S2, D2>>;
}

/** What handlers of flows receive beside what all handlers do. */
export interface FlowPart<D = unknown> {
  /** The flow. */
  readonly flow: FlowInside<D>;
  /** Names this activation: `kind/id/State/tick`. The same after a crash. */
  readonly key: string;
  /**
   * Calls `fn` once per name and activation, and stores what it returned, as JSON makes it; afterwards
   * that is returned. What throws is not stored. A crash after the effect and before it was stored makes
   * it run again with the same key.
   *
   * @throws {TypeError} If the result is nothing that JSON can hold.
   */
  once<R>(name: string, fn: (call: OnceCall) => R | Promise<R>): Promise<R>;
  /** Whether a result of `once` with this name is there, for this activation. */
  done(name: string): boolean;
}

/** The handler called `K` of a flow: that of a machine, with what flows add to its event. */
export type FlowHandlerOf<S, K, D> = HandlerOf<S, K> extends infer H
  ? H extends (event: infer E) => infer R ? (event: E & FlowPart<D>) => R : H
  : never;

/** What was stored of a flow by code with another schema. */
export interface SavedFlow {
  /** The name of its kind. */
  readonly kind: string;
  /** Its id. */
  readonly id: string;
  /** Its data; put other data in its place if its shape has changed. */
  data: unknown;
  /** The arguments of its active states. */
  readonly args: Record<string, Readonly<Record<string, unknown>>>;
}

/** The parts of a kind of flow. */
export interface FlowParts<S, D, I> {
  /** The states. */
  readonly schema: Schema<S>;
  /** Makes the data of a new flow: JSON. */
  readonly data: (input: I) => D;
  /** The state that begins it. */
  readonly start: NoInfer<StateNames<S>>;
  /** The states that end it. */
  readonly ends: readonly NoInfer<StateNames<S>>[];
  /** The labels by which it is found, made anew with each commit. @default none */
  readonly tags?: ((data: NoInfer<D>) => readonly string[]) | undefined;
  /** Makes ticks for the present schema of those that another schema left: as for `importTime`. */
  readonly migrate?:
    | ((time: MachineTime, saved: SavedFlow) => Readonly<Record<string, number>>)
    | undefined;
}

/** Any kind of flow: what `openFlows` deals with. Made by {@linkcode defineFlow}. */
export interface AnyFlowKind {
  /** The states. */
  readonly schema: Schema;
  /** The state that begins it. */
  readonly start: string;
  /** The states that end it. */
  readonly ends: readonly string[];
  /** @ignore */
  readonly parts: {
    readonly data: (input: unknown) => unknown;
    readonly handlers: object;
    readonly tags: ((data: unknown) => readonly string[]) | undefined;
    readonly migrate: FlowParts<unknown, unknown, unknown>["migrate"];
  };
}

/** A kind of flow, with the types of its states, data and input. */
export interface FlowKind<S, D, I> extends AnyFlowKind {
  /** Exists in the type only. */
  readonly typeOf?: { readonly states: S; readonly data: D; readonly input: I };
}

/** A flow that goes on, or is finished. */
export interface Flow<S = Record<string, unknown>, D = unknown> extends Disposable {
  /** The name of its kind. */
  readonly kind: string;
  /** Its id. */
  readonly id: string;
  /** Its machine. Whoever has taken it keeps the flow from sleeping, until the flow is let go. */
  readonly machine: Machine<S>;
  /** Its data: JSON. Changes are stored with the next transition, or by `committed`. */
  data: D;
  /** Whether it is finished, and that is stored. */
  readonly ended: boolean;
  /** Resolves when all that happened so far is stored, changes of the data too. */
  committed(): Promise<void>;
  /**
   * An update: asks the machine, and resolves with the answer when what the handler did to the data is
   * stored. A handler that had not answered when the process died does not answer.
   */
  ask<const N extends StateNames<S>>(state: N, ...rest: AskParams<S, N>): Promise<ReturnsOf<S, N>>;
  /** Resolves with the data when the flow is finished; rejects with the error of `Exception` if active then. */
  result(): Promise<D>;
  /** Lets it go: its machine is not used any more, and may leave the memory while the flow sleeps. */
  release(): void;
}

/** The flow of a kind. */
export type FlowOf<K> = K extends FlowKind<infer S, infer D, infer _> ? Flow<S, D> : never;

/** What a kind's flows are made from. */
export type InputOf<K> = K extends FlowKind<infer _S, infer _D, infer I> ? I : never;
