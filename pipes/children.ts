import {
  type AnyMachine,
  MachineDisposedError,
  type MachineWith,
  type WaitOptions,
} from "../machine/mod.ts";

/**
 * Resolves when every present child that has such a state is in it: at once when there is none. Children
 * that are disposed of no longer count, new ones do.
 */
export function whenChildren(
  parent: AnyMachine & { readonly children: readonly AnyMachine[] },
  state: string,
  options: WaitOptions = {},
): Promise<void> {
  const { signal, timeout } = options;
  const promise = new Promise<void>((resolve, reject) => {
    signal?.throwIfAborted();
    if (parent.disposed) {
      throw new MachineDisposedError(parent.id, `wait for ${state} of its children`);
    }
    const watched = new Map<AnyMachine, Disposable>();
    const present = () =>
      parent.children.filter((child) => !child.disposed && child.stateNames.includes(state));
    const look = () => {
      for (const child of present()) {
        if (watched.has(child)) continue;
        watched.set(child, (child as unknown as MachineWith).subscribe(look));
      }
      if (present().every((child) => child.is(state))) finish(resolve);
    };
    const tracer = { submachine: look, machineDispose: () => disposed() };
    // A wait of the machine's own has the bounds, the timer and the message.
    const limit = new AbortController();
    const finish = (settle: () => void) => {
      for (const subscription of watched.values()) subscription[Symbol.dispose]();
      parent.removeTracer(tracer);
      limit.abort();
      settle();
    };
    const disposed = () =>
      finish(() =>
        reject(new MachineDisposedError(parent.id, `wait for ${state} of its children`))
      );
    if (present().every((child) => child.is(state))) return resolve();
    parent.addTracer(tracer);
    const bound = (parent as unknown as MachineWith).whenDisposed({
      timeout,
      signal: signal ? AbortSignal.any([signal, limit.signal]) : limit.signal,
    });
    bound.catch((error) => {
      if (!limit.signal.aborted) finish(() => reject(error));
    });
    look();
  });
  promise.catch(() => {});
  return promise;
}
