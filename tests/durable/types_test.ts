import { assertEquals } from "@std/assert";
import { args, returns } from "../../mod.ts";
import { defineFlow, MemoryStore, openFlows } from "../../durable/mod.ts";

const order = defineFlow({
  schema: {
    Placed: { args: args<{ item: string }>() },
    Count: { event: true, args: args.required<{ by: number }>(), returns: returns<number>() },
    Done: {},
  },
  data: (input: { item: string }) => ({ item: input.item, count: 0 }),
  start: "Placed",
  ends: ["Done"],
  tags: (data) => [data.item],
  handlers: {
    PlacedState(e) {
      const item: string | undefined = e.args.item;
      const count: number = e.flow.data.count;
      // @ts-expect-error there is no such property
      e.flow.data.other = item;
      delete (e.flow.data as { other?: unknown }).other;
      // @ts-expect-error there is no such state
      const wrong = () => e.add("Plced");
      return [count, wrong];
    },
    CountState(e) {
      return e.flow.data.count += e.args.by;
    },
    async DoneState(e) {
      const n: number = await e.once("n", () => 1);
      // @ts-expect-error a number is no text
      const text: string = await e.once("n", () => 1);
      return [n, text];
    },
  },
});

const plain = defineFlow({
  schema: { A: {}, B: {} },
  data: () => ({ n: 1 }),
  start: "A",
  ends: ["B"],
});

Deno.test("flows are typed by their kinds: states, data, input, arguments and answers", async () => {
  const parts = { schema: { A: {} }, data: () => 1 };
  const badStart = () =>
    defineFlow({
      ...parts,
      // @ts-expect-error no state of this name begins it
      start: "B",
      ends: ["A"],
    });
  const badHandler = () =>
    defineFlow({
      ...parts,
      start: "A",
      ends: ["A"],
      handlers: {
        // @ts-expect-error no state has such a handler
        BState() {},
      },
    });
  assertEquals([failing(badStart), failing(badHandler)], [true, true]);
  await using flows = await openFlows(new MemoryStore(), { order, plain }, { printErrors: false });
  const flow = await flows.start("order", "1", { item: "tea" });
  const count: number = await flow.ask("Count", { by: 2 });
  assertEquals(count, 2);
  // @ts-expect-error it must have arguments
  await flow.ask("Count").catch(() => {});
  // @ts-expect-error there is no such state
  assertEquals(failing(() => flow.machine.add("Plced")), true);
  flow.machine.add("Done");
  const data = await flow.result();
  const item: string = data.item;
  assertEquals([item, data.count], ["tea", 2]);
  // @ts-expect-error the input is missing
  await flows.start("order", "2").catch(() => {});
  // @ts-expect-error there is no such kind
  await flows.start("ordr", "3").catch(() => {});
  const one = await flows.start("plain", "1");
  const n: number = one.data.n;
  assertEquals(n, 1);
  // @ts-expect-error there is no such kind
  await flows.list({ kind: "ordr" });
});

function failing(fn: () => unknown): boolean {
  try {
    fn();
    return false;
  } catch {
    return true;
  }
}
