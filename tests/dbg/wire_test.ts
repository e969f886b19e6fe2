import { assertEquals } from "@std/assert";
import { Machine } from "../../mod.ts";
import { exportFile, importFile } from "../../dbg/files.ts";
import { initialModel, Store, update, view } from "../../dbg/model/mod.ts";
import { listClients, startServer } from "../../dbg/server.ts";
import { connectDebugger } from "../../telemetry/mod.ts";

const VIEWPORT = { log: 10, rain: 5, matrixRows: 5, matrixColumns: 5, timeline: 10 };

/** Looks again until it holds: the network takes its time. */
async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !holds(); i++) await new Promise((next) => setTimeout(next, 10));
  assertEquals(holds(), true);
}

async function recorded(store: Store): Promise<Machine<Record<"A" | "B" | "C", unknown>>> {
  const server = startServer(store, { port: 0 });
  const machine = new Machine({ A: { add: ["B"] }, B: {}, C: { remove: ["A"] } }, { id: "m" });
  const connection = connectDebugger(machine, { url: `ws://${server.address}` });
  machine.add("A");
  machine.add("C");
  machine.canAdd("A");
  machine.log("hi");
  machine.remove("C");
  await until(() => store.clients.get("m")?.end === 4);
  connection.close();
  await server.close();
  return machine as unknown as Machine<Record<"A" | "B" | "C", unknown>>;
}

Deno.test("connectDebugger sends ticks, steps and logs of every transition", async () => {
  const store = new Store();
  const machine = await recorded(store);
  const client = store.clients.get("m")!;
  assertEquals(client.ticksAt(client.end), machine.time());
  assertEquals(client.ticksAt(1), [1, 1, 0, 0]);
  assertEquals(client.row(1).steps[1], [2, 0, 2, ""]);
  assertEquals(client.logs(3, 3)[0][3], "[extern] hi");
  assertEquals([client.row(2).check, client.row(2).accepted], [true, false]);
});

Deno.test("exportFile and importFile lose nothing", async () => {
  const store = new Store();
  await recorded(store);
  const path = await Deno.makeTempFile();
  await exportFile(store, path);
  const again = new Store();
  await importFile(again, path);
  const [before, after] = [store, again].map((one) => one.clients.get("m")!);
  assertEquals(after.end, before.end);
  for (let row = 0; row < before.end; row++) assertEquals(after.row(row), before.row(row));
  assertEquals(after.logs(0, 99), before.logs(0, 99));
  assertEquals(after.hello, before.hello);
  await Deno.remove(path);
});

Deno.test("update and view travel through what was recorded", async () => {
  const store = new Store();
  await recorded(store);
  let model = update(initialModel(store), { kind: "received" });
  assertEquals(view(model, VIEWPORT).timeline.position, 4);
  model = update(model, { kind: "first" });
  assertEquals(view(model, VIEWPORT).status, "Initial structure");
  model = update(model, { kind: "step", by: 2 });
  assertEquals(view(model, VIEWPORT).steps.steps[1].text, "A adds B");
  model = update(model, { kind: "filter", name: "checks" });
  assertEquals(view(model, VIEWPORT).timeline.total, 3);
  model = update(update(model, { kind: "state", state: 0 }), { kind: "touched", by: 1 });
  assertEquals(view(model, VIEWPORT).current?.id, 1);
  assertEquals(JSON.parse(JSON.stringify(view(model, VIEWPORT))), view(model, VIEWPORT));
});

Deno.test("startServer survives garbage, and asks for the token", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0, token: "secret" });
  const url = `${server.address}/?token=secret`;
  for (const frame of ["garbage", "[{}]", '[{"kind":"batch","machine":0}]']) {
    const socket = new WebSocket(`ws://${url}`);
    socket.onopen = () => socket.send(frame);
    const code = await new Promise((closed) => socket.onclose = (event) => closed(event.code));
    assertEquals(code, 4000);
  }
  const status = async (path: string, headers = {}) => {
    const response = await fetch(`http://${server.address}${path}`, { headers });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await status("/api/list"), 401);
  assertEquals(await status("/api/list?token=secret"), 200);
  assertEquals(await status("/api/list?token=secret", { origin: "http://evil.example" }), 403);
  assertEquals(listClients(store), []);
  await server.close();
});
