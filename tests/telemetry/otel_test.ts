import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { Machine } from "../../mod.ts";
import { traceMachine } from "../../telemetry/otel/mod.ts";
import { type ReceivedSpan, spansOf } from "./otlp_receiver.ts";

const SCRIPT = fileURLToPath(new URL("otel_script.ts", import.meta.url));

/** Lines of `name | events | links | error`, indented by depth, siblings in order of their ticks. */
function tree(spans: readonly ReceivedSpan[], parent = "", depth = 0): string[] {
  const name = (id: string) => spans.find(({ spanId }) => spanId === id)?.name;
  return spans.filter(({ parentSpanId }) => parentSpanId === parent).flatMap((span) => {
    const parts = [
      span.name,
      span.events.map((event) => event.name).join(", "),
      span.links.map((link) => `${link.attributes["am.link"]}: ${name(link.spanId)}`).join(", "),
      span.status.code === 2 ? span.status.message! : "",
    ];
    const line = "  ".repeat(depth) + parts.join(" | ").replace(/[ |]+$/, "");
    return [line, ...tree(spans, span.spanId, depth + 1)];
  });
}

Deno.test("traceMachine() sends the documented spans through Deno's exporter", async () => {
  const spans = (await spansOf(SCRIPT)).toSorted((a, b) =>
    Number(a.attributes["am.transition.id"] ?? 0) - Number(b.attributes["am.transition.id"] ?? 0)
  );
  const byName = (one: string, two: string) => one < two ? -1 : one > two ? 1 : 0;
  assertEquals(
    tree(spans).toSorted(byName),
    [
      "request",
      "mach:page",
      "  states",
      "    Fetching |  | transition: [add] Fetching",
      "      GET",
      "    Fetched |  | transition: [add] Fetched",
      "    Parsed |  | transition: [add] Parsed",
      "    Ping | called again | transition: [add] Ping",
      "    Broken |  | transition: [add] Broken | BrokenState threw",
      "    Exception |  | transition: [add] Exception",
      "  transitions",
      "    [add] Fetching | FetchingEnter, FetchingState | context: request",
      "    [add] Parsed |  | auto: [add] Fetching",
      "    [add] Fetched |  | source: [add] Fetching",
      "    [add] Parsed |  | auto: [add] Fetched",
      "    [add] Ping",
      "    [add] Ping",
      "    [add] Broken | BrokenState, exception |  | broken on purpose",
      "    [add] Exception | exception | error: [add] Broken | broken on purpose",
      "    [remove] Exception",
      "  mach:frame",
      "    states",
      "      Idle |  | transition: [add] Idle",
      "    transitions",
      "      [add] Idle",
    ].toSorted(byName),
  );

  const find = (name: string) => spans.find((span) => span.name === name)!;
  const parentOf = (name: string) =>
    spans.find(({ spanId }) => spanId === find(name).parentSpanId)?.name;
  assertEquals(
    ["GET", "Fetching", "states", "transitions", "[add] Fetching", "mach:frame", "mach:page"]
      .map(parentOf),
    ["Fetching", "states", "mach:page", "mach:page", "transitions", "mach:page", undefined],
  );
  assertEquals(find("mach:frame").attributes, {
    "am.machine.id": "frame",
    "am.machine.tags": [],
    "am.machine.parent": "page",
  });
  assertEquals(find("[add] Fetched").attributes, {
    "am.machine.id": "page",
    "am.transition.id": 3,
    "am.transition.type": "add",
    "am.transition.called": ["Fetched"],
    "am.transition.auto": false,
    "am.transition.queue_size": 0,
    "am.transition.time_before": [1, 0, 0, 0, 0, 0],
    "am.transition.time_after": [2, 1, 0, 0, 0, 0],
    "am.transition.states_diff": "-Fetching +Fetched",
    "am.transition.result": "executed",
    "am.source.machine.id": "page",
    "am.source.transition.id": 1,
    "am.source.handler": "FetchingState",
  });
  assertEquals(find("Fetching").attributes, {
    "am.machine.id": "page",
    "am.state": "Fetching",
    "am.tick": 1,
    "am.transition.id": 1,
    "am.transition.ended_by": 3,
  });
  assertEquals(find("[add] Broken").attributes["am.transition.refused_by"], "BrokenState");
  const args = Object.entries(find("[add] Fetching").attributes)
    .filter(([name]) => name.startsWith("am.args."));
  assertEquals(args, [["am.args.reason", "asked"]]);
});

Deno.test("traceMachine() shows only the given states, and no auto transitions", async () => {
  const script = await Deno.makeTempFile({
    dir: fileURLToPath(new URL(".", import.meta.url)),
    suffix: ".ts",
  });
  await Deno.writeTextFile(
    script,
    `import { Machine } from "../../mod.ts";
     import { traceMachine } from "../../telemetry/otel/mod.ts";
     const machine = new Machine({ Foo: {}, Bar: { auto: true, require: ["Foo"] } }, { id: "few" });
     const binding = traceMachine(machine, { states: /^(Foo|Bar)$/g, auto: false });
     machine.add("Foo");
     machine.addErr(new Error("not shown"));
     binding.unbind();
     machine.remove("Foo");`,
  );
  try {
    const names = (await spansOf(script)).map(({ name }) => name).toSorted();
    assertEquals(names, ["Bar", "Foo", "[add] Foo", "mach:few", "states", "transitions"]);
  } finally {
    await Deno.remove(script);
  }
});

Deno.test("traceMachine() changes nothing of what handlers do, and leaves on demand", () => {
  const machine = new Machine({ Foo: {}, Bar: {} }, { id: "noop" });
  const calls: string[] = [];
  machine.bindHandlers({
    FooEnter: () => (calls.push("enter"), undefined),
    FooState: () => (calls.push("state"), undefined),
    BarEnter: () => false,
  });
  const binding = traceMachine(machine);
  const child = new Machine({ A: {} }, { parent: machine });
  assertEquals(machine.add("Foo"), "executed");
  assertEquals(machine.add("Bar"), "canceled");
  assertEquals(machine.canAdd("Bar"), false);
  assertEquals(calls, ["enter", "state"]);
  binding.unbind();
  assertEquals([machine.tracers, child.tracers], [[], []]);
});
