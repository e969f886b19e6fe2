import { assertEquals, assertRejects } from "@std/assert";
import { RefusedError } from "../../../mod.ts";
import { account } from "../../../cases/flows/entity.ts";
import { Scene } from "./with_flows.ts";

Deno.test("an account answers each update when it is stored, and none is made twice", async () => {
  await using scene = await Scene.open({ account });
  const flow = await scene.flows.start("account", "7", "ann");
  assertEquals(await flow.ask("Deposit", { cents: 500, id: "a" }), 500);
  assertEquals(await flow.ask("Deposit", { cents: 500, id: "a" }), 500); // sent again
  assertEquals(await flow.ask("Withdraw", { cents: 600, id: "b" }), -1);
  await assertRejects(() => flow.ask("Withdraw", { cents: -5, id: "c" }), RefusedError);
  await using later = await scene.restart();
  const same = (await later.flows.get("account", "7"))!;
  assertEquals(await same.ask("Withdraw", { cents: 200, id: "d" }), 300);
  assertEquals(await same.ask("Deposit", { cents: 500, id: "a" }), 300); // sent again, later
  same.machine.add("Closed");
  assertEquals((await same.result()).cents, 300);
});

Deno.test("two hundred updates at the same time each have their own answer", async () => {
  await using scene = await Scene.open({ account });
  const flow = await scene.flows.start("account", "7", "ann");
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => flow.ask("Deposit", { cents: 1, id: `${i}` })),
  );
  assertEquals(answers, Array.from({ length: 200 }, (_, i) => i + 1));
});
