import { assertRejects, assertThrows } from "@std/assert";
import * as jetstream from "@nats-io/jetstream";
import { NatsStore, StoreError } from "@asyncmachine/asyncmachine/durable";
import { storeCases } from "../../../durable/testing.ts";
import { NatsServer } from "./server.ts";

Deno.test("NatsStore does what every store has to do", async (t) => {
  await using server = await NatsServer.start();
  const connection = await server.connect();
  for (const [i, { name, run }] of storeCases.entries()) {
    await t.step(name, async () => {
      const store = new NatsStore({ connection, jetstream, name: `case${i}` });
      const other = new NatsStore({ connection, jetstream, name: `case${i}` });
      try {
        await run({ store, other });
      } finally {
        await store.close();
        await other.close();
      }
    });
  }
  await connection.close();
});

Deno.test("NatsStore refuses streams that hold something else, and of a newer format", async () => {
  await using server = await NatsServer.start();
  const connection = await server.connect();
  const manager = await jetstream.jetstreamManager(connection);
  await manager.streams.add({ name: "mine", subjects: ["mine.>"] });
  await manager.streams.add({
    name: "newer",
    subjects: ["newer.>"],
    description: "flows of asyncmachine, format 9",
  });
  for (const name of ["mine", "newer"]) {
    const store = new NatsStore({ connection, jetstream, name });
    await assertRejects(
      () => store.join("a", 1_000),
      StoreError,
      "expected flows of asyncmachine, format 1",
    );
  }
  await connection.close();
});

Deno.test("NatsStore connects by itself, and closes what it has opened", async () => {
  await using server = await NatsServer.start();
  const store = new NatsStore({ servers: server.address, name: "own" });
  await store.join("a", 1_000);
  await store.leave("a");
  await store.close();
  assertThrows(() => new NatsStore({}), TypeError, "needs servers");
  assertThrows(() => new NatsStore({ servers: "x", name: "a.b" }), TypeError, '"a.b"');
  const nowhere = new NatsStore({ servers: "127.0.0.1:1" });
  await assertRejects(() => nowhere.join("a", 1_000));
});
