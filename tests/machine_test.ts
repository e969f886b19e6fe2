import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  args,
  argsMapper,
  EvalTimeoutError,
  globalTracers,
  HandlerTimeoutError,
  HandlerUnknownError,
  Machine,
  MachineDisposedError,
  type MachineOptions,
  mergeSchemas,
  mergeStates,
  SchemaError,
  StateUnknownError,
  type Tracer,
} from "../mod.ts";

const SILENT: MachineOptions = { printErrors: false };

/** Runs `fn` with `console.error` replaced, and gives what was printed. */
function printed(fn: () => void): string {
  const lines: string[] = [];
  const { error } = console;
  console.error = (...parts) => lines.push(parts.map(String).join(" "));
  try {
    fn();
  } finally {
    console.error = error;
  }
  return lines.join("\n");
}

// --- schema ---------------------------------------------------------------------

Deno.test("Machine names the nearest state for an unknown one", () => {
  const machine = new Machine({ ProcessingFile: {} });
  const error = assertThrows(
    () => machine.add("ProcesingFile" as "ProcessingFile"),
    StateUnknownError,
  );
  assertEquals(error.message, 'Unknown state "ProcesingFile": did you mean "ProcessingFile"');
  assertThrows(() => machine.add("Q" as "ProcessingFile"), StateUnknownError, "known are");
});

Deno.test("Machine refuses contradictory schemas", () => {
  const make = (schema: object) => () => new Machine(schema as Record<string, object>);
  assertThrows(make({ A: { add: ["B"] } }), SchemaError, 'Unknown state "B" in A.add');
  assertThrows(
    make({ A: { require: ["B"], remove: ["B"] }, B: {} }),
    SchemaError,
    "requires and removes",
  );
  assertThrows(make({ A: { after: ["B"] }, B: { after: ["A"] } }), SchemaError, "cycle");
  assertThrows(make({ A: { add: "B" }, B: {} }), SchemaError, "not a list");
  assertThrows(
    make({ A: { requires: ["B"] }, B: {} }),
    SchemaError,
    'Unknown field "requires" in A: did you mean "require"',
  );
  assertThrows(make({ A: null }), SchemaError, "expected an object");
  assertThrows(() => new Machine(null as unknown as Record<string, object>), SchemaError);
});

Deno.test("mergeSchemas unites relations and mergeStates lists", () => {
  const merged = mergeSchemas({ A: { add: ["B"] }, B: {} }, {
    A: { add: ["C"], multi: true },
    C: {},
  });
  assertEquals(merged.A, { add: ["B", "C"], multi: true } as unknown as typeof merged.A);
  assertEquals(mergeStates(["A", "B"], ["B", "C"]), ["A", "B", "C"]);
  const four = mergeSchemas({ A: {} }, { B: {} }, { C: {} }, { D: { require: ["A"] } });
  assertEquals(Object.keys(four), ["A", "B", "C", "D"]);
});

Deno.test("Machine.setSchema keeps ticks, contexts, waits and handlers", async () => {
  const machine = new Machine({ A: {}, B: {} });
  let ended = 0;
  machine.on("AEnd", () => ended++);
  machine.add("A");
  const context = machine.stateContext("A");
  const wait = machine.when("B");
  const seen: unknown[] = [];
  machine.addTracer({ schemaChange: (_, before) => seen.push(Object.keys(before)) });
  const more = machine.setSchema({ New: {}, B: {}, A: { remove: ["New"] } });
  assertEquals(seen, [["A", "B", "Exception"]]);
  assertEquals(more.toStringAll(), "(A:1)[New:0 B:0 Exception:0]");
  assertEquals(more.stateContext("A"), context);
  assertEquals(more.add("New"), "canceled");
  more.add("B");
  await wait;
  more.remove("A");
  assertEquals([ended, context.expired], [1, true]);
  assertThrows(() => more.setSchema({ A: {} }), SchemaError, "missing");
});

Deno.test("Machine.setSchema lets a multi state's activation go on", () => {
  const machine = new Machine({ A: { multi: true }, B: {} });
  const events: { expired: boolean }[] = [];
  machine.on("AState", (e) => events.push(e));
  machine.add("A");
  machine.add("A");
  machine.setSchema({ New: {}, B: {}, A: { multi: true } });
  assertEquals(events.map((e) => e.expired), [false, false]);
  machine.add("A");
  machine.remove("A");
  machine.add("A");
  assertEquals(events.map((e) => e.expired), [true, true, true, false]);
  machine.importTime(machine.exportTime());
  assertEquals(events.at(-1)!.expired, false);
});

