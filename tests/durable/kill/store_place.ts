import { SqliteStore, type Store } from "../../../durable/mod.ts";

/** Where a store is, for another process. */
export interface StorePlace {
  readonly type: "sqlite";
  readonly path: string;
}

/** Opens a store. */
export function openStore(place: StorePlace): Promise<{ store: Store; close(): Promise<void> }> {
  // What processes survive is asked for here, not the loss of power.
  const store = new SqliteStore(place.path, { sync: "normal" });
  return Promise.resolve({ store, close: () => store.close() });
}
