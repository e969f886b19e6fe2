import { assertEquals, assertRejects } from "@std/assert";
import { defineFlow, FlowOwnedError, MemoryStore, openFlows } from "../../durable/mod.ts";
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
