import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import {
  defineFlow,
  FlowOwnedError,
  FlowsClosedError,
  FlowUnreadableError,
  MemoryStore,
  openFlows,
} from "../../durable/mod.ts";
import { args, RefusedError, type Tracer } from "../../mod.ts";
import { orderOf } from "./order.ts";

const order = orderOf({ call: (what) => Promise.resolve(what) });

Deno.test("a flow runs from its first state to its end, and stays listed", async () => {
  const flows = await openFlows(new MemoryStore(), { order });
  const flow = await flows.start("order", "1", { item: "tea" });
  assertEquals(await flow.result(), { item: "tea", did: ["reserve", "charge", "ship"] });
  assertEquals(flow.machine.is("Shipped"), true);
  await flow.machine.when("Shipped");
  const [item] = await flows.list({ kind: "order" });
  assertEquals([item.id, item.active, item.ended, item.tags], ["1", ["Shipped"], true, ["tea"]]);
  const again = await flows.get("order", "1");
  assertEquals([again?.ended, again?.data], [true, flow.data]);
  assertEquals(await flows.get("order", "2"), undefined);
  await flows.close();
});

Deno.test("a flow's handlers start after their transition was stored", async () => {
  const store = new MemoryStore();
  const seen: unknown[] = [];
  const kind = defineFlow({
    schema: { A: {}, B: { remove: ["A"] } },
    data: () => ({ n: 0 }),
    start: "A",
    ends: ["B"],
    handlers: {
      async AState(e) {
        seen.push(["A", (await store.read("kind", "x"))?.active]);
        e.flow.data.n = 1;
        e.add("B");
      },
      AEnd: async () => void seen.push(["end", (await store.read("kind", "x"))?.active]),
      BState: async () => void seen.push(["B", (await store.read("kind", "x"))?.active]),
    },
  });
  const flows = await openFlows(store, { kind });
  const flow = await flows.start("kind", "x");
  assertEquals(await flow.result(), { n: 1 });
  await flows.close();
  assertEquals(seen, [["A", ["A"]], ["end", ["B"]], ["B", ["B"]]]);
});

Deno.test("flows that were closed go on where they were, on the same store", async () => {
  const store = new MemoryStore();
  const calls: string[] = [];
  let stuck = true;
  const kind = orderOf({
    call: (what, key) => {
      calls.push(key);
      return what === "charge" && stuck ? new Promise(() => {}) : Promise.resolve(what);
    },
  });
  const first = await openFlows(store, { order: kind });
  const flow = await first.start("order", "7", { item: "tea" });
  await flow.machine.when("Reserved");
  await flow.committed();
  await first.close();
  await assertRejects(() => flow.committed());
  stuck = false;
  const second = await openFlows(store, { order: kind });
  const same = await second.get("order", "7");
  assertEquals(await same?.result(), { item: "tea", did: ["reserve", "charge", "ship"] });
  await second.close();
  assertEquals(calls, [
    "order/7/Placed/1/reserve",
    "order/7/Reserved/1/charge",
    "order/7/Reserved/1/charge",
    "order/7/Charged/1/ship",
  ]);
});

Deno.test("a flow that fails runs its compensations", async () => {
  const kind = orderOf({
    call: (what) => what === "ship" ? Promise.reject(new Error("no ship")) : Promise.resolve(what),
  });
  const flows = await openFlows(new MemoryStore(), { order: kind }, { printErrors: false });
  const flow = await flows.start("order", "1", { item: "tea" });
  assertEquals(await flow.result(), { item: "tea", did: ["reserve", "charge"] });
  assertEquals(flow.machine.activeStates(), ["Undone"]);
  await flows.close();
});

