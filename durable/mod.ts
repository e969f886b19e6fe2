/**
 * Durable flows: machines whose life survives the process.
 *
 * @module
 */
export type {
  AnyFlowKind,
  ChildOptions,
  ClosePolicy,
  Flow,
  FlowHandlerOf,
  FlowInside,
  FlowKind,
  FlowOf,
  FlowPart,
  FlowParts,
  InputOf,
  OnceCall,
  SavedFlow,
} from "./kind.ts";
export type { FlowItem, FlowKinds, Flows, FlowStats, ListOptions } from "./flows_face.ts";
export type { FlowsOptions } from "./settings.ts";
export type { MemoryStoreOptions } from "./memory_store.ts";
export type { SqliteStoreOptions } from "./sqlite_store.ts";
export type {
  FlowClaim,
  FlowCommit,
  FlowHead,
  FlowLog,
  FlowQuery,
  FlowRow,
  OwnerHead,
  Store,
} from "./store.ts";
export type { Attempt, GiveUpOn, RetryOptions } from "./retry.ts";
export type { Saga, SagaEvent } from "./saga.ts";
export type { CronOptions, ScheduledRun, ScheduleOptions } from "./schedule.ts";
export type { Limited } from "./at_most.ts";
export { atMost } from "./at_most.ts";
export { retry } from "./retry.ts";
export { saga } from "./saga.ts";
export { nextRun, schedule } from "./schedule.ts";
export { defineFlow } from "./define_flow.ts";
export { openFlows } from "./flows.ts";
export type { NatsStoreOptions } from "./nats_store.ts";
export type {
  NatsConnection,
  NatsConsumer,
  NatsJetStream,
  NatsManager,
  NatsMessage,
  NatsMessages,
  NatsModule,
} from "./nats_peer.ts";
export { NatsStore } from "./nats_store.ts";
export { MemoryStore } from "./memory_store.ts";
export { SqliteStore } from "./sqlite_store.ts";
export {
  FlowOwnedError,
  FlowsClosedError,
  FlowUnreadableError,
  LeaseLostError,
  StoreError,
} from "./errors.ts";
