/**
 * Flows that sleep for a year: `deno run -A --v8-flags=--expose-gc sleepers.ts start|resume FILE FLOWS`.
 * Each run is a process of its own, with a clock of its own.
 */
import { FakeTime } from "@std/testing/time";
import { defineFlow, openFlows, SqliteStore } from "../../../durable/mod.ts";

const DAY = 86_400_000;
const BEGIN = Date.UTC(2026, 0, 1);
const FLOWS = Number(Deno.args[2]);

let fired = 0;

const subscription = defineFlow({
  schema: {
    Paid: { timeouts: { Due: 365 * DAY } },
    Due: { remove: ["Paid"] },
  },
  data: (input: { n: number }) => ({ n: input.n, due: "" }),
  start: "Paid",
  ends: ["Due"],
  handlers: {
    PaidEnd(e) {
      fired++;
      e.flow.data.due = new Date().toISOString().slice(0, 10);
    },
  },
});

/** On which day of the year a flow was started. */
const dayOf = (n: number) => n % 100;

if (import.meta.main) {
  const [what, path] = Deno.args;
  let machines = 0;
  const tracers = [{
    machineInit: () => void machines++,
    machineDispose: () => void machines--,
  }];
  const options = { tracers, lease: 1000 * DAY };
  const memory = () => {
    (globalThis as unknown as { gc(): void }).gc();
    const { rss, heapUsed } = Deno.memoryUsage();
    return { rss: Math.round(rss / 1e6), heap: Math.round(heapUsed / 1e6) };
  };
  const before = memory();
  const time = new FakeTime(what === "start" ? BEGIN : BEGIN + 200 * DAY);
  const flows = await openFlows(
    new SqliteStore(path, { sync: "normal" }),
    { subscription },
    options,
  );
  if (what === "start") {
    for (let day = 0; day < 100; day++) {
      const some = Array.from({ length: FLOWS / 100 }, (_, i) => i * 100 + day);
      await Promise.all(some.map((n) => flows.start("subscription", `${n}`, { n })));
      await time.tickAsync(DAY);
    }
    console.log(JSON.stringify({ machines, before, idle: memory() }));
  } else {
    const idle = memory();
    const asleep = machines;
    let late = 0;
    let early = 0;
    // Day by day: what was started on day n is due on day n + 365.
    await time.tickAsync(164 * DAY);
    for (let day = 364; day < 466; day++) {
      await time.tickAsync(DAY);
      const wanted = Math.min(FLOWS, Math.max(0, day + 1 - 365) * (FLOWS / 100));
      late += Math.max(0, wanted - fired);
      early += Math.max(0, fired - wanted);
    }
    const wrong = [];
    for (const n of [0, 1, 57, FLOWS / 2 + 42, FLOWS - 1]) {
      const flow = await flows.get("subscription", `${n}`);
      const due = new Date(BEGIN + (dayOf(n) + 365) * DAY).toISOString().slice(0, 10);
      if (flow?.data.due !== due) wrong.push([n, flow?.data.due, due]);
    }
    const ended = (await flows.list({ ended: true })).length;
    console.log(JSON.stringify({ ended, asleep, before, idle, late, early, wrong, machines }));
  }
  await flows.close();
  time.restore();
}
