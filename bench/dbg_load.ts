/**
 * A debugger under load: `machines` machines in a process of their own send `rate` transitions per
 * second together, for `seconds`. Says what arrived, what was dropped, the debugger's memory, and how
 * long the screen's view and cells take meanwhile.
 *
 *     deno run -A bench/dbg_load.ts [seconds] [machines] [rate]
 */
import { initialModel, Store, update, view } from "../dbg/model/mod.ts";
import { startServer } from "../dbg/server.ts";
import { drawScreen, type Grid, viewportOf } from "../dbg/tui/mod.ts";
import { Machine } from "../mod.ts";
import { connectDebugger, type DebuggerConnection } from "../telemetry/mod.ts";

const [seconds, machines, rate] = [10, 500, 20_000].map((normal, i) =>
  Number(Deno.args[i] ?? normal)
);
const url = Deno.args[3];

/** The process with the machines. */
async function sender(url: string): Promise<void> {
  const schema = {
    A: { remove: ["B"] },
    B: { remove: ["A"] },
    C: { auto: true, require: ["A"] },
  } as const;
  const connections: DebuggerConnection[] = [];
  const all = Array.from({ length: machines }, (_, i) => {
    const machine = new Machine(schema, { id: `m${i}` });
    connections.push(connectDebugger(machine, { url }));
    return machine;
  });
  const start = performance.now();
  let sent = 0;
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - start) / 1000) {
    // Both are followed by the auto transition of C, which B refuses.
    for (const due = Math.floor(elapsed * rate); sent < due;) {
      const machine = all[Math.floor(sent / 4) % machines];
      machine.add("A");
      machine.add("B");
      sent += 4;
    }
    await new Promise((next) => setTimeout(next, 5));
  }
  await new Promise((next) => setTimeout(next, 1500));
  const dropped = connections.reduce((sum, one) => sum + one.dropped, 0);
  console.log(JSON.stringify({ sent, dropped }));
  Deno.exit(0);
}

if (url) await sender(url);
const maxMemory = 400e6;
const store = new Store({ maxMemory });
const server = startServer(store, { port: 0 });
const child = new Deno.Command(Deno.execPath(), {
  args: [
    "run",
    "-A",
    import.meta.filename!,
    String(seconds),
    String(machines),
    String(rate),
    `ws://${server.address}`,
  ],
  stdout: "piped",
}).spawn();
const kill = () => {
  child.kill();
  Deno.exit(1);
};
setTimeout(() => {
  console.error(`Not done within ${seconds + 60} s`);
  kill();
}, (seconds + 60) * 1000);
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, kill);
const size = { columns: 120, rows: 40 };
let model = initialModel(store);
let shown: Grid | null = null;
const times: number[] = [];
const drawing = setInterval(() => {
  const start = performance.now();
  model = update(update(model, { kind: "received" }), { kind: "clientBy", by: 1 });
  const { grid } = drawScreen(view(model, viewportOf(size, model)), size);
  grid.diff(shown, true);
  shown = grid;
  times.push(performance.now() - start);
}, 100);
const late: number[] = [];
let expected = performance.now() + 50;
const waiting = setInterval(() => {
  const now = performance.now();
  late.push(Math.max(now - expected, 0));
  expected = now + 50;
}, 50);
const { sent, dropped } = JSON.parse(await new Response(child.stdout).text());
await child.status;
clearInterval(drawing);
clearInterval(waiting);
const p95 = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length * 0.95)];
let arrived = 0, lost = 0, jumps = 0;
for (const client of store.clients.values()) {
  for (let row = client.first; row < client.end; row++) if ((client.flags(row) & 3) === 3) jumps++;
  arrived += client.end;
  lost += client.dropped + client.refused;
}
console.log({
  machines: store.clients.size,
  sent,
  arrived,
  droppedBySender: dropped,
  droppedShown: lost,
  unaccounted: sent - (arrived - jumps) - lost,
  memoryMB: Math.round(Deno.memoryUsage().rss / 1e6),
  maxMemoryMB: maxMemory / 1e6,
  drawP95ms: Number(p95(times).toFixed(1)),
  loopLateP95ms: Number(p95(late).toFixed(1)),
});
await server.close();
Deno.exit(0);