// --- handlers ---------------------------------------------------------------------

Deno.test("Machine.bindHandlers refuses unknown and ambiguous names", () => {
  const machine = new Machine({ A: {}, AA: {}, FooState: {}, Foo: {} });
  const bind = (name: string) => () =>
    machine.bindHandlers({ [name]: () => {} } as Record<never, never>);
  assertThrows(bind("FooStat"), HandlerUnknownError, 'did you mean "FooState');
  assertThrows(bind("AAA"), HandlerUnknownError, "from A to AA or from AA to A");
  assertThrows(bind("AnyStat"), HandlerUnknownError);
});

Deno.test("Machine.bindHandlers takes instances, in order, and undoes", () => {
  class Base {
    calls: string[] = [];
    FooState(): void {
      this.calls.push("state");
    }
  }
  class Derived extends Base {
    override FooState(): void {
      super.FooState();
      this.note();
    }
    note(): void {
      this.calls.push("note");
    }
  }
  const machine = new Machine({ Foo: { multi: true } });
  const handlers = new Derived();
  const binding = machine.bindHandlers(handlers);
  assertEquals(binding.names, ["FooState"]);
  const order: string[] = [];
  machine.on("FooState", () => order.push("second"));
  machine.add("Foo");
  assertEquals([handlers.calls, order], [["state", "note"], ["second"]]);
  binding.unbind();
  binding.unbind();
  machine.add("Foo");
  assertEquals([handlers.calls.length, order.length], [2, 2]);
});

Deno.test("Machine.on ends with its signal", () => {
  const machine = new Machine({ Foo: { multi: true } });
  const controller = new AbortController();
  let calls = 0;
  machine.on("FooState", () => calls++, { signal: controller.signal });
  machine.on("FooState", () => calls++, { signal: AbortSignal.abort() });
  const undone = machine.on("FooState", () => calls++, { signal: controller.signal });
  undone[Symbol.dispose]();
  machine.add("Foo");
  controller.abort();
  machine.add("Foo");
  assertEquals(calls, 1);
});

Deno.test("HandlerEvent tells everything about its mutation", () => {
  const machine = new Machine({ Foo: { args: args<{ id: number }>(), remove: ["Bar"] }, Bar: {} }, {
    id: "m",
  });
  machine.add("Bar");
  machine.bindHandlers({
    FooState(e) {
      assertEquals([e.name, e.machine.id, e.args.id], ["FooState", "m", 7]);
      assertEquals([e.mutation.type, e.mutation.calledStates, e.mutation.auto], [
        "add",
        ["Foo"],
        false,
      ]);
      const { statesBefore, target, enters, exits, accepted, result } = e.transition;
      assertEquals(statesBefore, ["Bar"]);
      assertEquals([target, enters, exits], [["Foo"], ["Foo"], ["Bar"]]);
      assertEquals([accepted, result], [false, "queued"]);
      assertEquals(e.machine.transition, e.transition);
      assertEquals([e.toggle("Bar"), e.remove("Foo"), e.set("Bar")], [
        "queued",
        "queued",
        "queued",
      ]);
      assertEquals(e.machine.queue.map((m) => m.source?.handler), [
        "FooState",
        "FooState",
        "FooState",
      ]);
      assertEquals(e.machine.isQueued("remove", "Foo", { strict: true, withoutArgs: true }), true);
      assertEquals(e.machine.isQueued("add", "Foo"), false);
      assertEquals(e.machine.duringTransition, true);
    },
  });
  assertEquals(machine.add("Foo", { id: 7 }), "executed");
  assertEquals(machine.err, null);
  assertEquals(machine.toString(), "(Bar:3)");
});

Deno.test("Machine gives the event to every function that can see it", () => {
  const seen: [string, unknown][] = [];
  const machine = new Machine({ A: {}, B: {}, C: {}, D: {}, E: {}, F: {} });
  const see = function (this: unknown, e: { name: string }) {
    seen.push([e.name, e]);
  };
  machine.bindHandlers({
    AState: (...all) => void seen.push(["AState", all[0]]),
    BState(e = {} as never) {
      seen.push(["BState", e]);
    },
    CState: function () {
      seen.push(["CState", arguments[0]]);
    },
    DState: see.bind(null),
    // deno-lint-ignore no-explicit-any
    EState: new Proxy(see, {}) as any,
    ["FState"]() {
      seen.push(["FState", arguments.length]);
    },
  });
  machine.add(["A", "B", "C", "D", "E", "F"]);
  assertEquals(seen.length, 6);
  for (const [name, event] of seen) {
    if (name === "FState") assertEquals(event, 1);
    else assertEquals((event as { name: string }).name, name);
  }
});

