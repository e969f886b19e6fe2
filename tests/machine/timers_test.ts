import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { args, Machine, SchemaError } from "../../mod.ts";

const quiet = { printErrors: false } as const;
const DAY = 86_400_000;

Deno.test("a timeout adds its state once, with its source, while the activation lasts", async () => {
  using time = new FakeTime();
  const machine = new Machine(
    { Up: { timeouts: { Late: 100 } }, Late: { remove: ["Up"] }, Other: {} },
    { id: "m" },
  );
  const sources: unknown[] = [];
  machine.on("LateState", (e) => void sources.push(e.mutation.source));
  machine.add("Up");
  assertEquals(machine.timers().map(({ state, adds }) => [state, adds]), [["Up", "Late"]]);
  await time.tickAsync(99);
  assertEquals(machine.is("Late"), false);
  await time.tickAsync(1);
  assertEquals([machine.is("Late"), machine.timers()], [true, []]);
  assertEquals(sources, [{ machineId: "m", transition: 1, handler: "", timeout: "Up" }]);
});

Deno.test("a refused timeout is not tried again in its activation", async () => {
  using time = new FakeTime();
  const machine = new Machine({ Up: { timeouts: { Late: 10 } }, Late: {} });
  let asked = 0;
  machine.on("LateEnter", () => ++asked > 5);
  machine.add("Up");
  await time.tickAsync(1000);
  assertEquals([asked, machine.is("Late")], [1, false]);
  machine.remove("Up");
  machine.add("Up");
  await time.tickAsync(10);
  assertEquals(asked, 2);
});

Deno.test("timers end with the activation, the drain, the machine; a multi call starts anew", async () => {
  using time = new FakeTime();
  const machine = new Machine({
    Up: { timeouts: { Late: 10 } },
    Again: { multi: true, timeouts: { Late: 10 } },
    Late: {},
    Brief: {},
  });
  machine.on("BriefState", (e) => void (e.add("Up"), e.remove("Up")));
  machine.add("Brief");
  assertEquals(machine.timers(), []);
  machine.add("Again");
  await time.tickAsync(6);
  machine.add("Again");
  await time.tickAsync(6);
  assertEquals(machine.is("Late"), false);
  await time.tickAsync(4);
  assertEquals(machine.is("Late"), true);
  machine.remove("Late");
  machine.add("Up");
  machine.remove("Up");
  await time.tickAsync(20);
  assertEquals(machine.is("Late"), false);
  machine.add("Up");
  machine.dispose();
  assertEquals(machine.timers(), []);
  await time.tickAsync(20);
  assertEquals(machine.is("Late"), false);
});

Deno.test("timeouts of 30 and 60 days fire at their time and not before", async () => {
  using time = new FakeTime();
  const machine = new Machine({
    Up: { timeouts: { Month: 30 * DAY, Two: 60 * DAY } },
    Month: {},
    Two: {},
  });
  machine.add("Up");
  await time.tickAsync(30 * DAY - 1);
  assertEquals(machine.activeStates(), ["Up"]);
  await time.tickAsync(1);
  assertEquals(machine.activeStates(), ["Up", "Month"]);
  await time.tickAsync(30 * DAY - 1);
  assertEquals(machine.is("Two"), false);
  await time.tickAsync(1);
  assertEquals(machine.is("Two"), true);
});

Deno.test("those due at once fire by state and key, each only if its activation still lasts", async () => {
  using time = new FakeTime();
  const machine = new Machine({
    A: { timeouts: { Two: 5, One: 5 } },
    B: { timeouts: { Three: 5 } },
    One: {},
    Two: { remove: ["B"] },
    Three: {},
  });
  machine.add(["B", "A"]);
  const order: string[] = [];
  machine.subscribe(({ changed }) => order.push(...changed));
  await time.tickAsync(5);
  assertEquals(order, ["B", "Two", "One"]);
});

Deno.test("options replace single times; Infinity is off, 0 is the next turn, Exception has an error", async () => {
  using time = new FakeTime();
  const machine = new Machine(
    { A: { timeouts: { X: 5, Y: 5 } }, X: {}, Y: {}, B: { timeouts: { Exception: 0 } } },
    { ...quiet, timeouts: { A: { X: Infinity, Y: 7 } } },
  );
  machine.add("A");
  assertEquals(machine.timers().map(({ adds }) => adds), ["Y"]);
  machine.add("B");
  assertEquals(machine.isErr(), false);
  await time.tickAsync(0);
  assertEquals(machine.err?.name, "TimeoutError");
  assert(machine.err!.message.includes("B"));
  assertThrows(() => new Machine({ A: {} }, { timeouts: { A: { A: -1 } } }), RangeError);
});

