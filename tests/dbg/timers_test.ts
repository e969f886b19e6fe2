import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "../../dbg/cli.ts";
import { startServer, Store } from "../../dbg/main.ts";
import { pageHandler } from "../../dbg/page/mod.ts";
import { Machine } from "../../mod.ts";
import { connectDebugger } from "../../telemetry/mod.ts";
import { LIMITS } from "../../telemetry/debugger/protocol.ts";

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 3000 && !holds(); i++) await new Promise((next) => setTimeout(next, 10));
  assertEquals(holds(), true);
}

const HOUR = 3_600_000;

/** What a command prints. */
async function printed(args: string[]): Promise<string> {
  const { log } = console;
  const { writeSync } = Deno.stdout;
  let text = "";
  console.log = (...all) => void (text += `${all.join(" ")}\n`);
  Deno.stdout.writeSync = (bytes) => {
    text += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  try {
    assertEquals(await run(args), 0);
  } finally {
    console.log = log;
    Deno.stdout.writeSync = writeSync;
  }
  return text;
}

Deno.test("the debugger shows the times that run, as the machine itself does", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0, page: pageHandler(store) });
  const machine = new Machine({
    Waiting: { timeouts: { Late: HOUR, Soon: 1 } },
    Late: {},
    Soon: {},
    Now: {},
    "Timer\x1b[2J": { multi: true },
  }, { id: "timed" });
  machine.on("NowState", (e) => e.addAfter(2 * HOUR, ["Late", "Soon"]));
  const connection = connectDebugger(machine, { url: server.address });
  const known = () => store.clients.get("timed")!;
  const shown = () =>
    known().timers.map(([state, adds, due]) => ({
      state: known().hello.names[state],
      adds: adds.length === 1
        ? known().hello.names[adds[0]]
        : adds.map((i) => known().hello.names[i]),
      due,
    }));
  const agree = () => JSON.stringify(shown()) === JSON.stringify(machine.timers());

  machine.add("Waiting");
  // One fires meanwhile: that is a transition, with the state whose time was over as its source.
  await until(() => known()?.end === 2 && agree());
  assertEquals(known().row(1).timeout, "Waiting");
  machine.add("Now");
  await until(() => known().end === 3 && agree());
  assertEquals(machine.timers().length, 2);

  const text = await printed(["show", "timed", "--url", server.address]);
  assertStringIncludes(text, "timer (Waiting): Late at 2");
  assertStringIncludes(text, "timer (Now): Late, Soon at 2");
  const json = await printed(["show", "timed", "--json", "--url", server.address]);
  const last = JSON.parse(json.trim().split("\n").at(-1)!);
  assertEquals(last.timer.adds, ["Late", "Soon"]);
  const page = await fetch(`http://${server.address}/diagram?id=timed`);
  assertEquals(page.status, 422); // a name that XML has no way to write
  await page.body?.cancel();

  machine.remove(["Waiting", "Now"]);
  await until(() => known().end === 4 && known().timers.length === 0);
  machine.add("Waiting");
  await until(() => agree() && known().timers.length > 0);
  machine.dispose();
  await until(() => known().disposed);
  assertEquals(known().timers, []);
  await connection.close();
  await server.close();
});

Deno.test("the debugger sees an import without a transition that follows", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0 });
  const machine = new Machine({ A: { timeouts: { B: HOUR } }, B: {} }, { id: "imported" });
  const connection = connectDebugger(machine, { url: server.address });
  machine.add("A");
  const active = machine.exportTime();
  machine.remove("A");
  await until(() => store.clients.get("imported")?.end === 2);
  machine.importTime(active);
  await until(() => store.clients.get("imported")!.end === 3);
  const row = store.clients.get("imported")!.row(2);
  assertEquals([row.type, row.deltas[0]], ["jump", 0]);
  machine.resume();
  machine.add("B");
  await until(() => store.clients.get("imported")!.end === 4);
  assertEquals(store.clients.get("imported")!.row(3).type, "add");
  await until(() => store.clients.get("imported")!.timers.length === 1);
  // After a reconnect they are told again.
  store.clients.get("imported")!.renew(store.clients.get("imported")!.hello);
  assertEquals(store.clients.get("imported")!.timers, []);
  await connection.close();
  machine.dispose();
  await server.close();
});

Deno.test("the debugger knows event and latest states and timeouts, and draws them", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0, page: pageHandler(store) });
  const machine = new Machine({
    Go: { event: true },
    Search: { multi: "latest", timeouts: { Go: 2500, Search: 4000 } },
  }, { id: "kinds" });
  const connection = connectDebugger(machine, { url: server.address });
  machine.add("Search");
  await until(() => store.clients.get("kinds")?.end === 1);
  const [go, search] = store.clients.get("kinds")!.hello.states;
  assertEquals([go.event, search.multi, search.latest, search.timeouts], [
    true,
    true,
    true,
    [0, 2500, 1, 4000],
  ]);
  const picture = await (await fetch(`http://${server.address}/diagram?id=kinds`)).text();
  for (const text of [">2500 ms<", ">4000 ms<", "Go · event", "Search · latest"]) {
    assertStringIncludes(picture, text);
  }
  machine.dispose();
  await connection.close();
  await server.close();
});

Deno.test("more timers than the wire takes: the next ones are shown", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0 });
  const machine = new Machine({ A: {}, B: {} }, { id: "many" });
  machine.on("AState", (e) => {
    for (let i = 0; i < LIMITS.timers + 500; i++) e.addAfter(HOUR - i, "B");
  });
  const connection = connectDebugger(machine, { url: server.address });
  machine.add("A");
  await until(() => store.clients.get("many")?.timers.length === LIMITS.timers);
  const dues = store.clients.get("many")!.timers.map(([, , due]) => due);
  assertEquals(dues, machine.timers().slice(0, LIMITS.timers).map(({ due }) => due));
  assert(store.clients.get("many")!.memory > LIMITS.timers * 100);
  assertEquals([...store.refusals], []);
  machine.dispose();
  await connection.close();
  await server.close();
});
