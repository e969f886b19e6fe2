import { fileURLToPath } from "node:url";
import { assertEquals, assertRejects } from "@std/assert";
import { Machine } from "../../mod.ts";
import { exportFile, importFile, writeFile } from "../../dbg/files.ts";
import { initialModel, Store, update, view } from "../../dbg/model/mod.ts";
import { listClients } from "../../dbg/reports.ts";
import { startServer } from "../../dbg/server.ts";
import { connectDebugger } from "../../telemetry/mod.ts";

const VIEWPORT = { log: 10, rain: 5, matrixRows: 5, matrixColumns: 5, timeline: 10 };

const pause = (milliseconds: number) => new Promise((next) => setTimeout(next, milliseconds));

/** Looks again until it holds: the network takes its time. */
async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 6000 && !holds(); i++) await pause(10);
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
  assertEquals(await closed(" ".repeat(100_000_000)) !== 1000, true);
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
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
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

Deno.test("A machine that has nothing to tell hangs up, calls now and then, and is gone when it does not", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0 });
  const machine = new Machine({ A: {} }, { id: "m" });
  const connection = connectDebugger(machine, { url: `ws://${server.address}` });
  machine.add("A");
  await until(() => store.clients.get("m")?.end === 1);
  await until(() => !connection.connected);
  const client = store.clients.get("m")!;
  assertEquals([client.connected, client.end], [true, 1]);
  const { revision } = store;
  await until(() => store.revision > revision); // it has called
  store.sweep(performance.now() - 20_000);
  assertEquals(client.connected, true);
  connection.close();
  await until(() => {
    store.sweep(performance.now() + 1); // as if much time had passed
    return !client.connected;
  });
  await server.close();
});

Deno.test("exportFile says that the disk is full, and leaves the file as it was", async () => {
  const store = new Store();
  await recorded(store);
  await assertRejects(() => exportFile(store, "/dev/full"), Error, "No space left on device");
  const folder = await Deno.makeTempDir();
  const path = `${folder}/dump.jsonl.gz`;
  await Deno.writeTextFile(path, "before");
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("broken off")),
  });
  await assertRejects(() => writeFile(path, broken), Error, "broken off");
  assertEquals(await Deno.readTextFile(path), "before");
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["dump.jsonl.gz"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("A flood is cut at the rate, what is cut is counted, and others are served", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0 });
  const socket = new WebSocket(`ws://${server.address}`);
  await new Promise((resolve) => socket.onopen = resolve);
  const hello = {
    ...{ kind: "hello", machine: 0, version: 1, id: "flood", instance: "i", parent: null },
    ...{ tags: [], names: ["A"], states: [{}], ticks: [0], groups: {} },
  };
  const tx = { type: "add", called: [0], ticks: [], accepted: true, queue: 0, duration: 0 };
  const batch = {
    ...{ kind: "batch", machine: 0, dropped: 0, logs: [] },
    transitions: Array.from({ length: 5000 }, (_, id) => ({ ...tx, id: id + 1, time: id })),
  };
  const frame = JSON.stringify([batch]);
  socket.send(JSON.stringify([hello]));
  for (let i = 0; i < 60; i++) socket.send(frame);
  const client = () => store.clients.get("flood");
  // On a slow machine a second second begins: the gap before it has a row of its own.
  await until(() => (client()?.end ?? 0) + (client()?.refused ?? 0) >= 300_000);
  await recordedBy(server.address, store);
  assertEquals(client()!.refused > 0, true);
  assertEquals(listClients(store).find(({ id }) => id === "flood")!.dropped, client()!.refused);
  socket.close();
  await server.close();
});

Deno.test("A debugger that is killed and started again under load gets all that is not counted", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  const started = async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "dbg/main.ts", "--headless", "--listen", `127.0.0.1:${port}`],
      cwd: fileURLToPath(new URL("../../", import.meta.url)),
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const lines = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    await lines.read(); // "Listening on …"
    await lines.cancel();
    return child;
  };
  const listed = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/api/list`);
    return (await response.json())[0] as { transitions: number; dropped: number } | undefined;
  };
  const machine = new Machine({ A: { multi: true } }, { id: "m" });
  let child = await started();
  const connection = connectDebugger(machine, { url: `ws://127.0.0.1:${port}`, buffer: 2000 });
  const load = setInterval(() => {
    for (let i = 0; i < 100; i++) machine.add("A");
  }, 10);
  while (((await listed())?.transitions ?? 0) < 500) await pause(20);
  child.kill("SIGKILL");
  await child.status;
  await pause(500);
  child = await started();
  while (((await listed())?.transitions ?? 0) < 500) await pause(20);
  clearInterval(load);
  machine.add("A"); // what was dropped shows as a jump before it
  await pause(300);
  const shown = await (await fetch(
    `http://127.0.0.1:${port}/api/show?id=m&limit=10000`,
  )).json() as { rows: { id: number }[] };
  const last = shown.rows.at(-1)!.id;
  assertEquals(last, (machine.tick("A") + 1) / 2);
  assertEquals((await listed())!.dropped, connection.dropped);
  connection.close();
  child.kill("SIGTERM");
  assertEquals((await child.status).code, 0);
});

Deno.test("connectDebugger works in a worker, and shows a machine's children", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0 });
  const code = `
    import { Machine } from ${JSON.stringify(new URL("../../mod.ts", import.meta.url).href)};
    import { connectDebugger } from ${
    JSON.stringify(new URL("../../telemetry/mod.ts", import.meta.url).href)
  };
    const machine = new Machine({ A: {} }, { id: "parent" });
    connectDebugger(machine, { url: "ws://${server.address}" });
    new Machine({ B: {} }, { id: "child", parent: machine }).add("B");`;
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  const worker = new Worker(url, { type: "module" });
  await until(() => store.clients.get("child")?.end === 1);
  assertEquals(store.clients.get("child")!.hello.parent, "parent");
  worker.terminate();
  await server.close();
});
