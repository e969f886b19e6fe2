import { assertEquals, assertRejects } from "@std/assert";
import { RefusedError } from "../../../mod.ts";
import { transferOf } from "../../../cases/flows/early_return.ts";
import { Scene } from "./with_flows.ts";

Deno.test("a transfer answers before it is settled, and is sent once by a network that fails", async () => {
  const keys: string[] = [];
  const transfer = transferOf({
    check: (to) => Promise.resolve(to !== "mallory"),
    send: (_to, _cents, key) =>
      keys.push(key) < 6 ? Promise.reject(new Error("no route")) : Promise.resolve(),
  });
  await using scene = await Scene.open({ transfer });
  const flow = await scene.flows.start("transfer", "1");
  assertEquals(await flow.ask("Submit", { to: "bob", cents: 5 }), "accepted");
  assertEquals([flow.machine.is("Accepted"), flow.ended], [true, false]);
  await assertRejects(() => flow.ask("Submit", { to: "bob", cents: 5 }), RefusedError);
  await scene.pass(3_600_000);
  await flow.result();
  assertEquals([keys.length, new Set(keys).size], [6, 1]);
  const other = await scene.flows.start("transfer", "2");
  assertEquals(await other.ask("Submit", { to: "mallory", cents: 5 }), "refused");
  await scene.pass(0);
  await other.result();
  assertEquals([other.machine.is("Refused"), keys.length], [true, 6]);
});
