import { assertEquals, assertRejects } from "@std/assert";
import { defineFlow } from "../../../durable/mod.ts";
import { signup, signupOld } from "../../../cases/flows/versions.ts";
import { Scene } from "./with_flows.ts";

Deno.test("a flow goes on with newer code, and its data have the newer shape", async () => {
  await using scene = await Scene.open({ signup: signupOld });
  await scene.flows.start("signup", "1", "ann");
  await scene.pass(1_000);
  await using later = await scene.restart({ signup });
  const flow = (await later.flows.get("signup", "1"))!;
  assertEquals(flow.machine.activeStates(), ["AskingAddress"]);
  assertEquals(flow.data, { address: "", name: "ann" });
  flow.machine.add("AskingPayment");
  flow.machine.add("Welcome");
  await later.pass(0);
  await flow.result();
});

Deno.test("without a migration it is left alone, with a reason, and older code can go on", async () => {
  const { migrate: _, ...parts } = signup.parts;
  const unable = defineFlow({
    schema: { AskingAddress: {}, Welcome: {} },
    data: () => parts.data("x") as object,
    start: "AskingAddress",
    ends: ["Welcome"],
    handlers: {},
  });
  await using scene = await Scene.open({ signup: signupOld });
  await scene.flows.start("signup", "1", "ann");
  await using wrong = await scene.restart({ signup: unable });
  await wrong.pass(1_000);
  const [item] = await wrong.flows.list();
  assertEquals(item.error?.name, "FlowUnreadableError");
  await assertRejects(() => wrong.flows.get("signup", "1"));
  await using right = await wrong.restart({ signup: signupOld });
  assertEquals((await right.flows.get("signup", "1"))!.machine.is("Asking"), true);
});
