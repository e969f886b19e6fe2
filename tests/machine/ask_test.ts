import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { MachineDisposedError, RefusedError, StateUnknownError } from "../../mod.ts";
import { fate, turns, unhandled } from "./settling.ts";
import { untyped } from "./untyped.ts";

Deno.test("10,000 concurrent requests each get their own answer", async () => {
  const machine = untyped({ Square: { multi: true }, Slow: { multi: true }, Start: {} }, {
    queueLimit: 100_000,
  });
  machine.on("SquareState", (e) => Number(e.args.n) ** 2);
  machine.on("SlowState", async (e) => {
    await Promise.resolve();
    return Number(e.args.n) ** 2;
  });
  const promises: Promise<unknown>[] = [];
  machine.on("StartState", () => {
    for (let n = 0; n < 5000; n++) promises.push(machine.ask("Square", { n }));
  });
  machine.add("Start");
  for (let n = 5000; n < 10_000; n++) promises.push(machine.ask("Slow", { n }));
  assertEquals(await Promise.all(promises), promises.map((_, n) => n * n));
});

Deno.test("of several values the first that is not undefined, in the order of bindings", async () => {
  const machine = untyped({ Foo: {} });
  for (const value of [undefined, 0, 1, Promise.resolve(2)]) machine.on("FooState", () => value);
  assertEquals(await machine.ask("Foo"), 0);
  const none = untyped({ Foo: {} });
  none.on("FooState", () => {});
  assertEquals(await none.ask("Foo"), undefined);
});

type Asked = ReturnType<typeof untyped>;
const refusals: [string, object, (machine: Asked) => Promise<unknown>][] = [
  ["relations", {}, (m) => (m.add("Lock"), m.ask("Foo"))],
  ["a handler", {}, (m) => (m.on("FooEnter", () => false), m.ask("Foo"))],
  ["no such handler", { bare: true }, (m) => m.ask("Foo")],
  ["active already", {}, (m) => (m.add("Foo"), m.ask("Foo"))],
  ["the queue's limit", { queueLimit: 0 }, (m) => {
    let asked!: Promise<unknown>;
    m.on("RunState", () => void (asked = m.ask("Foo")));
    m.add("Run");
    return asked;
  }],
  ["implied by another that is queued before", {}, (m) => {
    let asked!: Promise<unknown>;
    m.on("RunState", (e) => {
      e.add("Implies");
      asked = m.ask("Foo");
    });
    m.add("Run");
    return asked;
  }],
];
for (
  const [name, { bare, ...options }, ask] of refusals as [
    string,
    { bare?: boolean },
    typeof refusals[0][2],
  ][]
) {
  Deno.test(`refused: ${name}`, async () => {
    const machine = untyped(
      { Foo: {}, Lock: { remove: ["Foo"] }, Gate: {}, Run: {}, Implies: { add: ["Foo"] } },
      options,
    );
    if (!bare) machine.on("FooState", () => 1);
    if (name === "relations") {
      machine.setSchema(
        { Foo: { require: ["Gate"] }, Lock: {}, Gate: {}, Run: {}, Implies: {} } as never,
      );
    }
    const error = await assertRejects(() => ask(machine), RefusedError, "Foo");
    assertEquals("explanation" in error, true);
    if (name === "relations" || name === "a handler") {
      assertEquals(error.explanation !== null, true);
    }
  });
}

Deno.test("the explanation is that of the asked transition, not of the latest", async () => {
  const machine = untyped({
    Foo: { require: ["Gate"] },
    Gate: { require: ["Zzz"] },
    Zzz: {},
    Run: {},
  });
  machine.on("FooState", () => 1);
  let asked!: Promise<unknown>;
  machine.on("RunState", (e) => {
    asked = machine.ask("Foo");
    e.add("Gate");
  });
  machine.add("Run");
  const error = await assertRejects(() => asked, RefusedError);
  assertEquals(JSON.stringify(error.explanation).includes("Foo"), true);
});

Deno.test("thrown and rejected: the error itself, Exception as well", async () => {
  const error = new Error("x");
  for (
    const fail of [() => {
      throw error;
    }, () => Promise.reject(error)]
  ) {
    const machine = untyped({ Foo: {} });
    machine.on("FooState", fail);
    assertEquals(await machine.ask("Foo").catch((e) => e) === error, true);
    await turns();
    assertEquals([machine.isErr(), machine.is("Foo")], [true, false]);
  }
});

Deno.test("a handler that returned keeps its answer when another throws: of an implied state, of a later binding", async () => {
  const implied = untyped({ Foo: { add: ["Bar"] }, Bar: {} });
  implied.on("FooState", () => 5);
  implied.on("BarState", () => {
    throw new Error("x");
  });
  assertEquals(await implied.ask("Foo"), 5);
  const later = untyped({ Foo: {} });
  later.on("FooState", () => 5);
  later.on("FooState", () => {
    throw new Error("x");
  });
  assertEquals(await later.ask("Foo"), 5);
});

Deno.test("the activation's end rejects an asynchronous answer with its reason, a synchronous one is given", async () => {
  const machine = untyped({ Foo: {}, Sync: {} });
  machine.on("FooState", () => new Promise(() => {}));
  machine.on("SyncState", (e) => (e.remove("Sync"), "given"));
  const asked = machine.ask("Foo");
  const { context } = { context: machine.stateContext("Foo") };
  machine.remove("Foo");
  assertEquals(await asked.catch((reason) => reason) === context.reason, true);
  assertEquals(await machine.ask("Sync"), "given");
});

