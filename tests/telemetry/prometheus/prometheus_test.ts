import { assert, assertEquals } from "@std/assert";
import { Registry } from "prom-client";
import { grafanaDashboard } from "../../../gen/grafana.ts";
import { bindMachine, metricsHandler } from "../../../telemetry/prometheus/mod.ts";
import { busyMachine, Tally, work } from "../tally.ts";
import { command, RealPrometheus, until } from "./real_prometheus.ts";

const QUEUE_WINDOW = 1e9;

function example() {
  const registry = new Registry();
  const machines = ["one", 'two "quoted"'].map((id) => busyMachine(id));
  const tallies = machines.map((machine) => {
    bindMachine(machine, { registry, states: true, interval: QUEUE_WINDOW });
    return new Tally(machine);
  });
  return { registry, machines, tallies };
}

Deno.test("bindMachine() shows a real Prometheus what the machines did", async () => {
  const { registry, machines, tallies } = example();
  const options = { port: 0, hostname: "127.0.0.1", onListen() {} };
  await using server = Deno.serve(options, metricsHandler(registry));
  await using prometheus = await RealPrometheus.start(server.addr.port);
  await until(
    "the first scrape is done",
    async () => (await prometheus.query("am_states")).length === machines.length,
  );
  // Rates need two scrapes with something in between.
  for (let round = 0; round < 6; round++) {
    machines.forEach((machine, i) => work(machine, 50, 10 * round + i + 1));
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  for (const [i, machine] of machines.entries()) {
    const wanted = { ...tallies[i].values, ...tallies[i].gauges() };
    const found: Record<string, number> = {};
    const label = `machine=${JSON.stringify(machine.id)}`;
    await until("the last transitions are scraped", async () => {
      for (const { metric, value } of await prometheus.query(`{${label}, __name__=~"am_.*"}`)) {
        const { __name__, auto, result, state, le } = metric;
        if (le !== undefined) continue;
        const key = state ? `${__name__}{${state}}` : __name__;
        found[result ? `${key}{auto=${auto},result=${result}}` : key] = value;
      }
      return found.am_steps_total === wanted.am_steps_total;
    });
    const picked = Object.fromEntries(Object.keys(wanted).map((key) => [key, found[key]]));
    assertEquals(picked, wanted);
    for (const state of machine.stateNames) {
      assertEquals(found[`am_state_active{${state}}`], machine.is(state as never) ? 1 : 0, state);
    }
    const [largest] = await prometheus.query(
      `am_transition_duration_seconds_bucket{${label}, le="+Inf"}`,
    );
    assertEquals(largest.value, wanted.am_transition_duration_seconds_count);
    assert(found.am_transition_duration_seconds_sum > 0);
    assert(found.am_queue_size > 0);
  }
  const ids = machines.map(({ id }) => id);
  const { panels } = grafanaDashboard({ ids, name: "Test", source: "prometheus" });
  const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  assertEquals(queries.length > 30, true);
  for (const query of queries) {
    const result = await prometheus.query(query.replaceAll("$__rate_interval", "1m"));
    assert(result.length > 0, `${query} gave nothing`);
    assert(result.every(({ value }) => Number.isFinite(value)), `${query} gave no number`);
  }
});

Deno.test("bindMachine() makes metrics that promtool has nothing to say about", async () => {
  const { registry, machines } = example();
  machines.forEach((machine) => work(machine, 50));
  const process = command("promtool", ["check", "metrics"], "piped").spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(await registry.metrics()));
  await writer.close();
  const { code, stdout, stderr } = await process.output();
  assertEquals(new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr), "");
  assertEquals(code, 0);
});
