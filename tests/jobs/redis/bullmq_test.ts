import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Queue, QueueEvents, Worker } from "bullmq";
import { Redis } from "ioredis";
import { jobProcessor, type JobProgress } from "@asyncmachine/asyncmachine/jobs/bullmq";
import { reportOf } from "./report_job.ts";

const REDIS = "/usr/bin/redis-server";
const JOBS = 300;
const OPTIONS = { attempts: 20, backoff: { type: "fixed", delay: 50 } } as const;

/** A Redis of its own, on a port that is free. */
async function withRedis(run: (port: number) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const args = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", dir, "--save", ""];
  const redis = new Deno.Command(REDIS, { args, stdout: "null", stderr: "inherit" }).spawn();
  try {
    const client = new Redis(port, "127.0.0.1", { maxRetriesPerRequest: null });
    client.on("error", () => {}); // it is not there yet
    await client.ping();
    client.disconnect();
    await run(port);
  } finally {
    redis.kill("SIGKILL");
    await redis.status;
    await Deno.remove(dir, { recursive: true });
  }
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** A worker that is there: it has said so. */
async function startWorker(port: number): Promise<Deno.ChildProcess> {
  const worker = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", here("deno.json"), here("worker.ts"), `${port}`],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = worker.stdout.getReader();
  const { done } = await output.read();
  await output.cancel();
  if (done) throw new Error(`The worker ended with ${(await worker.status).code}`);
  return worker;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!await holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

Deno.test("jobs survive workers that are killed: all done, none twice, no finished step again", () =>
  withRedis(async (port) => {
    const connection = new Redis(port, "127.0.0.1", { maxRetriesPerRequest: null });
    const queue = new Queue("reports", { connection: connection as never });
    await queue.addBulk(
      Array.from({ length: JOBS }, (_, i) => ({
        name: "report",
        data: { name: `r${i}` },
        opts: { ...OPTIONS, jobId: `r${i}` },
      })),
    );
    const workers: Deno.ChildProcess[] = await Promise.all([startWorker(port), startWorker(port)]);
    const done = (n: number) => until(async () => await queue.getCompletedCount() >= n);
    await done(60);
    workers[0].kill("SIGKILL");
    workers.push(await startWorker(port));
    await done(130);
    workers[1].kill("SIGTERM");
    assertEquals((await workers[1].status).code, 0);
    await done(JOBS);
    assertEquals(await queue.getFailedCount(), 0);
    const jobs = await queue.getCompleted();
    assertEquals(new Set(jobs.map(({ id }) => id)).size, JOBS);
    assertEquals(jobs.every(({ returnvalue }) => returnvalue.done === 3), true);
    const finished = await connection.lrange("finished", 0, -1);
    assertEquals(new Set(finished).size, 3 * JOBS);
    // Only what was under way at the kill may have been done twice, with the same key: once per place.
    assertEquals(finished.length - 3 * JOBS <= 10, true, `${finished.length} steps`);
    workers[2].kill("SIGTERM");
    await Promise.all(workers.map(({ status }) => status));
    await queue.close();
    connection.disconnect();
  }));

Deno.test("a job shows its states, and one that is canceled aborts", () =>
  withRedis(async (port) => {
    const connection = new Redis(port, "127.0.0.1", { maxRetriesPerRequest: null });
    const queue = new Queue("reports", { connection: connection as never });
    const events = new QueueEvents("reports", { connection: connection.duplicate() as never });
    const seen: string[] = [];
    events.on("progress", ({ data }) => void seen.push(String((data as JobProgress).states)));
    await events.waitUntilReady();
    let aborted = () => {};
    const abortion = new Promise<void>((resolve) => aborted = resolve);
    const report = reportOf((name, key, signal) => {
      if (name === "fetch" || key.startsWith("reports/fine/")) return Promise.resolve();
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          aborted();
          reject(signal.reason);
        })
      );
    });
    const worker = new Worker("reports", jobProcessor(report) as never, {
      connection: connection.duplicate() as never,
    });
    const fine = await queue.add("report", { name: "fine" }, { jobId: "fine" });
    assertEquals(await fine.waitUntilFinished(events), { name: "fine", done: 3 });
    await until(() => Promise.resolve(seen.includes("Sent")));
    assertEquals([...new Set(seen)], ["Fetching", "Rendering", "Sending", "Sent"]);
    const stuck = await queue.add("report", { name: "stuck" }, { jobId: "stuck" });
    await until(async () =>
      ((await queue.getJob("stuck"))?.progress as unknown as JobProgress)?.states?.[0] ===
        "Rendering"
    );
    worker.cancelJob("stuck", "not wanted");
    await abortion;
    await until(async () => await stuck.isFailed());
    await worker.close();
    await events.close();
    await queue.close();
    connection.disconnect();
  }));
