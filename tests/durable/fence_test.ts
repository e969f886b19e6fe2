import { assertEquals, assertMatch } from "@std/assert";
import { EffectsServer } from "./kill/effects_server.ts";
import { finish, startProcess } from "./kill/kills.ts";

/** Waits for something, with patience: the machine may be loaded. */
async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 1_200; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`It took too long until ${what}`);
}

Deno.test("SqliteStore: an owner that was frozen past its lease is refused, says so and stops", async () => {
  const dir = await Deno.makeTempDir();
  const store = { type: "sqlite", path: `${dir}/flows.db` } as const;
  await using server = new EffectsServer();
  const orders = Array.from({ length: 40 }, (_, i) => ({ id: `${i}`, fails: i % 4 === 0 }));
  const job = { store, url: server.url, orders, lease: 300 };
  const frozen = startProcess(job);
  let said = "";
  const reading = frozen.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({ write: (text) => void (said += text) }),
  );
  await until(() => server.requests > 10, "the first owner works");
  frozen.kill("SIGSTOP");
  // The other takes over all that is left, and ends it.
  await finish(store, server, orders);
  const requests = server.requests;
  frozen.kill("SIGCONT");
  await frozen.status;
  await reading;
  assertMatch(said, /stopped: LeaseLostError: The lease of owner ".*" is lost/);
  assertMatch(said, /failed: LeaseLostError/);
  // What was under way when it was frozen may still arrive; nothing else begins.
  assertEquals(server.requests - requests <= orders.length, true);
  assertEquals(server.wrong, []);
  await Deno.remove(dir, { recursive: true });
});
