import { assertEquals, assertStringIncludes } from "@std/assert";
import { Store } from "../../dbg/model/mod.ts";
import { startServer } from "../../dbg/server.ts";
import { argsMapper, Machine } from "../../mod.ts";
import { connectDebugger, debugAll } from "../../telemetry/mod.ts";
import { debuggerUrl } from "../../telemetry/debugger/address.ts";
import { LIMITS } from "../../telemetry/debugger/protocol.ts";

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 3000 && !holds(); i++) await new Promise((next) => setTimeout(next, 10));
  assertEquals(holds(), true);
}

interface Case {
  readonly name: string;
  /** Makes machines and lets them do something; gives what the last one's id is. */
  readonly act: () => Machine;
  /** Whether it has to be left out, with a reason that has this in it. */
  readonly leftOut?: string;
}

const many = (count: number, name = (i: number) => `S${i}`) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [name(i), { multi: true }]));
const acting = (machine: Machine, args?: Record<string, unknown>) => {
  machine.add(machine.stateNames[0], args);
  return machine;
};
const wide = (count: number) => acting(new Machine(many(count - 1), { id: "it" }));

const CASES: readonly Case[] = [
  ...[-1, 0, 1, 500_000].map((by): Case => ({
    name: `an argument of ${LIMITS.text + by} characters`,
    act: () =>
      acting(new Machine({ A: {} }, { id: "it" }), { x: "\u0001".repeat(LIMITS.text + by) }),
  })),
  {
    name: "10,001 arguments",
    act: () =>
      acting(
        new Machine({ A: {} }, { id: "it" }),
        Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`${i}a`, "x".repeat(1000)])),
      ),
  },
  ...[0, 1].map((by): Case => ({
    name: `an id of ${LIMITS.text + by} characters`,
    act: () => acting(new Machine({ A: {} }, { id: "i".repeat(LIMITS.text + by) })),
  })),
  ...[0, 1].map((by): Case => ({
    name: `tags: ${LIMITS.list + by}`,
    act: () =>
      acting(new Machine({ A: {} }, { id: "it", tags: Array(LIMITS.list + by).fill("t") })),
  })),
  {
    name: "a state's name at the limit",
    act: () => acting(new Machine({ ["S".repeat(LIMITS.text)]: {} }, { id: "it" })),
  },
  {
    name: "a state's name over the limit",
    act: () => acting(new Machine({ ["S".repeat(LIMITS.text + 1)]: {} }, { id: "it" })),
    leftOut: "10001 characters",
  },
  { name: "as many states as there may be", act: () => wide(LIMITS.states) },
  { name: "a state too many", act: () => wide(LIMITS.states + 1), leftOut: "10001 states" },
  {
    name: "an introduction that fills more than a frame",
    act: () => acting(new Machine(many(900, (i) => `${"L".repeat(6000)}${i}`), { id: "it" })),
    leftOut: "can be shown",
  },
  {
    name: "20,000 lines of the log at once",
    act: () => {
      const machine = new Machine({ A: {} }, { id: "it" });
      for (let i = 0; i < 20_000; i++) machine.log("x".repeat(200));
      return acting(machine);
    },
  },
  {
    name: "12,000 machines that come and go",
    act: () => {
      for (let i = 0; i < 12_000; i++) new Machine({ A: {} }, { id: `m${i}` }).dispose();
      return acting(new Machine({ A: {} }, { id: "it" }));
    },
  },
];

for (const { name, act, leftOut } of CASES) {
  Deno.test(`At the wire's limits, all arrives or is counted: ${name}`, async () => {
    const store = new Store();
    const server = startServer(store, { port: 0 });
    const connection = debugAll({ url: server.address, args: true });
    const bystander = new Machine({ A: { multi: true } }, { id: "bystander" });
    bystander.add("A");
    const machine = act();
    bystander.add("A");
    const key = machine.id.slice(0, LIMITS.text - 1);
    const found = () => [...store.clients.values()].find((one) => one.hello.id.startsWith(key));
    await until(() => (found()?.end ?? 0) + (found()?.dropped ?? 0) === 1);
    await until(() => store.clients.get("bystander")?.end === 2);
    assertEquals([connection.refused, [...store.refusals]], ["", []]);
    if (leftOut === undefined) {
      assertEquals([found()!.end, connection.dropped, connection.leftOut.size], [1, 0, 0]);
    } else {
      assertEquals([found()!.dropped, connection.dropped], [1, 1]);
      assertStringIncludes(connection.leftOut.get(machine.id)!, leftOut);
      assertStringIncludes(found()!.hello.tags[0], leftOut);
    }
    await connection.close();
    await server.close();
    machine.dispose();
  });
}

