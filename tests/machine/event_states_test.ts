import { assertEquals, assertThrows } from "@std/assert";
import { exclusive, Machine, SchemaError } from "../../mod.ts";

const quiet = { printErrors: false } as const;

Deno.test("an event lasts for its transition, then leaves before autos and all that waits", () => {
  const machine = new Machine({
    Ping: { event: true, add: ["Seen"] },
    Seen: {},
    Ready: { auto: true, require: ["Seen"] },
    Next: {},
  });
  const order: string[] = [];
  machine.bindHandlers({
    PingExit: () => (order.push("PingExit"), false), // nobody is asked
    PingState(e) {
      order.push(`Ping ${machine.is("Ping")}`);
      assertEquals(e.context === machine.context, true);
      e.add("Next");
    },
    PingEnd: () => void order.push("PingEnd"),
    ReadyState: () => void order.push(`Ready ${machine.is("Ping")}`),
    NextState: () => void order.push("Next"),
  });
  assertEquals(machine.add("Ping"), "executed");
  assertEquals(order, ["Ping true", "PingEnd", "Ready false", "Next"]);
  assertEquals([machine.tick("Ping"), machine.is("Ping")], [2, false]);
  machine.add("Ping");
  assertEquals(machine.tick("Ping"), 4);
});

Deno.test("an event's relations hold for the call and not afterwards; waits see it", async () => {
  const machine = new Machine({ Cancel: { event: true, remove: ["Saving"] }, Saving: {} });
  machine.add("Saving");
  const seen = machine.when("Cancel");
  machine.add("Cancel");
  assertEquals(machine.is("Saving"), false);
  assertEquals(machine.add("Saving"), "executed");
  await seen;
});

Deno.test("several events of a list leave together; one whose handler throws is undone", () => {
  const machine = new Machine(
    { One: { event: true }, Two: { event: true }, Bad: { event: true } },
    quiet,
  );
  machine.on("BadState", () => {
    throw new Error("no");
  });
  machine.add(["One", "Two"]);
  assertEquals(machine.time(["One", "Two"]), [2, 2]);
  assertEquals(machine.add(["One", "Bad"]), "canceled");
  assertEquals(machine.time(["One", "Two", "Bad"]), [4, 2, 2]);
  assertEquals(machine.activeStates(), ["Exception"]);
});

Deno.test("events that cannot be are refused", () => {
  for (const more of [{ multi: true }, { auto: true }, { timeouts: { B: 1 } }]) {
    assertThrows(() => new Machine({ A: { event: true, ...more }, B: {} }), SchemaError, "event");
  }
});

Deno.test("latest: each executed call has a context; a refused one ends nothing", () => {
  const machine = new Machine({ Find: { multi: "latest" }, Held: { multi: true } });
  const signals: AbortSignal[] = [];
  let ends = 0;
  machine.bindHandlers({
    FindEnter: (e) => e.args.q !== "no",
    FindState: (e) => void signals.push(e.signal),
    FindEnd: () => void ends++,
  });
  machine.add("Find", { q: "a" });
  const context = machine.stateContext("Find");
  machine.add("Find", { q: "no" });
  assertEquals([signals[0].aborted, context.expired], [false, false]);
  machine.add("Find", { q: "b" });
  assertEquals([signals[0].aborted, context.expired, signals[1].aborted], [true, true, false]);
  assertEquals([machine.tick("Find"), ends], [3, 0]);
  machine.remove("Find");
  assertEquals([signals[1].aborted, ends], [true, 1]);
});

Deno.test("latest: a rejection of a superseded call is only traced, its mutations are canceled", async () => {
  const machine = new Machine({ Find: { multi: "latest" }, Found: {} }, quiet);
  const results: string[] = [];
  machine.on("FindState", async (e) => {
    await Promise.resolve();
    results.push(e.add("Found"));
    if (e.args.n === 1) throw new Error("late");
  });
  machine.add("Find", { n: 1 });
  machine.add("Find", { n: 2 });
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  assertEquals([results, machine.isErr()], [["canceled", "executed"], false]);
});

Deno.test("exclusive: at most one of the group, types and other fields are kept", () => {
  const machine = new Machine({
    ...exclusive({ A: { multi: true }, B: { remove: ["Other"] }, C: {} } as never),
    Other: {},
  } as Record<"A" | "B" | "C" | "Other", object>);
  for (const state of ["A", "B", "C", "A"] as const) {
    machine.add(state);
    assertEquals(machine.activeStates(), [state]);
  }
});
