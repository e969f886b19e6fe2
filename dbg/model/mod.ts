/**
 * The debugger's data, its pure `update` and its pure `view`: what terminal and page share.
 *
 * @module
 */
export type { Row } from "./chunk.ts";
export { ClientData } from "./client_data.ts";
export { CLOCK, clock } from "./clock.ts";
export { linkTo, type Place, placeOf } from "./link.ts";
export * from "./model.ts";
export { RefusedError, Store, type StoreOptions, type StoreWatcher } from "./store.ts";
export { selected, update } from "./update.ts";
export { transitionView, view } from "./view.ts";
export type * from "./view_types.ts";
