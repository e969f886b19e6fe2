import { assertEquals } from "@std/assert";
import { batchOf, itemOf } from "../../../cases/flows/sliding_window.ts";
import { Scene } from "./with_flows.ts";

const SIZE = 1_000;
const WINDOW = 25;
const SUM = SIZE * (SIZE - 1) / 2;

function work() {
  const seen = { running: 0, most: 0, keys: [] as string[] };
  const item = itemOf(async (n, key) => {
    seen.keys.push(key);
    seen.most = Math.max(seen.most, ++seen.running);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    seen.running--;
    return n;
  });
  return { seen, kinds: { item, batch: batchOf(item) } };
}

Deno.test("a thousand children, so many at a time, over a restart in the middle", async () => {
  const { seen, kinds } = work();
  await using scene = await Scene.open(kinds);
  await scene.flows.start("batch", "b", { size: SIZE, window: WINDOW });
  for (let i = 0; i < 10; i++) await scene.pass(1_001);
  const before = seen.keys.length;
  assertEquals(before > 100 && before < SIZE, true);
  await using later = await scene.restart();
  seen.running = 0; // those that ran died with the process
  for (let i = 0; i < 60; i++) await later.pass(1_001);
  const batch = (await later.flows.get("batch", "b"))!;
  const { sum } = await batch.result();
  assertEquals(sum, SUM);
  assertEquals([new Set(seen.keys).size, seen.most <= 2 * WINDOW], [SIZE, true]);
  // Only what was under way at the restart ran again.
  assertEquals(seen.keys.length <= SIZE + WINDOW, true);
});

Deno.test("children that go on are stopped with their parent", async () => {
  const item = itemOf(() => new Promise(() => {}));
  await using scene = await Scene.open({ item, batch: batchOf(item) });
  const batch = await scene.flows.start("batch", "b", { size: 5, window: 5 });
  await scene.pass(10);
  assertEquals((await scene.flows.list({ active: "Working" })).length, 5);
  batch.machine.add("Stopped");
  await scene.pass(10);
  assertEquals((await scene.flows.list({ active: "Working" })).length, 0);
  assertEquals((await scene.flows.list({ kind: "item", active: "Stopped" })).length, 5);
});
