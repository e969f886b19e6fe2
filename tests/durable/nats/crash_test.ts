import { assertEquals } from "@std/assert";
import * as jetstream from "@nats-io/jetstream";
import { NatsStore, openFlows } from "@asyncmachine/asyncmachine/durable";
import { EffectsServer } from "../kill/effects_server.ts";
import { orderAt, wantedOf } from "../kill/order_kind.ts";
import { NatsServer } from "./server.ts";

Deno.test("NatsStore: flows go on when the server was killed and started again", async () => {
  await using effects = new EffectsServer();
  await using server = await NatsServer.start();
  const connection = await server.connect();
  const store = new NatsStore({ connection, jetstream, timeout: 1_000 });
  const flows = await openFlows(store, { order: orderAt(effects.url) }, {
    lease: 60_000,
    printErrors: false,
  });
  const orders = Array.from({ length: 60 }, (_, i) => ({ id: `${i}`, fails: i % 3 === 0 }));
  const started = await Promise.all(
    orders.map(async ({ id, fails }) => await flows.start("order", id, { fails })),
  );
  const before = flows.stats.commits;
  await server.crash(300);
  await Promise.all(started.map((flow) => flow.result()));
  assertEquals(flows.stats.commits > before, true);
  assertEquals(effects.wrong, []);
  const items = new Map((await flows.list()).map((item) => [item.id, item]));
  for (const { id, fails } of orders) {
    const { effects: wanted, end } = wantedOf(fails);
    assertEquals(effects.doneFor(id), wanted);
    assertEquals([items.get(id)?.active, items.get(id)?.ended], [[end], true]);
  }
  await flows.close();
  await connection.close();
});
