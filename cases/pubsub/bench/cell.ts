/**
 * Cells of the benchmark, in a process of their own: the arguments come as JSON, the result goes to
 * standard output as JSON.
 */
import v8 from "node:v8";
import { type Flow, run, type RunResult } from "./run.ts";
import { type Kind, KINDS, type LinkKind, startSwarm } from "./swarm.ts";

/** One cell: what is measured together. */
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

/** Measures cells of equal links, hosts and topics, on two swarms that all of them use. */
async function measure(tasks: readonly CellTask[]): Promise<CellResult[]> {
  const topics = names(tasks[0].topics);
  const swarms = {
    plain: await startSwarm({ ...tasks[0], topics, kind: "plain" }),
    machine: await startSwarm({ ...tasks[0], topics, kind: "machine" }),
  };
  const cells: CellResult[] = [];
  // What the engine compiles, it has compiled by now.
  const warmUp = tasks[0].links === "direct" ? 1000 : 100;
  for (const kind of KINDS) {
    await run(swarms[kind], { ...tasks[0], topics, messages: warmUp / topics.length, seed: 1 });
  }
  for (const task of tasks) {
    const results: Record<Kind, RunResult[]> = { plain: [], machine: [] };
    for (let round = task.links === "direct" ? -1 : 0; round < task.runs; round++) {
      // Who comes first changes: what the one leaves to collect is the other's cost.
      for (const kind of round % 2 === 0 ? KINDS : KINDS.toReversed()) {
        if (task.links === "direct") collect();
        const result = await run(swarms[kind], { ...task, topics, seed: task.seed + round });
        if (round >= 0) results[kind].push(result);
      }
    }
    cells.push({ ...task, results });
  }
  await Promise.all(Object.values(swarms).map((swarm) => swarm.stop()));
  return cells;
}

/** Counts what one kind of host makes, cell after cell, on one swarm. */
async function countMade(tasks: readonly CellTask[], kind: Kind): Promise<MadeResult[]> {
  const topics = names(tasks[0].topics);
  const swarm = await startSwarm({ ...tasks[0], topics, kind });
  await run(swarm, { ...tasks[0], topics, seed: 1 }); // what is made once is made by now
  const results: MadeResult[] = [];
  for (const task of tasks) {
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
    const onMessage = () => void (ceiling = Math.max(ceiling, heap()));
    await run(swarm, { ...task, topics, onMessage });
    stop();
    globalThis.setTimeout = real;
    collect();
    results.push({ kind, promises, timers, ceiling, final: heap() });
  }
  await swarm.stop();
  return results;
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
  const tasks: CellTask[] = JSON.parse(json);
  const result = what === "made"
    ? await countMade(tasks, kind as Kind)
    : what === "load"
    ? await load(tasks[0], kind as Kind)
    : await measure(tasks);
  console.log(JSON.stringify(result));
  Deno.exit(0);
}
