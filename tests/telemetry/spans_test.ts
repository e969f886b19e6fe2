import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Tracer } from "@opentelemetry/api";
import { FakeTime } from "@std/testing/time";
import { Machine } from "../../mod.ts";
import { traceMachine } from "../../telemetry/otel/mod.ts";
import { anyValues } from "./any_values.ts";
import { recordingTracer } from "./recorded_spans.ts";

Deno.test("traceMachine() with a tracer needs nothing that is global", () => {
  const { tracer, spans } = recordingTracer();
  const machine = new Machine({ Foo: {} }, { id: "own" });
  using _ = traceMachine(machine, { tracer });
  machine.add("Foo");
  machine.remove("Foo");
  assertEquals(
    spans().map(({ name }) => name),
    ["mach:own", "states", "transitions", "[add] Foo", "Foo", "[remove] Foo"],
  );
});

Deno.test("traceMachine() shows each argument on its own, within the limit, whatever it is", () => {
  for (const [what, value] of anyValues()) {
    for (const args of [true, ["before", "odd", "after"], ({ args }: { args: object }) => args]) {
      const { tracer, spans } = recordingTracer();
      const machine = new Machine({ Foo: {} }, { printErrors: false });
      using _ = traceMachine(machine, { tracer, args: args as true, maxLength: 100 });
      assertEquals(machine.add("Foo", { before: 1, odd: value, after: "x" }), "executed", what);
      const { attributes } = spans().find(({ name }) => name === "[add] Foo")!;
      assertEquals([attributes["am.args.before"], attributes["am.args.after"]], [1, "x"], what);
      const shown = attributes["am.args.odd"];
      assert(typeof shown === "boolean" || typeof shown === "string" && shown.length <= 100, what);
    }
  }
});

Deno.test("traceMachine() is not broken by arguments that are themselves odd", () => {
  for (const [what, value] of anyValues()) {
    if (typeof value !== "object") continue;
    const { tracer, spans } = recordingTracer();
    const machine = new Machine({ Foo: {} }, { printErrors: false });
    using _ = traceMachine(machine, { tracer, args: true });
    machine.add("Foo", value as never);
    const span = spans().find(({ name }) => name === "[add] Foo")!;
    const shown = Object.keys(span.attributes).filter((name) => name.startsWith("am.args."));
    assert(shown.length <= 50, what);
    assertEquals(span.attributes["am.transition.result"], "executed", what);
  }
});

Deno.test("traceMachine() shows the arguments that a function's failure leaves", () => {
  const { tracer, spans } = recordingTracer();
  const machine = new Machine({ Foo: {} }, { printErrors: false });
  using _ = traceMachine(machine, {
    tracer,
    args() {
      throw new Error("on purpose");
    },
  });
  machine.add("Foo");
  const span = spans().find(({ name }) => name === "[add] Foo")!;
  assertEquals(span.attributes["am.transition.called"], ["Foo"]);
  assertEquals(span.attributes["am.transition.result"], "executed");
});

Deno.test("traceMachine() shows every error that can be thrown, within the limit", async () => {
  // What the machine itself makes of such values is not this test's business.
  const ignore = (event: Event) => event.preventDefault();
  addEventListener("unhandledrejection", ignore);
  for (const [what, value] of anyValues()) {
    const fail = () => {
      throw value;
    };
    for (const later of [false, true]) {
      const { tracer, spans } = recordingTracer();
      const machine = new Machine({ Foo: {}, Go: {} }, { printErrors: false });
      const binding = traceMachine(machine, { tracer, maxLength: 100 });
      const err = Object.assign(new Error("on purpose"), { cause: value });
      machine.bindHandlers({ FooState: later ? async () => await fail() : fail });
      const settled = Promise.withResolvers<void>();
      machine.addTracer({ handlerRejected: () => settled.resolve() });
      try {
        machine.add("Foo");
        if (later) await settled.promise;
        machine.addErr(err);
      } catch { /* as above */ }
      binding.unbind();
      const failed = spans().filter(({ events }) =>
        events.some(({ name }) => name === "exception")
      );
      assert(failed.length > 0, what);
      for (const { events, status } of failed) {
        assert((status.message ?? "").length <= 100, what);
        for (const { attributes = {} } of events) {
          for (const text of Object.values(attributes)) assert(String(text).length <= 100, what);
        }
      }
    }
  }
  await new Promise((resolve) => setTimeout(resolve));
  removeEventListener("unhandledrejection", ignore);
});

Deno.test("traceMachine() bounds the names of spans", () => {
  const { tracer, spans } = recordingTracer();
  const long = "L".repeat(5000);
  const states = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`State${i}`, {}]));
  const machine = new Machine({ ...states, [long]: {} }, { id: "i".repeat(5000) });
  const binding = traceMachine(machine, { tracer });
  machine.add(machine.stateNames.slice(0, -1));
  binding.unbind();
  assert(spans().length > 300);
  for (const { name } of spans()) assert(name.length <= 200);
});

