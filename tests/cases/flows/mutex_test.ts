import { assertEquals } from "@std/assert";
import { LIMIT, mutex } from "../../../cases/flows/mutex.ts";
import { Scene } from "./with_flows.ts";

Deno.test("a lock is held by one, and goes to who has waited longest, over a restart", async () => {
  await using scene = await Scene.open({ mutex });
  const flow = await scene.flows.start("mutex", "printer");
  const answers = await Promise.all(["a", "b", "c"].map((who) => flow.ask("Acquire", { who })));
  assertEquals(answers, ["held", "waits", "waits"]);
  await using later = await scene.restart();
  const same = (await later.flows.get("mutex", "printer"))!;
  assertEquals(await same.ask("Acquire", { who: "a" }), "held");
  assertEquals(await same.ask("Release", { who: "c" }), "a"); // it gives up waiting
  assertEquals(await same.ask("Release", { who: "a" }), "b");
  assertEquals(await same.ask("Release", { who: "b" }), null);
  assertEquals(same.machine.is("Free"), true);
});

Deno.test("a lock whose holder is gone goes on to the next one", async () => {
  await using scene = await Scene.open({ mutex });
  const flow = await scene.flows.start("mutex", "printer");
  await flow.ask("Acquire", { who: "a" });
  await flow.ask("Acquire", { who: "b" });
  await scene.pass(LIMIT / 2);
  assertEquals(flow.data.holder, "a");
  await scene.pass(LIMIT / 2 + 10);
  assertEquals(flow.data.holder, "b");
  await scene.pass(LIMIT - 1_000); // a time of its own
  assertEquals(flow.data.holder, "b");
  await scene.pass(2_000);
  assertEquals([flow.data.holder, flow.machine.is("Free")], [null, true]);
});
