/**
 * Prints the table of the README: nanoseconds per operation of all contenders, each scenario in one
 * run with the contenders taking turns, and whether the goals of docs/performance.md are met.
 * Exits with 1 if one is not.
 *
 *     deno task ratios [S1 S2 …]
 */
import { checkWork, type Contender, type Scenario, SCENARIOS } from "./scenarios/mod.ts";

const ROUNDS = 15;
/** Long enough for the optimizing compiler to be done, in milliseconds. */
const WARM_UP = 300;
const ROUND = 40;

/** Most allowed against the switch, least wanted against xstate. */
const GOALS: Record<string, { readonly ofSwitch?: number; readonly xstate?: number }> = {
  S1: { ofSwitch: 12, xstate: 40 },
  S2: { ofSwitch: 12, xstate: 40 },
  S3: { ofSwitch: 12, xstate: 40 },
  S4: { ofSwitch: 12, xstate: 40 },
  S5: { ofSwitch: 12, xstate: 40 },
  S6: { ofSwitch: 12, xstate: 10 },
  S7: { ofSwitch: 3, xstate: 10 },
};

async function time(run: (n: number) => unknown, batch: number, atLeast: number): Promise<number> {
  let operations = 0;
  const start = performance.now();
  let elapsed = 0;
  while (elapsed < atLeast) {
    await run(batch);
    operations += batch;
    elapsed = performance.now() - start;
  }
  return elapsed / operations * 1e6;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

async function measure(scenario: Scenario): Promise<Map<Contender, number>> {
  await checkWork(scenario);
  const runs = Object.entries(scenario.make).map(([name, make]) => ({ name, run: make() }));
  for (const { run } of runs) await time(run, scenario.batch, WARM_UP);
  const times = new Map(runs.map(({ name }) => [name as Contender, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, run } of runs) {
      (globalThis as { gc?: () => void }).gc?.();
      times.get(name as Contender)!.push(await time(run, scenario.batch, ROUND));
    }
  }
  return new Map([...times].map(([name, values]) => [name, median(values)]));
}

const wanted = SCENARIOS.filter(({ id }) => Deno.args.length === 0 || Deno.args.includes(id));
const ours = new Map<string, number>();
let missed = 0;
console.log("| scenario | ours (ns) | switch (ns) | xstate (ns) | ÷ switch | × xstate | goal |");
console.log("| --- | --: | --: | --: | --: | --: | --- |");
for (const scenario of wanted) {
  const times = await measure(scenario);
  const [own, limit, xstate] = [times.get("ours")!, times.get("switch")!, times.get("xstate")];
  ours.set(scenario.id, own);
  const goal = GOALS[scenario.id] ?? {};
  const ofSwitch = own / limit;
  const faster = xstate === undefined ? undefined : xstate / own;
  const met = !(goal.ofSwitch && ofSwitch > goal.ofSwitch) &&
    !(goal.xstate && faster! < goal.xstate);
  if (!met) missed++;
  const row = [
    scenario.id,
    own.toFixed(1),
    limit.toFixed(1),
    xstate?.toFixed(0) ?? "",
    ofSwitch.toFixed(1),
    faster?.toFixed(0) ?? "",
    goal.ofSwitch ? `≤ ${goal.ofSwitch}, ≥ ${goal.xstate}: ${met ? "met" : "MISSED"}` : "",
  ];
  console.log(`| ${row.join(" | ")} |`);
}
if (ours.has("S8a") && ours.has("S8b")) {
  const ratio = ours.get("S8b")! / ours.get("S8a")!;
  if (ratio > 4) missed++;
  console.log(`\nS8b / S8a: ${ratio.toFixed(2)} (goal ≤ 4: ${ratio > 4 ? "MISSED" : "met"})`);
}
Deno.exit(missed > 0 ? 1 : 0);
