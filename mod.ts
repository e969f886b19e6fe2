/**
 * A general purpose state machine for complex asynchronous workflows.
 *
 * Many states are active at the same time, every transition is allowed unless relations or a
 * handler reject it, an error is a state, and every state has a logical clock, from which come
 * state contexts (`AbortSignal`s that end with an activation) and waiting (`when…`).
 *
 * @example Usage
 * ```ts
 * import { Machine } from "@asyncmachine/asyncmachine";
 * import { assertEquals } from "@std/assert";
 *
 * const machine = new Machine({
 *   ProcessingFile: { add: ["InProgress"], remove: ["FileProcessed"] },
 *   FileProcessed: { remove: ["ProcessingFile", "InProgress"] },
 *   InProgress: {},
 * });
 * machine.add("ProcessingFile");
 * assertEquals(machine.activeStates(), ["ProcessingFile", "InProgress"]);
 * machine.add("FileProcessed");
 * assertEquals(machine.toString(), "(FileProcessed:1)");
 * ```
 *
 * @module
 */
export type {
  ArgsOf,
  ArgsType,
  DeclaredArgs,
  ExceptionArgs,
  MutationType,
  Panic,
  Relation,
  Schema,
  SchemaOver,
  State,
  StateNames,
  StatesOf,
  UnionToIntersection,
} from "./relations/mod.ts";
export type { Time } from "./clock/mod.ts";
export type {
  AddErrOptions,
  AnyFinalHandler,
  AnyMachine,
  AnyNegotiationHandler,
  ArgsMapper,
  Binding,
  BySuffix,
  Explanation,
  FinalHandler,
  HandlerEvent,
  HandlerName,
  HandlerOf,
  Handlers,
  HandlersObject,
  IsQueuedOptions,
  Logger,
  LogLevel,
  MachineOptions,
  MachineTime,
  Mutation,
  MutationSource,
  NegotiationHandler,
  PairHandler,
  PairTarget,
  Refusal,
  RelationRefusal,
  SelfName,
  StartsUpper,
  StateHandlers,
  Step,
  Tracer,
  Transition,
  UnknownHandler,
  WaitOptions,
} from "./machine/mod.ts";
export { args, defineSchema, mergeSchemas, mergeStates } from "./relations/mod.ts";
export { AsyncMachineError, SchemaError, StateUnknownError } from "./relations/mod.ts";
export { Context, isActiveTick } from "./clock/mod.ts";
export {
  argsMapper,
  EvalTimeoutError,
  globalTracers,
  HandlerTimeoutError,
  HandlerUnknownError,
  LOG_LEVELS,
  Machine,
  MachineDisposedError,
  QueueLimitError,
  Result,
} from "./machine/mod.ts";
