import { AsyncMachineError } from "../machine/mod.ts";

/** Pipes would feed a state from itself. */
export class PipeLoopError extends AsyncMachineError {
  /** The class's name, stable under minification. */
  override readonly name = "PipeLoopError";
  /** The states that go round: `machine.State`, the first one again at the end. */
  readonly loop: readonly string[];

  /**
   * Says what goes round.
   *
   * @param loop The states, the first one again at the end.
   */
  constructor(loop: readonly string[]) {
    super(`A pipe would feed a state from itself: ${loop.join(" → ")}`);
    this.loop = loop;
  }
}
