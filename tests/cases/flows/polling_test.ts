import { assertEquals } from "@std/assert";
import { calendarOf, oftenOf, seldomOf } from "../../../cases/flows/polling.ts";
import { Scene } from "./with_flows.ts";

const HOUR = 3_600_000;

function source(after: number) {
  const asked: number[] = [];
  const ask = () => Promise.resolve(asked.push(Date.now()) > after ? "it is there" : null);
  return { asked, ask };
}

Deno.test("asking often: each second, until it is there or a minute is over", async () => {
  const soon = source(3);
  const never = source(Infinity);
  await using scene = await Scene.open({ soon: oftenOf(soon.ask), never: oftenOf(never.ask) });
  const [one, two] = [await scene.flows.start("soon", "1"), await scene.flows.start("never", "1")];
  for (let i = 0; i < 61; i++) await scene.pass(1_000);
  assertEquals(await one.result(), { found: "it is there" });
  assertEquals([await two.result(), two.machine.is("Nothing")], [{ found: "" }, true]);
  assertEquals(soon.asked.length, 4);
});

Deno.test("asking seldom: each hour, over restarts, a day at most", async () => {
  const late = source(5);
  const never = source(Infinity);
  const kinds = { late: seldomOf(late.ask), never: seldomOf(never.ask) };
  await using scene = await Scene.open(kinds);
  await scene.flows.start("late", "1");
  await scene.flows.start("never", "1");
  await scene.pass(2.5 * HOUR);
  assertEquals(late.asked.map((ms) => Math.round(ms / HOUR)), [0, 1, 2]);
  await using later = await scene.restart();
  await later.pass(30 * HOUR);
  assertEquals((await later.flows.list()).map(({ kind, active }) => [kind, active]), [
    ["late", ["Found"]],
    ["never", ["Nothing"]],
  ]);
  // A restart asks once more: what it had asked may not have been stored.
  assertEquals([late.asked.length, never.asked.length <= 25], [6, true]);
});

Deno.test("asking by the calendar: on weekdays, at nine where the office is", async () => {
  const { ask } = source(3);
  const calendar = calendarOf(ask);
  await using scene = await Scene.open({ calendar }, "2026-03-26T12:00:00Z"); // a Thursday
  const flow = await scene.flows.start("calendar", "1");
  await scene.pass(7 * 24 * HOUR);
  assertEquals((await flow.result()).asked.map((at) => at.slice(0, 16)), [
    "2026-03-27T08:00",
    "2026-03-30T07:00", // summer time
    "2026-03-31T07:00",
    "2026-04-01T07:00",
  ]);
});
