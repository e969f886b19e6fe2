import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { AsyncMachineError, type Change, Machine } from "../../mod.ts";

const quiet = { printErrors: false } as const;

const make = () => {
  const machine = new Machine({ A: {}, B: { multi: true }, C: {} }, quiet);
  const seen: string[] = [];
  const note = ({ cause, changed, mutation }: Change) =>
    void seen.push(`${cause} ${changed} ${mutation?.calledStates ?? "-"}`);
  return { machine, seen, note };
};

Deno.test("subscribe tells once per transition that ticked, per import, schema change and disposal", () => {
  const { machine, seen, note } = make();
  machine.subscribe(note);
  machine.add("A");
  machine.add("A"); // ticks nothing
  machine.add("B");
  machine.add(["B", "C"]);
  const time = machine.exportTime();
  machine.set([]);
  machine.importTime(time);
  machine.setSchema({ A: {}, B: { multi: true }, C: {}, D: {} });
  machine.dispose();
  assertEquals(seen, [
    "transition A A",
    "transition B B",
    "transition B,C B,C",
    "transition A,B,C ",
    "import A,B,C -",
    "schema  -",
    "dispose  -",
  ]);
});

Deno.test("with states only their changes count; the disposal always comes", () => {
  const { machine, seen, note } = make();
  machine.subscribe(note, { states: ["C"] });
  machine.add(["A", "C"]);
  machine.add("B");
  machine.dispose();
  assertEquals(seen, ["transition C A,C", "dispose  -"]);
});

Deno.test("mutations in a subscriber are queued: calls never nest", () => {
  const { machine, seen, note } = make();
  let depth = 0;
  machine.subscribe(({ changed }) => {
    assertEquals(++depth, 1);
    if (changed.includes("A")) {
      assertEquals(machine.add("C"), "queued");
      assertEquals(machine.duringTransition, false);
    }
    depth--;
  });
  machine.subscribe(note);
  machine.add("A");
  assertEquals(seen, ["transition A A", "transition C C"]);
});

Deno.test("one that is taken back meanwhile is not called, one made meanwhile is told next", () => {
  const { machine, seen, note } = make();
  const stop = new AbortController();
  machine.subscribe(() => {
    second();
    stop.abort();
    machine.subscribe(note);
  });
  const second = machine.subscribe(() => seen.push("second"));
  machine.subscribe(() => seen.push("third"), { signal: stop.signal });
  machine.add("A");
  assertEquals(seen, []);
  machine.add("C");
  assertEquals(seen, ["transition C C"]);
});

Deno.test("a subscriber that throws breaks nothing; an undone state counts as changed", () => {
  const { machine, seen, note } = make();
  machine.subscribe(() => {
    throw new Error("mine");
  });
  machine.subscribe(note);
  machine.on("AState", () => {
    throw new Error("no");
  });
  machine.add("A");
  assertEquals(seen, ["transition A A", "transition Exception Exception"]);
  {
    using _ = machine.subscribe(() => seen.push("used"));
  }
  machine.add("C");
  assertEquals(seen.at(-1), "transition C C");
});

Deno.test("waits are settled before subscribers are told", async () => {
  const { machine } = make();
  const order: string[] = [];
  machine.subscribe(() => order.push(`told, ${machine.waiterCount} waiting`));
  const wait = machine.when("A");
  machine.add("A");
  await wait;
  assertEquals(order, ["told, 0 waiting"]);
});

Deno.test("whenAny gives the first in the given order, orError rejects with the activation's error", async () => {
  const { machine } = make();
  const any = machine.whenAny(["C", "A"]);
  machine.add(["A", "C"]);
  assertEquals(await any, "C");
  assertEquals(await machine.whenAny(["B", "A"]), "A");
  const err = new Error("down");
  const failed = machine.when("B", { orError: true });
  const holds = machine.when("Exception", { orError: true });
  const ticks = machine.whenTick("B", 9, { orError: true });
  const query = machine.whenQuery((clock) => clock.B > 3, { orError: true });
  const called = machine.whenArgs("B", { x: 1 }, { orError: true });
  machine.addErr(err);
  for (const wait of [failed, ticks, query, called]) {
    assertStrictEquals(await wait.catch((error) => error), err);
  }
  await holds;
  assertEquals(machine.waiterCount, 0);
  assertStrictEquals(await machine.when("B", { orError: true }).catch((error) => error), err);
  await machine.when("A", { orError: true }); // holds already
  machine.remove("Exception");
  machine.add("Exception", undefined as never);
  await assertRejects(
    () => machine.when("B", { orError: true }),
    AsyncMachineError,
    "without an error",
  );
});
