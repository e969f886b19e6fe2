/** Flows a second on NATS: `deno run -A bench.ts`. */
import * as jetstream from "@nats-io/jetstream";
import { NatsStore } from "@asyncmachine/asyncmachine/durable";
import { rateOf, say } from "../../../bench/durable.ts";
import { NatsServer } from "./server.ts";

await using server = await NatsServer.start();
for (const [flows, atOnce] of [[5_000, 1_000], [500, 1]]) {
  const connection = await server.connect();
  const name = `flows${atOnce}`;
  const store = new NatsStore({ connection, jetstream, name });
  const rate = await rateOf(store, flows, atOnce);
  const manager = await jetstream.jetstreamManager(connection);
  const { state } = await manager.streams.info(name);
  say(`NATS JetStream, ${atOnce} at once`, rate, state.bytes / flows / 2);
  await connection.close();
}
