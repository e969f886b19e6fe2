import { assertEquals } from "@std/assert";
import { inboxOf } from "../../../cases/flows/signals.ts";
import { Scene } from "./with_flows.ts";

Deno.test("signals before the flow is ready are kept, in order, over a restart", async () => {
  const done: string[] = [];
  let ready = false;
  const inbox = inboxOf(
    () => ready ? Promise.resolve() : new Promise(() => {}),
    (text) => Promise.resolve(void done.push(text)),
  );
  await using scene = await Scene.open({ inbox });
  const flow = await scene.flows.start("inbox", "1");
  for (const text of ["a", "b", "c"]) flow.machine.add("Signal", { text });
  await scene.pass(0);
  await flow.committed();
  assertEquals(done, []);
  ready = true;
  await using later = await scene.restart();
  await later.pass(0);
  const same = (await later.flows.get("inbox", "1"))!;
  for (const text of ["d", "e"]) same.machine.add("Signal", { text });
  await later.pass(0);
  assertEquals([done, same.machine.is("Working")], [["a", "b", "c", "d", "e"], false]);
  same.machine.add("Closing");
  assertEquals(same.machine.add("Signal", { text: "f" }), "canceled");
  await later.pass(0);
  assertEquals((await same.result()).done, 5);
});

Deno.test("an inbox that is told to close does what waits first", async () => {
  const done: string[] = [];
  const inbox = inboxOf(() => Promise.resolve(), async (text) => {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    done.push(text);
  });
  await using scene = await Scene.open({ inbox });
  const flow = await scene.flows.start("inbox", "1");
  for (const text of ["a", "b", "c"]) flow.machine.add("Signal", { text });
  await scene.pass(1_500);
  flow.machine.add("Closing");
  assertEquals(flow.ended, false);
  for (let i = 0; i < 5; i++) await scene.pass(1_000);
  assertEquals([done, (await flow.result()).waiting], [["a", "b", "c"], []]);
});
