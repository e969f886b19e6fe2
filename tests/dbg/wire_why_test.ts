import { assert, assertEquals, assertMatch } from "@std/assert";
import { Machine } from "../../mod.ts";
import { connectDebugger, debugAll, debugEnv } from "../../telemetry/mod.ts";
import { Store } from "../../dbg/model/mod.ts";
import { startServer } from "../../dbg/server.ts";
import { CHAIN, FAILURE, playChain } from "./chain.ts";

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 6000 && !holds(); i++) await new Promise((next) => setTimeout(next, 10));
  assert(holds());
}

/** What a program sends, until all of it is there. */
async function recorded(play: (url: string) => Promise<void>): Promise<Store> {
  const store = new Store();
  const server = startServer(store, { port: 0 });
  await play(`ws://${server.address}`);
  await until(() => store.clients.size > 0);
  await server.close();
  return store;
}

Deno.test("The wire says where each transition of a chain came from, and of the error where it was thrown", async () => {
  const store = await recorded(async (url) => {
    const connection = debugAll({ url, args: true });
    using _chain = await playChain(() => {});
    await connection.close();
  });
  const rows = (id: string) => {
    const client = store.clients.get(id)!;
    return Array.from({ length: client.end }, (_, row) => client.row(row));
  };
  const found = (id: string, state: string) => {
    const index = store.clients.get(id)!.hello.names.indexOf(state);
    return rows(id).find(({ called }) => called.includes(index))!;
  };
  const due = found("clock", "Due");
  assertEquals(due.source, ["clock", 1, ""]);
  assertEquals(due.timeout, "Waiting");
  const beat = found("network", "Heartbeat");
  assertEquals(beat.source, ["clock", due.id, "DueState"]);
  const connecting = found("peer", "Connecting");
  assertEquals(connecting.source, ["network", beat.id, "HeartbeatState"]);
  assertEquals(connecting.args!.address, '{"host":"10.0.0.9","port":4001}');
  const busy = found("gateway", "Busy");
  assertEquals(busy.source, ["peer", connecting.id, ""]);
  const fetching = found("api", "Fetching");
  assertEquals(fetching.source, ["gateway", busy.id, "BusyState"]);
  assertEquals(fetching.took!.length, 1);
  const failed = found("api", "Exception");
  assertEquals(failed.source, ["api", fetching.id, "FetchingState"]);
  assertEquals([failed.err?.name, failed.err?.message], ["RangeError", FAILURE]);
  assertMatch(failed.err!.stack!, /chain\.ts:\d+/);
  assertEquals(failed.err!.cause?.message, "the list has no such page");
  for (const id of CHAIN) {
    const { hello } = store.clients.get(id)!;
    assertEquals([hello.version, hello.args], [2, true], id);
  }
  const { names, states } = store.clients.get("clock")!.hello;
  assertEquals(states[0].timeouts, [names.indexOf("Due"), 5]);
});

Deno.test("The wire says how long a mutation waited, behind how many, and how long each handler took", async () => {
  const busy = (ms: number) => {
    for (const end = performance.now() + ms; performance.now() < end;);
  };
  const store = await recorded(async (url) => {
    const machine = new Machine(
      { A: {}, B: {}, C: {}, E: { event: true }, L: { multi: "latest" } },
      {
        id: "m",
      },
    );
    const connection = connectDebugger(machine, { url });
    machine.bindHandlers({
      AEnter: () => busy(2),
      AState: () => {
        machine.add("B");
        machine.add("C");
        busy(2);
      },
    });
    machine.add("A");
    await connection.close();
  });
  const client = store.clients.get("m")!;
  const [a, b, c] = [0, 1, 2].map((row) => client.row(row));
  assertEquals([a.waited, a.behind], [undefined, undefined]);
  assertEquals([b.behind, c.behind], [0, 1]);
  assert(b.waited! >= 2 && c.waited! >= b.waited!, `${b.waited} ${c.waited}`);
  const handlers = a.steps.filter(([kind]) => kind === 7).map((step) => step[3]);
  assertEquals(handlers, ["AEnter", "AState"]);
  assertEquals(a.took!.length, 2);
  assert(a.took!.every((ms) => ms >= 2), `${a.took}`);
  assertEquals(client.hello.args, false);
  const { states } = client.hello;
  assertEquals([states[3].event, states[4].multi, states[4].latest], [true, true, true]);
});

Deno.test("Arguments that throw when they are read cost nothing but themselves", async () => {
  const store = await recorded(async (url) => {
    const machine = new Machine({ A: { multi: true } }, { id: "m", printErrors: false });
    const connection = connectDebugger(machine, { url, args: true });
    const hostile = {
      get err(): never {
        throw new Error("no");
      },
      get panic(): never {
        throw new Error("no");
      },
    };
    machine.add("A", hostile);
    machine.add("A", { err: "no error", panic: { transition: "x", handler: 1 } });
    machine.addErr(new Error("x".repeat(100_000), { cause: { deep: 1 } }));
    await connection.close();
  });
  const client = store.clients.get("m")!;
  assertEquals(client.end, 3);
  assertEquals([client.row(0).err, client.row(1).err, client.row(1).source], [
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(client.row(2).err!.cause?.message, '{"deep":1}');
});

Deno.test("AM_DBG_ARGS says which arguments are shown: all, those of some names, none", async () => {
  const given = { id: "a", page: 3, secret: "s" };
  const shown: unknown[] = [];
  for (const which of ["1", "id, page", "0", ""]) {
    const store = await recorded(async (url) => {
      Deno.env.set("AM_DBG_ADDR", url);
      Deno.env.set("AM_DBG_ARGS", which);
      const connection = debugEnv()!;
      const machine = new Machine({ A: {} }, { id: "m" });
      machine.add("A", given);
      await connection.close();
      machine.dispose();
      for (const name of ["AM_DBG_ADDR", "AM_DBG_ARGS"]) Deno.env.delete(name);
    });
    const client = store.clients.get("m")!;
    shown.push([client.hello.args, client.row(0).args]);
  }
  assertEquals(shown, [
    [true, { id: "a", page: "3", secret: "s" }],
    [true, { id: "a", page: "3" }],
    [false, undefined],
    [false, undefined],
  ]);
});
