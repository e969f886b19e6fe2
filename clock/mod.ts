/**
 * Logical clocks and the contexts that end with them. Knows nothing of schemas or machines.
 *
 * @module
 */
export type { Time } from "./time.ts";
export { Clock } from "./clock.ts";
export { Context } from "./context_tree.ts";
export { isActiveTick } from "./tick.ts";
export { Chain, type Link } from "./chain.ts";
export { checkDelay, delay } from "./delay.ts";
export { type Resolvers, resolvers } from "./resolvers.ts";
