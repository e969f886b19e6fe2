/**
 * Schemas that many machines share, to be merged into their own with `mergeSchemas`.
 *
 * @example Usage
 * ```ts
 * import { Machine, mergeSchemas } from "@asyncmachine/asyncmachine";
 * import { basic, connected } from "@asyncmachine/asyncmachine/schemas";
 * import { assertEquals } from "@std/assert";
 *
 * const machine = new Machine(mergeSchemas(basic, connected, {
 *   Serving: { require: ["Ready", "Connected"] },
 * }));
 * machine.add(["Start", "Ready", "Connected", "Serving"]);
 * assertEquals(machine.is(["Ready", "Serving"]), true);
 * ```
 *
 * @module
 */
export { basic, type BasicStates } from "./basic.ts";
export { connected, type ConnectedStates } from "./connected.ts";
