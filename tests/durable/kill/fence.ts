import { assertEquals, assertMatch } from "@std/assert";
import { EffectsServer } from "./effects_server.ts";
import { type Backend, finish, startProcess } from "./kills.ts";

/** Waits for something, with patience: the machine may be loaded. */
async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 1_200; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`It took too long until ${what}`);
}

/** Whether others can write: nobody holds the store's lock. */
async function isFree(backend: Backend): Promise<boolean> {
  const { store, close } = await backend.open();
  try {
    await store.join("probe", 1_000);
    await store.leave("probe");
    return true;
  } catch {
    return false;
  } finally {
    await close();
  }
}

/** An owner is frozen past its lease while another ends its work, and goes on then. */
export async function freezeOwner(backend: Backend): Promise<void> {
  await using server = new EffectsServer();
  const orders = Array.from({ length: 40 }, (_, i) => ({ id: `${i}`, fails: i % 4 === 0 }));
  const job = { url: server.url, orders, lease: 300 };
  const frozen = startProcess(backend, job);
  let said = "";
  const reading = frozen.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({ write: (text) => void (said += text) }),
  );
  await until(() => server.requests > 10, "the first owner works");
  // One that is frozen while it writes holds the file's lock, and nobody can take over.
  await until(async () => {
    frozen.kill("SIGSTOP");
    if (await isFree(backend)) return true;
    frozen.kill("SIGCONT");
    return false;
  }, "it is frozen between two writes");
  // The other takes over all that is left, and ends it.
  await finish(backend, server, orders);
  const requests = server.requests;
  frozen.kill("SIGCONT");
  await frozen.status;
  await reading;
  assertMatch(said, /stopped: LeaseLostError: The lease of owner ".*" is lost/);
  assertMatch(said, /failed: LeaseLostError/);
  // What was under way when it was frozen may still arrive; nothing else begins.
  assertEquals(server.requests - requests <= orders.length, true);
  assertEquals(server.wrong, []);
}
