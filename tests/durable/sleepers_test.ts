import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./kill/sleepers.ts", import.meta.url));

/** The long form is `deno task test:durable`. */
const LONG = Deno.env.get("DURABLE_LONG") !== undefined;
const FLOWS = LONG ? 10_000 : 2_000;

async function run(what: string, path: string) {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--no-check",
      "--v8-flags=--expose-gc",
      program,
      what,
      path,
      `${FLOWS}`,
    ],
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(text.decode(stderr));
  return JSON.parse(text.decode(stdout));
}

Deno.test("thousands of flows sleep over a fake year without machines in memory, and fire on time after a restart", async () => {
  const dir = await Deno.makeTempDir();
  const started = await run("start", `${dir}/flows.db`);
  assertEquals([started.machines, started.idle.heap <= 50], [0, true], JSON.stringify(started));
  const resumed = await run("resume", `${dir}/flows.db`);
  const { ended, asleep, late, early, wrong, machines } = resumed;
  assertEquals({ ended, asleep, late, early, wrong, machines }, {
    ended: FLOWS,
    asleep: 0,
    late: 0,
    early: 0,
    wrong: [],
    machines: 0,
  });
  assertEquals(resumed.idle.rss <= 150, true, JSON.stringify(resumed));
  if (LONG) {
    console.log(JSON.stringify(started), JSON.stringify(resumed));
  }
  await Deno.remove(dir, { recursive: true });
});
