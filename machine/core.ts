import type { Clock, Context, Link } from "../clock/mod.ts";
import type { CompiledSchema, MutationType, StateSet } from "../relations/mod.ts";
import type { AnyMachine } from "./any_machine.ts";
import type { HandlerSet } from "./bindings.ts";
import type { Contexts } from "./contexts.ts";
import type { Explanation, Refusal } from "./explanation.ts";
import type { AddErrOptions, MutationOrigin, MutationSource, Result } from "./mutation.ts";
import type { Observer } from "./observer.ts";
import type { Plan } from "./plan.ts";
import type { Call } from "./plans.ts";
import type { Running } from "./running.ts";
import type { WaitOptions } from "./wait_options.ts";
import type { Failed, TransitionRecord } from "./transition.ts";

/** An asynchronous handler that goes on. */
export interface PendingHandler {
  /** What it has returned. */
  readonly promise: PromiseLike<unknown>;
  /** Its name. */
  readonly name: string;
}

/**
 * What the parts of a machine see of each other: the phases of a transition, the drain of the queue, what
 * becomes of errors, and events. The engine implements it, and is the only one that knows all parts.
 */
export interface Core {
  /** The public face. */
  readonly machine: AnyMachine;
  /** The machine's id. */
  readonly id: string;
  /** The current schema. */
  readonly schema: CompiledSchema;
  /** The logical clocks. */
  readonly clock: Clock;
  /** The active states: those with an odd tick. */
  readonly active: StateSet;
  /** The contexts of the machine and of its activations. */
  readonly contexts: Contexts;
  /** The bound handlers and their plans. */
  readonly handlers: HandlerSet;
  /** Tracers and logging; null while nobody watches. */
  readonly observer: Observer | null;
  /** The transition that runs, or the last one. */
  readonly running: Running;
  /** Whether the machine has ended. */
  readonly disposed: boolean;
  /** Whether throws become the Exception state. */
  readonly catchErrors: boolean;
  /** What a synchronous handler may take, in milliseconds. */
  readonly handlerTimeout: number;
  /** How many mutations may wait. */
  readonly queueLimit: number;
  /** How many transitions have run; the number of the last one. */
  transitions: number;
  /** How many transitions one drain may run. */
  readonly drainLimit: number;

  /** Whether a drain is under way. */
  readonly busy: boolean;
  /** Why the last mutation was canceled. */
  explanation(): Explanation | null;
  /** Whether a state is active. */
  isActive(state: number): boolean;
  /** An asynchronous handler goes on. */
  handlerStarted(promise: PromiseLike<unknown>, name: string): Link<PendingHandler>;
  /** It has settled. */
  handlerSettled(handler: Link<PendingHandler>): void;

  /** The plan of a call for the present active states. */
  planOf(call: Call, failed: Failed | null): Plan<Call>;
  /** The same request for the present schema and handlers. */
  renewed(call: Call): Call;
  /** Moves ticks and active states; the contexts of the activations that are over end. */
  apply(plan: Plan<Call>, args: unknown): void;
  /** After a throw: states that entered, or were called again, leave. */
  undo(states: readonly number[]): void;
  /** Whether somebody has subscribed. */
  readonly subscribed: boolean;
  /** Tells waits, and subscribers if there is a record for them, of a transition that moved ticks. */
  notify(plan: Plan<Call>, result: Result, args: unknown, tx: TransitionRecord | null): void;
  /** A drain is over: whoever waits for that is told. */
  drained(): void;
  /** Remembers why a mutation was canceled. */
  canceledBy(why: TransitionRecord | Call | Refusal): void;
  /** Remembers, prints and logs the last error. */
  note(err: Error): void;
  /** Prints and logs an error that changes nothing. */
  report(err: Error): void;

  /** Runs a mutation, or queues it while a transition runs. */
  mutate(
    type: MutationType,
    states: string | readonly string[],
    args: unknown,
    origin: MutationOrigin | null,
  ): Result;
  /** Adds Exception, and another state, for an error. */
  addErr(error: unknown, options: AddErrOptions | undefined, origin: MutationOrigin | null): Result;
  /** Adds one state and resolves with the answer of its handler. */
  ask(
    state: string,
    args: unknown,
    options: WaitOptions | undefined,
    origin: MutationOrigin | null,
  ): Promise<unknown>;
  /** Puts a transition at the front of the queue, whatever its limit. */
  queueFirst(tx: TransitionRecord): void;
  /** Runs a transition at once when idle, else as the next one. */
  runNext(tx: TransitionRecord): void;
  /** These auto states are not tried again before the queue is empty. */
  barAutos(states: readonly number[]): void;
  /** Throws the error out of the mutation once the queue is empty. */
  throwLater(error: unknown): void;
  /** Adds a state after a time, unless the context ends first. */
  addAfter(
    ms: number,
    states: string | readonly string[],
    args: unknown,
    bound: { readonly state: number; readonly activation: number; readonly source: MutationSource },
  ): void;
  /** Whether all given states are active. */
  is(states: string | readonly string[]): boolean;
  /** The context of a state's activation; born expired for an inactive state. */
  stateContext(state: number): Context;
}
