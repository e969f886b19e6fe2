/**
 * A scripted run, traced: what tests/telemetry/otel_test.ts receives through OTLP.
 *
 *     OTEL_DENO=true deno run -A tests/telemetry/otel_script.ts FETCHED_URL
 */
import { trace } from "@opentelemetry/api";
import { Machine } from "../../mod.ts";
import { traceMachine } from "../../telemetry/otel/mod.ts";

const [url] = Deno.args;
const machine = new Machine({
  Fetching: { remove: ["Fetched"] },
  Fetched: { remove: ["Fetching"] },
  Parsed: { auto: true, require: ["Fetched"] },
  Ping: { multi: true },
  Broken: {},
}, { id: "page", printErrors: false });
machine.bindHandlers({
  FetchingEnter: () => true,
  async FetchingState(e) {
    await (await fetch(url)).text();
    e.add("Fetched");
  },
  BrokenState() {
    throw new Error("broken on purpose");
  },
});
const binding = traceMachine(machine, { args: ["reason"] });
const child = new Machine({ Idle: {} }, { id: "frame", parent: machine });
trace.getTracer("test").startActiveSpan("request", (span) => {
  machine.add("Fetching", { reason: "asked", secret: "hidden" });
  span.end();
});
await machine.when("Parsed");
machine.add("Ping");
machine.add("Ping");
machine.add("Broken");
machine.remove("Exception");
child.add("Idle");
binding.unbind();
