/**
 * How many flows a second, and how much is stored for a transition:
 *
 *     deno task bench:durable
 *
 * A flow that does nothing: two transitions, the handler of the first adds the last one.
 */
import { defineSchema, Machine } from "../mod.ts";
import { defineFlow, MemoryStore, openFlows, SqliteStore, type Store } from "../durable/mod.ts";

const noop = defineFlow({
  schema: { Begun: {}, Done: { remove: ["Begun"] } },
  data: () => ({}),
  start: "Begun",
  ends: ["Done"],
  handlers: { BegunState: (e) => void e.add("Done") },
});

/** Flows a second when so many run at the same time. */
export async function rateOf(store: Store, flows: number, atOnce: number): Promise<number> {
  const opened = await openFlows(store, { noop });
  const begun = performance.now();
  for (let i = 0; i < flows; i += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, flows - i) }, async (_, j) => {
      const flow = await opened.start("noop", `${i + j}`);
      await flow.result();
    });
    await Promise.all(some);
  }
  const ms = performance.now() - begun;
  await opened.close();
  const ended = (await store.list({ ended: true })).length;
  if (ended !== flows) throw new Error(`${ended} of ${flows} flows are finished`);
  return flows / ms * 1000;
}

async function sqlite(flows: number, atOnce: number, sync: "full" | "normal"): Promise<void> {
  const dir = await Deno.makeTempDir();
  const store = new SqliteStore(`${dir}/flows.db`, { sync });
  const rate = await rateOf(store, flows, atOnce);
  await store.close();
  let bytes = 0;
  for await (const { name } of Deno.readDir(dir)) bytes += (await Deno.stat(`${dir}/${name}`)).size;
  await Deno.remove(dir, { recursive: true });
  const how = atOnce === 1 ? "one commit per transition" : `grouped, ${atOnce} at once`;
  say(`SQLite, sync ${sync}, ${how}`, rate, bytes / flows / 2);
}

/** The same as a machine that nobody stores: what the machine's own share is. */
async function bare(machines: number, atOnce: number): Promise<number> {
  const schema = defineSchema({ Begun: {}, Done: { remove: ["Begun"] } });
  const begun = performance.now();
  for (let i = 0; i < machines; i += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, async () => {
      const machine = new Machine(schema);
      machine.bindHandlers(BARE);
      machine.subscribe(() => {});
      machine.add("Begun");
      await machine.when("Done");
      machine.dispose();
    }));
  }
  return machines / (performance.now() - begun) * 1000;
}

const BARE = {
  async BegunState(e: { add(state: "Done"): unknown }) {
    await null;
    e.add("Done");
  },
};

/** Prints a line. */
export function say(what: string, rate: number, bytes?: number): void {
  const stored = bytes === undefined ? "" : `, ${Math.round(bytes)} bytes per stored transition`;
  console.log(`${what.padEnd(50)} ${Math.round(rate).toString().padStart(8)} flows/s${stored}`);
}

if (import.meta.main) {
  await rateOf(new MemoryStore(), 20_000, 1_000); // warm
  await bare(20_000, 1_000);
  say("a machine that is not stored", await bare(50_000, 1_000));
  say("memory", await rateOf(new MemoryStore(), 50_000, 1_000));
  say("memory, without history", await rateOf(new MemoryStore({ history: 0 }), 50_000, 1_000));
  await sqlite(20_000, 1_000, "full");
  await sqlite(20_000, 1_000, "normal");
  await sqlite(500, 1, "full");
  await sqlite(2_000, 1, "normal");
}
