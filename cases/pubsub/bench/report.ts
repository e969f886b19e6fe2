/** Writes the report page and its charts from the results. */
import type { CellTask } from "./cell.ts";
import { drawChart, type Row } from "./chart.ts";
import type { Flow } from "./run.ts";
import { type Cell, type Made, median, type Results } from "./results.ts";
import type { LinkKind } from "./swarm.ts";

const GOALS: Readonly<Record<LinkKind, number>> = { direct: 1.5, tcp: 1.05 };
const LINK_NAMES: Readonly<Record<LinkKind, string>> = {
  direct: "direct links: host logic alone",
  tcp: "libp2p, tcp and noise",
};

const number = (value: number) =>
  value >= 1000 ? Math.round(value).toLocaleString("en") : `${Number(value.toPrecision(3))}`;

const pair = (plain: number, machine: number) => `${number(plain)} → ${number(machine)}`;

/** A Markdown table, its columns as wide as their widest cell. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) =>
    Math.max(name.length, 4, ...rows.map((row) => row[column].length))
  );
  const line = (cells: readonly string[], first = false) =>
    `| ${
      cells.map((cell, column) =>
        column === 0 || first ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
      ).join(" | ")
    } |`;
  const rule = `| ${
    widths.map((width, column) => column === 0 ? "-".repeat(width) : "-".repeat(width - 1) + ":")
      .join(" | ")
  } |`;
  return [line(head, true), rule, ...rows.map((row) => line(row))].join("\n");
}

const isGrid = ({ topics }: CellTask) => topics === 1;

function cellTable(cells: readonly Cell[]): string {
  return table(
    [
      "hosts × messages",
      "duration ms",
      "p50 ms",
      "p99 ms",
      "CPU ms",
      "ratio",
      "lost",
      "twice",
      "failed",
    ],
    cells.map(({ hosts, messages, plain, machine, ratio }) => [
      `${hosts} × ${messages}`,
      pair(plain.duration, machine.duration),
      pair(plain.p50, machine.p50),
      pair(plain.p99, machine.p99),
      pair(plain.cpu, machine.cpu),
      ratio.toFixed(2),
      pair(plain.lost, machine.lost),
      pair(plain.twice, machine.twice),
      pair(plain.failed, machine.failed),
    ]),
  );
}

function madeTable(made: readonly Made[]): string {
  return table(
    ["hosts × messages", "promises", "timers", "heap ceiling MB", "final heap MB"],
    made.map(({ hosts, messages, plain, machine }) => [
      `${hosts} × ${messages}`,
      pair(plain.promises, machine.promises),
      pair(plain.timers, machine.timers),
      pair(plain.ceiling, machine.ceiling),
      pair(plain.final, machine.final),
    ]),
  );
}

/** The two rows that count. */
function ratios({ cells }: Results): { links: LinkKind; what: string; ratio: number }[] {
  const sum = (list: readonly Cell[], kind: "plain" | "machine") =>
    list.reduce((total, cell) => total + cell[kind].cpu, 0);
  const long = cells.filter((cell) => !isGrid(cell));
  const of = (links: LinkKind) => cells.filter((cell) => isGrid(cell) && cell.links === links);
  const rows: { links: LinkKind; what: string; ratio: number }[] = [];
  for (const { links, hosts, messages, topics, ratio } of long) {
    rows.push({ links, what: `${hosts} hosts, ${topics} topics × ${messages} in bursts`, ratio });
  }
  for (const links of ["direct", "tcp"] as const) {
    const list = of(links);
    if (list.length === 0) continue;
    rows.push(
      {
        links,
        what: "the CPU of all cells together",
        ratio: sum(list, "machine") / sum(list, "plain"),
      },
      {
        links,
        what: "the middle one of the cells' ratios",
        ratio: median(list.map(({ ratio }) => ratio)),
      },
    );
  }
  return rows;
}

/** What the machine costs more for each delivery over direct links, as a part of one over tcp. */
function comparison({ cells }: Results): string {
  const cpu = (list: readonly Cell[], kind: "plain" | "machine") =>
    list.reduce((total, one) => total + one[kind].cpu, 0);
  const deliveries = (list: readonly Cell[]) =>
    list.reduce((total, { hosts, messages, topics }) => total + hosts * messages * topics, 0);
  const [direct, tcp] = [
    cells.filter((cell) => !isGrid(cell)),
    cells.filter(({ links }) => links === "tcp"),
  ];
  if (direct.length === 0 || tcp.length === 0) return "";
  const extra = (cpu(direct, "machine") - cpu(direct, "plain")) / deliveries(direct) * 1000;
  const all = cpu(tcp, "plain") / deliveries(tcp) * 1000;
  return `In the long run over direct links the machine takes ${number(extra)} µs more for a ` +
    `delivery, with the five frames that come for each. Over tcp and noise a delivery takes ` +
    `${number(all)} µs by hand: the same difference is ${
      (extra / all * 100).toFixed(1)
    } % of that. ` +
    "What the ratios over tcp differ from 1 beyond it is noise of the computer.";
}

