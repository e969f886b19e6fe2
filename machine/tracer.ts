import type { LogLevel } from "./logging.ts";
import type { Mutation } from "./mutation.ts";
import type { AnyMachine } from "./any_machine.ts";
import type { Transition } from "./transition.ts";
import type { Schema } from "../relations/mod.ts";

/**
 * An observer of everything that a machine does. All hooks are optional, synchronous and must not
 * mutate; one that throws is reported and never breaks a transition.
 */
export interface Tracer {
  /** Child machines take this tracer over from their parent. @default {false} */
  readonly inheritable?: boolean;
  /** Asks for `transition.steps`. Recorded only while some tracer asks. @default {false} */
  readonly steps?: boolean;
  /** Asks for log lines up to this level through `log`, whatever the machine's own level. */
  readonly logLevel?: LogLevel;
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
  readonly by?: number;
  /** The handler's name. */
  readonly handler?: string;
}

/** Tracers that every machine created from now on gets, for environment-wide debugging. */
export const globalTracers: Set<Tracer> = new Set();
