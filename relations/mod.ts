/**
 * Relations between states: schemas, their validation and the resolution of mutations. Pure: it
 * knows nothing of machines, clocks or handlers.
 *
 * @module
 */
export type {
  ArgsMaker,
  ArgsType,
  ExceptionArgs,
  Marker,
  Obligatory,
  Panic,
  Returns,
  ReturnsType,
} from "./args.ts";
export type {
  AnswerBy,
  Answers,
  ArgsOf,
  ArgsParam,
  DeclaredArgs,
  DeclaredBy,
  EventArgs,
  IsObligatory,
  NeedsArgs,
  NeedsNone,
  ReturnsOf,
  SaidOf,
  SeenArgs,
  UnionToIntersection,
} from "./args_of.ts";
export type { Relation, Schema, State, StateNames, StatesOf, Timeouts } from "./schema.ts";
export type { SchemaOver } from "./merge.ts";
export type { CompiledSchema, CompiledTimeout } from "./compiled.ts";
export type { MutationType, RelationRecorder, Resolution, ResolveScope } from "./resolver.ts";
export type { KeptSet, StateSet } from "./state_set.ts";
export { args, returns } from "./args.ts";
export { checkFunction, checkNames, checkObject, isObject, textOf, wrongType } from "./checks.ts";
export { defineSchema, RELATIONS } from "./schema.ts";
export { exclusive, mergeSchemas, mergeStates } from "./merge.ts";
export { compileSchema, indexOf } from "./compiled.ts";
export { enterOrder } from "./order.ts";
export { autoStates, resolve } from "./resolver.ts";
export type { WatchedStates } from "./relevance.ts";
export { relevantStates } from "./relevance.ts";
export { contains, emptySet, erase, insert, keep, kept, members, setOf } from "./state_set.ts";
export { AsyncMachineError, SchemaError, StateUnknownError, suggestion } from "./errors.ts";
