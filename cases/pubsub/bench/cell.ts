/**
 * One cell of the benchmark, in a process of its own: the arguments come as JSON, the result goes to
 * standard output as JSON.
 */
import v8 from "node:v8";
import { type Flow, run, type RunResult } from "./run.ts";
import { type Kind, KINDS, type LinkKind, startSwarm } from "./swarm.ts";

/** What a process is to measure. */
export interface CellTask {
  readonly links: LinkKind;
  readonly hosts: number;
  readonly messages: number;
  /** Topics, each of which gets so many messages. */
  readonly topics: number;
  readonly flow: Flow;
  readonly runs: number;
  readonly seed: number;
}

/** Runs of both hosts, in turn. */
export interface CellResult extends CellTask {
  readonly results: Readonly<Record<Kind, readonly RunResult[]>>;
}

/** What one host's swarm makes, and keeps. */
export interface MadeResult {
  readonly kind: Kind;
  /** Promises and timers made in the run. */
  readonly promises: number;
  readonly timers: number;
  /** MB of heap: the most seen in the run, and what is left of the swarm after it and a collection. */
  readonly ceiling: number;
  readonly final: number;
}

const collect = () => (globalThis as { gc?: () => void }).gc?.();
const heap = () => Deno.memoryUsage().heapUsed / 1e6;
const names = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`);

async function measure(task: CellTask): Promise<CellResult> {
  const topics = names(task.topics);
  const swarms = {
    plain: await startSwarm({ ...task, topics, kind: "plain" }),
    machine: await startSwarm({ ...task, topics, kind: "machine" }),
  };
  const results: Record<Kind, RunResult[]> = { plain: [], machine: [] };
  const warm = task.links === "direct" ? 5 : 1;
  for (let round = -warm; round < task.runs; round++) {
    // Who comes first changes: what the one leaves to collect is the other's cost.
    for (const kind of round % 2 === 0 ? KINDS : KINDS.toReversed()) {
      if (task.links === "direct") collect();
      const result = await run(swarms[kind], { ...task, topics, seed: task.seed + round });
      if (round >= 0) results[kind].push(result);
    }
  }
  await Promise.all(Object.values(swarms).map((swarm) => swarm.stop()));
  return { ...task, results };
}

async function countMade(task: CellTask, kind: Kind): Promise<MadeResult> {
  const topics = names(task.topics);
  const swarm = await startSwarm({ ...task, topics, kind });
  await run(swarm, { ...task, topics, seed: task.seed }); // what is made once is made by now
  collect();
  let promises = 0;
  let timers = 0;
  let ceiling = 0;
  const { setTimeout: real } = globalThis;
  globalThis.setTimeout = ((...args: Parameters<typeof real>) => {
    timers++;
    return real(...args);
  }) as typeof real;
  const stop = v8.promiseHooks.onInit(() => void promises++) as unknown as () => void;
  await run(swarm, {
    ...task,
    topics,
    seed: task.seed + 1,
    onMessage: () => void (ceiling = Math.max(ceiling, heap())),
  });
  stop();
  globalThis.setTimeout = real;
  collect();
  const final = heap();
  await swarm.stop();
  return { kind, promises, timers, ceiling, final };
}

/** Runs one kind only, for a profile. */
async function load(task: CellTask, kind: Kind): Promise<{ kind: Kind }> {
  const topics = names(task.topics);
  const swarm = await startSwarm({ ...task, topics, kind });
  for (let round = 0; round < task.runs; round++) {
    await run(swarm, { ...task, topics, seed: task.seed + round });
  }
  await swarm.stop();
  return { kind };
}

if (import.meta.main) {
  const [what, json, kind] = Deno.args;
  const task: CellTask = JSON.parse(json);
  const result = what === "made"
    ? await countMade(task, kind as Kind)
    : what === "load"
    ? await load(task, kind as Kind)
    : await measure(task);
  console.log(JSON.stringify(result));
  Deno.exit(0);
}
