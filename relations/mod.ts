/**
 * Relations between states: schemas, their validation and the resolution of mutations. Pure: it
 * knows nothing of machines, clocks or handlers.
 *
 * @module
 */
export type {
  ArgsOf,
  ArgsType,
  DeclaredArgs,
  ExceptionArgs,
  Panic,
  Relation,
  Schema,
  SchemaOver,
  State,
  StateNames,
  StatesOf,
  UnionToIntersection,
} from "./schema.ts";
export type { CompiledSchema } from "./compiled.ts";
export type { MutationType, RelationRecorder, Resolution } from "./resolver.ts";
export type { KeptSet, StateSet } from "./state_set.ts";
export { args, defineSchema, mergeSchemas, mergeStates, RELATIONS } from "./schema.ts";
export { compileSchema, indexOf } from "./compiled.ts";
export { autoStates, resolve } from "./resolver.ts";
export { relevantStates } from "./relevance.ts";
export {
  contains,
  emptySet,
  erase,
  insert,
  intersects,
  keep,
  kept,
  members,
  setOf,
} from "./state_set.ts";
export { AsyncMachineError, SchemaError, StateUnknownError, suggestion } from "./errors.ts";
