/** Schedules on all cores. */
import type { Hunt } from "./hunt.ts";
import type { Portion } from "./worker.ts";

/** Runs these portions, each once, on as many workers as there are cores; the results in order. */
export async function runPortions(
  portions: readonly Portion[],
  done: (hunt: Hunt, portion: Portion) => void = () => {},
): Promise<Hunt[]> {
  const results: Hunt[] = [];
  const left = [...portions.entries()];
  const work = async () => {
    const worker = new Worker(new URL("worker.ts", import.meta.url), { type: "module" });
    try {
      for (let next = left.shift(); next; next = left.shift()) {
        const [at, portion] = next;
        results[at] = await ask(worker, portion);
        done(results[at], portion);
      }
    } finally {
      worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, work));
  return results;
}

function ask(worker: Worker, portion: Portion): Promise<Hunt> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    worker.postMessage(portion);
  });
}
