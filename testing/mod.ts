/**
 * What tests of machines need: expected states, no error, waiting until nothing is left to do, and
 * random mutations that find what nobody thought of.
 *
 * Import it before the machines are made: it watches their asynchronous handlers.
 *
 * @example Usage
 * ```ts
 * import { Machine } from "@asyncmachine/asyncmachine";
 * import { assertNoError, assertStates, settled } from "@asyncmachine/asyncmachine/testing";
 *
 * const machine = new Machine({ Loading: { remove: ["Loaded"] }, Loaded: { remove: ["Loading"] } });
 * machine.bindHandlers({
 *   async LoadingState(e) {
 *     await Promise.resolve();
 *     e.add("Loaded");
 *   },
 * });
 * machine.add("Loading");
 * await settled(machine);
 * assertStates(machine, ["Loaded"]);
 * assertNoError(machine);
 * ```
 *
 * @module
 */
export { type Asserted, assertNoError, assertStates } from "./assertions.ts";
export { type Explorable, explore, ExploreError, type ExploreOptions } from "./explore.ts";
export { Coverage, type Covered } from "./coverage.ts";
export { settled, type SettledOptions, type TestClock } from "./settled.ts";
