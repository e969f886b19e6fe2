import { assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { args, SchemaError, StateUnknownError } from "../../mod.ts";
import { fate, turns } from "./settling.ts";
import { untyped } from "./untyped.ts";

const DAY = 24 * 3600 * 1000;

/** How many timers of the runtime are pending: a fake clock's count. */
function pending(run: (counts: () => number) => unknown): void {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const live = new Set<unknown>();
  globalThis.setTimeout = ((fn: () => void, ms?: number) => {
    const id = set(() => {
      live.delete(id);
      fn();
    }, ms);
    live.add(id);
    return id;
  }) as typeof setTimeout;
  globalThis.clearTimeout = ((id: number) => {
    live.delete(id);
    clear(id);
  }) as typeof clearTimeout;
  try {
    run(() => live.size);
  } finally {
    globalThis.setTimeout = set;
    globalThis.clearTimeout = clear;
  }
}

for (const days of [0.001, 24, 25, 30, 60, 400]) {
  Deno.test(`a timeout of ${days} days fires then and not before`, () => {
    using time = new FakeTime();
    const machine = untyped({ Foo: { timeouts: { Late: days * DAY } }, Late: {} });
    machine.add("Foo");
    time.tick(days * DAY - 1);
    assertEquals(machine.is("Late"), false);
    time.tick(1);
    assertEquals(machine.is("Late"), true);
  });
}

Deno.test("once per activation, refused or not; again for the next; its source names the state", () => {
  using time = new FakeTime();
  const machine = untyped({ Foo: { timeouts: { Late: 10 } }, Late: {} }, { id: "m" });
  let asked = 0;
  machine.on("LateEnter", (e) => {
    asked++;
    assertEquals(e.mutation.source, {
      machineId: "m",
      transition: asked * 2 - 1 + (asked - 1),
      handler: "",
      timeout: "Foo",
    });
    return false;
  });
  machine.add("Foo");
  time.tick(100);
  assertEquals(asked, 1);
  machine.remove("Foo");
  machine.add("Foo");
  time.tick(100);
  assertEquals([asked, machine.is("Late"), machine.isErr()], [2, false, false]);
});

Deno.test("multi and latest: counted from the last call; itself is added again and again", () => {
  for (const multi of [true, "latest"]) {
    using time = new FakeTime();
    const machine = untyped({ Foo: { multi, timeouts: { Late: 10 } }, Late: {} });
    machine.add("Foo");
    time.tick(9);
    machine.add("Foo");
    time.tick(9);
    assertEquals(machine.is("Late"), false);
    time.tick(1);
    assertEquals(machine.is("Late"), true);
    const beat = untyped({ Beat: { multi, timeouts: { Beat: 10 } } });
    beat.add("Beat");
    time.tick(35);
    assertEquals(beat.tick("Beat"), 7);
    beat.remove("Beat");
    time.tick(100);
    assertEquals(beat.tick("Beat"), 8);
  }
});

Deno.test("due at the same time: by due time, index of the state, order of keys; each only if it still lasts", () => {
  using time = new FakeTime();
  const machine = untyped({
    B: { timeouts: { Z: 10, Y: 10 } },
    A: { timeouts: { X: 10, Stop: 5 } },
    C: { timeouts: { V: 10 } },
    X: { remove: ["C"] },
    Y: {},
    Z: {},
    V: {},
    Stop: {},
  });
  const order: string[] = [];
  machine.subscribe(({ mutation }) => void order.push(...mutation!.calledStates));
  machine.add(["A", "B", "C"]);
  time.tick(10);
  assertEquals(order.slice(3), ["Stop", "Z", "Y", "X"]);
});

Deno.test("0 fires at the next timer turn; Infinity never", () => {
  using time = new FakeTime();
  const machine = untyped({ Foo: { timeouts: { Now: 0, Never: Infinity } }, Now: {}, Never: {} });
  machine.add("Foo");
  assertEquals(machine.is("Now"), false);
  time.tick(0);
  assertEquals(machine.is("Now"), true);
  time.tick(1000 * DAY);
  assertEquals([machine.is("Never"), machine.timers()], [false, []]);
});

Deno.test("no timer for what enters and leaves within a drain, one per machine else, none at the end", () => {
  using _time = new FakeTime();
  pending((count) => {
    const machine = untyped({
      Foo: { timeouts: { Late: 10 } },
      Bar: { timeouts: { Late: 20, Two: 30 } },
      Late: {},
      Two: {},
    });
    machine.on("FooState", (e) => void e.remove("Foo"));
    machine.add("Foo");
    assertEquals([count(), machine.timers().length], [0, 0]);
    machine.add("Bar");
    machine.add("Late");
    assertEquals([count(), machine.timers().length], [1, 2]);
    machine.remove("Bar");
    assertEquals([count(), machine.timers()], [0, []]);
    machine.add("Bar");
    machine.dispose();
    assertEquals([count(), machine.timers()], [0, []]);
  });
});

Deno.test("dry runs arm, restart and end nothing; nor does a refused call", () => {
  using time = new FakeTime();
  const machine = untyped({ Foo: { multi: true, timeouts: { Late: 10 } }, Late: {} });
  let open = true;
  machine.on("FooEnter", () => open);
  machine.canAdd("Foo");
  assertEquals(machine.timers(), []);
  machine.add("Foo");
  const before = machine.timers();
  time.tick(5);
  machine.canAdd("Foo");
  machine.canRemove("Foo");
  open = false;
  machine.add("Foo", { n: 1 });
  assertEquals(machine.timers(), before);
});

Deno.test("timeouts that contradict the schema are refused by name", () => {
  for (const ms of [-1, NaN, -Infinity, "5", null, {}]) {
    assertThrows(() => untyped({ Foo: { timeouts: { Late: ms } }, Late: {} }), SchemaError, "Late");
    assertThrows(
      () => untyped({ Foo: {}, Late: {} }, { timeouts: { Foo: { Late: ms } } }),
      typeof ms === "number" ? RangeError : TypeError,
      "timeouts.Foo.Late",
    );
  }
  assertThrows(() => untyped({ Foo: { timeouts: { Foo: 1 } } }), SchemaError, "Foo");
  assertThrows(() => untyped({ Foo: { timeouts: { Lat: 1 } }, Late: {} }), SchemaError, "Late");
  assertThrows(
    () => untyped({ Foo: { timeouts: { Must: 1 } }, Must: { args: args.required<object>() } }),
    SchemaError,
    "Must",
  );
});

Deno.test("Exception by a timeout: its error is a TimeoutError with state and ms", () => {
  using time = new FakeTime();
  const machine = untyped({ Foo: { timeouts: { Exception: 10 } } });
  machine.add("Foo");
  time.tick(10);
  assertEquals([machine.isErr(), machine.err?.name], [true, "TimeoutError"]);
  assertEquals(/Foo.*10/.test(machine.err!.message), true);
});

Deno.test("options.timeouts override single entries, also after a schema change", () => {
  using time = new FakeTime();
  const schema = { Foo: { timeouts: { Late: 10, Later: 20 } }, Late: {}, Later: {} };
  const machine = untyped(schema, { timeouts: { Foo: { Late: 5 } } });
  machine.add("Foo");
  assertEquals(machine.timers().map(({ adds, due }) => [adds, due - time.now]), [["Late", 5], [
    "Later",
    20,
  ]]);
  machine.setSchema({ New: {}, ...schema } as never);
  assertEquals(machine.timers().map(({ adds, due }) => [adds, due - time.now]), [["Late", 5], [
    "Later",
    20,
  ]]);
});

Deno.test("options.timeouts are held to the rules of the schema, also by a schema change", () => {
  const schema = {
    Foo: {},
    Again: { multi: true },
    Event: { event: true },
    Must: { args: args.required<{ id: number }>() },
  };
  const wrong: [Record<string, unknown>, unknown, string][] = [
    [{ Foo: { Foo: 5 } }, SchemaError, "timeouts.Foo names itself"],
    [{ Event: { Foo: 5 } }, SchemaError, "timeouts.Event: Event is an event"],
    [{ Foo: { Must: 5 } }, TypeError, "timeouts.Foo adds Must without the arguments"],
    [{ Foo: { Again: -1 } }, RangeError, "timeouts.Foo.Again is -1"],
    [{ Foo: { Again: NaN } }, RangeError, "timeouts.Foo.Again is NaN"],
    [{ Foo: { Nobody: 5 } }, StateUnknownError, "Nobody"],
    [{ Nobody: {} }, StateUnknownError, "Nobody"],
    [{ Foo: 5 }, TypeError, "timeouts.Foo is 5"],
    [{ Foo: [5] }, TypeError, "timeouts.Foo is 5"],
  ];
  for (const [timeouts, kind, message] of wrong) {
    const make = () => untyped(schema, { timeouts: timeouts as never });
    assertEquals(assertThrows(make, Error, message).constructor, kind);
  }
  // What is off contradicts nothing.
  const off = { Foo: { Foo: Infinity, Again: undefined }, Again: { Again: 5 }, Event: {} };
  const machine = untyped(schema, { timeouts: off });
  machine.add("Again");
  assertEquals(machine.timers().length, 1);
  const before = machine.timers();
  assertThrows(() => machine.setSchema({ ...schema, Again: {} }), SchemaError, "names itself");
  assertEquals([machine.schema.Again.multi, machine.timers()], [true, before]);
  machine.dispose();
});

Deno.test("a schema change: what stays keeps its time, what goes is gone, what is new counts from now", () => {
  using time = new FakeTime();
  const machine = untyped({ Foo: { timeouts: { A: 10, B: 10 } }, A: {}, B: {}, C: {} });
  machine.add("Foo");
  time.tick(4);
  machine.setSchema({ New: {}, C: {}, B: {}, A: {}, Foo: { timeouts: { A: 10, C: 10 } } } as never);
  assertEquals(machine.timers().map(({ state, adds, due }) => [state, adds, due - time.now]), [
    ["Foo", "A", 6],
    ["Foo", "C", 10],
  ]);
});

Deno.test("a schema change does not bring back what has fired in this activation", () => {
  using time = new FakeTime();
  const schema = { Foo: { timeouts: { A: 10 } }, A: {} };
  const machine = untyped(schema);
  machine.add("Foo");
  time.tick(10);
  machine.remove("A");
  machine.setSchema({ ...schema, New: {} } as never);
  assertEquals(machine.timers(), []);
  time.tick(100);
  assertEquals(machine.is("A"), false);
});

Deno.test("a schema change in the drain in which the activation began", () => {
  using time = new FakeTime();
  const machine = untyped({ Foo: { timeouts: { A: 10 } }, A: {}, Run: {} });
  machine.on("RunState", (e) => {
    e.add("Foo");
    machine.eval(() =>
      machine.setSchema(
        { Run: {}, New: { timeouts: { A: 3 } }, A: {}, Foo: { timeouts: { A: 10 } } } as never,
      )
    );
  });
  machine.add("Run");
  assertEquals(machine.timers().map(({ state, adds, due }) => [state, adds, due - time.now]), [
    ["Foo", "A", 10],
  ]);
});

Deno.test("an import ends the timers of what it changes, arms none, and leaves the others", () => {
  using time = new FakeTime();
  const schema = { Foo: { timeouts: { A: 10 } }, Bar: { timeouts: { A: 20 } }, A: {} };
  const machine = untyped(schema);
  machine.add(["Foo", "Bar"]);
  const other = untyped(schema);
  other.add(["Foo", "Bar"]);
  other.remove("Foo");
  other.add("Foo");
  machine.importTime(other.exportTime());
  assertEquals(machine.timers().map(({ state }) => state), ["Bar"]);
  time.tick(15);
  assertEquals(machine.is("A"), false);
  machine.resume();
  assertEquals(machine.timers().map(({ state }) => state), ["Foo", "Bar"]);
});

Deno.test("a throw: undone states have no timers, exits stay left, theirs are gone", () => {
  using _time = new FakeTime();
  const machine = untyped({
    Foo: { remove: ["Old"], timeouts: { A: 10 } },
    Old: { timeouts: { A: 10 } },
    A: {},
  });
  machine.on("FooState", () => {
    throw new Error("x");
  });
  machine.add("Old");
  machine.add("Foo");
  assertEquals([machine.timers(), machine.activeStates()], [[], ["Exception"]]);
});

Deno.test("disposed in a handler that a timeout ran: nothing more fires", () => {
  using time = new FakeTime();
  const machine = untyped({ Foo: { timeouts: { A: 10, B: 10 } }, A: {}, B: {} });
  machine.on("AState", () => machine.dispose());
  let results = 0;
  machine.on("BState", () => void results++);
  machine.add("Foo");
  time.tick(100);
  assertEquals([machine.disposed, results, machine.timers()], [true, 0, []]);
});

Deno.test("addAfter: bound to the activation, shown, refused like a call; elsewhere to the machine", () => {
  using time = new FakeTime();
  const machine = untyped({
    Foo: {},
    A: { multi: true },
    B: {},
    Must: { args: args.required<object>() },
  });
  const wrong: unknown[] = [];
  machine.on("FooState", (e) => {
    e.addAfter(10, "A", { n: 1 });
    for (
      const bad of [
        () => e.addAfter(-1, "A"),
        () => e.addAfter(NaN, "A"),
        () => e.addAfter(1, "Must"),
        () => e.addAfter(1, "Zzz"),
      ]
    ) {
      try {
        bad();
      } catch (error) {
        wrong.push((error as Error).name);
      }
    }
  });
  machine.on("FooEnd", (e) => void e.addAfter(20, "B"));
  machine.add("Foo");
  assertEquals(wrong, ["RangeError", "RangeError", "TypeError", "StateUnknownError"]);
  assertEquals(machine.timers(), [{ state: "Foo", adds: "A", due: time.now + 10, args: { n: 1 } }]);
  machine.remove("Foo");
  assertEquals(machine.timers(), [{ state: "", adds: "B", due: time.now + 20 }]);
  time.tick(20);
  assertEquals([machine.tick("A"), machine.is("B")], [0, true]);
});

Deno.test("sleep: resolves in time, rejects with the context's reason, leaves nothing behind", async () => {
  using time = new FakeTime();
  const machine = untyped({ Foo: {} });
  const fates: string[] = [];
  machine.on("FooState", (e) => {
    e.sleep(30 * DAY).then(
      () => fates.push("slept"),
      (error) => fates.push(String(error === e.context.reason)),
    );
    e.context.sleep(10).then(() => fates.push("short"));
    e.sleep(10); // nobody awaits it
  });
  machine.add("Foo");
  await time.tickAsync(10);
  machine.remove("Foo");
  await time.tickAsync(0);
  assertEquals(fates, ["short", "true"]);
  machine.add("Foo");
  await time.tickAsync(30 * DAY - 1);
  assertEquals(fates, ["short", "true", "short"]);
  await time.tickAsync(1);
  assertEquals(fates.at(-1), "slept");
});

Deno.test("timeouts by real time", async () => {
  const machine = untyped({ Foo: { timeouts: { Late: 5 } }, Late: {} });
  machine.add("Foo");
  await machine.when("Late", { timeout: 60_000 });
  const gone = untyped({ Foo: { timeouts: { Late: 5 } }, Late: {} });
  gone.add("Foo");
  const late = gone.when("Late");
  gone.remove("Foo");
  await turns(10);
  assertEquals(await fate(late), "pending");
  gone.dispose();
});
