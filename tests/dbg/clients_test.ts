import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { Store } from "../../dbg/model/mod.ts";
import { startServer } from "../../dbg/server.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

Deno.test("connectDebugger works in Node", async () => {
  const folder = await Deno.makeTempDir();
  const entry = `${folder}/main.ts`;
  await Deno.writeTextFile(
    entry,
    `import { Machine } from "${ROOT}mod.ts";
     import { debugEnv } from "${ROOT}telemetry/mod.ts";
     debugEnv();
     new Machine({ A: {} }, { id: "in-node" }).add("A");`,
  );
  const bundled = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "-o", `${folder}/main.mjs`, entry],
    cwd: ROOT,
  }).output();
  assertEquals([bundled.code, new TextDecoder().decode(bundled.stderr)], [0, ""]);
  const store = new Store();
  const server = startServer(store, { port: 0 });
  // Node 20 has the WebSocket behind a flag; since 22 there is no flag needed, and it is still taken.
  const { code, stderr } = await new Deno.Command("node", {
    args: ["--experimental-websocket", `${folder}/main.mjs`],
    env: { AM_DBG_ADDR: server.address },
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const client = store.clients.get("in-node")!;
  assertEquals(client.end, 1);
  await server.close();
  await Deno.remove(folder, { recursive: true });
});
