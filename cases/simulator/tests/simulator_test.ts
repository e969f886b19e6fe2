import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { type Outcome, Simulator, type SimulatorOptions } from "../simulator.ts";

const NOTHING_LEFT = { peers: 0, links: 0, machines: 0, timers: 0 };

/** Runs so many seconds of fake time; `look` is called at the end of each. */
async function simulate(
  options: SimulatorOptions,
  seconds: number,
  look: (sim: Simulator, second: number) => void = () => {},
): Promise<{ outcome: Outcome; trace: string[] }> {
  using time = new FakeTime(0);
  const trace: string[] = [];
  const sim = new Simulator({ ...options, onTrace: (line) => void trace.push(line) });
  sim.start();
  for (let second = 1; second <= seconds; second++) {
    await time.tickAsync(1_000);
    look(sim, second);
  }
  const ending = sim.stop();
  await time.tickAsync(60_000);
  return { outcome: await ending, trace };
}

Deno.test("no message is lost, and nothing is left, whatever the seed", async () => {
  for (const seed of [1, 2, 3]) {
    const { outcome } = await simulate({ seed }, 100);
    assertEquals(outcome.missing, 0, `seed ${seed}`);
    assertEquals([outcome.sent > 50, outcome.received > 100], [true, true], `seed ${seed}`);
    assertEquals(outcome.left, NOTHING_LEFT, `seed ${seed}`);
  }
});

Deno.test("the same seed gives the same trace, another one another", async () => {
  const [one, same, other] = [
    await simulate({ seed: 7 }, 60),
    await simulate({ seed: 7 }, 60),
    await simulate({ seed: 8 }, 60),
  ];
  assertEquals(one.trace, same.trace);
  assertEquals(one.outcome, same.outcome);
  assertEquals(one.trace.join() === other.trace.join(), false);
});

Deno.test("limits hold at every moment, and the network grows and shrinks", async () => {
  const limits = { startPeers: 4, peers: 8, startTopics: 3, topics: 6, topicsOfPeer: 3 };
  const { trace } = await simulate({ seed: 4, limits }, 400, ({ world }, second) => {
    const sizes = [...world.topics.values()].map(({ peers }) => peers.size);
    const joined = [...world.peers.values()].map(({ subscriptions }) => subscriptions.size);
    assertEquals(world.peers.size >= 4 && world.peers.size <= 8, true, `second ${second}`);
    assertEquals(world.topics.size >= 3 && world.topics.size <= 6, true, `second ${second}`);
    assertEquals(Math.max(...sizes) <= 10, true, `second ${second}`);
    assertEquals(Math.max(...joined) <= 3, true, `second ${second}`);
  });
  for (const what of ["no peer", "no topic", "joined", "left", "is a friend of"]) {
    assertEquals(trace.some((line) => line.includes(what)), true, what);
  }
});

Deno.test("a topic's states are those of its counters", async () => {
  const seen = new Set<string>();
  await simulate({ seed: 1 }, 120, ({ world }) => {
    for (const { machine, peers } of world.topics.values()) {
      machine.activeStates().forEach((state) => seen.add(state));
      assertEquals(machine.is("HasPeers"), peers.size > 0);
      assertEquals(machine.is("Stale"), !machine.any("Active", "Peaking"));
    }
  });
  assertEquals(seen, new Set(["Stale", "HasPeers", "Active", "Peaking"]));
});

Deno.test("an end in the middle of joining and sending leaves nothing either", async () => {
  using time = new FakeTime(0);
  for (const ms of [1, 40, 150, 1_010, 1_099, 2_050]) {
    const sim = new Simulator({ seed: 9 });
    sim.start();
    await time.tickAsync(ms);
    const ending = sim.stop();
    await time.tickAsync(60_000);
    assertEquals((await ending).left, NOTHING_LEFT, `${ms} ms`);
  }
});
