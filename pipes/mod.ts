/**
 * Pipes: states of one machine that follow those of another.
 *
 * @example Usage
 * ```ts
 * import { Machine } from "@asyncmachine/asyncmachine";
 * import { pipe } from "@asyncmachine/asyncmachine/pipes";
 * import { assertEquals } from "@std/assert";
 *
 * const peer = new Machine({ Ready: {} });
 * const node = new Machine({ PeerReady: {} });
 * using _ = pipe(peer, { Ready: "PeerReady" }, node);
 * peer.add("Ready");
 * assertEquals(node.is("PeerReady"), true);
 * peer.dispose();
 * assertEquals(node.is("PeerReady"), false);
 * ```
 *
 * @module
 */
export type {
  ErrorState,
  Free,
  PipeChange,
  PipeEntry,
  PipeOptions,
  PipeSource,
  PipeTarget,
  PipeTo,
  ToOne,
} from "./pipe_types.ts";
export { pipe } from "./pipe.ts";
export { pipeErrors } from "./pipe_errors.ts";
export { PipeLoopError } from "./pipe_loop_error.ts";
export { whenChildren } from "./when_children.ts";
