import { fileURLToPath } from "node:url";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { connectNetwork, screenOf, tour } from "../../dbg/demo.ts";
import { exportStream } from "../../dbg/files.ts";
import { Store } from "../../dbg/model/mod.ts";
import { startServer } from "../../dbg/server.ts";
import { Session } from "../../dbg/session.ts";
import { parseMessage } from "../../telemetry/debugger/protocol.ts";

const HERE = fileURLToPath(new URL("./", import.meta.url));
const MINUTE = 60_000;

/** What the network sent over a real connection, with the times that it would have on paper. */
async function recorded(): Promise<Store> {
  const live = new Store();
  const server = startServer(live, { port: 0 });
  (await connectNetwork(live, server.address))[Symbol.dispose]();
  const text = await new Response(
    exportStream(live).pipeThrough(new DecompressionStream("gzip")),
  ).text();
  await server.close();
  const store = new Store();
  const clients = new Map<number, ReturnType<Store["hello"]>>();
  for (const line of text.trim().split("\n")) {
    const message = parseMessage(
      JSON.parse(line),
      (machine) => clients.get(machine)?.hello.names.length ?? 0,
    );
    if (message.kind === "hello") clients.set(message.machine, store.hello(message));
    if (message.kind !== "batch") continue;
    const transitions = message.transitions.map((tx) => ({
      ...tx,
      time: MINUTE + tx.id * 10,
      duration: 0,
    }));
    store.batch(clients.get(message.machine)!, { ...message, transitions });
  }
  return store;
}

Deno.test("The demo's tour passes the screens that it should, at two sizes", async () => {
  const store = await recorded();
  assertEquals(store.clients.size, 120);
  for (const size of [{ columns: 120, rows: 40 }, { columns: 80, rows: 24 }]) {
    using session = new Session(store, { rate: 0.01 });
    const screens: string[] = [];
    for (const scene of tour(session)) {
      if (scene !== null) screens.push(`=== ${scene}\n${screenOf(session, size)}\n`);
    }
    const text = screens.join("");
    const file = `${HERE}screens/demo_${size.columns}x${size.rows}.txt`;
    if (Deno.env.get("GOLDEN") === "write") await Deno.writeTextFile(file, text);
    assertEquals(text, await Deno.readTextFile(file));
  }
});

const demo = (...args: string[]) =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${HERE}../../dbg/demo.ts`, ...args],
  }).output();

Deno.test("The demo runs headless, from the first connection to the end of the tour", async () => {
  const { stdout, code } = await demo("--headless", "--port", "0");
  const text = new TextDecoder().decode(stdout);
  assertEquals(code, 0);
  assertStringIncludes(text, "=== A peer, before its first transition\n─ Machines 120 ");
  assertStringIncludes(text, "▌ 31/");
  assertStringIncludes(text, "=== The end\n");
});

Deno.test("The demo refuses what it does not know, and a port that is taken", async () => {
  const { stderr, code } = await demo("--fast");
  assertEquals(code, 2);
  assertStringIncludes(new TextDecoder().decode(stderr), 'demo: Unknown option "--fast"');
  const server = startServer(new Store(), { port: 0 });
  const taken = await demo("--headless", "--port", server.address.split(":")[1]);
  await server.close();
  assertEquals(taken.code, 2);
  assertStringIncludes(new TextDecoder().decode(taken.stderr), "demo: Address already in use");
});
