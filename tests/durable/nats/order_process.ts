/** Runs orders on NATS: `deno run -A --config deno.json order_process.ts JOB`. */
import { connect } from "@nats-io/transport-node";
import * as jetstream from "@nats-io/jetstream";
import { NatsStore } from "@asyncmachine/asyncmachine/durable";
import { runOrders } from "../kill/run_orders.ts";

if (import.meta.main) {
  const job = JSON.parse(Deno.args[0]);
  const [servers, name] = job.place.split(" ");
  const connection = await connect({ servers });
  await runOrders(new NatsStore({ connection, jetstream, name }), job);
  await connection.close();
}
