/** One run: so many messages through a swarm, one at a time or in bursts, and what that took. */
import process from "node:process";
import { seededRandom } from "../../seeded_random.ts";
import type { Swarm } from "./swarm.ts";

/** One at a time: the next message is published when all hosts have the last one. */
export type Flow = "sequential" | "burst";

/** What a run took. */
export interface RunResult {
  /** Ms from the first publishing to the last delivery. */
  readonly duration: number;
  /** Ms of CPU, all threads of the process. */
  readonly cpu: number;
  /** Ms from publishing to a delivery: the median, and the 99th of 100. */
  readonly p50: number;
  readonly p99: number;
  /** Deliveries that never came. */
  readonly lost: number;
  /** Deliveries that came again. */
  readonly twice: number;
}

/** A run that lasts longer has failed. */
const TIME_LIMIT = 60_000;

/** Messages that a burst publishes before it lets others have a turn. */
const BURST = 10;

/** Bytes of a message. */
const SIZE = 64;

/** The run's own timers; those of the hosts and their links go through the global one, and are counted. */
const { setTimeout: later } = globalThis;

let lastId = 0;

/** A payload that nobody has sent before; its number is at its start. */
function nextPayload(): { id: number; data: Uint8Array } {
  const data = new Uint8Array(SIZE);
  new DataView(data.buffer).setUint32(0, ++lastId);
  return { id: lastId, data };
}

const idIn = (data: Uint8Array) =>
  data[0] * 2 ** 24 + data[1] * 2 ** 16 + data[2] * 2 ** 8 + data[3];

/** The value below which a part of the sorted ones lies. */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

/** Publishes from random hosts; every host is to get every message once, the publisher too. */
export async function run(
  swarm: Swarm,
  { messages, topics, flow, seed, onMessage = () => {} }: {
    messages: number;
    topics: readonly string[];
    flow: Flow;
    seed: number;
    onMessage?: () => void;
  },
): Promise<RunResult> {
  const { hosts } = swarm;
  const random = seededRandom(seed);
  /** Message → when it was published, and who has it. */
  const sent = new Map<number, { at: number; got: Uint8Array; missing: number }>();
  const latencies: number[] = [];
  let twice = 0;
  let open = 0;
  let arrived: (() => void) | undefined;
  swarm.onDelivery = (host, { data }) => {
    const one = sent.get(idIn(data));
    if (one === undefined) return;
    if (one.got[host] === 1) return void twice++;
    one.got[host] = 1;
    one.missing--;
    latencies.push(performance.now() - one.at);
    if (--open === 0) arrived?.();
  };
  const publish = (topic: string) => {
    const { id, data } = nextPayload();
    sent.set(id, {
      at: performance.now(),
      got: new Uint8Array(hosts.length),
      missing: hosts.length,
    });
    open += hosts.length;
    return hosts[Math.floor(random() * hosts.length)].publish(topic, data);
  };
  const settled = () =>
    new Promise<void>((resolve) => {
      if (open === 0) return resolve();
      const timer = later(resolve, TIME_LIMIT);
      arrived = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const cpu = process.cpuUsage();
  const start = performance.now();
  let burst: Promise<number>[] = [];
  for (let index = 0; index < messages; index++) {
    for (const topic of topics) {
      const published = publish(topic);
      if (flow === "burst") burst.push(published);
      else {
        await published;
        await settled();
        if (open > 0) break; // it has failed
      }
    }
    if (burst.length >= BURST * topics.length) {
      await Promise.all(burst);
      burst = [];
      await new Promise((resolve) => later(resolve));
    }
    onMessage();
  }
  await Promise.all(burst);
  await settled();
  const duration = performance.now() - start;
  const used = process.cpuUsage(cpu);
  swarm.onDelivery = () => {};
  latencies.sort((a, b) => a - b);
  return {
    duration,
    cpu: (used.user + used.system) / 1000,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    lost: messages * topics.length * hosts.length - latencies.length,
    twice,
  };
}
