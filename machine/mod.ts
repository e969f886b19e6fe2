/**
 * Machines: mutations, transitions, handlers, waiting and observation.
 *
 * @module
 */
export type { MachineOptions } from "./options.ts";
export type { AnyMachine, Step, Tracer, Transition } from "./any_machine.ts";
export type { ArgsMapper, Logger, LogLevel } from "./logging.ts";
export type { Binding } from "./bindings.ts";
export { functionsOf } from "./bindings.ts";
export type { Explanation, Refusal, RelationRefusal } from "./explanation.ts";
export type { HandlerEvent } from "./handler_event.ts";
export type { AskParams, MachineOf, Mutations, Requests } from "./machine_of.ts";
export type {
  Change,
  Clocked,
  MachineWith,
  OneOrMore,
  Readable,
  SubscribeOptions,
  Unsubscribe,
  Watched,
} from "./machine_with.ts";
export type {
  Answer,
  AnyFinalHandler,
  AnyNegotiationHandler,
  ExactHandler,
  FinalHandler,
  Flipped,
  HandlerName,
  HandlerOf,
  Handlers,
  HandlersObject,
  IsSlip,
  NamedHandler,
  NegotiationHandler,
  PairHandler,
  PairTarget,
  SelfName,
  StateHandlers,
  UnknownHandler,
} from "./handler_types.ts";
export type { MachineTime, Migration } from "./restore.ts";
export type { DueHandler, ResumeOptions } from "./resume.ts";
export type { ReadableCore } from "./reading.ts";
export type { Condition, Query } from "./waiter.ts";
export type { Timer } from "./timers.ts";
export type {
  AddErrOptions,
  IsQueuedOptions,
  Mutation,
  MutationOrigin,
  MutationSource,
  Submittable,
} from "./mutation.ts";
export type { StateWaitOptions, WaitOptions } from "./wait_options.ts";
export { argsMapper, LOG_LEVELS } from "./logging.ts";
export {
  DrainLimitError,
  EvalTimeoutError,
  HandlerTimeoutError,
  HandlerUnknownError,
  MachineDisposedError,
  QueueLimitError,
  RefusedError,
} from "./errors.ts";
export { globalTracers } from "./tracer.ts";
export { Reading } from "./reading.ts";
export { Machine } from "./machine.ts";
export { Result, submit } from "./mutation.ts";
export type { ArgsOf, NeedsArgs, StateNames } from "../relations/mod.ts";
export { AsyncMachineError } from "../relations/mod.ts";
export { checkWaitOptions } from "./wait_options.ts";
