/**
 * Shows what the README claims, and exits with 1 if a claim does not hold.
 *
 *     deno task case:raft            100,000 schedules, 60 faults among processes
 *     deno task case:raft --short    what CI runs
 *     deno task case:raft --seed 7 [--mutant late-vote]    the story of one schedule
 */
import { Command, ValidationError } from "@cliffy/command";
import { debugEnv } from "../../telemetry/mod.ts";
import { Claims, quantile } from "../claims.ts";
import { chaos } from "./chaos/chaos.ts";
import { throughput } from "./chaos/throughput.ts";
import { type MutantName, MUTANTS } from "./sim/mutants.ts";
import { runPortions } from "./sim/portions.ts";
import { simulate } from "./sim/simulation.ts";

interface Sizes {
  readonly schedules: number;
  readonly hunt: number;
  readonly faults: number;
  readonly clients: readonly number[];
  readonly measureSeconds: number;
}

const LONG: Sizes = {
  schedules: 100_000,
  hunt: 10_000,
  faults: 60,
  clients: [1, 32],
  measureSeconds: 10,
};
const SHORT: Sizes = {
  schedules: 500,
  hunt: 3000,
  faults: 4,
  clients: [32],
  measureSeconds: 1,
};
const PORTION = 250;
const NODES = 5;

const claims = new Claims();

async function schedules(count: number): Promise<void> {
  const start = performance.now();
  const portions = Array.from({ length: Math.ceil(count / PORTION) }, (_, at) => ({
    from: 1 + at * PORTION,
    count: Math.min(PORTION, count - at * PORTION),
  }));
  const sum: Record<string, number> = {};
  let done = 0;
  const results = await runPortions(portions, ({ schedules, caught, figures }) => {
    done += schedules;
    if (done % 20_000 === 0) console.log(`${done.toLocaleString("en")} schedules …`);
    for (const { seed, violation } of caught) console.log(`seed ${seed}: ${violation}`);
    for (const [name, value] of Object.entries(figures)) sum[name] = (sum[name] ?? 0) + value;
  });
  const ran = results.reduce((total, one) => total + one.schedules, 0);
  const caught = results.flatMap((one) => one.caught);
  const seconds = (performance.now() - start) / 1000;
  const shown = Object.entries(sum).map(([name, value]) => `${name} ${value.toLocaleString("en")}`);
  console.log(`${shown.join(", ")}; ${seconds.toFixed()} s`);
  claims.check(
    "invariants after each step, linearizable histories",
    caught.length === 0 && ran === count,
    `${ran.toLocaleString("en")} schedules, ${caught.length} with a violation`,
  );
}

async function mutants(limit: number): Promise<void> {
  const names = Object.keys(MUTANTS) as MutantName[];
  const portions = names.map((mutant) => ({ from: 1, count: limit, mutant }));
  const hunts = await runPortions(portions);
  for (const [at, { caught: [caught], schedules }] of hunts.entries()) {
    const how = caught ? `schedule ${schedules}, ${caught.violation}` : "not caught";
    claims.check(`${names[at]} is noticed`, caught !== undefined, how);
  }
}

async function processes(faults: number): Promise<void> {
  const report = await chaos({ nodes: NODES, faults });
  const { outages, contradiction, acknowledged, lost, operations } = report;
  const { killed, frozen, terms, unanswered } = report;
  const at = (part: number) => quantile(outages, part);
  console.log(
    `leader killed ${killed} times, frozen ${frozen} times, ${terms} terms, ${unanswered} operations given up; outages ` +
      `p50 ${at(0.5).toFixed()} ms, p95 ${at(0.95).toFixed()} ms, longest ${at(1).toFixed()} ms`,
  );
  claims.check("no acknowledged write is lost", lost === 0, `${lost} of ${acknowledged}`);
  const said = contradiction ? `, but for a ${contradiction.at.op} of ${contradiction.key}` : "";
  claims.check("linearizable", contradiction === null, `${operations} operations${said}`);
  const after = outages.filter(Number.isFinite).length;
  claims.check("writes go on", after === faults, `after ${after} of ${faults} faults`);
}

async function measure(counts: readonly number[], seconds: number): Promise<void> {
  for (const clients of counts) {
    const { cluster, single, latency } = await throughput(NODES, clients, seconds);
    console.log(
      `${clients} clients: ${cluster.toFixed()} writes/s on ${NODES} processes ` +
        `(p50 ${latency.toFixed(1)} ms), ${single.toFixed()} on one that syncs, ` +
        `ratio ${(single / cluster).toFixed(1)}`,
    );
  }
}

interface Options {
  readonly short?: boolean;
  readonly seed?: number;
  readonly mutant?: string;
  readonly part?: string;
}

async function main({ short, seed, mutant, part }: Options): Promise<void> {
  if (mutant !== undefined && !Object.hasOwn(MUTANTS, mutant)) {
    throw new ValidationError(`--mutant: expected one of ${Object.keys(MUTANTS).join(", ")}`);
  }
  if (seed !== undefined) {
    const debugging = debugEnv({ buffer: 100_000 });
    const found = simulate({ seed, mutant: MUTANTS[mutant as MutantName], tell: console.log });
    console.log(found.violation ?? "nothing was wrong");
    await debugging?.close(); // sends what waits
    return;
  }
  const sizes = short ? SHORT : LONG;
  const parts: Record<string, () => Promise<void>> = {
    schedules: () => schedules(sizes.schedules),
    mutants: () => mutants(sizes.hunt),
    processes: () => processes(sizes.faults),
    throughput: () => measure(sizes.clients, sizes.measureSeconds),
  };
  if (part !== undefined && !Object.hasOwn(parts, part)) {
    throw new ValidationError(`--part: expected one of ${Object.keys(parts).join(", ")}`);
  }
  for (const [name, run] of Object.entries(parts)) if (!part || part === name) await run();
  if (claims.exitCode !== 0) Deno.exit(1);
}

try {
  await new Command().name("case:raft").description("What the Raft case claims.").throwErrors()
    .option("--short", "What CI runs.")
    .option("--part <name>", "Only schedules, mutants, processes or throughput.")
    .option("--seed <number:integer>", "Tell the story of one schedule.")
    .option("--mutant <name>", "With a mistake in it.")
    .action(main).parse(Deno.args);
} catch (error) {
  if (!(error instanceof ValidationError)) throw error;
  console.error(`case:raft: ${error.message}`);
  Deno.exit(2);
}
