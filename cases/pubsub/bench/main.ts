/**
 * The benchmark: `deno task bench:pubsub`. Writes results beside the report, and draws it.
 *
 *     --quick      two small cells, three runs; prints, and writes nothing
 *     --runs N     runs of a cell and host (15)
 *     --tcp-runs N the same over tcp and noise, one message at a time (as --runs)
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

/** Runs a cell in a process of its own. */
async function inProcess<T>(
  what: string,
  task: CellTask,
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
      JSON.stringify(task),
      kind,
    ],
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The original's cells, in both flows, over both kinds of links; and a long load for the ratio. */
function tasksOf(runs: number, tcpRuns: number): CellTask[] {
  const tasks: CellTask[] = [];
  const long = { messages: 1000, topics: 5, flow: "burst", runs, seed: SEED } as const;
  tasks.push({ ...long, links: "direct", hosts: 20 });
  for (const links of ["direct", "tcp"] as const) {
    for (const flow of ["burst", "sequential"] as const) {
      for (const hosts of [5, 10, 15, 20]) {
        for (const messages of [20, 40, 60, 80, 100]) {
          const slow = links === "tcp" && flow === "sequential";
          tasks.push({
            links,
            flow,
            hosts,
            messages,
            topics: 1,
            runs: slow ? tcpRuns : runs,
            seed: SEED,
          });
        }
      }
    }
  }
  return tasks;
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
    await inProcess("load", task, kind, ["--cpu-prof", `--cpu-prof-dir=${folder}`]);
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
  for (const task of tasksOf(runs, tcpRuns)) {
    if (results.cells.some((cell) => isSame(cell, task))) continue;
    const cell = summarize(await inProcess<CellResult>("cell", task));
    console.log(line(cell));
    results.cells.push(cell);
    await save();
  }
  for (const task of tasksOf(1, 1)) {
    if (task.flow !== "sequential" || results.made.some((one) => isSame(one, task))) continue;
    const [plain, machine] = [
      await inProcess<MadeResult>("made", task, "plain"),
      await inProcess<MadeResult>("made", task, "machine"),
    ];
    results.made.push({ ...task, plain, machine });
    console.log(
      `${task.links} ${task.hosts} × ${task.messages}: promises ${plain.promises} → ${machine.promises}`,
    );
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
    for (const flow of ["burst", "sequential"] as const) {
      const task = { links, flow, hosts: 5, messages: 20, topics: 1, runs: 3, seed: SEED };
      const cell = summarize(await inProcess<CellResult>("cell", task));
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
