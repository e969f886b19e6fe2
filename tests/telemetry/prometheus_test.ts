import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { Registry } from "prom-client";
import { Machine } from "../../mod.ts";
import { bindMachine, metricsHandler, pushMetrics } from "../../telemetry/prometheus/mod.ts";
import { busyMachine, Tally, work } from "./tally.ts";

/** All samples of a registry, `name{label=value,…}` without the `machine` label. */
async function samplesOf(registry: Registry, machine?: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const metric of await registry.getMetricsAsJSON()) {
    const { name, values } = metric as unknown as {
      name: string;
      values: { metricName?: string; labels: Record<string, string>; value: number }[];
    };
    for (const { metricName, labels: { machine: of, ...labels }, value } of values) {
      if (machine !== undefined && of !== machine) continue;
      const rest = Object.keys(labels).sort().map((key) => `${key}=${labels[key]}`).join(",");
      found[(metricName ?? name) + (rest === "" ? "" : `{${rest}}`)] = value;
    }
  }
  return found;
}

function pick(from: Record<string, number>, like: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.keys(like).map((key) => [key, from[key]]));
}

Deno.test("bindMachine() counts a scripted run", async () => {
  const registry = new Registry();
  const machine = new Machine(
    {
      Off: { remove: ["On"] },
      On: { remove: ["Off"], add: ["Lit"] },
      Lit: { require: ["On"] },
      Never: { require: ["Off", "On"] },
      Bell: { multi: true },
      Dusk: { auto: true, require: ["Bell"] },
    },
    { id: "lamp", printErrors: false },
  );
  machine.bindHandlers({ OnEnter: () => true, OnState: (e) => e.add(["Bell"]), LitEnd: () => {} });
  using _ = bindMachine(machine, { registry });
  machine.add("On"); // On and Lit; then, auto, Dusk in vain; then, queued, Bell; then, auto, Dusk
  machine.add("Bell"); // again
  machine.add("Never"); // canceled
  machine.canAdd("Off"); // nothing
  machine.add("Off"); // without On and Lit
  machine.addErr(new Error("on purpose"));
  const wanted = {
    "am_transitions_total{auto=false,result=executed}": 5,
    "am_transitions_total{auto=true,result=executed}": 1,
    "am_transitions_total{auto=false,result=canceled}": 1,
    "am_transitions_total{auto=true,result=canceled}": 1,
    "am_transition_duration_seconds_count": 8,
    "am_transition_duration_seconds_bucket{le=+Inf}": 8,
    am_states: 7,
    am_relations: 7,
    am_referenced_states: 4,
    am_states_active: 4,
    am_states_inactive: 3,
    am_queue_size: 1 / 8,
    am_ticks_total: 10,
    am_states_added_total: 6,
    am_states_removed_total: 2,
    am_states_touched_total: 1,
    am_handlers_total: 3,
    am_errors_total: 1,
  };
  assertEquals(pick(await samplesOf(registry), wanted), wanted);
});

Deno.test("bindMachine() agrees with a tracer that records steps", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const registry = new Registry();
    const machine = busyMachine("busy");
    using _ = bindMachine(machine, { registry });
    const tally = new Tally(machine);
    work(machine, 200, seed);
    const wanted = { ...tally.values, ...tally.gauges() };
    assertEquals(pick(await samplesOf(registry), wanted), wanted, `seed ${seed}`);
  }
});

Deno.test("bindMachine() measures children, those made later too, until it is undone", async () => {
  const registry = new Registry();
  const parent = new Machine({ A: {} }, { id: "parent" });
  const binding = bindMachine(parent, { registry });
  const child = new Machine({ A: {}, B: {} }, { id: "child", parent });
  child.add("B");
  assertEquals([...binding.machines].map(({ id }) => id), ["parent", "child"]);
  assertEquals((await samplesOf(registry, "child")).am_states_added_total, 1);
  binding.unbind();
  assertEquals([parent.tracers, child.tracers], [[], []]);
  assertEquals(await samplesOf(registry), {});
  bindMachine(child, { registry });
  assertEquals((await samplesOf(registry, "child")).am_states_added_total, 0);
});

Deno.test("bindMachine() does not count a machine twice", async () => {
  const registry = new Registry();
  const machine = new Machine({ A: {} });
  bindMachine(machine, { registry });
  const second = bindMachine(machine, { registry });
  machine.add("A");
  second.unbind();
  assertEquals((await samplesOf(registry)).am_states_added_total, 1);
});

Deno.test("bindMachine() shows a disposed machine's last counts once", async () => {
  const registry = new Registry();
  const [one, two] = ["one", "two"].map((id) => new Machine({ A: {} }, { id }));
  bindMachine(one, { registry });
  bindMachine(two, { registry });
  one.add("A");
  one.dispose();
  const last = await samplesOf(registry, "one");
  assertEquals([last.am_states_added_total, last.am_states_active], [1, 0]);
  assertEquals(await samplesOf(registry, "one"), {});
});

