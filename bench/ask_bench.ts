/**
 * What a request costs: `ask` against a plain `await` of a call of the same asynchronous function. Asking adds
 * a fixed price, one to two microseconds: two transitions of an event, an event object, three promises. So
 * the ratio tells as much of the function as of the machine: the functions are one that answers at once, one
 * that waits for a turn of the event loop, and one that has some work done elsewhere. Each answer is checked.
 * The ratios are printed first. Both run in turns, so that a busy computer slows both.
 */
import { setImmediate } from "node:timers";
import { args, Machine, returns } from "../mod.ts";

const BATCH = 1_000;

/** Short samples: most of them are not interrupted when other programs want the processor. */
const SAMPLE = 100;
const ROUNDS = 300;
const WARM_UP = 150;

type Call = { n: number };

const BYTES = new Uint8Array(1024);

const FUNCTIONS: Readonly<Record<string, (call: Call) => Promise<number>>> = {
  // deno-lint-ignore require-await -- what is measured
  "answers at once": async ({ n }) => n * 2,
  "waits for a turn": async ({ n }) => {
    await new Promise<void>((resolve) => void setImmediate(resolve));
    return n * 2;
  },
  "has a digest made": async ({ n }) => {
    await crypto.subtle.digest("SHA-256", BYTES);
    return n * 2;
  },
};

/** Asks a machine whose handler calls the function. */
function asking(fn: (call: Call) => Promise<number>): (call: Call) => Promise<number> {
  const machine = new Machine({
    Double: { event: true, args: args.required<Call>(), returns: returns<number>() },
  });
  machine.on("DoubleState", (e) => fn(e.args));
  return (call) => machine.ask("Double", call);
}

async function many(times: number, call: (call: Call) => Promise<number>): Promise<void> {
  for (let n = 0; n < times; n++) {
    if (await call({ n }) !== 2 * n) throw new Error(`a wrong answer to ${n}`);
  }
}

async function nanoseconds(call: (call: Call) => Promise<number>): Promise<number> {
  const start = performance.now();
  await many(SAMPLE, call);
  return (performance.now() - start) * 1e6 / SAMPLE;
}

const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];

for (const [what, fn] of Object.entries(FUNCTIONS)) {
  const ask = asking(fn);
  const samples: { ask: number[]; plain: number[] } = { ask: [], plain: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const [asked, plain] = [await nanoseconds(ask), await nanoseconds(fn)];
    if (round < WARM_UP) continue;
    samples.ask.push(asked);
    samples.plain.push(plain);
  }
  const [asked, plain] = [middle(samples.ask), middle(samples.plain)];
  console.log(
    `a function that ${what}: ask ${asked.toFixed(0)} ns, await ${plain.toFixed(0)} ns, ` +
      `${(asked / plain).toFixed(2)} times`,
  );
  const group = `${BATCH} calls of a function that ${what}`;
  const often = { group, n: 10, warmup: 2 };
  Deno.bench({ name: "await", baseline: true, ...often, fn: async () => await many(BATCH, fn) });
  Deno.bench({ name: "ask", ...often, fn: async () => await many(BATCH, ask) });
}