Deno.test("an id that exists gives the existing flow, and one owner at a time", async () => {
  const store = new MemoryStore();
  const kind = orderOf({ call: () => new Promise(() => {}) });
  const one = await openFlows(store, { order: kind });
  const flow = await one.start("order", "1", { item: "tea" });
  assertEquals(await one.start("order", "1", { item: "milk" }), flow);
  const [a, b] = await Promise.all([
    one.start("order", "2", { item: "a" }),
    one.start("order", "2", { item: "b" }),
  ]);
  assertEquals(a === b, true);
  const other = await openFlows(store, { order: kind });
  await assertRejects(() => other.get("order", "1"), FlowOwnedError);
  await assertRejects(() => other.start("order", "1", { item: "x" }), FlowOwnedError);
  await one.close();
  assertEquals((await other.get("order", "1"))?.data, { item: "tea", did: [] });
  await other.close();
});

Deno.test("timers survive: what is left of them runs, what is over fires at once, what has fired does not again", async () => {
  using time = new FakeTime(0);
  const store = new MemoryStore();
  const fired: unknown[] = [];
  const now = () => Math.floor(Date.now() / 10) * 10; // timers set by timers are one late
  const kind = defineFlow({
    schema: {
      Waiting: { timeouts: { Early: 1_000, Late: 10_000 } },
      Early: { multi: true },
      Late: {},
      Asked: {},
      Over: { remove: ["Waiting"] },
    },
    data: () => ({}),
    start: "Waiting",
    ends: ["Over"],
    handlers: {
      WaitingState: (e) => void (e.resumed || e.addAfter(20_000, "Asked")),
      EarlyEnter: () => void fired.push(["early", now()]),
      LateEnter: () => void fired.push(["late", now()]),
      AskedEnter: () => void fired.push(["asked", now()]),
    },
  });
  const first = await openFlows(store, { kind });
  await first.start("kind", "1");
  await time.tickAsync(2_000);
  await first.close();
  await time.tickAsync(1_000);
  const second = await openFlows(store, { kind });
  await time.tickAsync(1_000);
  await second.close();
  await time.tickAsync(11_000); // Late was due in between
  const third = await openFlows(store, { kind });
  await time.tickAsync(10_000);
  await third.close();
  assertEquals(fired, [["early", 1_000], ["late", 15_000], ["asked", 20_000]]);
});

Deno.test("flows that only wait leave the memory, and come back for their time or for who asks", async () => {
  using time = new FakeTime(0);
  const store = new MemoryStore();
  let handled = 0;
  const tracer: Tracer = {
    machineInit: () => void machines++,
    machineDispose: () => void machines--,
  };
  let machines = 0;
  const kind = defineFlow({
    schema: {
      Waiting: { timeouts: { Over: 100_000 } },
      Note: { multi: true },
      Over: { remove: ["Waiting"] },
    },
    data: () => ({ notes: 0 }),
    start: "Waiting",
    ends: ["Over"],
    handlers: {
      WaitingState: () => void handled++,
      NoteState: (e) => void e.flow.data.notes++,
    },
  });
  const flows = await openFlows(store, { kind }, { tracers: [tracer] });
  for (let i = 0; i < 10; i++) await flows.start("kind", `${i}`);
  assertEquals(machines, 10);
  await time.tickAsync(5_000);
  assertEquals([machines, handled], [0, 10]);
  {
    using flow = (await flows.get("kind", "3"))!;
    flow.machine.add("Note");
    await flow.committed();
    await time.tickAsync(5_000);
    assertEquals([machines, handled, flow.data], [1, 10, { notes: 1 }]);
  }
  await time.tickAsync(5_000);
  assertEquals([machines, handled], [0, 10]);
  await time.tickAsync(100_000);
  assertEquals((await flows.list({ ended: true })).length, 10);
  assertEquals([machines, handled], [0, 10]);
  await flows.close();
});

Deno.test("a handle of a flow that sleeps still works", async () => {
  using time = new FakeTime(0);
  const kind = defineFlow({
    schema: { Waiting: {}, Over: {} },
    data: () => ({ n: 1 }),
    start: "Waiting",
    ends: ["Over"],
  });
  const flows = await openFlows(new MemoryStore(), { kind });
  const flow = await flows.start("kind", "1");
  const result = flow.result();
  await time.tickAsync(5_000);
  assertEquals(await flows.start("kind", "1"), flow);
  flow.machine.add("Over");
  assertEquals(await result, { n: 1 });
  await flows.close();
});