Deno.test("What a refusal took is counted, the others' messages of that frame are kept", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0 });
  const hello = (machine: number, sent: number) => ({
    ...{ kind: "hello", machine, version: 1, id: `m${machine}`, instance: `i${machine}`, sent },
    ...{ parent: null, tags: [], names: ["A"], states: [{}], ticks: [2 * sent], groups: {} },
  });
  const batch = (machine: number, id: number, time: number) => ({
    ...{ kind: "batch", machine, dropped: 0, logs: [], sent: id - 1 },
    transitions: [{
      ...{ id, type: "add", called: [0], ticks: [0, 2 * id], accepted: true, queue: 0 },
      ...{ time, duration: 0 },
    }],
  });
  const send = async (frame: unknown) => {
    const socket = new WebSocket(`ws://${server.address}`);
    socket.onopen = () => socket.send(JSON.stringify(frame));
    return await new Promise<[number, string]>((over) => {
      socket.onclose = ({ code, reason }) => over([code, reason]);
    });
  };
  const frame = [hello(0, 0), hello(1, 0), batch(0, 1, 1e18), batch(1, 1, 1), { kind: "x" }];
  assertEquals(await send(frame), [4000, '"time" is no possible time']);
  const [bad, good] = [store.clients.get("m0")!, store.clients.get("m1")!];
  assertEquals([bad.end, bad.refused, good.end, good.refused], [0, 1, 1, 0]);
  // What never arrived shows by what the machine says it has sent.
  assertEquals((await send([hello(0, 5), batch(0, 6, 1), {}]))[0], 4000);
  assertEquals([bad.refused, bad.row(0).type, bad.row(0).lost], [5, "jump", 5]);
  assertEquals([bad.end, bad.ticksAt(2), bad.row(1).id], [2, [12], 6]);
  await server.close();
});

Deno.test("Reconnecting to what refuses waits longer each time", async () => {
  const calls: number[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    calls.push(performance.now());
    socket.onmessage = () => socket.close(4000, "no");
    return response;
  });
  const machine = new Machine({ A: { multi: true } });
  const connection = connectDebugger(machine, { url: `127.0.0.1:${server.addr.port}` });
  await until(() => calls.length >= 5);
  const pauses = calls.slice(1).map((call, i) => call - calls[i]);
  // Timers are never early: each pause is at least what was asked for, which doubles.
  pauses.slice(0, 4).forEach((pause, i) => assertEquals(pause >= 95 * 2 ** i, true, `${pauses}`));
  assertEquals(connection.refused, "no");
  await connection.close();
  await server.shutdown();
});

Deno.test("close sends what waits, at each moment of a connection's life", async () => {
  for (const moment of ["at once", "connected", "idle"]) {
    const store = new Store();
    const server = startServer(store, { port: 0 });
    const connection = debugAll({ url: server.address });
    const machine = new Machine({ A: { multi: true } }, { id: "short" });
    machine.add("A");
    if (moment !== "at once") await until(() => store.clients.get("short")?.end === 1);
    if (moment === "idle") await until(() => !connection.connected);
    machine.add("A");
    await connection.close();
    await until(() => store.clients.get("short")?.end === 2);
    await until(() => store.clients.get("short")?.connected === false);
    await server.close();
  }
  const nobody = debugAll({ url: "127.0.0.1:9" });
  new Machine({ A: {} }).add("A");
  await nobody.close();
});

