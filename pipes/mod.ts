/**
 * Networks of machines: states of one that feed states of another.
 *
 * @module
 */
export { whenChildren } from "./children.ts";
export { PipeLoopError } from "./errors.ts";
export {
  type Free,
  pipe,
  type PipeChange,
  type PipeEntry,
  type PipeMap,
  type PipeTo,
} from "./pipe.ts";
export { pipeErrors } from "./pipe_errors.ts";
