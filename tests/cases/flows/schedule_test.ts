import { assertEquals } from "@std/assert";
import { dailyOf } from "../../../cases/flows/schedule.ts";
import { Scene } from "./with_flows.ts";

const DAY = 86_400_000;

Deno.test("a report each morning, over restarts and the change of summer time", async () => {
  const at: string[] = [];
  const daily = dailyOf(() => Promise.resolve(void at.push(new Date().toISOString().slice(5, 16))));
  await using scene = await Scene.open({ daily }, "2026-03-27T12:00:00Z");
  await scene.flows.start("daily", "1", "Europe/Berlin");
  await scene.pass(2 * DAY);
  await using later = await scene.restart();
  await later.pass(2 * DAY);
  assertEquals(at, ["03-28T05:00", "03-29T04:00", "03-30T04:00", "03-31T04:00"]);
});

Deno.test("a report that takes longer than a day is not begun twice", async () => {
  let running = 0;
  const daily = dailyOf(async () => {
    running++;
    await new Promise((resolve) => setTimeout(resolve, 2.5 * DAY));
    running--;
  });
  await using scene = await Scene.open({ daily }, "2026-01-01T12:00:00Z");
  const flow = await scene.flows.start("daily", "1", "UTC");
  for (let i = 0; i < 7; i++) {
    await scene.pass(DAY);
    assertEquals(running <= 1, true);
  }
  flow.machine.add("Off");
  await scene.pass(0);
  const { reports, skipped } = await flow.result();
  assertEquals([reports, skipped], [["2026-01-02", "2026-01-05"], 4]);
});
