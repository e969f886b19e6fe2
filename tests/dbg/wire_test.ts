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

Deno.test("startServer closes on a wrong version and on a frame that is too long, and goes on", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0 });
  const closed = async (frame: string) => {
    const socket = new WebSocket(`ws://${server.address}`);
    const over = new Promise<number>((resolve) => {
      socket.onclose = ({ code }) => resolve(code);
      socket.onerror = () => {};
    });
    await new Promise((resolve) => socket.onopen = resolve);
    socket.send(frame);
    return await over;
  };
  const hello = '[{"kind":"hello","version":99,"machine":0,"id":"x"}]';
  assertEquals(await closed(hello), 4001);
  assertEquals(await closed(" ".repeat(20_000_000)) !== 1000, true);
  await recordedBy(server.address, store);
  await server.close();
});

async function recordedBy(address: string, store: Store): Promise<void> {
  const machine = new Machine({ A: {} }, { id: "after" });
  const connection = connectDebugger(machine, { url: `ws://${address}` });
  machine.add("A");
  await until(() => store.clients.get("after")?.end === 1);
  connection.close();
}

Deno.test("A killed program's machine stays, disconnected, with what it had sent", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0 });
  const script = `
    import { Machine } from ${JSON.stringify(new URL("../../mod.ts", import.meta.url).href)};
    import { connectDebugger } from ${
    JSON.stringify(new URL("../../telemetry/mod.ts", import.meta.url).href)
  };
    const machine = new Machine({ A: {}, B: {} }, { id: "victim" });
    connectDebugger(machine, { url: "ws://${server.address}" });
    setInterval(() => machine.add(machine.is("A") ? "B" : "A") && machine.set([]), 1);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", script],
    cwd: new URL("../../", import.meta.url).pathname,
    stdout: "null",
    stderr: "null",
  }).spawn();
  await until(() => (store.clients.get("victim")?.end ?? 0) > 10);
  assertEquals(store.clients.get("victim")!.connected, true);
  child.kill("SIGKILL");
  await child.status;
  await until(() => !store.clients.get("victim")!.connected);
  const victim = store.clients.get("victim")!;
  assertEquals(victim.row(victim.end - 1).row, victim.end - 1);
  await server.close();
});

Deno.test("connectDebugger calls again when the debugger comes back, and counts what it dropped", async () => {
  const first = new Store();
  let server = startServer(first, { port: 0 });
  const port = Number(server.address.split(":").at(-1));
  const machine = new Machine({ A: { multi: true } }, { id: "m" });
  const connection = connectDebugger(machine, { url: `ws://127.0.0.1:${port}` });
  machine.add("A");
  await until(() => first.clients.get("m")?.end === 1);
  await server.close();
  await until(() => !connection.connected);
  for (let i = 0; i < 30_000; i++) machine.add("A");
  const second = new Store();
  server = startServer(second, { port });
  await until(() => (second.clients.get("m")?.end ?? 0) > 1000);
  assertEquals(connection.dropped > 0, true);
  machine.add("A"); // what was dropped shows as a jump before the next one
  await until(() => {
    const client = second.clients.get("m")!;
    return client.ticksAt(client.end)[0] === machine.tick("A");
  });
  const client = second.clients.get("m")!;
  assertEquals(client.dropped, connection.dropped);
  connection.close();
  await server.close();
});