Deno.test("arguments, data and results must be JSON: a TypeError at the call", async () => {
  const bad = [() => {}, 1n, NaN, new Date(), new Map(), Symbol("x"), { deep: [undefined] }];
  const kind = defineFlow({
    schema: { Begun: {}, Next: { multi: true }, Over: {} },
    data: (input: { value: unknown }) => ({ value: input.value }),
    start: "Begun",
    ends: ["Over"],
    handlers: {
      async NextState(e) {
        for (const value of bad) {
          assertThrows(() => e.add("Over", { value }), TypeError, "value");
        }
        for (const [at, value] of [() => {}, 1n, new Map()].entries()) {
          await assertRejects(() => e.once(`${at}`, () => value), TypeError, `once "${at}"`);
        }
        e.add("Over");
      },
    },
  });
  const flows = await openFlows(new MemoryStore(), { kind }, { printErrors: false });
  for (const [i, value] of bad.entries()) {
    await assertRejects(() => flows.start("kind", `bad${i}`, { value }), TypeError, "value");
    assertEquals(await flows.get("kind", `bad${i}`), undefined);
  }
  const flow = await flows.start("kind", "1", { value: { a: [1, "x", null, true] } });
  for (const value of bad) {
    assertThrows(() => flow.machine.add("Next", { value }), TypeError, "value");
    await assertRejects(
      async () => {
        flow.data.value = value;
        await flow.committed();
      },
      TypeError,
      "data",
    );
  }
  flow.data.value = { a: undefined };
  flow.machine.add("Next", { ok: undefined });
  assertEquals(await flow.result(), { value: { a: undefined } });
  await flows.close();
});

Deno.test("once calls once per name and activation, shares one call, and gives what JSON makes of it", async () => {
  const calls: string[] = [];
  const results: unknown[] = [];
  const kind = defineFlow({
    schema: { A: { multi: true }, Over: {} },
    data: () => ({}),
    start: "A",
    ends: ["Over"],
    handlers: {
      async AState(e) {
        const fn = ({ key }: { key: string }) => {
          calls.push(key);
          return { at: new Date(0), none: undefined };
        };
        results.push(
          ...await Promise.all([e.once("x", fn), e.once("x", fn), e.once("y", () => {})]),
        );
        results.push(await e.once("x", fn), await e.once("y", () => 7));
        let tries = 0;
        const failing = () => {
          if (++tries === 1) throw new Error("first");
          return tries;
        };
        await assertRejects(() => e.once("z", failing), Error, "first");
        results.push(await e.once("z", failing), e.key);
        e.add(e.machine.tick("A") < 3 ? "A" : "Over");
      },
    },
  });
  await using flows = await openFlows(new MemoryStore(), { kind });
  await (await flows.start("kind", "1")).result();
  assertEquals(calls, ["kind/1/A/1/x", "kind/1/A/3/x"]);
  const x = { at: "1970-01-01T00:00:00.000Z" };
  assertEquals(results, [
    x,
    x,
    undefined,
    x,
    undefined,
    2,
    "kind/1/A/1",
    x,
    x,
    undefined,
    x,
    undefined,
    2,
    "kind/1/A/3",
  ]);
});

Deno.test("negotiation handlers see the flow, and cannot call once", async () => {
  let seen: unknown;
  const kind = defineFlow({
    schema: { A: {}, B: {} },
    data: () => ({ n: 1 }),
    start: "A",
    ends: ["B"],
    handlers: {
      BEnter(e) {
        seen = [e.flow.data.n, e.flow.id];
        e.once("x", () => 1).catch(() => {});
        return true;
      },
    },
  });
  await using flows = await openFlows(new MemoryStore(), { kind });
  const flow = await flows.start("kind", "1");
  flow.machine.add("B");
  await flow.result();
  assertEquals(seen, [1, "1"]);
});

