import type { Binding, Machine, StateNames } from "../machine/mod.ts";
import { pipe, type PipeChange, type PipeMap } from "./pipe.ts";

/**
 * Adds `state` to `parent` with `{ err, machine: child.id }` whenever `Exception` of `child` becomes
 * active or is called again; it stays until the parent removes it. The parent's own `Exception` is not
 * touched.
 *
 * @throws {StateUnknownError} If the parent has no such state.
 */
export function pipeErrors<A, B>(
  child: Machine<A>,
  parent: Machine<B>,
  state: NoInfer<StateNames<B>>,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Binding {
  const args = ({ machine, mutation }: PipeChange) => ({
    err: mutation?.args.err ?? machine.err,
    machine: machine.id,
  });
  const map = { Exception: { to: state, args, keep: true } };
  return pipe(child, map as unknown as PipeMap<A, B>, parent, options);
}
