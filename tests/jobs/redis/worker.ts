/**
 * A worker in a process of its own: `worker.ts PORT`. Its steps take a moment, fail now and then, and are
 * counted in Redis, each with its key. SIGTERM: it takes nothing new, and ends when what runs is done.
 */
import { Worker } from "bullmq";
import { Redis } from "ioredis";
import { jobProcessor } from "@asyncmachine/asyncmachine/jobs/bullmq";
import { reportOf } from "./report_job.ts";

const connection = new Redis(Number(Deno.args[0]), "127.0.0.1", { maxRetriesPerRequest: null });
const counters = connection.duplicate();

const report = reportOf(async (name, key, signal) => {
  await counters.rpush("began", key);
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, 20);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
  if (Math.random() < 0.05) throw new Error(`${name} is flaky`);
  await counters.rpush("finished", key);
});

const worker = new Worker("reports", jobProcessor(report, { lockDuration: 2_000 }) as never, {
  connection: connection as never,
  concurrency: 10,
  lockDuration: 2_000,
  stalledInterval: 1_000,
  maxStalledCount: 10,
});
worker.on("error", (error) => console.error(error.message));
Deno.addSignalListener("SIGTERM", async () => {
  await worker.close();
  Deno.exit(0);
});
console.log("up");