Deno.test("FooEnd handlers and those of events that had not settled are called again, with their key", async () => {
  const store = new MemoryStore();
  const calls: string[] = [];
  let block = true;
  const kind = defineFlow({
    schema: {
      A: {},
      B: { remove: ["A"] },
      Ping: { event: true, args: args<{ n: number }>() },
      Over: { remove: ["B"] },
    },
    data: () => ({}),
    start: "A",
    ends: ["Over"],
    handlers: {
      async AEnd(e) {
        calls.push(e.key);
        if (block) await new Promise(() => {});
      },
      async PingState(e) {
        calls.push(`${e.key} ${e.args.n}`);
        if (block) await new Promise(() => {});
      },
      async BEnd(e) {
        calls.push(e.key);
        if (block) await new Promise(() => {});
      },
    },
  });
  const reopened = async () => await openFlows(store, { kind });
  const first = await reopened();
  const flow = await first.start("kind", "1");
  flow.machine.add("B");
  flow.machine.add("Ping", { n: 1 });
  await flow.committed();
  flow.machine.add("Over");
  await flow.committed();
  assertEquals((await store.read("kind", "1"))?.ended, false);
  await first.close();
  assertEquals(calls, ["kind/1/A/2", "kind/1/Ping/1 1", "kind/1/B/2"]);
  block = false;
  const second = await reopened();
  await (await second.get("kind", "1"))!.result();
  assertEquals(calls.slice(3), ["kind/1/A/2", "kind/1/Ping/1 1", "kind/1/B/2"]);
  await second.close();
  const third = await reopened();
  await third.close();
  assertEquals(calls.length, 6);
});

Deno.test("a flow of an older schema is migrated with its data, or refused with a reason and left as it is", async () => {
  const store = new MemoryStore();
  const old = defineFlow({
    schema: { Begun: { args: args<{ n: number }>() }, Over: {} },
    data: (input: { n: number }) => ({ count: input.n }),
    start: "Begun",
    ends: ["Over"],
  });
  const parts = {
    schema: { Started: {}, Extra: {}, Over: {} },
    data: () => ({ total: 0 }),
    start: "Started",
    ends: ["Over"],
  } as const;
  const first = await openFlows(store, { kind: old, other: old });
  await first.start("kind", "1", { n: 7 });
  await first.start("other", "2", { n: 8 });
  await first.close();
  const before = await store.read("kind", "1");

  const refusing = await openFlows(store, { kind: defineFlow(parts), other: old });
  const [item] = await refusing.list({ kind: "kind" });
  assertEquals(item.error?.name, "FlowUnreadableError");
  await assertRejects(() => refusing.get("kind", "1"), FlowUnreadableError, "migrate");
  assertEquals((await refusing.get("other", "2"))?.data.count, 8);
  await refusing.close();
  assertEquals(await store.read("kind", "1"), before);

  const failing = defineFlow({
    ...parts,
    migrate: () => {
      throw new Error("cannot");
    },
  });
  const failed = await openFlows(store, { kind: failing }, { printErrors: false });
  await assertRejects(() => failed.get("kind", "1"), FlowUnreadableError, "cannot");
  await failed.close();
  assertEquals((await store.read("kind", "1"))?.state, before?.state);

  const kind = defineFlow({
    ...parts,
    migrate(time, saved) {
      saved.data = { total: (saved.data as { count: number }).count };
      return { Started: time.ticks[time.names.indexOf("Begun")] };
    },
  });
  const migrated = await openFlows(store, { kind });
  const flow = await migrated.get("kind", "1");
  assertEquals([flow?.data, flow?.machine.activeStates()], [{ total: 7 }, ["Started"]]);
  await flow?.committed();
  await migrated.close();
  const again = await openFlows(store, { kind: defineFlow(parts) });
  assertEquals((await again.get("kind", "1"))?.data, { total: 7 });
  await again.close();
});

