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
  AnswerBy,
  Answers,
  ArgsMaker,
  ArgsOf,
  ArgsParam,
  ArgsType,
  CompiledSchema,
  CompiledTimeout,
  DeclaredArgs,
  DeclaredBy,
  EventArgs,
  ExceptionArgs,
  IsObligatory,
  Marker,
  MutationType,
  NeedsArgs,
  NeedsNone,
  Obligatory,
  Panic,
  Relation,
  Returns,
  ReturnsOf,
  ReturnsType,
  SaidOf,
  Schema,
  SchemaOver,
  SeenArgs,
  State,
  StateNames,
  StateSet,
  StatesOf,
  Timeouts,
  UnionToIntersection,
} from "./relations/mod.ts";
export type { Time } from "./clock/mod.ts";
export type {
  AddErrOptions,
  Answer,
  AnyFinalHandler,
  AnyMachine,
  AnyNegotiationHandler,
  ArgsMapper,
  AskParams,
  Binding,
  Change,
  Clocked,
  Condition,
  DueHandler,
  ExactHandler,
  Explanation,
  FinalHandler,
  Flipped,
  HandlerEvent,
  HandlerName,
  HandlerOf,
  Handlers,
  HandlersObject,
  IsQueuedOptions,
  IsSlip,
  Logger,
  LogLevel,
  MachineOf,
  MachineOptions,
  MachineTime,
  MachineWith,
  Migration,
  Mutation,
  MutationOrigin,
  Mutations,
  MutationSource,
  NamedHandler,
  NegotiationHandler,
  OneOrMore,
  PairHandler,
  PairTarget,
  Query,
  Readable,
  ReadableCore,
  Refusal,
  RelationRefusal,
  Requests,
  ResumeOptions,
  SelfName,
  StateHandlers,
  StateWaitOptions,
  Step,
  Submittable,
  SubscribeOptions,
  Timer,
  Tracer,
  Transition,
  UnknownHandler,
  Unsubscribe,
  WaitOptions,
  Watched,
} from "./machine/mod.ts";
export {
  args,
  defineSchema,
  exclusive,
  mergeSchemas,
  mergeStates,
  returns,
} from "./relations/mod.ts";
export { AsyncMachineError, SchemaError, StateUnknownError } from "./relations/mod.ts";
export { Context, isActiveTick } from "./clock/mod.ts";
export {
  argsMapper,
  DrainLimitError,
  EvalTimeoutError,
  globalTracers,
  HandlerTimeoutError,
  HandlerUnknownError,
  LOG_LEVELS,
  Machine,
  MachineDisposedError,
  QueueLimitError,
  Reading,
  RefusedError,
  Result,
  submit,
} from "./machine/mod.ts";