Deno.test("disposal: while it runs, while it waits, and afterwards", async () => {
  const machine = untyped({ Foo: { multi: true }, Run: {} });
  machine.on("FooState", () => new Promise(() => {}));
  const running = machine.ask("Foo");
  let waiting!: Promise<unknown>;
  machine.on("RunState", () => {
    waiting = machine.ask("Foo");
    machine.dispose();
  });
  machine.add("Run");
  await assertRejects(() => waiting, MachineDisposedError);
  await assertRejects(() => machine.ask("Foo"), MachineDisposedError);
  await assertRejects(() => running, MachineDisposedError);
});

Deno.test("signal and timeout end the waiting only", async () => {
  using time = new FakeTime();
  const machine = untyped({ Foo: {} }, { id: "m" });
  machine.on("FooState", () => new Promise(() => {}));
  const late = machine.ask("Foo", undefined, { timeout: 10 });
  let error: unknown;
  late.catch((e) => error = e);
  await time.tickAsync(10);
  assertEquals([(error as Error).name, machine.is("Foo")], ["TimeoutError", true]);
  assertEquals(/m.*Foo/.test((error as Error).message), true);
  machine.remove("Foo");
  const controller = new AbortController();
  const aborted = machine.ask("Foo", undefined, { signal: controller.signal });
  controller.abort("enough");
  assertEquals([await aborted.catch((e) => e), machine.is("Foo")], ["enough", true]);
  machine.remove("Foo");
  const before = machine.ask("Foo", undefined, { signal: AbortSignal.abort("before") });
  assertEquals([await before.catch((e) => e), machine.is("Foo")], ["before", false]);
});

Deno.test("asks are never duplicates, and never why a later add is one", async () => {
  const machine = untyped({ Foo: { multi: true }, Run: {} });
  let calls = 0;
  machine.on("FooState", () => ++calls);
  const asked: Promise<unknown>[] = [];
  machine.on("RunState", (e) => {
    asked.push(machine.ask("Foo"), machine.ask("Foo"), e.ask("Foo"));
    e.add("Foo");
  });
  machine.add("Run");
  assertEquals([await Promise.all(asked), calls], [[1, 2, 3], 4]);
});

Deno.test("e.ask has a source, and is refused once the context has ended", async () => {
  const machine = untyped({ Foo: { multi: true }, Run: {} }, { id: "m" });
  const sources: unknown[] = [];
  machine.on("FooState", (e) => (sources.push(e.mutation.source?.handler), 1));
  let ask!: () => Promise<unknown>;
  machine.on("RunState", (e) => void (ask = () => e.ask("Foo")));
  machine.add("Run");
  assertEquals(await ask(), 1);
  machine.remove("Run");
  await assertRejects(ask, RefusedError);
  assertEquals(sources, ["RunState"]);
});

Deno.test("a superseded call of a latest state rejects with the old context's reason", async () => {
  const machine = untyped({ Foo: { multi: "latest" } });
  machine.on("FooState", async (e) => {
    await e.sleep(e.args.n === 1 ? 60_000 : 0);
    return e.args.n;
  });
  const first = machine.ask("Foo", { n: 1 });
  const old = machine.stateContext("Foo");
  const second = machine.ask("Foo", { n: 2 });
  assertEquals(await first.catch((reason) => reason) === old.reason, true);
  assertEquals(await second, 2);
  await turns();
  assertEquals(machine.isErr(), false);
});

Deno.test("an event answers, asynchronously too", async () => {
  const machine = untyped({ Foo: { event: true } });
  machine.on("FooState", async (e) => {
    await Promise.resolve();
    return e.args.n;
  });
  assertEquals(await Promise.all([1, 2].map((n) => machine.ask("Foo", { n }))), [1, 2]);
});

Deno.test("a wrong call is said at once; one that nobody awaits crashes nothing", async () => {
  const machine = untyped({ Foo: { multi: true } });
  const ask = machine.ask.bind(machine) as unknown as (...given: unknown[]) => Promise<unknown>;
  assertThrows(() => ask("Fo"), StateUnknownError, "Foo");
  assertThrows(() => ask(["Foo"]), TypeError);
  assertThrows(() => ask("Foo", 1), TypeError);
  assertThrows(() => ask("Foo", {}, { timeout: -1 }), RangeError);
  assertThrows(() => ask("Foo", {}, { signal: 1 }), TypeError);
  assertEquals(
    await unhandled(() => {
      machine.ask("Foo");
      machine.on("FooState", () => new Promise(() => {}));
      machine.ask("Foo", {}, { timeout: 1 });
      machine.ask("Foo");
      machine.dispose();
    }),
    [],
  );
});

Deno.test("settled requests leave no listener on a signal", async () => {
  const machine = untyped({ Foo: { multi: true } });
  machine.on("FooState", (e) => e.args.slow ? Promise.resolve(1) : 1);
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(signal, given);
  };
  signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(signal, given);
  };
  await machine.ask("Foo", {}, { signal, timeout: 60_000 });
  const slow = machine.ask("Foo", { slow: true }, { signal, timeout: 60_000 });
  assertEquals(listeners, 1);
  await slow;
  assertEquals([listeners, machine.waiterCount, await fate(Promise.resolve())], [0, 0, "resolved"]);
});