Deno.test("arguments of active states, and errors, come back after a restart", async () => {
  const store = new MemoryStore();
  const seen: unknown[] = [];
  const kind = defineFlow({
    schema: {
      A: { multi: true, args: args.required<{ n: number }>() },
      B: { add: ["C"] },
      C: {},
      Over: {},
      Exception: { multi: true },
    },
    data: () => ({}),
    start: "B",
    ends: ["Over"],
    handlers: {
      AState: (e) => void seen.push([e.resumed, e.args.n]),
      CState: (e) => void seen.push([e.resumed, e.args]),
      ExceptionState: (e) => void seen.push([e.resumed, e.args.err.name, e.args.err.message]),
    },
  });
  const first = await openFlows(store, { kind }, { printErrors: false });
  const flow = await first.start("kind", "1");
  flow.machine.add("A", { n: 1 });
  flow.machine.add("A", { n: 2 });
  flow.machine.addErr(new RangeError("odd"));
  await flow.committed();
  await Promise.resolve();
  await first.close();
  const second = await openFlows(store, { kind }, { printErrors: false });
  const resumed = seen.filter((entry) => (entry as [boolean])[0]);
  assertEquals(resumed, [[true, 2], [true, {}], [true, "RangeError", "odd"]]);
  const same = await second.get("kind", "1");
  same!.machine.add("Over");
  await assertRejects(() => same!.result(), Error, "odd");
  await second.close();
  const third = await openFlows(store, { kind });
  await assertRejects(async () => await (await third.get("kind", "1"))!.result(), Error, "odd");
  await third.close();
});

Deno.test("a first state that is refused is an error, and nothing is stored", async () => {
  const kind = defineFlow({
    schema: { A: {}, B: {} },
    data: () => ({}),
    start: "A",
    ends: ["B"],
    handlers: { AEnter: () => false },
  });
  await using flows = await openFlows(new MemoryStore(), { kind });
  await assertRejects(() => flows.start("kind", "1"), RefusedError);
  assertEquals(await flows.list(), []);
});

Deno.test("mutations after the end change nothing, and flows that were closed refuse by name", async () => {
  const kind = defineFlow({ schema: { A: {}, B: {} }, data: () => ({}), start: "A", ends: ["B"] });
  const flows = await openFlows(new MemoryStore(), { kind });
  const flow = await flows.start("kind", "1");
  flow.machine.add("B");
  await flow.result();
  assertEquals([flow.machine.remove("B"), flow.machine.is("B"), flow.machine.timers()], [
    "canceled",
    true,
    [],
  ]);
  await flows.close();
  await flows.close();
  await assertRejects(() => flows.start("kind", "2"), FlowsClosedError, "start a flow");
  await assertRejects(() => flows.get("kind", "1"), FlowsClosedError);
});

Deno.test("lists find flows by kind, active states, labels and end, page by page", async () => {
  const kind = defineFlow({
    schema: { A: {}, B: {} },
    data: (input: { tag: string }) => input,
    start: "A",
    ends: ["B"],
    tags: (data) => [data.tag],
  });
  await using flows = await openFlows(new MemoryStore(), { kind, other: kind });
  for (const id of ["1", "2", "3"]) await flows.start("kind", id, { tag: id === "2" ? "x" : "y" });
  await flows.start("other", "2", { tag: "x" });
  const ids = async (options: Parameters<typeof flows.list>[0]) =>
    (await flows.list(options)).map(({ kind, id }) => `${kind}/${id}`);
  assertEquals(await ids({ tags: ["x"] }), ["kind/2", "other/2"]);
  assertEquals(await ids({ kind: "kind", active: "A", limit: 2 }), ["kind/1", "kind/2"]);
  assertEquals(await ids({ after: { kind: "kind", id: "2" } }), ["other/2", "kind/3"]);
  assertEquals(await ids({ after: "1", kind: "kind" }), ["kind/2", "kind/3"]);
  (await flows.get("kind", "3"))?.machine.add("B");
  await (await flows.get("kind", "3"))?.result();
  assertEquals(await ids({ ended: true, active: ["B"] }), ["kind/3"]);
});

