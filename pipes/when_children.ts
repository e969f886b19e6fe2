import { type AnyMachine, type Machine, MachineDisposedError, type WaitOptions } from "../mod.ts";
import { delay } from "../clock/mod.ts";
import { checkWaitOptions } from "../machine/mod.ts";

/**
 * Resolves when every present child that has such a state is in it, at once when there is none.
 * Disposed children no longer count, new ones do.
 *
 * @example Usage
 * ```ts
 * import { Machine } from "@asyncmachine/asyncmachine";
 * import { whenChildren } from "@asyncmachine/asyncmachine/pipes";
 *
 * const parent = new Machine({});
 * const children = [1, 2, 3].map(() => new Machine({ Done: {} }, { parent }));
 * setTimeout(() => children.forEach((child) => child.add("Done")));
 * await whenChildren(parent, "Done", { timeout: 5_000 });
 * ```
 *
 * @throws {TypeError} If the signal is none.
 * @throws {RangeError} If the timeout is no number from 0 up.
 */
export function whenChildren<S>(
  parent: Machine<S>,
  state: string,
  options: WaitOptions = {},
): Promise<void> {
  checkWaitOptions(options);
  const promise = new Promise<void>((resolve, reject) =>
    wait(parent as unknown as Machine, state, options, resolve, reject)
  );
  // One that nobody awaits never crashes the process.
  promise.catch(() => {});
  return promise;
}

function wait(
  parent: Machine,
  state: string,
  { signal, timeout = Infinity }: WaitOptions,
  resolve: () => void,
  reject: (reason: unknown) => void,
): void {
  if (parent.disposed) return reject(disposedError(parent, state));
  let blocker = blockerOf(parent, state);
  if (blocker === null) return resolve();
  if (signal?.aborted) return reject(signal.reason);
  const ends: (() => void)[] = [];
  let unwatch = () => {};
  const settle = (how: () => void) => {
    unwatch();
    for (const end of ends) end();
    how();
  };
  // While one child is not in the state the others don't matter: one is watched at a time.
  const watch = (child: Machine) => {
    unwatch = child.subscribe(() => {
      unwatch();
      if (parent.disposed) return settle(() => reject(disposedError(parent, state)));
      blocker = blockerOf(parent, state);
      if (blocker === null) settle(resolve);
      else watch(blocker);
    }, { states: [state] });
  };
  watch(blocker);
  const { unbind } = parent.onDispose(() => settle(() => reject(disposedError(parent, state))));
  const onAbort = () => settle(() => reject(signal!.reason));
  signal?.addEventListener("abort", onAbort);
  const cancel = delay(timeout, () => settle(() => reject(timeoutError(parent, state, timeout))));
  ends.push(unbind, cancel, () => signal?.removeEventListener("abort", onAbort));
}

/** The first child that has the state and is not in it. */
function blockerOf(parent: Machine, state: string): Machine | null {
  const isBlocker = (child: AnyMachine) =>
    !child.disposed && child.stateNames.includes(state) && !child.is(state);
  return parent.children.find(isBlocker) as Machine | undefined ?? null;
}

function disposedError(parent: Machine, state: string): MachineDisposedError {
  return new MachineDisposedError(parent.id, `wait for ${state} of the children`);
}

function timeoutError(parent: Machine, state: string, timeout: number): DOMException {
  const active = parent.children.map((child) => `${child.id} ${child}`).join(", ");
  return new DOMException(
    `The children of machine "${parent.id}" were not all in ${state} within ${timeout} ms; active: ${active}`,
    "TimeoutError",
  );
}
