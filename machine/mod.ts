/**
 * Machines: mutations, transitions, handlers, waiting and observation.
 *
 * @module
 */
export type { AddErrOptions, IsQueuedOptions, MachineOptions } from "./machine.ts";
export type { AnyMachine } from "./any_machine.ts";
export type { ArgsMapper, Logger, LogLevel } from "./logging.ts";
export type { Binding } from "./bindings.ts";
export type { Explanation, RelationRefusal } from "./explain.ts";
export type { HandlerEvent } from "./event.ts";
export type {
  AnyFinalHandler,
  AnyNegotiationHandler,
  BySuffix,
  FinalHandler,
  HandlerName,
  HandlerOf,
  Handlers,
  HandlersObject,
  NegotiationHandler,
  PairHandler,
  PairTarget,
  SelfName,
  StartsUpper,
  StateHandlers,
  UnknownHandler,
} from "./handler_types.ts";
export type { MachineTime } from "./restore.ts";
export type { Mutation, MutationSource } from "./mutation.ts";
export type { Refusal } from "./engine.ts";
export type { Step, Tracer } from "./tracer.ts";
export type { Transition } from "./transition.ts";
export type { WaitOptions } from "./subscriptions.ts";
export { argsMapper, LOG_LEVELS } from "./logging.ts";
export {
  EvalTimeoutError,
  HandlerTimeoutError,
  HandlerUnknownError,
  MachineDisposedError,
  QueueLimitError,
} from "./errors.ts";
export { globalTracers } from "./tracer.ts";
export { Machine } from "./machine.ts";
export { Result } from "./mutation.ts";