Deno.test("what comes while the connection hangs up is sent all the same, at once", async () => {
  const { WebSocket: real, setTimeout: set } = globalThis;
  let hangUp = () => {};
  // The next sign of life, some seconds later, never comes: nobody may wait for it.
  globalThis.setTimeout =
    ((fn: () => void, ms?: number) =>
      set(ms === 5000 ? () => {} : fn, ms === 5000 ? 0 : ms)) as typeof setTimeout;
  globalThis.WebSocket = class extends real {
    override close(code?: number, reason?: string): void {
      super.close(code, reason);
      if (reason === "idle") hangUp();
    }
  };
  try {
    for (const closes of [true, false]) {
      const store = new Store();
      const server = startServer(store, { port: 0 });
      const connection = debugAll({ url: server.address });
      const machine = new Machine({ A: { multi: true } }, { id: "short" });
      let closing: Promise<void> | undefined;
      hangUp = () => {
        hangUp = () => {};
        machine.add("A");
        if (closes) closing = connection.close();
      };
      machine.add("A");
      await until(() => store.clients.get("short")?.end === 2);
      await (closing ?? connection.close());
      await server.close();
    }
  } finally {
    Object.assign(globalThis, { WebSocket: real, setTimeout: set });
  }
});

Deno.test("connectDebugger shows children and grandchildren that exist already", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0 });
  const parent = new Machine({ A: {} }, { id: "parent" });
  const child = new Machine({ A: {} }, { id: "child", parent });
  const grandchild = new Machine({ A: {} }, { id: "grandchild", parent: child });
  const connection = connectDebugger(parent, { url: server.address });
  const later = new Machine({ A: {} }, { id: "later", parent: grandchild });
  for (const machine of [parent, child, grandchild, later]) machine.add("A");
  for (const id of ["parent", "child", "grandchild", "later"]) {
    await until(() => store.clients.get(id)?.end === 1);
  }
  await connection.close();
  await server.close();
});

Deno.test("debuggerUrl reads all forms of an address as the same, and names what is none", () => {
  const same = ["127.0.0.1:6831", "ws://127.0.0.1:6831", "http://127.0.0.1:6831/"];
  for (const address of same) assertEquals(debuggerUrl(address).href, "ws://127.0.0.1:6831/");
  assertEquals(debuggerUrl("https://x.example/?token=t").href, "wss://x.example/?token=t");
  assertEquals(debuggerUrl("[::1]:1").href, "ws://[::1]:1/");
  const wrong = ["", "6831", "localhost", "ftp://x:1", "ws://", "a b:1", "x:99999", "ws://u:p@x:1"];
  for (const address of [...wrong, "nonsense?token=secret"]) {
    let message = "";
    try {
      debuggerUrl(address);
    } catch (error) {
      message = (error as Error).message;
    }
    assertStringIncludes(message, "address of a debugger");
    assertEquals(message.includes("secret"), false);
  }
});

Deno.test("Arguments are shown each on its own, whatever they are", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0 });
  const shown = async (args: Record<string, unknown>, mapper: Parameters<typeof debugAll>[0]) => {
    const machine = new Machine({ A: { multi: true } });
    const connection = connectDebugger(machine, { url: server.address, ...mapper });
    machine.add("A", args);
    await until(() => store.clients.get(machine.id)?.end === 1);
    await connection.close();
    return store.clients.get(machine.id)!.row(0).args;
  };
  const fails = {
    toString: () => {
      throw new Error("no");
    },
  };
  const args = { x: fails, y: 2, z: new Map([["a", { b: 1 }]]), bytes: new Uint8Array(2e6) };
  const all = (await shown(args, { args: true }))!;
  assertEquals([all.y, all.bytes], ["2", "Uint8Array(2000000 bytes)"]);
  assertStringIncludes(all.z, '"a"');
  const named = (await shown(args, { args: argsMapper(["x", "y", "z"]) }))!;
  assertEquals(named.y, "2");
  assertStringIncludes(named.z, '"a"');
  assertEquals(await shown(args, { args: ["y", "none"] }), { y: "2" });
  const circle: Record<string, unknown> = { y: 1 };
  circle.circle = circle;
  assertEquals((await shown({ circle }, { args: true }))!.circle.length < 200, true);
  await server.close();
});
