import { assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../examples/order_flow.ts", import.meta.url));

function start(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", program, ...args],
    stdout: "piped",
  }).spawn();
}

Deno.test("the order example runs in memory", async () => {
  const { stdout, success } = await start().output();
  const said = new TextDecoder().decode(stdout);
  assertEquals(success, true);
  assertMatch(said, /order 1: \(Shipped:1\)/);
  assertMatch(said, /refund.*\n {2}release[^]*order 2: \(Undone:1\)/);
});

Deno.test("the order example that was killed goes on, and does nothing again that was stored", async () => {
  const dir = await Deno.makeTempDir();
  const first = start(`${dir}/orders.db`);
  const reader = first.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let before = "";
  while (!before.includes("charge    order/1")) {
    const { value, done } = await reader.read();
    if (done) break;
    before += value;
  }
  first.kill("SIGKILL");
  await first.status;
  await reader.cancel();
  const { stdout } = await start(`${dir}/orders.db`).output();
  const after = new TextDecoder().decode(stdout);
  assertEquals(after.includes("reserve   order/1"), false, after);
  assertMatch(after, /ship {6}order\/1\/[^]*order 1: \(Shipped:1\)[^]*order 2: \(Undone:1\)/);
  await Deno.remove(dir, { recursive: true });
});
