import { assert, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { listClients, startServer, Store } from "../../../dbg/main.ts";
import { statuses } from "../../../cases/raft/client.ts";
import { freeAddresses } from "../../../cases/raft/processes.ts";

const PROGRAM = fileURLToPath(new URL("../../../cases/raft/main.ts", import.meta.url));

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Waited in vain: ${what}`);
}

Deno.test("--watch shows a node in the debugger, as metrics and as spans", async () => {
  const store = new Store();
  const debug = startServer(store, { port: 0 });
  let received = "";
  const local = { port: 0, hostname: "127.0.0.1", onListen() {} };
  const otlp = Deno.serve(local, async (request) => {
    received += await request.text();
    return Response.json({});
  });
  const folder = await Deno.makeTempDir({ prefix: "raft-watch-" });
  const [metricsAddress, ...members] = freeAddresses(2);
  const port = metricsAddress.split(":")[1];
  const watched = `dbg=${debug.address},prometheus=${port},otel`;
  const node = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", PROGRAM, "node", "--id", "1", "--members", members[0]]
      .concat(["--folder", folder, "--watch", watched]),
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${otlp.addr.port}`,
    },
  }).spawn();
  try {
    await until(
      async () => (await statuses(members))[0]?.states.includes("Serving") ?? false,
      "it serves",
    );
    const metrics = await (await fetch(`http://${metricsAddress}/metrics`)).text();
    assertMatch(metrics, /am_state_active\{state="Leader",machine="raft-1"\} 1/);
    await until(
      () => listClients(store).some(({ id }) => id === "raft-1"),
      "the debugger shows it",
    );
    node.kill("SIGTERM");
    const { success } = await node.status;
    assert(success, "it ends when it is asked to");
    for (const name of ["mach:raft-1", "Leader", "[add] Candidate"]) {
      await until(() => received.includes(JSON.stringify(name)), `the span ${name}`);
    }
  } finally {
    try {
      node.kill("SIGKILL");
    } catch {
      // it has ended
    }
    await node.status;
    await debug.close();
    await otlp.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});
