/** Runs orders on a store in a file: `deno run -A order_process.ts JOB`. */
import { SqliteStore } from "../../../durable/mod.ts";
import { runOrders } from "./run_orders.ts";

if (import.meta.main) {
  const job = JSON.parse(Deno.args[0]);
  // What processes survive is asked for here, not the loss of power.
  await runOrders(new SqliteStore(job.place, { sync: "normal" }), job);
}
