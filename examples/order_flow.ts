/**
 * An order that survives crashes: reserve, charge, ship, undone when something fails.
 *
 *     deno task demo:flow [FILE]
 *
 * With a file the flows are kept in it: end the program, even by `kill -9`, start it again, and they go on.
 */
import { defineSchema } from "../mod.ts";
import {
  defineFlow,
  FlowOwnedError,
  MemoryStore,
  openFlows,
  retry,
  saga,
  SqliteStore,
} from "../durable/mod.ts";

/** The world outside: each takes a while, and the carrier is unreliable. */
const call = (what: string, key: string) =>
  new Promise<string>((resolve, reject) =>
    setTimeout(() => {
      if (what === "ship" && key.startsWith("order/2/")) {
        return reject(new Error("no such address"));
      }
      console.log(`  ${what.padEnd(9)} ${key}`);
      resolve(`${what} ok`);
    }, 300)
  );

export const schema = defineSchema({
  Placed: { timeouts: { TooLate: 60_000 } },
  Shipped: { remove: ["Placed"] },
  Undone: { remove: ["Placed"] },
  TooLate: { remove: ["Placed"] },
});

const order = defineFlow({
  schema,
  data: (input: { item: string }) => ({ item: input.item, trouble: "" }),
  start: "Placed",
  ends: ["Shipped", "Undone", "TooLate"],
  tags: (data) => [data.item],
  handlers: {
    async PlacedState(e) {
      const steps = saga(e);
      try {
        await steps.step(
          "reserve",
          (o) => call("reserve", o.key),
          (_, o) => call("release", o.key),
        );
        await steps.step("charge", (o) => call("charge", o.key), (_, o) => call("refund", o.key));
        const ship = (key: string) =>
          retry(() => call("ship", key), { signal: e.signal, attempts: 2, backoff: 200 });
        await steps.step("ship", (o) => ship(o.key), () => {});
        e.add("Shipped");
      } catch (error) {
        if (e.expired) return; // stopped: another process goes on
        e.flow.data.trouble = String(error);
        await steps.undo();
        e.add("Undone");
      }
    },
  },
});

if (import.meta.main) {
  const [file] = Deno.args;
  const store = file === undefined ? new MemoryStore() : new SqliteStore(file);
  const flows = await openFlows(store, { order }, { lease: 2_000 });
  Deno.addSignalListener("SIGINT", async () => {
    await flows.close(); // the next one need not wait for the lease
    Deno.exit(130);
  });
  for (const [id, item] of [["1", "tea"], ["2", "milk"]]) {
    // After a kill -9 the lease of the dead has to end first.
    const flow = await retry(() => flows.start("order", id, { item }), {
      backoff: 500,
      factor: 1,
      attempts: 20,
      giveUpOn: (error) => !(error instanceof FlowOwnedError),
    });
    console.log(`order ${id}: ${flow.machine}`);
  }
  for (const id of ["1", "2"]) {
    const flow = await flows.get("order", id);
    const data = await flow!.result();
    console.log(`order ${id}: ${flow!.machine} ${JSON.stringify(data)}`);
  }
  await flows.close();
}
