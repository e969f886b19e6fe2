import { assertEquals } from "@std/assert";
import { openFlows, type Store } from "../../../durable/mod.ts";
import { EffectsServer } from "./effects_server.ts";
import { orderAt, wantedOf } from "./order_kind.ts";
import type { OrderJob } from "./run_orders.ts";

/** A kind of store under test. */
export interface Backend {
  /** What runs orders in a process of its own: arguments of `deno run`. */
  readonly program: readonly string[];
  /** Where the store is, for the process. */
  readonly place: string;
  /** The same store, here. */
  open(): Promise<{ readonly store: Store; close(): Promise<void> }>;
}

/** Short, since each take-over waits for it. */
const LEASE = 300;

/** Starts a process that runs orders. */
export function startProcess(backend: Backend, job: Omit<OrderJob, "place">): Deno.ChildProcess {
  const given = JSON.stringify({ ...job, place: backend.place });
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", ...backend.program, given],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Two orders: one is shipped, one fails and is undone. */
export const TWO = [{ id: "good", fails: false }, { id: "bad", fails: true }];

/** A process runs two orders and is killed at one point; another goes on. False: it was not killed. */
export async function killAtPoint(backend: Backend, killAt: number): Promise<boolean> {
  await using server = new EffectsServer();
  const job = { url: server.url, orders: TWO, lease: LEASE, killAt, inTurn: true };
  const child = startProcess(backend, job);
  const { signal, stdout } = await child.output();
  if (signal !== "SIGKILL") {
    const said = new TextDecoder().decode(stdout);
    if (!said.includes("done after")) throw new Error(`It neither ended nor was killed: ${said}`);
  }
  await finish(backend, server, TWO);
  return signal === "SIGKILL";
}

/** Goes on with the orders until all are finished, and looks at what was done. */
export async function finish(
  backend: Backend,
  server: EffectsServer,
  orders: OrderJob["orders"],
): Promise<void> {
  const { store, close } = await backend.open();
  const flows = await openFlows(store, { order: orderAt(server.url) }, {
    lease: LEASE,
    printErrors: false,
  });
  const tries = { left: 600 };
  for (const { id, fails } of orders) {
    const flow = await patiently(tries, () => flows.start("order", id, { fails }));
    await flow.result();
  }
  const items = await flows.list();
  const byId = new Map(items.map((item) => [item.id, item]));
  for (const { id, fails } of orders) {
    const { effects, end } = wantedOf(fails);
    assertEquals(server.doneFor(id), effects, `what was done for ${id}`);
    assertEquals([byId.get(id)?.active, byId.get(id)?.ended], [[end], true], `the end of ${id}`);
  }
  assertEquals(server.wrong, []);
  assertEquals(items.length, orders.length);
  await flows.close();
  await close();
}

/** The lease of the dead has to end first. */
async function patiently<R>(tries: { left: number }, attempt: () => Promise<R>): Promise<R> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if ((error as Error).name !== "FlowOwnedError" || tries.left-- === 0) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Processes run orders and are killed at random times, one after the other. Gives how many were. */
export async function killAtRandom(backend: Backend, kills: number): Promise<number> {
  await using server = new EffectsServer();
  const orders = Array.from({ length: kills * 2 }, (_, i) => ({ id: `${i}`, fails: i % 3 === 0 }));
  let killed = 0;
  for (let i = 0; i < kills; i++) {
    // Each has two orders that are new, and those that were left over.
    const job = {
      url: server.url,
      orders: orders.slice(i * 2, i * 2 + 2),
      lease: LEASE,
    };
    const child = startProcess(backend, job);
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    await reader.read(); // ready
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    try {
      child.kill("SIGKILL");
    } catch {
      // It was faster.
    }
    if ((await child.status).signal === "SIGKILL") killed++;
    await reader.cancel();
  }
  await finish(backend, server, orders);
  return killed;
}
