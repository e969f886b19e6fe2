import { assertEquals, assertRejects } from "@std/assert";
import { ACCEPT_WITHIN, deliveryOf } from "../../../cases/flows/food_delivery.ts";
import { Scene } from "./with_flows.ts";

const INPUT = { meal: "soup", cents: 900 };

function shop() {
  const log: string[] = [];
  const delivery = deliveryOf({
    charge: (cents, key) => Promise.resolve(`receipt ${log.push(`charge ${cents} ${key}`)}`),
    refund: (receipt) => Promise.resolve(void log.push(`refund ${receipt}`)),
  });
  return { log, delivery };
}

Deno.test("a meal is paid, cooked, driven and delivered; who acts out of turn is refused", async () => {
  const { log, delivery } = shop();
  await using scene = await Scene.open({ delivery });
  const flow = await scene.flows.start("delivery", "1", INPUT);
  const { machine } = flow;
  assertEquals(machine.add("Cooking"), "canceled"); // not paid yet
  await scene.pass(0);
  assertEquals(machine.activeStates(), ["Paid"]); // the customer knows
  assertEquals(machine.add("OnTheWay", { driver: "dan" }), "canceled");
  assertEquals(machine.add("Cooking"), "executed");
  assertEquals(await flow.ask("Where"), "not on its way");
  machine.add("OnTheWay", { driver: "dan" });
  machine.add("Position", { lat: 1, lon: 2 });
  assertEquals(await flow.ask("Where"), "1 2");
  assertEquals((await scene.flows.list({ tags: ["dan"] })).map(({ id }) => id), ["1"]);
  assertEquals(machine.add("Refunding"), "canceled");
  machine.add("Delivered");
  await scene.pass(0);
  assertEquals((await flow.result()).driver, "dan");
  assertEquals(log, ["charge 900 delivery/1/Ordered/1/charge"]);
  await assertRejects(() => machine.ask("Where")); // it is over
});

Deno.test("a restaurant that says nothing costs the customer nothing, also over a restart", async () => {
  const { log, delivery } = shop();
  await using scene = await Scene.open({ delivery });
  await scene.flows.start("delivery", "1", INPUT);
  await scene.pass(ACCEPT_WITHIN / 2);
  await using later = await scene.restart();
  await later.pass(ACCEPT_WITHIN / 2 + 10);
  assertEquals((await later.flows.list())[0].active, ["Refunded"]);
  assertEquals(log.slice(1), ["refund receipt 1"]);
});