Deno.test("Machine makes a transition for handlers without parameters when it is needed", () => {
  const seen: unknown[] = [];
  const machine = new Machine({ A: { remove: ["B"] }, B: {}, C: {}, D: {} }, SILENT);
  machine.bindHandlers({
    AEnter: () => void seen.push(machine.transition?.statesBefore),
    AState: () => {
      const { transition } = machine;
      seen.push(transition?.statesBefore, transition === machine.transition);
    },
    CEnter: () => false,
    DState: () => {
      throw new Error("no");
    },
  });
  machine.add("B");
  machine.add("A");
  assertEquals(seen, [["B"], ["B"], true]);
  assertEquals(machine.add("C"), "canceled");
  assertEquals(machine.explain()?.handler, "CEnter");
  assertEquals(machine.transition, null);
  machine.on(
    "ExceptionState",
    (e) => void seen.push(e.args.panic?.statesBefore, e.args.panic?.handler),
  );
  assertEquals(machine.add("D"), "canceled");
  assertEquals(seen.slice(3), [["A"], "DState"]);
});

Deno.test("Machine refuses a promise from a negotiation handler", async () => {
  const machine = new Machine({ Foo: {} }, SILENT);
  machine.bindHandlers(
    { FooEnter: () => Promise.reject(new Error("late")) } as Record<never, never>,
  );
  assertEquals(machine.add("Foo"), "canceled");
  assertStringIncludes(machine.err!.message, "negotiation handlers are synchronous");
  assertEquals(machine.isErr(), true);
  await Promise.resolve();
});

Deno.test("Machine turns what handlers throw into Exception, with all about it", async () => {
  const machine = new Machine({ Foo: {} }, SILENT);
  machine.on("FooState", () => {
    // deno-lint-ignore no-throw-literal
    throw "text";
  });
  let panic: unknown;
  machine.on("ExceptionState", (e) => panic = e.args.panic);
  assertEquals(machine.add("Foo"), "canceled");
  await machine.whenErr();
  assertEquals(machine.err!.cause, "text");
  const { stack, ...rest } = panic as { stack: string };
  assertEquals(
    rest,
    { calledStates: ["Foo"], statesBefore: [], transition: 1, handler: "FooState" } as object,
  );
  assertStringIncludes(stack, "Error: text");
  assertEquals(machine.explain()?.handler, "FooState");
});

Deno.test("Machine throws out of the mutation when catchErrors is off", () => {
  const machine = new Machine({ Foo: {}, Bar: {} }, { ...SILENT, catchErrors: false });
  machine.on("FooState", (e) => {
    e.add("Bar");
    throw new RangeError("foo");
  });
  assertThrows(() => machine.add("Foo"), RangeError, "foo");
  assertEquals(machine.activeStates(), ["Bar"]);
});

Deno.test("Machine reports errors that come from Exception's own handlers, and prints them", () => {
  const machine = new Machine({ Foo: {} });
  machine.on("ExceptionState", () => {
    throw new Error("in the handler");
  });
  const text = printed(() => machine.addErr(new Error("first"), { state: "Foo", args: { id: 1 } }));
  assertStringIncludes(text, "first");
  assertStringIncludes(text, "in the handler");
  assertThrows(() => machine.addErr(undefined), TypeError);
});

Deno.test("Machine reports a handler that takes longer than handlerTimeout", () => {
  const machine = new Machine({ Foo: {}, Bar: {} }, { ...SILENT, handlerTimeout: 1 });
  const busy = () => {
    const start = performance.now();
    while (performance.now() - start < 5);
  };
  machine.bindHandlers({ FooEnter: busy, BarState: () => {} });
  assertEquals(machine.add("Foo"), "canceled");
  assertInstanceOf(machine.err, HandlerTimeoutError);
  assertEquals(machine.err.handler, "FooEnter");
  assertEquals(machine.add("Bar"), "executed");
});

