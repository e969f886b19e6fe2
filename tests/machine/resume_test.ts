import { assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { args, type HandlerEvent, type Machine, SchemaError } from "../../mod.ts";
import { turns } from "./settling.ts";
import { untyped } from "./untyped.ts";

/** A time in which these states are active. */
function timeWith(schema: object, states: readonly string[]) {
  const machine = untyped(schema);
  for (const state of states) machine.add(state, {});
  return JSON.parse(JSON.stringify(machine.exportTime()));
}

const schema = { A: {}, B: { after: ["C"] }, C: { multi: true }, D: {} };

Deno.test("resume calls the handlers of what was imported, once, in handler order; ticks stay", () => {
  const machine = untyped(schema);
  machine.add("D");
  const seen: unknown[] = [];
  for (const name of ["A", "B", "C", "D"]) {
    machine.on(`${name}State`, (e) => void seen.push([name, e.resumed, e.args.n]));
  }
  machine.importTime(timeWith(schema, ["A", "B", "C", "C", "D"]));
  const before = machine.time();
  machine.resume({ args: { C: { n: 1 } } } as never);
  machine.resume();
  assertEquals(seen, [["A", true, undefined], ["C", true, 1], ["B", true, undefined]]);
  assertEquals(machine.time(), before);
});

Deno.test("what two imports brought is resumed by one resume", () => {
  const machine = untyped(schema);
  const seen: string[] = [];
  for (const name of ["A", "D"]) machine.on(`${name}State`, () => void seen.push(name));
  machine.importTime(timeWith(schema, ["A"]));
  machine.importTime(timeWith(schema, ["A", "D"]));
  machine.resume();
  assertEquals(seen, ["A", "D"]);
});

Deno.test("an activation that ended after the import is not resumed", () => {
  const machine = untyped(schema);
  const seen: unknown[] = [];
  machine.on("AState", (e) => void seen.push(e.resumed));
  machine.importTime(timeWith(schema, ["A", "D"]));
  machine.remove("A");
  machine.add("A");
  machine.resume();
  assertEquals(seen, [false]);
});

Deno.test("required arguments that are missing: a TypeError before anything is called, and it can be tried again", () => {
  const must = { A: {}, Must: { args: args.required<{ n: number }>() } };
  const machine = untyped(must);
  const seen: string[] = [];
  machine.on("AState", () => void seen.push("A"));
  machine.on("MustState", (e) => void seen.push(`Must ${e.args.n}`));
  machine.importTime(timeWith(must, ["A", "Must"]));
  assertThrows(() => machine.resume(), TypeError, "Must");
  assertEquals(seen, []);
  machine.resume({ args: { Must: { n: 1 } } } as never);
  assertEquals(seen, ["A", "Must 1"]);
});

Deno.test("mutations of resumed handlers run after all were called", () => {
  const machine = untyped({ A: {}, B: {}, C: {} });
  const seen: string[] = [];
  machine.on("AState", (e) => void (seen.push("A"), e.remove("B")));
  machine.on("BState", () => void seen.push("B"));
  machine.on("BEnd", () => void seen.push("BEnd"));
  machine.importTime(timeWith({ A: {}, B: {}, C: {} }, ["A", "B"]));
  machine.resume();
  assertEquals(seen, ["A", "B", "BEnd"]);
});

Deno.test("a throw and a rejection are failures that come later; the others go on", async () => {
  for (
    const fail of [() => {
      throw new Error("x");
    }, () => Promise.reject(new Error("x"))]
  ) {
    const machine = untyped({ A: {}, B: {} });
    const seen: string[] = [];
    machine.on("AState", fail);
    machine.on("BState", () => void seen.push("B"));
    machine.importTime(timeWith({ A: {}, B: {} }, ["A", "B"]));
    machine.resume();
    await turns();
    assertEquals([seen, machine.activeStates(), machine.err?.message], [
      ["B"],
      ["B", "Exception"],
      "x",
    ]);
  }
});

Deno.test("times: what was left, overdue ones at the next turn, the full time if none was stored", () => {
  using time = new FakeTime();
  const timed = {
    A: { timeouts: { X: 100 } },
    B: { timeouts: { Y: 10 } },
    C: { timeouts: { Z: 30 } },
    X: {},
    Y: {},
    Z: {},
  };
  const machine = untyped(timed);
  machine.add(["A", "B"]);
  const saved = machine.exportTime();
  machine.dispose();
  time.tick(40);
  const next = untyped(timed);
  next.importTime(saved);
  assertEquals(next.timers(), []);
  next.resume();
  assertEquals(next.timers().map(({ adds, due }) => [adds, due - time.now]), [["Y", 0], ["X", 60]]);
  assertEquals(next.is("Y"), false);
  time.tick(0);
  assertEquals(next.is("Y"), true);
  const bare = untyped(timed);
  const { timers: _, ...without } = saved as unknown as Record<string, unknown>;
  bare.importTime(without as never);
  bare.resume();
  assertEquals(bare.timers().map(({ due }) => due - time.now), [10, 100]);
});

Deno.test("refused during a transition; a disposed machine resumes nothing", () => {
  const machine = untyped({ A: {} });
  let error: unknown;
  machine.on("AState", () => {
    try {
      machine.resume();
    } catch (thrown) {
      error = thrown;
    }
  });
  machine.add("A");
  assertEquals(error instanceof SchemaError, true);
});

Deno.test("disposed by a resumed handler: no further handler is called, nothing is armed", () => {
  using _time = new FakeTime();
  const both = { A: { timeouts: { C: 5 } }, B: {}, C: {} };
  const machine = untyped(both);
  const seen: string[] = [];
  machine.on("AState", () => machine.dispose());
  machine.on("BState", () => void seen.push("B"));
  machine.importTime(timeWith(both, ["A", "B"]));
  machine.resume();
  assertEquals([seen, machine.timers()], [[], []]);
});

Deno.test("a timeout that has fired in an activation does not fire again after it was resumed", async () => {
  using time = new FakeTime(0);
  const reminded = { Waiting: { timeouts: { Remind: 1000, Late: 5000 } }, Remind: {}, Late: {} };
  const machine = untyped(reminded);
  machine.add("Waiting");
  await time.tickAsync(1500);
  machine.remove("Remind");
  const once = JSON.parse(JSON.stringify(machine.exportTime()));
  const again = untyped(reminded);
  again.importTime(once);
  again.resume();
  // Twice: what was spent is saved again.
  const saved = JSON.parse(JSON.stringify(again.exportTime()));
  const third = untyped(reminded);
  third.importTime(saved);
  third.resume();
  assertEquals(third.timers().map(({ adds, due }) => [adds, due]), [["Late", 5000]]);
  await time.tickAsync(3000);
  assertEquals(third.activeStates(), ["Waiting"]);
  await time.tickAsync(1000);
  assertEquals(third.activeStates(), ["Waiting", "Late"]);
  assertEquals(third.tick("Remind"), 2);
});

Deno.test("a timeout that has fired counts anew in the next activation, and for the next call of a multi state", async () => {
  using time = new FakeTime(0);
  for (const multi of [true, false]) {
    const machine = untyped({ A: { multi, timeouts: { B: 1000 } }, B: { multi: true } });
    machine.add("A");
    await time.tickAsync(1000);
    if (!multi) machine.remove("A");
    machine.add("A");
    assertEquals(machine.exportTime().timers?.find(({ due }) => due < 0), undefined);
    const again = untyped({ A: { multi, timeouts: { B: 1000 } }, B: { multi: true } });
    again.importTime(machine.exportTime());
    again.resume();
    assertEquals(again.timers().map(({ adds }) => adds), ["B"]);
    again.dispose();
    machine.dispose();
  }
});

Deno.test("handlers that were due when the time was saved are called first, with the machine's context", () => {
  const machine = untyped({ A: {}, B: {}, Ping: { event: true } });
  const seen: unknown[] = [];
  for (const name of ["AState", "BEnd", "PingState"] as const) {
    machine.on(name, (e) => {
      seen.push([name, e.resumed, e.args.n, e.context === machine.context, e.name]);
      e.add("B");
    });
  }
  machine.importTime(timeWith({ A: {}, B: {}, Ping: { event: true } }, ["A"]));
  machine.resume({
    again: [{ handler: "BEnd" }, { handler: "PingState", args: { n: 7 } }, { handler: "AEnd" }, {
      handler: "NoneState",
    }],
  });
  assertEquals(seen, [
    ["BEnd", true, undefined, true, "BEnd"],
    ["PingState", true, 7, true, "PingState"],
    ["AState", true, undefined, false, "AState"],
  ]);
  assertEquals(machine.activeStates(), ["A", "B"]);
});

Deno.test("a resumed handler may do with other machines what every handler may, and is the source", () => {
  const actions: Readonly<
    Record<string, (other: Machine, e: HandlerEvent) => unknown>
  > = {
    add: (other) => other.add("A"),
    "add, to a handler": (other) => other.add("B"),
    remove: (other) => other.remove("D"),
    set: (other) => other.set("A"),
    ask: (other) => other.ask("B"),
    "e.with": (other, e) => e.with(other as never).add("A" as never),
    canAdd: (other) => other.canAdd("B"),
    eval: (other) => other.eval(() => other.add("A")),
    addErr: (other) => other.addErr(new Error("asked for")),
  };
  for (const [what, act] of Object.entries(actions)) {
    const sources: unknown[] = [];
    const other = untyped(schema, {
      printErrors: false,
      tracers: [{
        transitionStart: (tx: { check: boolean; source: unknown }) => {
          if (!tx.check) sources.push(tx.source);
        },
      }],
    });
    other.add("D");
    sources.length = 0;
    other.on("BState", () => {});
    const machine = untyped(schema, { id: "m", printErrors: false });
    machine.on("AState", (e) => void act(other, e));
    machine.importTime(timeWith(schema, ["A"]));
    machine.resume();
    assertEquals([machine.toString(), machine.err], ["(A:1)", null], what);
    const expected = what === "canAdd"
      ? []
      : [{ machineId: "m", transition: 0, handler: "AState" }];
    assertEquals(sources, expected, what);
  }
});
