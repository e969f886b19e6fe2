/**
 * Runs orders on a store until all are finished, or until it kills itself:
 *
 *     deno run -A order_process.ts '{"store": …, "url": …, "orders": […], "lease": ms, "killAt": n}'
 */
import { openFlows, type Store } from "../../../durable/mod.ts";
import { orderAt } from "./order_kind.ts";
import { openStore, type StorePlace } from "./store_place.ts";

/** What it is called with. */
export interface OrderJob {
  readonly store: StorePlace;
  readonly url: string;
  readonly orders: readonly { readonly id: string; readonly fails: boolean }[];
  readonly lease: number;
  /** The point before or after a commit at which it ends itself as by `kill -9`; missing: never. */
  readonly killAt?: number | undefined;
  /** Orders one after the other, so that the points are always the same. */
  readonly inTurn?: boolean | undefined;
}

if (import.meta.main) {
  const job: OrderJob = JSON.parse(Deno.args[0]);
  const { store, close } = await openStore(job.store);
  let point = 0;
  const passPoint = () => {
    if (point++ === job.killAt) Deno.kill(Deno.pid, "SIGKILL");
  };
  const killing: Store = new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name !== "commit") return value.bind(target);
      return async (...args: Parameters<Store["commit"]>) => {
        passPoint();
        const result = await target.commit(...args);
        passPoint();
        return result;
      };
    },
  });
  const flows = await openFlows(killing, { order: orderAt(job.url) }, {
    lease: job.lease,
    printErrors: false,
  });
  flows.signal.addEventListener("abort", () => console.log(`stopped: ${flows.signal.reason}`));
  console.log("ready");
  const one = async ({ id, fails }: OrderJob["orders"][number]) => {
    const flow = await flows.start("order", id, { fails });
    await flow.result();
  };
  try {
    if (job.inTurn) { for (const order of job.orders) await one(order); }
    else await Promise.all(job.orders.map(one));
    console.log(`done after ${point} points`);
  } catch (error) {
    console.log(`failed: ${error}`);
  }
  await flows.close();
  await close();
}