Deno.test("schemas with timeouts that cannot be are refused", () => {
  const refused = (schema: object, part: string) =>
    assertThrows(() => new Machine(schema as Record<string, object>), SchemaError, part);
  for (const ms of [-1, NaN, "5", null]) {
    refused({ A: { timeouts: { B: ms } }, B: {} }, "timeouts.B");
  }
  refused({ A: { timeouts: { A: 5 } } }, "names itself");
  refused({ A: { timeouts: { Bb: 5 } }, B: {} }, "Unknown state");
  refused({ A: { timeouts: { B: 5 } }, B: { args: args.required<{ x: 1 }>() } }, "arguments");
  new Machine({ A: { multi: true, timeouts: { A: 5 } } });
});

Deno.test("addAfter is bound to the activation, or to the machine elsewhere", async () => {
  using time = new FakeTime();
  const machine = new Machine({ A: {}, B: { multi: true }, Bye: {}, Gone: {} });
  const got: unknown[] = [];
  machine.bindHandlers({
    AState: (e) => {
      e.addAfter(10, "B", { n: 1 });
      e.addAfter(20, ["B", "Bye"], { n: 2 });
    },
    AEnd: (e) => e.addAfter(5, "Gone"),
    BState: (e) => void got.push(e.args.n),
  });
  machine.add("A");
  assertEquals(machine.timers().map(({ state, adds }) => [state, adds]), [["A", "B"], ["A", [
    "B",
    "Bye",
  ]]]);
  await time.tickAsync(10);
  machine.remove("A");
  await time.tickAsync(5);
  assertEquals([got, machine.is("Bye"), machine.is("Gone")], [[1], false, true]);
  assertThrows(() => {
    machine.on("GoneEnd", (e) => e.addAfter(-1, "A"));
    const other = new Machine({ A: {} }, { catchErrors: false, ...quiet });
    other.on("AState", (e) => e.addAfter(NaN, "A"));
    other.add("A");
  }, RangeError);
});

Deno.test("sleep resolves, or rejects with the context's reason and leaves nothing", async () => {
  using time = new FakeTime();
  const machine = new Machine({ A: {} });
  const said: string[] = [];
  machine.on("AState", async (e) => {
    await e.sleep(5);
    said.push("slept");
    await e.sleep(50).catch((error) => said.push(error.name));
  });
  machine.add("A");
  await time.tickAsync(5);
  machine.remove("A");
  await time.tickAsync(0);
  assertEquals(said, ["slept", "AbortError"]);
  await assertRejects(() => machine.stateContext("A").sleep(1), DOMException);
  machine.context.sleep(5); // nobody awaits it
  machine.dispose();
  assertThrows(() => machine.context.sleep(-1), RangeError);
});

Deno.test("a schema change keeps the due times of entries that stay; a throw leaves no timer", async () => {
  using time = new FakeTime();
  const machine = new Machine({ Up: { timeouts: { Late: 10, Gone: 5 } }, Late: {}, Gone: {} });
  machine.add("Up");
  await time.tickAsync(3);
  machine.setSchema({ New: {}, Up: { timeouts: { Late: 10, New: 4 } }, Late: {}, Gone: {} });
  assertEquals(machine.timers().map(({ adds }) => adds), ["New", "Late"]);
  await time.tickAsync(4);
  assertEquals(machine.activeStates(), ["New", "Up"] as never);
  await time.tickAsync(3);
  assertEquals(machine.is("Late"), true);
  assertEquals(machine.is("Gone"), false);
  const throwing = new Machine({ Up: { timeouts: { Late: 10 } }, Late: {} }, quiet);
  throwing.on("UpState", () => {
    throw new Error("no");
  });
  throwing.add("Up");
  assertEquals(throwing.timers(), []);
});

Deno.test("timers are exported; resume runs them with what was left, overdue ones at once", async () => {
  using time = new FakeTime();
  const schema = {
    Up: { timeouts: { Late: 100, Soon: 10 } },
    Late: {},
    Soon: {},
    Job: {},
    Ping: {},
  } as const;
  const before = new Machine(schema);
  before.on("JobState", (e) => e.addAfter(50, "Ping"));
  before.add(["Up", "Job"]);
  await time.tickAsync(4);
  const saved = JSON.parse(JSON.stringify(before.exportTime()));
  before.dispose();
  await time.tickAsync(36);
  const after = new Machine(schema);
  const resumed: unknown[] = [];
  after.bindHandlers({
    UpState: (e) => void resumed.push(["Up", e.resumed, e.args]),
    JobState: (e) => void resumed.push(["Job", e.resumed, e.args]),
  });
  after.importTime(saved);
  assertEquals(after.timers(), []);
  after.resume({ args: { Job: { id: 1 } } });
  assertEquals(resumed, [["Up", true, {}], ["Job", true, { id: 1 }]]);
  assertEquals(after.timers().map(({ adds, due }) => [adds, due - Date.now()]), [
    ["Soon", 0],
    ["Ping", 10],
    ["Late", 60],
  ]);
  await time.tickAsync(0);
  assertEquals(after.is("Soon"), true);
  await time.tickAsync(10);
  assertEquals(after.is("Ping"), true);
  after.resume();
  assertEquals(resumed.length, 2);
});
