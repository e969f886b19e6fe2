import { type AnyMachine, globalTracers, type Tracer } from "../mod.ts";

/** The asynchronous handlers that run, by machine. */
const running: WeakMap<object, Map<PromiseLike<unknown>, string>> = new WeakMap();

const tracer: Tracer = {
  machineInit(machine) {
    // Children are told of both by the global list and by inheritance.
    if (!running.has(machine)) running.set(machine, new Map());
  },
  wrapHandler({ machine }, handler, call) {
    const result = call();
    if (isPromise(result)) {
      const own = running.get(machine);
      own?.set(result, handler);
      const over = () => void own?.delete(result);
      result.then(over, over);
    }
    return result;
  },
};
globalTracers.add(tracer);

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/**
 * The names of the asynchronous handlers of a machine that run.
 *
 * @throws {Error} If the machine was made before this module was loaded.
 */
export function runningHandlers(machine: Pick<AnyMachine, "id">): string[] {
  const own = running.get(machine);
  if (own === undefined) {
    throw new Error(
      `Machine "${machine.id}" was made before ./testing was imported: its handlers are not watched`,
    );
  }
  return [...own.values()];
}