Deno.test("Machine keeps its promise after a throw left states without what they require", () => {
  const machine = new Machine({ A: { multi: true }, B: { require: ["A"] }, C: {} }, SILENT);
  let fail = false;
  machine.on("AState", () => {
    if (fail) throw new Error("again");
  });
  machine.add("B");
  assertEquals(machine.add("A"), "executed");
  machine.add("B");
  fail = true;
  assertEquals(machine.add("A"), "canceled");
  assertEquals([machine.is("A"), machine.is("B")], [false, false]);
});

// --- queue ------------------------------------------------------------------------

Deno.test("Machine cancels and reports what does not fit into the queue, but not errors", () => {
  const machine = new Machine({ Foo: {}, Bar: { multi: true } }, { queueLimit: 2 });
  const results: string[] = [];
  machine.on("FooState", (e) => {
    for (let i = 0; i < 4; i++) results.push(e.add("Bar", { i }));
    throw new Error("foo");
  });
  const text = printed(() => machine.add("Foo"));
  assertEquals(results, ["queued", "queued", "canceled", "canceled"]);
  assertStringIncludes(text, "QueueLimitError: Cannot queue add Bar: 2 mutations");
  assertEquals(machine.is(["Bar", "Exception"]), true);
});

Deno.test("Machine processes a huge queue", () => {
  const machine = new Machine({ Foo: {}, Bar: { multi: true } }, { queueLimit: Infinity });
  machine.on("FooState", (e) => {
    for (let i = 0; i < 100_000; i++) e.machine.add("Bar", { i });
  });
  machine.add("Foo");
  assertEquals(machine.tick("Bar"), 199_999);
});

Deno.test("Machine.eval runs between transitions", async () => {
  const machine = new Machine({ Foo: {}, Bar: {} });
  const seen: string[] = [];
  let late: Promise<unknown> = Promise.resolve();
  machine.on("FooState", (e) => {
    e.add("Bar");
    late = e.machine.eval(() => seen.push(e.machine.toString()));
    seen.push("handler");
  });
  machine.add("Foo");
  await late;
  // First in, first out, as mutations.
  assertEquals(seen, ["handler", "(Foo:1 Bar:1)"]);
  assertEquals(await machine.eval(() => machine.remove("Bar")), "queued");
  assertEquals(machine.toString(), "(Foo:1)");
  await assertRejects(
    () =>
      machine.eval(() => {
        throw new Error("mine");
      }),
    Error,
    "mine",
  );
  await assertRejects(() => machine.eval(() => 1, { signal: AbortSignal.abort() }), DOMException);
  const timely = machine.eval(() => machine.eval(() => 1, { timeout: 1000 }));
  assertEquals(await timely, 1);
  assertStringIncludes(new EvalTimeoutError(5, "m").message, "5 ms");
  machine.dispose();
  await assertRejects(() => machine.eval(() => 1), MachineDisposedError);
});

// --- clocks, checks, looking ------------------------------------------------------------

Deno.test("Machine shows its clocks and states", () => {
  const machine = new Machine({
    A: { auto: true, after: ["B"] },
    B: { multi: true, remove: ["C"] },
    C: {},
  }, {
    id: "m1",
    tags: ["x"],
  });
  const clock = machine.clock();
  assertEquals(machine.changedSince(clock), false);
  machine.add(["B", "B"]);
  assertEquals(machine.changedSince(clock), true);
  machine.add("B");
  assertEquals(machine.time(), [1, 3, 0, 0]);
  assertEquals([machine.time(["B"]), machine.timeSum(), machine.timeSum(["A"])], [[3], 4, 1]);
  assertEquals([machine.isTick("B", 3), machine.isTime([1, 3], ["A", "B"]), machine.isTime([0])], [
    true,
    true,
    false,
  ]);
  assertEquals([
    machine.any("C", ["A", "B"]),
    machine.any("C"),
    machine.not(["C"]),
    machine.not("A"),
  ], [true, false, true, false]);
  assertEquals([machine.switch("C", "B"), machine.switch("C")], ["B", undefined]);
  assertEquals([machine.has(["A", "B"]), machine.has("D")], [true, false]);
  assertEquals([machine.id, machine.tags, machine.duringTransition], ["m1", ["x"], false]);
  assertEquals([machine.toString(), machine.toStringAll()], [
    "(A:1 B:3)",
    "(A:1 B:3)[C:0 Exception:0]",
  ]);
  assertEquals(
    machine.inspect(["A", "B"]),
    "A: active 1\n  auto\n  after: B\nB: active 3\n  multi\n  remove: C",
  );
  assertStringIncludes(machine.inspect(), "Exception: inactive 0");
  assertEquals(Object.keys(machine.schema), ["A", "B", "C", "Exception"]);
  assertEquals([machine.toggle("C"), machine.toggle("B")], ["canceled", "executed"]);
});

