import { assertEquals } from "@std/assert";
import { reminder } from "../../../cases/flows/updatable_timer.ts";
import { Scene } from "./with_flows.ts";

const DAY = 86_400_000;

Deno.test("a deadline fires when it is due, wherever it was moved, over restarts", async () => {
  await using scene = await Scene.open({ reminder });
  const flow = await scene.flows.start("reminder", "1", 60 * DAY);
  await scene.pass(10 * DAY);
  flow.machine.add("Deadline", { at: 40 * DAY });
  await scene.pass(0);
  assertEquals(flow.machine.timers().map(({ due }) => due), [40 * DAY]);
  await using second = await scene.restart();
  await second.pass(5 * DAY);
  const same = (await second.flows.get("reminder", "1"))!;
  same.machine.add("Deadline", { at: 30 * DAY });
  await same.committed();
  same.release();
  await using third = await second.restart();
  await third.pass(14 * DAY);
  assertEquals((await third.flows.list())[0].active, ["Waiting", "Deadline"]);
  await third.pass(2 * DAY);
  assertEquals((await third.flows.list())[0].active, ["Fired"]);
  assertEquals((await third.flows.get("reminder", "1"))!.data, { at: 30 * DAY, moved: 2 });
});

Deno.test("a deadline in the past fires at once; one that was stopped does not", async () => {
  await using scene = await Scene.open({ reminder }, DAY);
  const late = await scene.flows.start("reminder", "late", 0);
  const stopped = await scene.flows.start("reminder", "stopped", 2 * DAY);
  stopped.machine.add("Stopped");
  await scene.pass(5 * DAY);
  assertEquals([late.machine.is("Fired"), stopped.machine.is("Fired")], [true, false]);
});
