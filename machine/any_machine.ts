/**
 * Any machine, what it does and who watches: they refer to each other, so they stand together.
 * Interfaces at the bottom of the folder, which the classes implement.
 */
import type { Context, Time } from "../clock/mod.ts";
import type { CompiledSchema, MutationType, Schema, StateSet } from "../relations/mod.ts";
import type { LogLevel } from "./logging.ts";
import type { Mutation, Result } from "./mutation.ts";

/** Any machine, seen without the types of its states: what tracers and parents deal with. */
export interface AnyMachine {
  /** The machine's id. */
  readonly id: string;
  /** The machine that this one belongs to. */
  readonly parent: AnyMachine | null;
  /** Free-form labels. */
  readonly tags: readonly string[];
  /** All states, in order. */
  readonly stateNames: readonly string[];
  /** The schema, cleaned up, `Exception` included. */
  readonly schema: Schema;
  /** The mutations that wait for the running transition. */
  readonly queue: readonly Mutation[];
  /** The names of the asynchronous handlers that have not settled yet. */
  readonly runningHandlers: readonly string[];
  /** The last error. */
  readonly err: Error | null;
  /** Whether the machine has been disposed. */
  readonly disposed: boolean;
  /** Ends on disposal. */
  readonly context: Context;
  /** Requests states to activate. */
  add(states: string | readonly string[], args?: unknown): Result;
  /** Requests states to deactivate. */
  remove(states: string | readonly string[], args?: unknown): Result;
  /** Requests exactly these states to be active. */
  set(states: string | readonly string[], args?: unknown): Result;
  /** Whether all given states are active. */
  is(states: string | readonly string[]): boolean;
  /** The names of the active states. */
  activeStates(): string[];
  /** A state's tick. */
  tick(state: string): number;
  /** The ticks of all or the given states. */
  time(states?: readonly string[]): number[];
  /** The sum of the ticks of all or the given states. */
  timeSum(states?: readonly string[]): number;
  /** Adds an observer. */
  addTracer(tracer: Tracer): void;
  /** Removes an observer. */
  removeTracer(tracer: Tracer): boolean;
  /** Calls `fn` on disposal. */
  onDispose(fn: () => void): unknown;
  /** Ends the machine. */
  dispose(): void;
  /** The active states with their ticks. */
  toString(): string;
}

/** A mutation, and its processing: what handlers and tracers see of it. */
export interface Transition extends Mutation {
  /** The transition's number within its machine, from 1; 0 while it is queued. */
  readonly id: number;
  /** The machine. */
  readonly machine: AnyMachine;
  /** Whether it is a dry run. */
  readonly check: boolean;
  /** The outcome; `queued` until it is known. */
  readonly result: Result;
  /** Whether it was executed. */
  readonly accepted: boolean;
  /** The handler that refused or threw, or `null`. */
  readonly refusedBy: string | null;
  /** Whether arguments were given. */
  readonly hasArgs: boolean;
  /** The indexes of the called states. */
  readonly called: readonly number[];
  /** The states that were active before. */
  readonly statesBefore: readonly string[];
  /** The states that are to be active after it, in the order of their handlers. */
  readonly target: readonly string[];
  /** The states that leave, in the order of their handlers. */
  readonly exits: readonly string[];
  /** The states that enter, called multi states included, in the order of their handlers. */
  readonly enters: readonly string[];
  /** The ticks before, recorded while the machine has tracers, else empty. */
  readonly timeBefore: Time;
  /** The ticks after, recorded while the machine has tracers, else empty. */
  readonly timeAfter: Time;
  /** What happened to which state, recorded while a tracer asks for it, else empty. */
  readonly steps: readonly Step[];
  /** How many mutations waited when it started, recorded while the machine has tracers, else 0. */
  readonly queueLength: number;
  /** @ignore What exporters read in place of the lists above, which are made anew on each use. */
  readonly plan: {
    readonly changes: boolean;
    readonly resolution: { readonly exits: readonly number[]; readonly enters: readonly number[] };
  } | null;
  /** @ignore */
  readonly call: {
    readonly called: readonly number[];
    readonly type: MutationType;
    readonly plans: { readonly schema: CompiledSchema };
  };
  /** @ignore */
  readonly before: StateSet;
}

/**
 * An observer of everything that a machine does. All hooks are optional, synchronous and must not
 * mutate; one that throws is reported and never breaks a transition.
 */
export interface Tracer {
  /** Child machines take this tracer over from their parent. @default {false} */
  readonly inheritable?: boolean | undefined;
  /** Asks for `transition.steps`. Recorded only while some tracer asks. @default {false} */
  readonly steps?: boolean | undefined;
  /** Asks for log lines up to this level through `log`, whatever the machine's own level. */
  readonly logLevel?: LogLevel | undefined;
  /** The tracer was added to a new machine (children: after they inherited it). */
  machineInit?(machine: AnyMachine): void;
  /** The machine has been disposed. */
  machineDispose?(machine: AnyMachine): void;
  /** A machine was made with this one as its parent. */
  submachine?(machine: AnyMachine, child: AnyMachine): void;
  /** `setSchema` replaced the schema; `before` is the old one. */
  schemaChange?(machine: AnyMachine, before: Schema): void;
  /** A mutation has to wait for the running transition. */
  mutationQueued?(machine: AnyMachine, mutation: Mutation): void;
  /** A mutation that waited will not run: the machine is disposed of, or its drain went over its limit. */
  mutationDropped?(machine: AnyMachine, mutation: Mutation): void;
  /** `importTime` replaced the ticks; `before` are the old ones. */
  timeImport?(machine: AnyMachine, before: Time): void;
  /** A transition was made, before its relations count; dry runs too (`transition.check`). */
  transitionInit?(transition: Transition): void;
  /** Relations are resolved; negotiation starts next. Not called when relations canceled. */
  transitionStart?(transition: Transition): void;
  /** A handler is about to run. */
  handlerStart?(transition: Transition, handler: string): void;
  /** A handler has returned, or thrown `error`. */
  handlerEnd?(transition: Transition, handler: string, error?: unknown): void;
  /**
   * Wraps each handler's call, for example to set an asynchronous context. Must call `call` once
   * and return what it returns.
   */
  wrapHandler?(transition: Transition, handler: string, call: () => unknown): unknown;
  /** The promise of an asynchronous final handler was rejected; `expired`: too late to count. */
  handlerRejected?(transition: Transition, handler: string, error: unknown, expired: boolean): void;
  /** A transition is over: `transition.result`, `timeAfter`. */
  transitionEnd?(transition: Transition): void;
  /** The queue is empty again. */
  queueEnd?(machine: AnyMachine): void;
  /** A log line up to `logLevel`, without the machine's id. */
  log?(machine: AnyMachine, line: string, level: LogLevel): void;
}

/** What happened to a state during a transition, and because of what. */
export interface Step {
  /**
   * - `requested`: the mutation called it
   * - `add`: `by` implied it; `remove`: `by` blocked it; `require`: dropped for lack of `by`
   * - `enter`, `exit`, `touch` (an active multi state called again): it changes
   * - `handler`: one of its handlers ran; `cancel`: that handler refused
   */
  readonly kind:
    | "requested"
    | "add"
    | "remove"
    | "require"
    | "enter"
    | "exit"
    | "touch"
    | "handler"
    | "cancel";
  /** The state's index; -1 for the handlers of `Any`. */
  readonly state: number;
  /** The index of the other state of a relation. */
  readonly by?: number | undefined;
  /** The handler's name. */
  readonly handler?: string | undefined;
}