Deno.test("bindMachine() sums up machines with the same label", async () => {
  const registry = new Registry();
  for (let i = 0; i < 3; i++) {
    const machine = new Machine({ A: {}, B: {} });
    bindMachine(machine, { registry, label: () => "workers", states: true });
    machine.add(i === 0 ? "B" : "A");
    if (i === 2) machine.dispose();
  }
  const found = await samplesOf(registry, "workers");
  assertEquals(found.am_states_added_total, 3);
  assertEquals(found["am_state_active{state=A}"], 1);
  assertEquals(found["am_state_active{state=B}"], 1);
  assertEquals(found.am_states, 6);
});

Deno.test("bindMachine() averages the queue's size over the interval", async () => {
  const registry = new Registry();
  const machine = new Machine({ A: {}, B: {}, C: {} }, { id: "queue" });
  machine.bindHandlers({ AState: (e) => (e.add("B"), e.add("C"), undefined) });
  const binding = bindMachine(machine, { registry, interval: 1e9 });
  machine.add("A"); // three transitions, which find 0, 1 and 0 waiting
  assertEquals((await samplesOf(registry)).am_queue_size, 1 / 3);
  assertEquals((await samplesOf(registry)).am_queue_size, 1 / 3);
  binding.unbind();
  bindMachine(machine, { registry, interval: 0 });
  machine.remove(["A", "B", "C"]);
  machine.add("A");
  assertEquals((await samplesOf(registry)).am_queue_size, 1 / 4);
  assertEquals((await samplesOf(registry)).am_queue_size, 0);
});

Deno.test("bindMachine() follows a change of the schema", async () => {
  const registry = new Registry();
  const machine = new Machine<Record<string, unknown>>({ A: {} }, { printErrors: false });
  bindMachine(machine, { registry });
  machine.setSchema({ B: { require: ["A"] }, A: {}, Exception: { multi: true } });
  machine.addErr(new Error("on purpose"));
  const found = await samplesOf(registry);
  assertEquals([found.am_states, found.am_relations, found.am_errors_total], [3, 1, 1]);
});

Deno.test("bindMachine() keeps to the limit of per-state series", async () => {
  const registry = new Registry();
  for (let i = 0; i < 20; i++) {
    const machine = new Machine({ A: {}, B: {}, C: {} }, { id: `m${i}` });
    bindMachine(machine, { registry, states: true, maxStates: 10 });
    machine.add("C");
  }
  const lines = (await registry.metrics()).split("\n").filter((l) => l.startsWith("am_state_act"));
  assertEquals(lines.length, 11);
  assertEquals(lines.at(-1), 'am_state_active{machine="_overflow",state="_overflow"} 18');
});

Deno.test("bindMachine() keeps the cap of 1000 series with 1000 machines", async () => {
  const registry = new Registry();
  for (let i = 0; i < 1000; i++) {
    const machine = new Machine({ A: {}, B: {}, C: {} }, { id: `m${i}` });
    bindMachine(machine, { registry, states: true });
    machine.add("C");
  }
  const lines = (await registry.metrics()).split("\n").filter((l) => l.startsWith("am_state_act"));
  assertEquals(lines.length, 1001);
  const active = lines.map((line) => Number(line.split(" ").at(-1)));
  assertEquals(active.reduce((sum, one) => sum + one), 1000, "nothing is lost beyond the cap");
});

Deno.test("bindMachine() joins a registry for OpenMetrics, and leaves it", async () => {
  const registry = new Registry();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  const machine = new Machine({ A: {} }, { id: "open" });
  for (let i = 0; i < 2; i++) {
    const binding = bindMachine(machine, { registry });
    machine.add("A");
    const text = await registry.metrics();
    assertMatch(text, /^# TYPE am_ticks counter\nam_ticks_total\{machine="open"\} \d$/m);
    assertMatch(text, /# EOF\n$/);
    binding.unbind();
    assertEquals(await registry.metrics(), "\n# EOF\n");
  }
});

Deno.test("bindMachine() refuses an interval that is none", () => {
  assertThrows(() => bindMachine(new Machine({ A: {} }), { interval: -1 }), RangeError);
});

Deno.test("metricsHandler() answers GET and HEAD", async () => {
  const registry = new Registry();
  bindMachine(new Machine({ A: {} }, { id: "served" }), { registry });
  const handler = metricsHandler(registry);
  const ask = (method: string) => handler(new Request("http://localhost/metrics", { method }));
  const got = await ask("GET");
  assertEquals(got.headers.get("content-type"), registry.contentType);
  assertMatch(await got.text(), /am_states\{machine="served"\} 2/);
  assertEquals(await (await ask("HEAD")).text(), "");
  assertEquals((await ask("POST")).status, 405);
});

Deno.test("pushMetrics() puts the registry's text under job and grouping", async () => {
  const registry = new Registry();
  bindMachine(new Machine({ A: {} }, { id: "pushed" }), { registry });
  const seen: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    seen.push(`${request.method} ${new URL(request.url).pathname}`, await request.text());
    return new Response("full", { status: seen.length > 2 ? 507 : 200 });
  });
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const options = { job: "nightly", grouping: { instance: "a/b" }, registry };
  await pushMetrics(url, options);
  assertEquals(seen[0], "PUT /metrics/job@base64/bmlnaHRseQ/instance@base64/YS9i");
  assertMatch(seen[1], /am_states\{machine="pushed"\} 2/);
  await assertRejects(() => pushMetrics(url, options), Error, "answered 507 full");
  await server.shutdown();
});
