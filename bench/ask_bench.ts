/**
 * What a request costs: `ask` against a plain `await` of a call of the same asynchronous function, once
 * with a function that answers at once, once with one that waits for a turn of the event loop, as all work
 * does that asks a disk or another machine. Each answer is checked. The ratios are printed first; the goal
 * is at most 2, for the latter. Both run in turns, so that a busy machine slows both.
 */
import { setImmediate } from "node:timers";
import { args, Machine, returns } from "../mod.ts";

const BATCH = 500;
const ROUNDS = 40;
const WARM_UP = 10;

type Call = { n: number };

const FUNCTIONS: Readonly<Record<string, (call: Call) => Promise<number>>> = {
  // deno-lint-ignore require-await -- what is measured
  "answers at once": async ({ n }) => n * 2,
  "waits for a turn": async ({ n }) => {
    await new Promise<void>((resolve) => void setImmediate(resolve));
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

async function batch(call: (call: Call) => Promise<number>): Promise<void> {
  for (let n = 0; n < BATCH; n++) {
    if (await call({ n }) !== 2 * n) throw new Error(`a wrong answer to ${n}`);
  }
}

async function nanoseconds(call: (call: Call) => Promise<number>): Promise<number> {
  const start = performance.now();
  await batch(call);
  return (performance.now() - start) * 1e6 / BATCH;
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
  Deno.bench({ name: "await", group, baseline: true, fn: () => batch(fn) });
  Deno.bench({ name: "ask", group, fn: () => batch(ask) });
}