Deno.test("Machine.explain says which relation refused", () => {
  const machine = new Machine({
    Foo: { require: ["Bar"] },
    Bar: {},
    Guard: { remove: ["Bar"] },
  });
  assertEquals(machine.explain(), null);
  machine.add("Guard");
  assertEquals(machine.add(["Foo", "Bar"]), "canceled");
  const wanted = [
    { state: "Foo", relation: "require", by: "Bar" },
    { state: "Bar", relation: "remove", by: "Guard" },
  ];
  assertEquals(machine.explain()!.relations.slice() as unknown[], wanted);
  machine.remove("Guard"); // the explanation stays what it was
  assertEquals(machine.explain()!.relations.slice() as unknown[], wanted);
  assertStringIncludes(machine.explain()!.message, "with (Guard) active: Foo requires Bar");
  assertEquals(machine.explain("add", "Bar"), null);
  assertEquals(machine.explain("add", "Foo")!.reason, "relations");
  machine.on("BarEnter", () => false);
  assertEquals(machine.explain("add", "Bar")!.handler, "BarEnter");
  machine.add("Foo");
  assertEquals(machine.explain()!.reason, "relations");
  machine.dispose();
  assertEquals(machine.add("Bar"), "canceled");
  assertEquals([machine.explain()!.reason, machine.explain("add", "Bar")!.reason], [
    "disposed",
    "disposed",
  ]);
});

Deno.test("Machine dry runs cancel what handlers try meanwhile", () => {
  const machine = new Machine({ Foo: {}, Bar: {}, Baz: { require: ["Bar"] } }, SILENT);
  const results: unknown[] = [];
  machine.on("FooEnter", (e) => {
    if (e.transition.check) {
      results.push(e.add("Bar"), e.machine.canAdd("Bar"), e.machine.canAdd("Baz"));
    }
    return true;
  });
  assertEquals([machine.canAdd("Foo"), machine.canRemove("Foo"), machine.canSet(["Foo", "Baz"])], [
    true,
    true,
    false,
  ]);
  assertEquals(results, ["canceled", true, false]);
  machine.on("FooEnter", () => {
    throw new Error("dry");
  });
  assertEquals(machine.canAdd("Foo"), false);
  assertEquals([machine.err, machine.timeSum()], [null, 0]);
});

// --- contexts and disposal -------------------------------------------------------------

Deno.test("Machine.stateContext is one object per activation", () => {
  const machine = new Machine({ Foo: { multi: true }, Bar: {} }, { id: "m1" });
  assertEquals(machine.stateContext("Foo").expired, true);
  assertEquals(machine.stateContext("Foo").signal.aborted, true);
  machine.add("Foo");
  const context = machine.stateContext("Foo");
  const child = context.child("A download");
  const grandchild = child.child();
  assertEquals([context.parent, child.parent, context.childCount], [machine.context, context, 1]);
  machine.add("Foo"); // a multi state that is called again goes on
  assertEquals(machine.stateContext("Foo"), context);
  const { signal } = grandchild;
  child.end(new Error("enough"));
  child.end();
  assertEquals([signal.aborted, (signal.reason as Error).message, context.childCount], [
    true,
    "enough",
    0,
  ]);
  assertEquals(context.reason, undefined);
  machine.remove("Foo");
  assertEquals([context.expired, (context.reason as Error).name], [true, "AbortError"]);
  assertStringIncludes((context.reason as Error).message, 'state "Foo"');
  assertEquals(context.child().expired, true);
  machine.add("Foo");
  assert(machine.stateContext("Foo") !== context);
});