Deno.test("a kind whose start, end or handler is no state's is refused, with the nearest name", () => {
  const parts = { schema: { Alpha: {}, Beta: {} }, data: () => ({}) };
  assertThrows(
    () => defineFlow({ ...parts, start: "Alfa" as "Alpha", ends: ["Beta"] }),
    Error,
    "Alpha",
  );
  assertThrows(
    () => defineFlow({ ...parts, start: "Alpha", ends: ["Bet" as "Beta"] }),
    Error,
    "Beta",
  );
  assertThrows(() => defineFlow({ ...parts, start: "Alpha", ends: [] }), Error, "ends");
  assertThrows(
    () =>
      defineFlow({
        ...parts,
        start: "Alpha",
        ends: ["Beta"],
        handlers: { AlphState() {} } as object,
      }),
    Error,
    "AlphaState",
  );
});

Deno.test("a time that a handler sets is stored, although nothing else happens", async () => {
  using time = new FakeTime(0);
  const store = new MemoryStore();
  const kind = defineFlow({
    schema: { A: {}, B: { remove: ["A"] } },
    data: () => ({}),
    start: "A",
    ends: ["B"],
    handlers: {
      async AState(e) {
        if (e.resumed) return;
        await e.sleep(10);
        e.addAfter(60_000, "B");
      },
    },
  });
  const first = await openFlows(store, { kind });
  await first.start("kind", "x");
  await time.tickAsync(5_000);
  await first.close();
  await using second = await openFlows(store, { kind });
  await time.tickAsync(54_000);
  assertEquals((await second.list())[0].active, ["A"]);
  await time.tickAsync(2_000);
  assertEquals((await second.list())[0].active, ["B"]);
});

Deno.test("a FooState whose activation has ended before it was stored is not called, its FooEnd is", async () => {
  const seen: string[] = [];
  const kind = defineFlow({
    schema: { A: {}, B: {}, Over: {} },
    data: () => ({}),
    start: "A",
    ends: ["Over"],
    handlers: {
      BState: () => void seen.push("BState"),
      BEnd: () => void seen.push("BEnd"),
      AnyState: (e) => void seen.push(`Any ${e.mutation.calledStates}`),
    },
  });
  await using flows = await openFlows(new MemoryStore(), { kind });
  const flow = await flows.start("kind", "1");
  flow.machine.add("B");
  flow.machine.remove("B");
  await flow.committed();
  flow.machine.add("Over");
  await flow.result();
  await flow.committed();
  assertEquals(seen.filter((name) => name !== "Any A"), ["Any B", "BEnd", "Any B", "Any Over"]);
});

Deno.test("a handler may wait for the store, and a finished flow is found by start", async () => {
  const kind = defineFlow({
    schema: { A: {}, Over: {} },
    data: () => ({ n: 0 }),
    start: "A",
    ends: ["Over"],
    handlers: {
      async AState(e) {
        e.flow.data.n = 1;
        await e.flow.committed();
        e.flow.data = { n: 2 };
        e.add("Over");
      },
      async OverState(e) {
        await e.flow.committed();
      },
    },
  });
  await using flows = await openFlows(new MemoryStore(), { kind });
  const flow = await flows.start("kind", "1");
  assertEquals(await flow.result(), { n: 2 });
  const again = await flows.start("kind", "1");
  assertEquals([again.ended, again.data], [true, { n: 2 }]);
  await again.committed();
  assertEquals(await again.result(), { n: 2 });
});

Deno.test("once in a handler whose activation has ended rejects, and a later answer changes nothing", async () => {
  let late: Promise<unknown> = Promise.resolve();
  let go = () => {};
  const kind = defineFlow({
    schema: { A: {}, B: { remove: ["A"] }, Over: {} },
    data: () => ({}),
    start: "A",
    ends: ["Over"],
    handlers: {
      async AState(e) {
        await new Promise<void>((resolve) => go = resolve);
        late = e.once("late", () => 1);
        assertEquals(e.add("Over"), "canceled");
      },
    },
  });
  await using flows = await openFlows(new MemoryStore(), { kind });
  const flow = await flows.start("kind", "1");
  await flow.committed();
  flow.machine.add("B");
  await flow.committed();
  go();
  await Promise.resolve();
  await assertRejects(() => late, DOMException, "has ended");
  assertEquals(flow.machine.activeStates(), ["B"]);
});
