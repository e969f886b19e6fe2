import { openFlows, type Store } from "../../../durable/mod.ts";
import { orderAt } from "./order_kind.ts";

/** What a process has to do. */
export interface OrderJob {
  /** Where its store is. */
  readonly place: string;
  /** The server of effects. */
  readonly url: string;
  readonly orders: readonly { readonly id: string; readonly fails: boolean }[];
  readonly lease: number;
  /** The point before or after a commit at which it ends itself as by `kill -9`; missing: never. */
  readonly killAt?: number | undefined;
  /** Orders one after the other, so that the points are always the same. */
  readonly inTurn?: boolean | undefined;
}

/** Runs orders until all are finished, or until it kills itself. */
export async function runOrders(store: Store, job: OrderJob): Promise<void> {
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
}