Deno.test("Machine ends its children's contexts and hands tracers down", () => {
  const events: string[] = [];
  const tracer: Tracer = {
    inheritable: true,
    machineInit: (m) => events.push(`init ${m.id}`),
    submachine: (m, child) => events.push(`sub ${m.id} ${child.id}`),
    machineDispose: (m) => events.push(`dispose ${m.id}`),
  };
  const parent = new Machine({ Foo: {} }, { id: "p", tracers: [tracer, {}] });
  const child = new Machine({ Bar: {} }, { id: "c", parent });
  assertEquals([child.parent, parent.children], [parent, [child]] as unknown[]);
  assertEquals(child.tracers, [tracer]);
  child.add("Bar");
  const context = child.stateContext("Bar");
  parent[Symbol.dispose]();
  parent.dispose();
  assertEquals([context.expired, child.disposed, parent.children], [true, true, []] as unknown[]);
  assertEquals(events, ["init p", "init c", "sub p c", "dispose c", "dispose p"]);
  assertThrows(() => new Machine({ A: {} }, { parent }), MachineDisposedError);
});

Deno.test("Machine.dispose ends waits, refuses mutations and tells whoever asked", async () => {
  const controller = new AbortController();
  const machine = new Machine({ Foo: {} }, { ...SILENT, signal: controller.signal });
  const wait = machine.when("Foo");
  const query = machine.whenQuery(() => false);
  const gone = machine.whenDisposed();
  let told = 0;
  machine.onDispose(() => told++);
  machine.onDispose(() => {
    throw new Error("reported");
  });
  controller.abort();
  await assertRejects(() => wait, MachineDisposedError);
  await assertRejects(() => query, MachineDisposedError);
  await gone;
  await machine.whenDisposed();
  machine.onDispose(() => told++);
  assertEquals([told, machine.add("Foo"), machine.canAdd("Foo"), machine.waiterCount], [
    2,
    "canceled",
    false,
    0,
  ]);
  await assertRejects(() => machine.when("Foo"), MachineDisposedError);
  assertThrows(() => machine.setSchema({ Foo: {} }), MachineDisposedError);
  assertEquals(new Machine({ A: {} }, { signal: AbortSignal.abort() }).disposed, true);
});

Deno.test("Machine can be disposed of in the middle of a transition", () => {
  for (const at of ["FooEnter", "FooState", "AnyState", "BarEnd"] as const) {
    const machine = new Machine({ Foo: { remove: ["Bar"] }, Bar: {} });
    machine.add("Bar");
    const calls: string[] = [];
    for (const name of ["FooEnter", "AnyEnter", "BarEnd", "FooState", "AnyState"] as const) {
      machine.on(name, () => {
        calls.push(name);
        if (name === at) machine.dispose();
      });
    }
    assertEquals(machine.add("Foo"), at === "FooEnter" ? "canceled" : "executed");
    assertEquals(calls.at(-1), at);
    assertEquals(machine.disposed, true);
  }
});

Deno.test("Machine mutations from abort listeners and queries run after the transition", async () => {
  const machine = new Machine({ Foo: { remove: ["Bar"] }, Bar: {}, Baz: {}, Quux: {} });
  machine.add("Bar");
  const results: string[] = [];
  machine.stateContext("Bar").signal.addEventListener("abort", () => {
    results.push(machine.add("Baz"), machine.toString());
  });
  assertEquals(machine.add("Foo"), "executed");
  assertEquals(results, ["queued", "(Foo:1)"]);
  assertEquals(machine.is("Baz"), true);
  const query = machine.whenQuery(() => {
    if (machine.is("Baz")) return false;
    results.push(machine.add("Quux"));
    return true;
  });
  machine.remove("Baz");
  await query;
  assertEquals([results.at(-1), machine.is("Quux")], ["queued", true]);
});

// --- waiting ------------------------------------------------------------------------------

Deno.test("Machine.when… settle in the order in which they were made", async () => {
  const machine = new Machine({ A: { multi: true, args: args<{ id: number }>() }, B: {} });
  const order: number[] = [];
  const waits = [
    machine.whenTicks("A", 2),
    machine.when(["A", "B"]),
    machine.whenArgs("A", { id: 2 }),
    machine.whenTime(["A", "B"], [1, 1]),
    machine.whenQuery((clock) => clock.B > 0),
    machine.whenTick("A", 3),
  ].map((promise, i) => promise.then(() => order.push(i)));
  machine.add("A", { id: 1 });
  machine.add("B");
  machine.add("A", { id: 2 });
  await Promise.all(waits);
  assertEquals(order, [1, 3, 4, 0, 2, 5]);
  assertEquals(machine.waiterCount, 0);
  await machine.when("A");
  await machine.whenTick("A", 1);
  await machine.whenQueueEnds();
  assertThrows(() => machine.whenTime(["A"], [1, 2]), RangeError);
});

