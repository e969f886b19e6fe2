import { assertEquals } from "@std/assert";
import { chapterOf, reportOf } from "../../../cases/flows/children.ts";
import { Scene } from "./with_flows.ts";

Deno.test("a parent has the results of its children, each written once, over a restart", async () => {
  const wrote: string[] = [];
  let slow = true;
  const chapter = chapterOf((name) => {
    if (name === "two" && slow) return new Promise(() => {});
    wrote.push(name);
    return Promise.resolve(name.toUpperCase());
  });
  const kinds = { chapter, report: reportOf(chapter) };
  await using scene = await Scene.open(kinds);
  await scene.flows.start("report", "r", ["one", "two", "three"]);
  await scene.pass(10);
  slow = false;
  await using later = await scene.restart();
  await later.pass(10);
  const report = (await later.flows.get("report", "r"))!;
  assertEquals((await report.result()).text, "ONE\nTWO\nTHREE");
  assertEquals(wrote, ["one", "three", "two"]);
});

Deno.test("a parent that is canceled leaves no child that goes on, and aborts what they do", async () => {
  const aborted: string[] = [];
  const chapter = chapterOf((name, signal) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(aborted.push(name))))
  );
  await using scene = await Scene.open({ chapter, report: reportOf(chapter) });
  const report = await scene.flows.start("report", "r", ["one", "two"]);
  await scene.pass(10);
  report.machine.add("Canceled");
  await scene.pass(10);
  const children = await scene.flows.list({ kind: "chapter" });
  assertEquals(children.map(({ active }) => active), [["Dropped"], ["Dropped"]]);
  assertEquals(aborted.sort(), ["one", "two"]);
});
