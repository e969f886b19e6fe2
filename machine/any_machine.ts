import type { Context } from "../clock/mod.ts";
import type { Schema } from "../relations/mod.ts";
import type { Mutation, Result } from "./mutation.ts";
import type { Tracer } from "./tracer.ts";

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
  onDispose(fn: () => void): void;
  /** Ends the machine. */
  dispose(): void;
  /** The active states with their ticks. */
  toString(): string;
}
