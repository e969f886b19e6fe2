/** Writes a second of a cluster, and of one process that syncs. */
import { fileURLToPath } from "node:url";
import { statuses } from "../client.ts";
import { freeAddresses, Processes } from "../processes.ts";
import { Load } from "./load.ts";

const SINGLE = fileURLToPath(new URL("single.ts", import.meta.url));
const KEYS = ["a", "b", "c", "d"];
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What was measured. */
export interface Throughput {
  /** Writes a second. */
  readonly cluster: number;
  readonly single: number;
  /** Middle latency of the cluster's writes, in milliseconds. */
  readonly latency: number;
}

/** Measures both, one after the other. */
export async function throughput(
  nodes: number,
  clients: number,
  seconds: number,
): Promise<Throughput> {
  const folder = await Deno.makeTempDir({ prefix: "raft-throughput-" });
  try {
    const single = await measureSingle(folder, clients, seconds);
    const cluster = await measureCluster(folder, nodes, clients, seconds);
    return { single: single.rate, cluster: cluster.rate, latency: cluster.latency };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function measureCluster(folder: string, nodes: number, clients: number, seconds: number) {
  const members = freeAddresses(nodes);
  await using processes = new Processes({ members, folder });
  processes.startAll();
  const serves = async () =>
    (await statuses(members)).some((one) => one?.states.includes("Serving"));
  while (!await serves()) await sleep(50);
  return await measure(members, clients, seconds);
}

async function measureSingle(folder: string, clients: number, seconds: number) {
  const members = freeAddresses(1);
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", SINGLE, members[0], `${folder}/single`],
    stdin: "null",
  }).spawn();
  try {
    return await measure(members, clients, seconds);
  } finally {
    process.kill("SIGKILL");
    await process.status;
  }
}

/** Until each client has written ten times, it warms up. */
async function measure(members: readonly string[], clients: number, seconds: number) {
  const load = new Load({ members, clients, keys: KEYS, gets: 0 });
  const end = performance.now() + 30_000;
  while (load.acknowledged.length < 10 * clients && performance.now() < end) await sleep(50);
  const from = performance.now();
  await sleep(seconds * 1000);
  const to = performance.now();
  await load.end();
  const writes = load.acknowledged.filter(({ returned }) => returned >= from && returned < to);
  const latencies = writes.map(({ called, returned }) => returned - called).sort((a, b) => a - b);
  return {
    rate: writes.length / (to - from) * 1000,
    latency: latencies[Math.floor(latencies.length / 2)] ?? NaN,
  };
}