Deno.test("Machine.when… reject with the signal's reason or a TimeoutError, and leave nothing", async () => {
  const machine = new Machine({ A: {} });
  const controller = new AbortController();
  const wait = machine.when("A", { signal: controller.signal, timeout: Infinity });
  const late = machine.whenNot("Exception").then(() => machine.when("A", { timeout: 1 }));
  const failing = machine.whenQuery((clock) => {
    if (clock.A > 0) throw new Error("query");
    return false;
  });
  controller.abort("because");
  assertEquals(await wait.catch((reason) => reason), "because");
  const error = await assertRejects(() => late, DOMException);
  assertEquals(error.name, "TimeoutError");
  await assertRejects(() => machine.when("A", { signal: AbortSignal.abort() }), DOMException);
  machine.add("A");
  await assertRejects(() => failing, Error, "query");
  assertEquals(machine.waiterCount, 0);
});

Deno.test("Machine.whenQueueEnds waits for the whole queue", async () => {
  const machine = new Machine({ A: {}, B: {} });
  let seen = "";
  machine.on("AState", (e) => {
    e.machine.whenQueueEnds().then(() => seen = e.machine.toString());
    e.add("B");
  });
  machine.add("A");
  await Promise.resolve();
  assertEquals(seen, "(A:1 B:1)");
});

// --- tracers and logging -----------------------------------------------------------------------

Deno.test("Tracer hears everything, with steps", () => {
  const events: string[] = [];
  const machine = new Machine({
    Foo: { add: ["Bar"], remove: ["Old"] },
    Bar: {},
    Old: {},
    Auto: { auto: true, require: ["Foo"] },
  });
  machine.add("Old");
  const tracer: Tracer = {
    steps: true,
    logLevel: "changes",
    mutationQueued: (_, m) => events.push(`queued ${m.type} ${m.calledStates}`),
    transitionInit: (t) => events.push(`init ${t.calledStates} ${t.timeBefore}`),
    transitionStart: (t) => events.push(`start ${t.queueLength}`),
    handlerStart: (_, name) => events.push(`> ${name}`),
    handlerEnd: (_, name, error) => events.push(`< ${name}${error ? " threw" : ""}`),
    transitionEnd: (t) => events.push(`end ${t.result} ${t.timeAfter}`),
    queueEnd: () => events.push("queue end"),
    log: (_, line) => events.push(line),
    wrapHandler: (_, __, call) => call(),
  };
  machine.addTracer(tracer);
  machine.addTracer(tracer);
  machine.on("FooState", (e) => void e.machine.remove("Bar"));
  let steps: unknown;
  machine.addTracer({
    transitionEnd: (t) => steps ??= t.steps.map((s) => [s.kind, s.state, s.by]),
  });
  machine.add("Foo");
  assertEquals(events, [
    "init Foo 0,0,1,0,0",
    "start 0",
    "[state] +Foo +Bar -Old",
    "> FooState",
    "queued remove Bar",
    "< FooState",
    "end executed 1,1,2,0,0",
    "init Auto 1,1,2,0,0",
    "start 1",
    "[state:auto] +Auto",
    "end executed 1,1,2,1,0",
    "init Bar 1,1,2,1,0",
    "start 0",
    "[state] -Bar",
    "end executed 1,2,2,1,0",
    "queue end",
  ]);
  assertEquals(steps, [
    ["requested", 0, undefined],
    ["add", 1, 0],
    ["remove", 2, 0],
    ["handler", 0, undefined],
    ["exit", 2, undefined],
    ["enter", 0, undefined],
    ["enter", 1, undefined],
  ]);
  assertEquals([machine.removeTracer(tracer), machine.removeTracer(tracer)], [true, false]);
});

Deno.test("Tracer and logger that throw are reported and break nothing", () => {
  const machine = new Machine({ Foo: {} }, {
    id: "m",
    logLevel: "everything",
    logger: () => {
      throw new Error("logger");
    },
    logArgs: () => {
      throw new Error("mapper");
    },
    tracers: [{
      transitionEnd: () => {
        throw new Error("tracer");
      },
    }],
  });
  const text = printed(() => assertEquals(machine.add("Foo", { id: 1 }), "executed"));
  for (const who of ["logger", "mapper", "tracer"]) assertStringIncludes(text, who);
  assertEquals(machine.is("Foo"), true);
});

