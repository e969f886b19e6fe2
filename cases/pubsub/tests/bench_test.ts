/** The benchmark measures what it says, and its page says what was measured. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { pathToFileURL } from "node:url";
import { drawChart, niceCeiling } from "../bench/chart.ts";
import { sharesOf } from "../bench/profile.ts";
import { seededRandom } from "../../seeded_random.ts";
import { writeReport } from "../bench/report.ts";
import { type Results, summarize } from "../bench/results.ts";
import { run, type RunResult } from "../bench/run.ts";
import { KINDS, startSwarm } from "../bench/swarm.ts";

for (const kind of KINDS) {
  Deno.test(`a run loses nothing, and nothing comes twice (${kind})`, async () => {
    const topics = ["a", "b"];
    const swarm = await startSwarm({ kind, links: "direct", hosts: 8, topics, seed: 3 });
    for (const flow of ["sequential", "burst"] as const) {
      const { lost, twice, p50, p99, duration } = await run(swarm, {
        messages: 25,
        topics,
        flow,
        seed: 5,
      });
      assertEquals([lost, twice], [0, 0]);
      assert(p50 <= p99 && p99 <= duration);
    }
    assertEquals(swarm.errors, []);
    await swarm.stop();
  });
}

Deno.test("a run counts what comes twice", async () => {
  const swarm = await startSwarm({
    kind: "plain",
    links: "direct",
    hosts: 3,
    topics: ["t"],
    seed: 3,
  });
  const { publish } = swarm.hosts[0];
  const echo = {
    ...swarm,
    hosts: [{
      ...swarm.hosts[0],
      publish: async (topic: string, data: Uint8Array) => {
        const count = await publish(topic, data);
        echo.onDelivery(0, { id: "", topic, data, peer: "", signed: false });
        return count;
      },
    }],
  };
  // Its deliveries go to the swarm that the run sees.
  swarm.onDelivery = (host, message) => host === 0 && echo.onDelivery(host, message);
  const { lost, twice } = await run(echo, { messages: 4, topics: ["t"], flow: "burst", seed: 1 });
  assertEquals([lost, twice], [0, 4]);
  await swarm.stop();
});

Deno.test("seededRandom gives the same numbers for a seed, spread from 0 to 1", () => {
  const numbers = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 1000 }, () => random());
  };
  assertEquals(numbers(1), numbers(1));
  assert(numbers(1)[0] !== numbers(2)[0]);
  const mean = numbers(3).reduce((sum, one) => sum + one, 0) / 1000;
  assert(mean > 0.45 && mean < 0.55 && numbers(3).every((one) => one >= 0 && one < 1));
});

Deno.test("sharesOf sorts functions by their files, without idle time", () => {
  const frame = (id: number, functionName: string, url = "") => ({
    id,
    callFrame: { functionName, url },
  });
  const shares = sharesOf({
    nodes: [
      frame(1, "(idle)"),
      frame(2, "(garbage collector)"),
      frame(3, "a", "file:///x/machine/engine.ts"),
      frame(4, "b", "file:///x/cases/pubsub/host/machine_host.ts"),
      frame(5, "c", "file:///x/cases/pubsub/host/tables.ts"),
    ],
    samples: [1, 2, 3, 3, 4, 5],
    timeDeltas: [100, 10, 10, 10, 10, 10],
  });
  assertEquals(shares, { library: 40, "garbage collection": 20, host: 20, "tables and links": 20 });
});

Deno.test("charts have round scales, and say what they are", () => {
  assertEquals([0, 0.3, 1, 1.2, 7, 99, 101].map(niceCeiling), [1, 0.5, 1, 2, 10, 100, 200]);
  const chart = drawChart({
    title: "A & B",
    x: "n",
    rows: [{
      title: "r",
      panels: [{ title: "p", xs: [1, 2], lines: [{ name: "l", values: [1, 2] }] }],
    }],
  });
  assertStringIncludes(chart, "A &amp; B");
  assertStringIncludes(chart, "polyline");
});

Deno.test("the report says medians, ratios and failures", async () => {
  const result = (cpu: number, lost = 0): RunResult => ({
    cpu,
    lost,
    duration: cpu * 2,
    p50: 1,
    p99: 2,
    twice: 0,
  });
  const task = { hosts: 5, messages: 20, topics: 1, runs: 3, seed: 7 } as const;
  const results: Results = {
    environment: "a machine",
    cells: (["direct", "tcp"] as const).flatMap((links) =>
      (["burst", "sequential"] as const).map((flow) =>
        summarize({
          ...task,
          links,
          flow,
          results: {
            plain: [10, 20, 30].map((cpu) => result(cpu)),
            machine: [result(15), result(24), result(30, 1)],
          },
        })
      )
    ),
    made: (["direct", "tcp"] as const).map((links) => ({
      ...task,
      links,
      flow: "sequential",
      plain: { promises: 1, timers: 2, ceiling: 3, final: 4 },
      machine: { promises: 5, timers: 6, ceiling: 7, final: 8 },
    })),
    profiles: { plain: { codec: 60, host: 40 }, machine: { codec: 50, library: 50 } },
  };
  assertEquals(results.cells[0].ratio, 1.2);
  assertEquals([results.cells[0].machine.failed, results.cells[0].machine.lost], [1, 1]);
  const folder = await Deno.makeTempDir();
  await writeReport(results, pathToFileURL(`${folder}/`));
  const page = await Deno.readTextFile(`${folder}/pubsub.md`);
  for (const part of ["Failed runs: 4 of 24", "20 → 24", "1.20", "1 → 5", "≤ 1.05", "library"]) {
    assertStringIncludes(page, part);
  }
  assertStringIncludes(await Deno.readTextFile(`${folder}/pubsub-tcp.svg`), "5 hosts");
  await Deno.remove(folder, { recursive: true });
});
