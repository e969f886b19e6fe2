/**
 * Runs the simulator: `deno task sim --duration 60 --seed 7`.
 *
 * Prints the nine gauges every ten seconds and at the end; exits with 1 when a message was lost or something
 * is left.
 */
import { parseArgs } from "node:util";
import { FakeTime } from "@std/testing/time";
import * as prometheus from "prom-client";
import { parseWatchers, watch, WATCH_HELP } from "../watch.ts";
import { registerGauges } from "./metrics.ts";
import { LIMITS, type Outcome, Simulator } from "./simulator.ts";

const USAGE = `sim [--duration SECONDS] [--seed N] [--peers N] [--topics N] [--fast] [--trace]
    [--watch ${WATCH_HELP}]`;

interface Settings {
  readonly seconds: number;
  readonly seed: number;
  readonly peers: number;
  readonly topics: number;
  readonly fast: boolean;
  readonly trace: boolean;
  readonly watch: string | undefined;
}

function settingsOf(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      duration: { type: "string", default: "60" },
      seed: { type: "string", default: "7" },
      peers: { type: "string", default: `${LIMITS.peers}` },
      topics: { type: "string", default: `${LIMITS.topics}` },
      fast: { type: "boolean", default: false },
      trace: { type: "boolean", default: false },
      watch: { type: "string" },
    },
  });
  const number = (name: "duration" | "seed" | "peers" | "topics", most: number) => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= 0 && value <= most) return value;
    throw new RangeError(`--${name} is "${values[name]}", expected a number up to ${most}`);
  };
  if (values.watch !== undefined) parseWatchers(values.watch);
  if (values.fast && values.watch) throw new RangeError("--fast has nothing to watch");
  return {
    seconds: number("duration", 86_400),
    seed: number("seed", 2 ** 32 - 1),
    peers: number("peers", 1_000),
    topics: number("topics", 1_000),
    fast: values.fast,
    trace: values.trace,
    watch: values.watch,
  };
}

async function run(settings: Settings): Promise<Outcome> {
  const { seconds, seed, peers, topics, fast, trace } = settings;
  using time = fast ? new FakeTime(0) : null;
  const sim = new Simulator({
    seed,
    limits: { peers, topics },
    onTrace: trace ? (line) => console.log(line) : undefined,
  });
  const unregister = registerGauges(prometheus, sim.world);
  await using watching = settings.watch === undefined
    ? null
    : watch(sim.machine, parseWatchers(settings.watch), ({ id }) => kindOf(id));
  if (watching?.metrics) console.log(`metrics at ${watching.metrics}`);
  sim.start();
  const pass = (ms: number) =>
    time === null ? new Promise((resolve) => setTimeout(resolve, ms)) : time.tickAsync(ms);
  for (let left = seconds * 1_000; left > 0; left -= 10_000) {
    await pass(Math.min(left, 10_000));
    console.log(`${sim}`);
  }
  const ending = sim.stop();
  if (time !== null) await time.tickAsync(60_000);
  const outcome = await ending;
  unregister();
  return outcome;
}

/** Machines of one kind share a label: `ps-12` is a host, `sim-p12` a peer. */
function kindOf(id: string): string {
  return id.replace(/\d+/g, "");
}

if (import.meta.main) {
  try {
    const outcome = await run(settingsOf(Deno.args));
    const { sent, received, missing, left } = outcome;
    console.log(
      `sent ${sent}, received ${received}, missing ${missing}; left: ${left.peers} peers, ` +
        `${left.links} links, ${left.machines} machines, ${left.timers} timers`,
    );
    const clean = missing === 0 && Object.values(left).every((count) => count === 0);
    if (!clean) Deno.exitCode = 1;
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    console.error(`sim: ${error.message.split("\n")[0]}\nusage: ${USAGE}`);
    Deno.exitCode = 2;
  }
}