Deno.test("globalTracers see every machine made later", () => {
  const ids: string[] = [];
  const tracer: Tracer = { machineInit: (m) => ids.push(m.id) };
  globalTracers.add(tracer);
  new Machine({ A: {} }, { id: "seen" });
  globalTracers.delete(tracer);
  new Machine({ A: {} }, { id: "unseen" });
  assertEquals(ids, ["seen"]);
});

Deno.test("Machine logs in five levels", () => {
  const run = (logLevel: MachineOptions["logLevel"]) => {
    const lines: string[] = [];
    const machine = new Machine({
      Foo: { add: ["Bar"] },
      Bar: {},
      Baz: { auto: true, require: ["Foo"] },
      Not: { require: ["Old"] },
      Old: { remove: ["Foo"] },
    }, {
      ...SILENT,
      logLevel,
      logger: (line) => lines.push(line),
      logArgs: argsMapper(["id"]),
    });
    assertEquals(machine.logLevel, logLevel);
    machine.bindHandlers({
      FooEnter: () => true,
      OldEnter: () => false,
      FooState: (e) => void e.machine.add("Bar"),
    });
    machine.add("Foo", { id: 1 });
    machine.add("Not");
    machine.add("Old");
    machine.log("mine", 1);
    machine.addErr(new Error("oops"));
    return lines;
  };
  assertEquals(run("nothing"), []);
  assertEquals(run("changes"), [
    "[state] +Foo +Bar",
    "[state:auto] +Baz",
    "[extern] mine 1",
    "[error] oops",
    "[state] +Exception",
  ]);
  const ops = run("ops");
  for (
    const line of [
      "[add] Foo (id=1)",
      "[handler] FooEnter",
      "[queue:add] Bar",
      "[add:auto] Baz",
      "[cancel:reject] Not",
      "[cancel] (Old Bar) by OldEnter",
    ]
  ) {
    assert(ops.includes(line), `${line} is missing from ${ops.join("\n")}`);
  }
  const decisions = run("decisions");
  for (const line of ["[implied] Bar", "[reject] Not(-Old)", "[rel:remove] Foo by Old"]) {
    assert(decisions.includes(line), `${line} is missing from ${decisions.join("\n")}`);
  }
  assert(run("everything").length > decisions.length);
  const machine = new Machine({ A: {} });
  assertThrows(() => machine.setLogLevel("loud" as "ops"), RangeError, "Unknown log level");
  const lines: string[] = [];
  machine.setLogger((line, level, id) => lines.push(`${line} ${level} ${id === machine.id}`));
  machine.setLogArgs(() => ({ x: "y" }));
  machine.setLogLevel("ops");
  machine.add("A");
  assertEquals(lines, ["[add] A (x=y) ops true", "[state] +A changes true"]);
});

// --- resuming ----------------------------------------------------------------------------------

Deno.test("Machine.importTime resumes where exportTime was", () => {
  const schema = { A: {}, B: { require: ["A"] } } as const;
  const first = new Machine(schema, { id: "first" });
  first.add(["A", "B"]);
  first.remove("B");
  const time = JSON.parse(JSON.stringify(first.exportTime()));
  const second = new Machine(schema);
  second.add(["A", "B"]);
  const context = second.stateContext("B");
  second.importTime(time);
  assertEquals([second.toStringAll(), context.expired], ["(A:1)[B:2 Exception:0]", true]);
  const other = new Machine({ A: {}, New: {} });
  assertThrows(() => other.importTime(time), SchemaError, "its schema was different");
  other.importTime(time, ({ ticks }) => ({ A: ticks[0] }));
  assertEquals(other.toStringAll(), "(A:1)[New:0 Exception:0]");
  assertThrows(() => other.importTime(time, () => ({ A: -1 })), SchemaError, "whole ticks");
});

Deno.test("console.log shows a machine, an event and a mutation in a line", () => {
  const machine = new Machine({ A: {}, B: {} }, { id: "m" });
  const seen: string[] = [];
  machine.on("AState", (e) => {
    seen.push(Deno.inspect(e), Deno.inspect(e.mutation));
  });
  machine.add("A");
  assertEquals(seen, [
    "HandlerEvent AState of transition 1",
    "Transition 1: add A queued",
  ]);
  assertEquals(Deno.inspect(machine), "Machine m (A:1)[B:0 Exception:0]");
});
