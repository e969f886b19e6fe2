import { assertEquals, assertThrows } from "@std/assert";
import { SchemaError } from "../../mod.ts";
import { fate } from "./settling.ts";
import { untyped } from "./untyped.ts";

Deno.test("an event leaves by itself, before autos and all that waits; each call is an activation", () => {
  const machine = untyped({
    Ev: { event: true, add: ["On"] },
    On: {},
    Auto: { auto: true, require: ["On"] },
    Next: {},
  });
  const order: string[] = [];
  machine.subscribe(({ changed }) => void order.push(changed.join()));
  machine.on("EvState", (e) => {
    assertEquals([machine.is("Ev"), e.context === machine.context], [true, true]);
    e.add("Next");
  });
  machine.on("NextEnter", () => void assertEquals(machine.is("Ev"), false));
  machine.add("Ev");
  assertEquals(order[0], "Ev,On");
  assertEquals(order[1], "Ev");
  assertEquals(order.slice(2).sort(), ["Auto", "Next"]);
  machine.add("Ev");
  assertEquals([machine.tick("Ev"), machine.is("On")], [4, true]);
});

Deno.test("no FooExit is asked, FooEnd runs; canAdd changes nothing", () => {
  const machine = untyped({ Ev: { event: true } });
  const seen: string[] = [];
  machine.on("EvExit", () => {
    seen.push("Exit");
    return false;
  });
  machine.on("EvEnd", () => void seen.push("End"));
  assertEquals([machine.canAdd("Ev"), machine.tick("Ev")], [true, 0]);
  assertEquals([machine.add("Ev"), machine.tick("Ev"), seen], ["executed", 2, ["End"]]);
});

Deno.test("its relations hold for the call and not afterwards", () => {
  const machine = untyped({ Ev: { event: true, remove: ["A"], require: ["B"] }, A: {}, B: {} });
  assertEquals(machine.add("Ev"), "canceled");
  machine.add(["A", "B"]);
  machine.add("Ev");
  assertEquals(machine.activeStates(), ["B"]);
  assertEquals(machine.add("A"), "executed");
});

Deno.test("when settles by the transition in which it was active", async () => {
  const machine = untyped({ Ev: { event: true } });
  const waits = [
    machine.when("Ev"),
    machine.whenAny(["Ev"]),
    machine.whenTicks("Ev", 2),
    machine.whenArgs("Ev", { n: 1 }),
  ];
  machine.add("Ev", { n: 1 });
  assertEquals(await Promise.all(waits.map(fate)), [
    "resolved",
    "resolved",
    "resolved",
    "resolved",
  ]);
  assertEquals(machine.waiterCount, 0);
});

Deno.test("a throw undoes it, and the exit does not run", () => {
  const machine = untyped({ Ev: { event: true } });
  let ends = 0;
  machine.on("EvEnd", () => void ends++);
  machine.on("EvState", () => {
    throw new Error("x");
  });
  machine.add("Ev");
  assertEquals([machine.tick("Ev"), machine.isErr(), ends], [2, true, 0]);
});

Deno.test("twice in a list, two in a list, and from a handler while another waits", () => {
  const machine = untyped({ A: { event: true }, B: { event: true }, Run: {} });
  machine.add(["A", "A"]);
  assertEquals(machine.tick("A"), 2);
  machine.add(["A", "B"]);
  assertEquals([machine.tick("A"), machine.tick("B")], [4, 2]);
  const order: string[] = [];
  machine.subscribe(({ changed }) => void order.push(changed.join()));
  machine.on("RunState", (e) => {
    e.add("A", { n: 1 });
    e.add("A", { n: 2 });
    e.add("B");
  });
  machine.add("Run");
  assertEquals(order, ["Run", "A", "A", "A", "A", "B", "B"]);
});

Deno.test("disposal in its handler; a schema change and an import afterwards", () => {
  const machine = untyped({ Ev: { event: true } });
  machine.on("EvState", () => machine.dispose());
  machine.add("Ev");
  assertEquals(machine.disposed, true);
  const other = untyped({ Ev: { event: true } });
  other.add("Ev");
  other.setSchema({ New: {}, Ev: { event: true } } as never);
  other.add("Ev");
  assertEquals(other.tick("Ev"), 4);
  const copy = untyped({ New: {}, Ev: { event: true } });
  copy.importTime(other.exportTime());
  copy.add("Ev");
  assertEquals([copy.tick("Ev"), copy.is("Ev")], [6, false]);
});

for (
  const field of [{ multi: true }, { multi: "latest" }, { auto: true }, { timeouts: { B: 1 } }]
) {
  Deno.test(`event with ${JSON.stringify(field)} is a SchemaError`, () => {
    assertThrows(() => untyped({ A: { event: true, ...field }, B: {} }), SchemaError, "A");
  });
}
