import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { GAUGES } from "../metrics.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../deno.json", import.meta.url));

function sim(...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", CONFIG, MAIN, ...args],
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  });
}

Deno.test("bad options are one line and the usage, with exit code 2", async () => {
  for (
    const args of [["--duration", "x"], ["--seed", "-1"], ["--no"], ["--watch", "tv"], ["more"]]
  ) {
    const { code, stderr } = await sim(...args).output();
    const said = new TextDecoder().decode(stderr).split("\n").filter((line) =>
      !/^Warning|^ {4}at /.test(line)
    );
    assertEquals([code, said[0].startsWith("sim: "), said[1]?.startsWith("usage:")], [
      2,
      true,
      true,
    ], args.join(" "));
  }
});

Deno.test("a run in real time shows its gauges and its machines to Prometheus", async () => {
  const running = sim("--duration", "6", "--seed", "7", "--watch", "prometheus=0").spawn();
  const lines = running.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!/metrics at (\S+)/.test(said)) said += (await lines.read()).value ?? "";
  const url = said.match(/metrics at (\S+)/)![1];
  const value = async (name: string) => {
    const text = await (await fetch(url)).text();
    return Number(text.match(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, "m"))?.[1]);
  };
  while (!(await value("sim_msgs_recv") > 0)) await new Promise((done) => setTimeout(done, 100));
  for (const name of Object.keys(GAUGES)) assertEquals(Number.isFinite(await value(name)), true);
  assertEquals([await value("sim_peers") >= 10, await value("sim_msgs_miss")], [true, 0]);
  assertEquals(await value("am_transitions_total") > 0, true);
  for (let part = await lines.read(); !part.done; part = await lines.read()) said += part.value;
  const { success } = await running.status;
  await running.stderr.cancel();
  assertEquals([success, /missing 0; left: 0 peers/.test(said)], [true, true], said);
});
