import { assertEquals, assertMatch } from "@std/assert";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { Registry } from "prom-client";
import { MemoryStore, openFlows } from "../../durable/mod.ts";
import { traceFlows } from "../../telemetry/otel/mod.ts";
import { bindFlows } from "../../telemetry/prometheus/mod.ts";
import { orderOf } from "./order.ts";

Deno.test("the metrics of flows say what was started, resumed, done and failed", async () => {
  const store = new MemoryStore();
  const registry = new Registry();
  const stuck = orderOf({ call: () => new Promise(() => {}) });
  const first = await openFlows(store, { order: stuck });
  {
    using _ = bindFlows(first, { registry });
    await first.start("order", "1", { item: "tea" });
    await first.start("order", "2", { item: "tea" });
    const text = await registry.metrics();
    assertMatch(text, /am_flows_started_total\{flows="flows"\} 2/);
    assertMatch(text, /am_flows_live\{flows="flows"\} 2/);
  }
  await first.close();
  const order = orderOf({ call: (what) => Promise.resolve(what) });
  const second = await openFlows(store, { order });
  using _ = bindFlows(second, { registry });
  for (const id of ["1", "2"]) await (await second.get("order", id))!.result();
  const text = await registry.metrics();
  assertMatch(text, /am_flows_resumed_total\{flows="flows"\} 2/);
  assertMatch(text, /am_flows_done_total\{flows="flows"\} 2/);
  assertMatch(text, /am_flow_store_lag_seconds\{flows="flows"\} 0\.\d+/);
  await second.close();
});

Deno.test("the trace of a flow goes on after a restart", async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracers = [traceFlows({ tracer: provider.getTracer("test") })];
  const store = new MemoryStore();
  const stuck = orderOf({
    call: (what) => what === "charge" ? new Promise(() => {}) : Promise.resolve(what),
  });
  const first = await openFlows(store, { order: stuck }, { tracers });
  const flow = await first.start("order", "1", { item: "tea" });
  await flow.machine.when("Reserved");
  await flow.committed();
  await first.start("order", "2", { item: "tea" });
  await first.close();
  const traceOf = (name: string) =>
    new Set(
      exporter.getFinishedSpans().filter((span) => span.name === name)
        .map((span) => span.spanContext().traceId),
    );
  assertEquals([traceOf("mach:order/1").size, traceOf("mach:order/2").size], [1, 1]);
  const order = orderOf({ call: (what) => Promise.resolve(what) });
  const second = await openFlows(store, { order }, { tracers });
  await (await second.get("order", "1"))!.result();
  await second.close();
  const names = exporter.getFinishedSpans().map((span) => span.name);
  assertEquals(names.filter((name) => name === "mach:order/1").length, 2);
  const traces = new Set([
    ...traceOf("mach:order/1"),
    ...traceOf("[add] Reserved"),
    ...traceOf("[add] Shipped"),
  ]);
  assertEquals(traces.size, 2); // that of the order, and of the second one
  assertEquals(traceOf("mach:order/1").size, 1);
  await provider.shutdown();
});
