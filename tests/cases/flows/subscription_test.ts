import { assertEquals } from "@std/assert";
import { GRACE, subscriptionOf, TRIAL } from "../../../cases/flows/subscription.ts";
import { Scene } from "./with_flows.ts";

const DAY = 86_400_000;
const INPUT = { customer: "ann", cents: 500 };

function billing() {
  const charges: string[] = [];
  const told: string[] = [];
  const money = { comes: true };
  const keys = new Set<string>();
  const subscription = subscriptionOf({
    charge(_, cents, key) {
      if (money.comes && !keys.has(key)) {
        charges.push(`${new Date().toISOString().slice(0, 10)} ${cents}`);
      }
      keys.add(key);
      return Promise.resolve(money.comes);
    },
    tell: (_, what) => Promise.resolve(void told.push(what)),
  });
  return { charges, told, money, subscription };
}

Deno.test("a year of a subscription: a trial, each first of a month, another price, over restarts", async () => {
  const { charges, told, subscription } = billing();
  await using first = await Scene.open({ subscription }, "2026-01-10T12:00:00Z");
  await first.flows.start("subscription", "ann", INPUT);
  await first.pass(TRIAL + DAY);
  assertEquals(charges, ["2026-02-09 500"]);
  await first.pass(100 * DAY);
  await using second = await first.restart();
  await second.pass(DAY);
  const flow = (await second.flows.get("subscription", "ann"))!;
  flow.machine.add("SetPrice", { cents: 700 });
  await flow.committed();
  flow.release();
  await second.pass(200 * DAY);
  assertEquals(charges, [
    "2026-02-09 500",
    "2026-03-01 500",
    "2026-04-01 500",
    "2026-05-01 500",
    ...["06", "07", "08", "09", "10", "11", "12"].map((month) => `2026-${month}-01 700`),
  ]);
  const [{ active }] = await second.flows.list({ tags: ["ann"] });
  assertEquals([active, told], [["Active"], []]);
});

Deno.test("who cancels is charged no more, and has what was paid for until its end", async () => {
  const { charges, told, subscription } = billing();
  await using scene = await Scene.open({ subscription }, "2026-01-10T12:00:00Z");
  const flow = await scene.flows.start("subscription", "ann", INPUT);
  await scene.pass(TRIAL + DAY);
  flow.machine.add("Canceled");
  await scene.pass(5 * DAY);
  assertEquals(flow.machine.is("Active"), true);
  await scene.pass(20 * DAY);
  assertEquals(await flow.result(), { ...INPUT, charged: 500, months: 1 });
  assertEquals([charges.length, told], [1, ["it has ended"]]);
});

Deno.test("a payment that is missing is asked for again, until the time is over", async () => {
  const { charges, told, money, subscription } = billing();
  money.comes = false;
  await using scene = await Scene.open({ subscription }, "2026-01-10T12:00:00Z");
  const flow = await scene.flows.start("subscription", "ann", INPUT);
  await scene.pass(TRIAL + DAY);
  assertEquals([flow.machine.is("PastDue"), told], [true, ["the payment failed"]]);
  await scene.pass(GRACE);
  assertEquals((await flow.result()).months, 0);
  assertEquals([charges, told.at(-1)], [[], "it has ended"]);
});
