/**
 * For those who write a store of their own: what every store has to do.
 *
 * @module
 */
export { type StoreCase, storeCases, type StoresUnderTest } from "./store_cases.ts";
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
