/** What each kind of telemetry costs per transition, and what a scrape of many machines costs. */
import { Registry } from "prom-client";
import { Machine } from "../mod.ts";
import { bindMachine, metricsHandler } from "../telemetry/prometheus/mod.ts";
import { trackHistory } from "../telemetry/history/mod.ts";
import { SqliteHistory } from "../telemetry/history/sqlite/mod.ts";
import { traceMachine } from "../telemetry/otel/mod.ts";

const BATCH = 1000;
const group = `${BATCH} × toggle two states that remove each other`;
const make = () => new Machine({ A: { remove: ["B"] }, B: { remove: ["A"] } });

function bench(name: string, machine: ReturnType<typeof make>, after?: () => void): void {
  Deno.bench({
    name,
    group,
    baseline: name === "no tracer",
    fn() {
      for (let i = 0; i < BATCH; i += 2) {
        machine.add("A");
        machine.add("B");
      }
      after?.();
    },
  });
}

bench("no tracer", make());

const removed = make();
trackHistory(removed).unbind();
bench("a tracer that was removed", removed);

const empty = make();
empty.addTracer({});
bench("an empty tracer", empty);

const tracked = make();
trackHistory(tracked);
bench("history", tracked);

const measured = make();
bindMachine(measured, { registry: new Registry() });
bench("Prometheus", measured);

const traced = make();
traceMachine(traced);
bench("OpenTelemetry, no provider", traced);

// In memory: a bare `deno bench` has no permission to write.
const stored = make();
const store = new SqliteHistory(":memory:");
store.track(stored);
bench("SQLite history, committed", stored, () => store.flush());

const registry = new Registry();
for (let i = 0; i < 1000; i++) {
  const machine = make();
  bindMachine(machine, { registry, states: true });
  machine.add("A");
}
const scrape = metricsHandler(registry);
Deno.bench("scrape 1,000 machines with per-state metrics", async () => {
  await (await scrape(new Request("http://localhost/metrics"))).text();
});
