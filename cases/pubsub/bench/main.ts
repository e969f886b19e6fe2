/**
 * The benchmark: `deno task bench:pubsub`. Writes results beside the report, and draws it.
 *
 *     --quick      two small cells, three runs; prints, and writes nothing
 *     --runs N     runs of a cell and host (15)
 *     --tcp-runs N the same over tcp and noise (as --runs)
 *     --continue   keeps the cells that are there already
 */
import { parseArgs } from "node:util";
import type { CellResult, CellTask, MadeResult } from "./cell.ts";
import { sharesOf } from "./profile.ts";
import { writeReport } from "./report.ts";
import { type Cell, isSame, type Results, summarize } from "./results.ts";
import { KINDS } from "./swarm.ts";

const FOLDER = new URL("../../../docs/cases/", import.meta.url);
const RESULTS = new URL("pubsub.json", FOLDER);
const SEED = 7;

/** Runs cells in a process of their own. */
async function inProcess<T>(
  what: string,
  tasks: readonly CellTask[],
  kind = "",
  flags: string[] = [],
): Promise<T> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--frozen",
      "--v8-flags=--expose-gc",
      ...flags,
      new URL("cell.ts", import.meta.url).href,
      what,
      JSON.stringify(tasks),
      kind,
    ],
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The original's cells, in both flows, over both kinds of links; and a long load for the ratio. */
function groupsOf(runs: number, tcpRuns: number): CellTask[][] {
  const long = { hosts: 20, messages: 1000, topics: 5, flow: "burst", seed: SEED } as const;
  const groups: CellTask[][] = [[{ ...long, links: "direct", runs: Math.min(runs, 9) }]];
  for (const links of ["direct", "tcp"] as const) {
    for (const hosts of [5, 10, 15, 20]) {
      groups.push(
        (["burst", "sequential"] as const).flatMap((flow) =>
          [20, 40, 60, 80, 100].map((messages) => ({
            links,
            flow,
            hosts,
            messages,
            topics: 1,
            runs: links === "tcp" ? tcpRuns : runs,
            seed: SEED,
          }))
        ),
      );
    }
  }
  return groups;
}

const line = ({ links, flow, hosts, messages, topics, plain, machine, ratio }: Cell) =>
  `${links} ${flow} ${hosts} hosts × ${messages * topics}: CPU ${plain.cpu.toFixed(1)} → ` +
  `${machine.cpu.toFixed(1)} ms, ratio ${ratio.toFixed(2)}, p50 ${plain.p50.toFixed(2)} → ` +
  `${machine.p50.toFixed(2)} ms, failed ${plain.failed} and ${machine.failed}`;

async function profile(results: Results) {
  const task: CellTask = {
    links: "direct",
    flow: "burst",
    hosts: 20,
    messages: 1000,
    topics: 5,
    runs: 5,
    seed: SEED,
  };
  for (const kind of KINDS) {
    const folder = await Deno.makeTempDir();
    await inProcess("load", [task], kind, ["--cpu-prof", `--cpu-prof-dir=${folder}`]);
    const [{ name }] = Deno.readDirSync(folder);
    results.profiles[kind] = sharesOf(JSON.parse(await Deno.readTextFile(`${folder}/${name}`)));
    await Deno.remove(folder, { recursive: true });
  }
}

async function measureAll(
  { runs, tcpRuns, keep }: { runs: number; tcpRuns: number; keep: boolean },
) {
  await Deno.mkdir(FOLDER, { recursive: true });
  const before: Results | undefined = keep
    ? JSON.parse(await Deno.readTextFile(RESULTS))
    : undefined;
  const results: Results = before ?? {
    environment:
      `${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}, V8 ${Deno.version.v8}`,
    cells: [],
    made: [],
    profiles: {},
  };
  const save = () => Deno.writeTextFile(RESULTS, JSON.stringify(results, undefined, 1) + "\n");
  for (const group of groupsOf(runs, tcpRuns)) {
    const missing = group.filter((task) => !results.cells.some((cell) => isSame(cell, task)));
    if (missing.length === 0) continue;
    for (const result of await inProcess<CellResult[]>("cells", missing)) {
      const cell = summarize(result);
      console.log(line(cell));
      results.cells.push(cell);
    }
    await save();
  }
  for (const group of groupsOf(1, 1).slice(1)) {
    const tasks = group.filter(({ flow }) => flow === "sequential");
    const missing = tasks.filter((task) => !results.made.some((one) => isSame(one, task)));
    if (missing.length === 0) continue;
    const plain = await inProcess<MadeResult[]>("made", missing, "plain");
    const machine = await inProcess<MadeResult[]>("made", missing, "machine");
    for (const [index, task] of missing.entries()) {
      results.made.push({ ...task, plain: plain[index], machine: machine[index] });
    }
    console.log(`${group[0].links} ${group[0].hosts} hosts: counted what is made`);
    await save();
  }
  if (results.profiles.machine === undefined) await profile(results);
  await save();
  await writeReport(results, FOLDER);
}

/** A short form that shows that everything runs; exit code 1 when something was lost. */
async function quick(): Promise<boolean> {
  let failed = 0;
  for (const links of ["direct", "tcp"] as const) {
    const task = { links, hosts: 5, messages: 20, topics: 1, runs: 3, seed: SEED } as const;
    const tasks: CellTask[] = [{ ...task, flow: "burst" }, { ...task, flow: "sequential" }];
    for (const result of await inProcess<CellResult[]>("cells", tasks)) {
      const cell = summarize(result);
      console.log(line(cell));
      failed += cell.plain.failed + cell.machine.failed;
    }
  }
  return failed === 0;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean" },
      runs: { type: "string", default: "15" },
      "tcp-runs": { type: "string" },
      continue: { type: "boolean", default: false },
    },
  });
  const runs = Number(values.runs);
  const tcpRuns = Number(values["tcp-runs"] ?? values.runs);
  if (!(runs >= 1 && tcpRuns >= 1)) {
    console.error("--runs and --tcp-runs take whole numbers from 1 up");
    Deno.exit(2);
  }
  if (values.quick) Deno.exit(await quick() ? 0 : 1);
  await measureAll({ runs, tcpRuns, keep: values.continue });
}
