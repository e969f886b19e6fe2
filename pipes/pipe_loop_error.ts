import { AsyncMachineError } from "../mod.ts";

/** States that would follow each other in a circle. */
export class PipeLoopError extends AsyncMachineError {
  /** The class's name, stable under minification. */
  override readonly name = "PipeLoopError";
  /** The states of the loop, as `machine.State`; the last one is the first one. */
  readonly loop: readonly string[];

  /**
   * Names the loop.
   *
   * @param loop The states of the loop, as `machine.State`.
   */
  constructor(loop: readonly string[]) {
    super(
      `Cannot pipe: ${
        loop.join(" → ")
      } is a loop of states; two machines may feed each other by different states`,
    );
    this.loop = loop;
  }
}