Deno.test("traceMachine() shows states whose names objects have, too", () => {
  const { tracer, spans } = recordingTracer();
  const machine = new Machine({ constructor: {}, toString: {}, hasOwnProperty: { multi: true } });
  const binding = traceMachine(machine, { tracer, args: true });
  for (const name of ["constructor", "toString", "hasOwnProperty", "hasOwnProperty"] as const) {
    machine.add(name, JSON.parse('{"constructor":1,"__proto__":2}'));
  }
  binding.unbind();
  const names = spans().map(({ name }) => name).slice(3);
  assertEquals(names, [
    "[add] constructor",
    "[add] toString",
    "[add] hasOwnProperty",
    "[add] hasOwnProperty",
    "constructor",
    "toString",
    "hasOwnProperty",
  ]);
  assertEquals(spans()[3].attributes["am.args.__proto__"], 2);
  assertEquals(spans()[3].attributes["am.args.constructor"], 1);
});

Deno.test("traceMachine() keeps handlers going when the tracer fails", () => {
  const { tracer } = recordingTracer();
  let fails = false;
  const failing: Tracer = {
    startSpan(...args) {
      if (fails) throw new Error("on purpose");
      return tracer.startSpan(...args);
    },
    startActiveSpan: tracer.startActiveSpan,
  };
  const machine = new Machine({ Foo: {}, Bar: {} }, { printErrors: false });
  const calls: string[] = [];
  machine.bindHandlers({
    FooEnter: () => void calls.push("FooEnter"),
    FooState: () => void calls.push("FooState"),
    FooEnd: () => void calls.push("FooEnd"),
  });
  using _ = traceMachine(machine, { tracer: failing });
  fails = true;
  assertEquals([machine.add("Foo"), machine.remove("Foo")], ["executed", "executed"]);
  assertEquals(calls, ["FooEnter", "FooState", "FooEnd"]);
});

Deno.test("traceMachine() ends the activations that an imported time ends", () => {
  const { tracer, spans } = recordingTracer();
  const machine = new Machine({ A: {}, B: {}, C: {} });
  machine.add(["A", "C"]);
  const before = machine.exportTime();
  using binding = traceMachine(machine, { tracer });
  machine.add("B");
  machine.remove("A");
  machine.importTime(before);
  machine.add("B");
  binding.unbind();
  const states = spans().filter(({ attributes }) => attributes["am.state"] !== undefined)
    .map(({ attributes }) => `${attributes["am.state"]}:${attributes["am.tick"]}`);
  assertEquals(states.toSorted(), ["A:1", "A:1", "B:1", "B:1", "C:1"]);
});

Deno.test("traceMachine() is told of an import at once, not with the next transition", () => {
  const { tracer, spans } = recordingTracer();
  const machine = new Machine({ A: {}, B: {} });
  const before = machine.exportTime();
  using _ = traceMachine(machine, { tracer });
  machine.add("A");
  const ended = () =>
    spans().filter(({ attributes }) => attributes["am.state"] !== undefined).length;
  assertEquals(ended(), 0);
  machine.importTime(before);
  assertEquals(ended(), 1);
});

Deno.test("traceMachine() names the state whose time was over", () => {
  using time = new FakeTime();
  const { tracer, spans } = recordingTracer();
  const machine = new Machine({ A: { timeouts: { B: 50 } }, B: {} });
  using _ = traceMachine(machine, { tracer });
  machine.add("A");
  time.tick(50);
  const span = spans().find(({ name }) => name === "[add] B")!;
  assertEquals(span.attributes["am.source.timeout"], "A");
  machine.dispose();
});

Deno.test("traceMachine() links to the handler that made a mutation, however late", async () => {
  const { tracer, spans } = recordingTracer();
  const machine = new Machine({ Work: {}, Tick: { multi: true }, Done: {} });
  const going = Promise.withResolvers<void>();
  machine.bindHandlers({
    async WorkState(e) {
      await going.promise;
      e.add("Done");
    },
  });
  const binding = traceMachine(machine, { tracer });
  machine.add("Work");
  for (let i = 0; i < 11_000; i++) machine.add("Tick");
  going.resolve();
  await machine.when("Done");
  binding.unbind();
  const find = (name: string) => spans().find((span) => span.name === name)!;
  const [{ context, attributes }] = find("[add] Done").links;
  assertEquals(attributes, { "am.link": "source" });
  assertEquals(context.spanId, find("[add] Work").spanContext().spanId);
});

Deno.test("traceMachine() refuses a length that is none", () => {
  const machine = new Machine({ A: {} });
  for (const maxLength of [0, -1, NaN]) {
    assertThrows(() => traceMachine(machine, { maxLength }), RangeError, `maxLength is`);
  }
});
