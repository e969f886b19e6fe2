import process from "node:process";
import { MemoryStore } from "/work/wt/durable/durable/mod.ts";
import { rateOf } from "/work/wt/durable/bench/durable.ts";
for (const n of [3000, 20000]) { const c0 = performance.now(); const cpu0 = (Deno as any).cpuUsage?.(); const { user: u0 } = process.cpuUsage(); const r = await rateOf(new MemoryStore(), n, 1000); const { user: u1 } = process.cpuUsage(); console.log(n, Math.round(r), "cpu us/flow", (u1 - u0) / n); }