function chartOf({ cells, made }: Results, links: LinkKind): string {
  const sizes = [
    ...new Set(cells.filter((one) => isGrid(one) && one.links === links).map(({ hosts }) => hosts)),
  ];
  const row = <T extends CellTask>(
    title: string,
    list: readonly T[],
    value: (one: T, kind: "plain" | "machine") => number,
  ): Row => ({
    title,
    panels: sizes.map((hosts) => {
      const some = list.filter((one) => one.hosts === hosts)
        .toSorted((a, b) => a.messages - b.messages);
      return {
        title: `${hosts} hosts`,
        xs: some.map(({ messages }) => messages),
        lines: (["plain", "machine"] as const).map((kind) => ({
          name: kind,
          values: some.map((one) => value(one, kind)),
        })),
      };
    }),
  });
  const of = (flow: Flow) =>
    cells.filter((one) => isGrid(one) && one.links === links && one.flow === flow);
  const kept = made.filter((one) => one.links === links);
  return drawChart({
    title: `Pubsub over ${LINK_NAMES[links]}`,
    x: "messages in all",
    rows: [
      row("Duration, one at a time (ms)", of("sequential"), (one, kind) => one[kind].duration),
      row("Latency p99, one at a time (ms)", of("sequential"), (one, kind) => one[kind].p99),
      row("CPU, one at a time (ms)", of("sequential"), (one, kind) => one[kind].cpu),
      row("CPU, bursts (ms)", of("burst"), (one, kind) => one[kind].cpu),
      row("Promises made", kept, (one, kind) => one[kind].promises),
      row("Heap ceiling (MB)", kept, (one, kind) => one[kind].ceiling),
      row("Final heap (MB)", kept, (one, kind) => one[kind].final),
    ],
  });
}

function profileTable({ profiles }: Results): string {
  const { plain = {}, machine = {} } = profiles;
  const parts = [...new Set([...Object.keys(machine), ...Object.keys(plain)])];
  return table(
    ["part", "plain %", "machine %"],
    parts.map((part) => [part, (plain[part] ?? 0).toFixed(1), (machine[part] ?? 0).toFixed(1)]),
  );
}

function page(results: Results): string {
  const { cells } = results;
  const failed = cells.reduce((sum, one) => sum + one.plain.failed + one.machine.failed, 0);
  const runs = cells.reduce((sum, one) => sum + 2 * one.runs, 0);
  const of = (links: LinkKind, flow: Flow) =>
    cells.filter((one) => isGrid(one) && one.links === links && one.flow === flow);
  const counts = (list: readonly Cell[]) => [...new Set(list.map((one) => one.runs))].join(" or ");
  const sections = (["direct", "tcp"] as const).flatMap((links) => [
    `## ${links === "direct" ? "Direct links" : "Tcp and noise"}`,
    `![Charts](pubsub-${links}.svg)`,
    ...(["sequential", "burst"] as const).flatMap((flow) => [
      `${flow === "sequential" ? "One message at a time" : "Bursts of ten"}, medians of ${
        counts(of(links, flow))
      } runs:`,
      cellTable(of(links, flow)),
    ]),
    "What one run makes and keeps, one message at a time (memory of a process with one swarm):",
    madeTable(results.made.filter((one) => one.links === links)),
  ]);
  return [
    "# Pubsub: a host as a machine, and by hand",
    "Written by `deno task bench:pubsub`; the numbers are in [pubsub.json](pubsub.json). What the hosts " +
    "are, and how they are built: [cases/pubsub](../../cases/pubsub/README.md).",
    "Everywhere `plain → machine`. Both hosts share tables, links and codec; each decides by itself. The " +
    "cells of one number of hosts run in one process, both swarms in turn, after a warm-up. Every host is linked to " +
    "about six others and subscribes to the topic; random hosts publish 64 bytes. **One at a time**: the " +
    "next message is published when all hosts have the last one. **Bursts**: ten are published at once. " +
    "A latency runs from the publishing to a delivery. A run has failed when a message was lost, came " +
    "twice to a subscription, or did not come within 60 s.",
    `Measured on ${results.environment}, while other programs used the same cores: durations and ` +
    "latencies are those of a busy machine; compare the two, best by CPU. A ratio is the median of the " +
    "ratios of CPU of runs that followed each other.",
    "## The ratio",
    table(
      ["links", "what", "machine ÷ plain", "goal"],
      ratios(results).map(({ links, what, ratio }) => [
        LINK_NAMES[links],
        what,
        ratio.toFixed(2),
        `≤ ${GOALS[links]}`,
      ]),
    ),
    `Failed runs: ${failed} of ${number(runs)}.`,
    "Direct links are where the library can lose: there is nothing but the hosts, their tables and the " +
    "codec, and a frame costs a microtask. Tcp and noise are what a user pays.",
    comparison(results),
    "## Where the time goes",
    "Shares of the CPU profile of the long run in bursts over direct links, without idle time:",
    profileTable(results),
    "“host” is the code of the one or the other host, “library” the machine below it. A message that a " +
    "host has seen already, four of five that come, is one refused transition: an event, a record and " +
    "what explains the refusal, which then are garbage.",
    ...sections,
  ].filter((part) => part !== "").join("\n\n") + "\n";
}

/** Writes pubsub.md and its charts into a folder, which has pubsub.json. */
export async function writeReport(results: Results, folder: URL): Promise<void> {
  for (const links of ["direct", "tcp"] as const) {
    if (!results.made.some((one) => one.links === links)) continue;
    await Deno.writeTextFile(new URL(`pubsub-${links}.svg`, folder), chartOf(results, links));
  }
  await Deno.writeTextFile(new URL("pubsub.md", folder), page(results));
  // All files are formatted as the project's are.
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--no-config", "--line-width", "100", "."],
    cwd: folder,
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
}

if (import.meta.main) {
  const folder = new URL("../../../docs/cases/", import.meta.url);
  await writeReport(JSON.parse(await Deno.readTextFile(new URL("pubsub.json", folder))), folder);
}
