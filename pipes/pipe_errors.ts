import { AsyncMachineError, type Binding, type Mutation, type StateNames } from "../mod.ts";
import { pipe } from "./pipe.ts";
import type { ErrorState, PipeOptions, PipeSource, PipeTarget } from "./pipe_types.ts";

/**
 * Adds a state of a parent with `{ err, machine: child.id }` when a child has an error. The state is
 * kept when the error is over; the parent's `Exception` is left alone.
 *
 * @example Usage
 * ```ts
 * import { args, Machine } from "@asyncmachine/asyncmachine";
 * import { pipeErrors } from "@asyncmachine/asyncmachine/pipes";
 * import { assertEquals } from "@std/assert";
 *
 * const parent = new Machine({
 *   ChildErr: { multi: true, args: args<{ err: Error; machine: string }>() },
 * });
 * const child = new Machine({}, { parent, printErrors: false });
 * pipeErrors(child, parent, "ChildErr");
 * child.addErr(new Error("x"));
 * assertEquals([parent.is("ChildErr"), parent.isErr()], [true, false]);
 * ```
 *
 * @throws {StateUnknownError} If the parent has no such state.
 * @throws {PipeLoopError} If the child's `Exception` follows that state.
 */
export function pipeErrors<A, B, const N extends StateNames<B>>(
  child: PipeSource<A> & { readonly err?: Error | null },
  parent: PipeTarget<B>,
  state: N & ErrorState<B, N>,
  options?: PipeOptions,
): Binding {
  const args = ({ mutation }: { readonly mutation: Mutation | null }) => ({
    err: errorOf(child, mutation),
    machine: child.id,
  });
  const map: Record<string, unknown> = { Exception: { to: state, args, keep: true } };
  return pipe(child as PipeSource<unknown>, map as never, parent as PipeTarget<unknown>, options);
}

function errorOf(
  child: { readonly id: string; readonly err?: Error | null },
  mutation: Mutation | null,
): Error {
  const given = mutation === null ? child.err : mutation.args.err;
  if (given instanceof Error) return given;
  return new AsyncMachineError(`Exception of machine "${child.id}" was added without an error`);
}
