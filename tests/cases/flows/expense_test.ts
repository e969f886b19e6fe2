import { assertEquals } from "@std/assert";
import { type Bank, expenseOf, LIMIT } from "../../../cases/flows/expense.ts";
import { Scene } from "./with_flows.ts";

const INPUT = { amount: 12, who: "ann" };

function bank(failures = 0) {
  const keys: string[] = [];
  const it: Bank = {
    pay: (_, key) =>
      keys.push(key) <= failures ? Promise.reject(new Error("busy")) : Promise.resolve("receipt"),
  };
  return { keys, expense: expenseOf(it) };
}

Deno.test("an approved expense is paid with one key, also by a bank that fails at first", async () => {
  const { keys, expense } = bank(2);
  await using scene = await Scene.open({ expense });
  const flow = await scene.flows.start("expense", "1", INPUT);
  assertEquals(flow.machine.add("Approved", { by: "bob" }), "executed");
  assertEquals(flow.machine.add("Rejected", { by: "eve" }), "canceled");
  await scene.pass(10_000);
  assertEquals(await flow.result(), { ...INPUT, by: "bob", receipt: "receipt" });
  assertEquals(keys, Array(3).fill("expense/1/Approved/1/pay"));
});

Deno.test("a rejected expense says who did it, and takes no other answer", async () => {
  const { keys, expense } = bank();
  await using scene = await Scene.open({ expense });
  const flow = await scene.flows.start("expense", "1", INPUT);
  flow.machine.add("Rejected", { by: "eve" });
  assertEquals(flow.machine.add("Approved", { by: "bob" }), "canceled");
  await scene.pass(0);
  assertEquals(await flow.result(), { ...INPUT, by: "eve", receipt: "" });
  assertEquals(keys, []);
});

Deno.test("an expense that nobody answers expires after a week, also over a restart", async () => {
  const { expense } = bank();
  await using scene = await Scene.open({ expense });
  await scene.flows.start("expense", "1", INPUT);
  await scene.pass(LIMIT - 2_000);
  await using later = await scene.restart();
  await later.pass(1_000);
  const waiting = await later.flows.list({ active: "Waiting", tags: ["ann"] });
  assertEquals(waiting.map(({ id }) => id), ["1"]);
  await later.pass(2_000);
  assertEquals((await later.flows.list({ kind: "expense" }))[0].active, ["Expired"]);
});
