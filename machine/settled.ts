import { delay } from "../clock/mod.ts";
import type { Engine } from "./engine.ts";

/**
 * Resolves when the asynchronous handlers of a machine that ran have settled; rejects after a time with a
 * `TimeoutError` that names those still running.
 */
export function settled(engine: Engine, timeout: number): Promise<void> {
  const all = Promise.allSettled(engine.pending.map(({ promise }) => promise)).then(() => {});
  if (timeout === Infinity) return all;
  return new Promise((resolve, reject) => {
    const cancel = delay(timeout, () => {
      const names = engine.pending.map(({ name }) => name).join(", ");
      const said =
        `Machine "${engine.id}" is disposed, but after ${timeout} ms still runs ${names}`;
      reject(new DOMException(said, "TimeoutError"));
    });
    all.then(() => {
      cancel();
      resolve();
    });
  });
}
