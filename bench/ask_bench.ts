/**
 * What a request costs: `ask`, whose handler is asynchronous, against a plain `await` of an asynchronous
 * function. Each call's answer is checked. The ratio is printed first; the goal is at most 2.
 */
import { args, Machine, returns } from "../mod.ts";

const BATCH = 10_000;

const machine = new Machine({
  Double: { event: true, args: args.required<{ n: number }>(), returns: returns<number>() },
}, {
  handlers: {
    // deno-lint-ignore require-await -- what is measured
    DoubleState: async (e) => e.args.n * 2,
  },
});

/** A rival: the same function without a machine. */
// deno-lint-ignore require-await -- what is measured
const double = async (args: { n: number }) => args.n * 2;

async function asks(): Promise<void> {
  for (let n = 0; n < BATCH; n++) {
    if (await machine.ask("Double", { n }) !== 2 * n) throw new Error(`a wrong answer to ${n}`);
  }
}

async function awaits(): Promise<void> {
  for (let n = 0; n < BATCH; n++) {
    if (await double({ n }) !== 2 * n) throw new Error(`a wrong answer to ${n}`);
  }
}

async function nanoseconds(run: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) * 1e6 / BATCH;
}
const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];

// In turns, so that a busy machine slows both; the first rounds warm up.
const samples = { asks: [] as number[], awaits: [] as number[] };
for (let round = 0; round < 60; round++) {
  const [ask, plain] = [await nanoseconds(asks), await nanoseconds(awaits)];
  if (round < 10) continue;
  samples.asks.push(ask);
  samples.awaits.push(plain);
}
const [ask, plain] = [middle(samples.asks), middle(samples.awaits)];
console.log(
  `ask ${ask.toFixed(0)} ns, await ${plain.toFixed(0)} ns: ${(ask / plain).toFixed(2)} times`,
);

Deno.bench({ name: "await", group: "a request", baseline: true, fn: awaits });
Deno.bench({ name: "ask", group: "a request", fn: asks });
