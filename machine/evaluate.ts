import { delay, resolvers } from "../clock/mod.ts";
import type { EvalRequest } from "./drain.ts";
import type { Engine } from "./engine.ts";
import { EvalTimeoutError, MachineDisposedError } from "./errors.ts";
import { checkWaitOptions, type WaitOptions } from "./wait_options.ts";
import { rejected } from "./waits.ts";

const NO_ARGS = Object.freeze({});

/** Calls `fn` between transitions: at once when the machine is idle, else when its turn in the queue comes. */
export function evaluate<T>(engine: Engine, fn: () => T, options: WaitOptions): Promise<T> {
  checkWaitOptions(options);
  const { signal, timeout = Infinity } = options;
  if (signal?.aborted) return rejected(signal.reason);
  if (engine.disposed) return rejected(new MachineDisposedError(engine.id, "eval a function"));
  const { promise, resolve, reject } = resolvers<T>();
  let over = false;
  let cancel = () => {};
  const finish = (settle: () => void) => {
    if (over) return;
    over = true;
    cancel();
    if (signal) engine.signals.off(signal, onAbort);
    settle();
  };
  const onAbort = () => finish(() => reject(signal!.reason));
  const run = () =>
    finish(() => {
      try {
        resolve(fn());
      } catch (error) {
        reject(error);
      }
    });
  if (!engine.busy) {
    engine.between(() => engine.drain.evaluate(run));
    return promise;
  }
  const request: EvalRequest = {
    type: "eval",
    calledStates: [],
    args: NO_ARGS,
    auto: false,
    source: null,
    run,
    refuse: (reason) => finish(() => reject(reason)),
  };
  engine.drain.pushEval(request);
  if (over) return promise;
  if (signal) engine.signals.on(signal, onAbort);
  cancel = delay(timeout, () =>
    finish(() => {
      const handler = engine.running.source?.handler ?? null;
      reject(new EvalTimeoutError(timeout, engine.id, handler));
    }));
  return promise;
}
