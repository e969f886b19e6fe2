import { fileURLToPath } from "node:url";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Store } from "../../dbg/model/mod.ts";
import { Receiver } from "../../dbg/receiver.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1500 && !await holds(); i++) {
    await new Promise((next) => setTimeout(next, 20));
  }
  assertEquals(await holds(), true);
}

/** A debugger as a process, and what it says on stderr. */
async function started(limit: string, ...args: string[]) {
  const dbg = `${Deno.execPath()} run -A --no-check dbg/main.ts --headless --listen 127.0.0.1:0`;
  const child = new Deno.Command("sh", {
    args: ["-c", `${limit} exec ${dbg} ${args.join(" ")}`],
    cwd: ROOT,
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  const reading = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) said += text;
  })();
  await until(() => said.includes("Listening on"));
  const [, address] = said.match(/Listening on (\S+)/)!;
  return {
    address,
    port: Number(address.split(":")[1]),
    said: () => said,
    async stop() {
      child.kill("SIGTERM");
      const { code } = await child.status;
      await reading;
      return code;
    },
  };
}

const hello = (n: number, names: readonly string[]) => ({
  ...{ kind: "hello", machine: n, version: 1, id: `h${n}`, instance: `i${n}`, parent: null },
  ...{ tags: [], names, states: names.map(() => ({})), ticks: names.map(() => 0), groups: {} },
});

Deno.test("Out of file descriptors the debugger keeps what it has, says so, and takes connections again", async () => {
  const dbg = await started("ulimit -n 128;");
  const machine = new WebSocket(`ws://${dbg.address}/`);
  await new Promise((open) => machine.onopen = open);
  machine.send(JSON.stringify([hello(0, ["A"])]));
  const connections: Deno.Conn[] = [];
  // Half of them have begun a request that they do not end.
  for (let i = 0; i < 200; i++) {
    try {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port: dbg.port });
      connections.push(connection);
      if (i % 2 === 0) await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost"));
    } catch {
      break;
    }
  }
  await until(() => dbg.said().includes("No new connections"));
  assertStringIncludes(dbg.said(), "Too many open files");
  for (const connection of connections) connection.close();
  let list: { id: string; connected: boolean }[] = [];
  await until(async () => {
    const response = await fetch(`http://${dbg.address}/api/list`).catch(() => null);
    list = await response?.json() ?? [];
    return list.length > 0;
  });
  assertEquals(list.map(({ id, connected }) => [id, connected]), [["h0", true]]);
  machine.close();
  assertEquals(await dbg.stop(), 0);
});

Deno.test("A request that is sent by half does not keep the debugger from ending", async () => {
  const dbg = await started("");
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: dbg.port });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost"));
  assertEquals(await dbg.stop(), 0);
});

Deno.test("Introductions without end stay within --max-mem, and the first ones live on", async () => {
  const dbg = await started("", "--max-mem", "50");
  const first = new WebSocket(`ws://${dbg.address}/`);
  await new Promise((open) => first.onopen = open);
  first.send(JSON.stringify([hello(100_000, ["A"])]));
  const socket = new WebSocket(`ws://${dbg.address}/`);
  await new Promise((open) => socket.onopen = open);
  for (let n = 0; n < 100; n++) {
    const names = Array.from({ length: 5000 }, (_, i) => `${"S".repeat(300)}${i}_${n}`);
    socket.send(JSON.stringify([hello(n, names)]));
  }
  await until(() => dbg.said().includes("no room for its 5000 states within 50 MB"));
  await until(() => socket.bufferedAmount === 0);
  const list: { id: string }[] = await (await fetch(`http://${dbg.address}/api/list`)).json();
  assertEquals(list.some(({ id }) => id === "h100000"), true);
  assertEquals(list.length < 20, true);
  for (const one of [first, socket]) one.close();
  assertEquals(await dbg.stop(), 0);
});

/** What may fill memory: each gives a frame that has never been sent before. */
const FILLS: Readonly<Record<string, (n: number) => unknown[]>> = {
  "new machines": (n) => [hello(n, Array.from({ length: 200 }, (_, i) => `${n}_${i}`))],
  "groups": (n) => [
    {
      ...hello(n, ["A"]),
      groups: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`${n}_${i}`, [0]])),
    },
  ],
  "transitions": (n) => [hello(0, ["A"]), batch(n, {})],
  "handlers' names": (n) => [
    hello(0, ["A"]),
    batch(n, { steps: Array.from({ length: 100 }, (_, i) => [7, 0, -1, `${n}_${i}_Handler`]) }),
  ],
  "steps": (n) => [hello(0, ["A"]), batch(n, { steps: Array(300).fill([0, 0, -1, ""]) })],
  "arguments": (n) => [hello(0, ["A"]), batch(n, { args: { a: `${n}`.repeat(2000) } })],
  "sources": (n) => [hello(0, ["A"]), batch(n, { source: [`${n}`.repeat(2000), 1, "h"] })],
  "lines of the log": (n) => [
    hello(0, ["A"]),
    { ...batch(n, {}), transitions: [], logs: [[1, n, 1, `${n}`.repeat(2000)]] },
  ],
};

function batch(id: number, more: object) {
  return {
    ...{ kind: "batch", machine: 0, dropped: 0, logs: [] as unknown[] },
    transitions: Array.from({ length: 20 }, () => ({
      ...{ id: id + 1, type: "add", called: [0], ticks: [0, id], accepted: true, queue: 0 },
      ...{ time: id, duration: 0 },
      ...more,
    })),
  };
}

for (const [what, fill] of Object.entries(FILLS)) {
  for (const closing of [false, true]) {
    Deno.test(`The bound of memory holds against ${what}, ${closing ? "connection by connection" : "in one connection"}`, () => {
      const store = new Store({ maxMemory: 1e6 });
      let receiver = new Receiver(store, undefined, Infinity);
      let most = 0;
      for (let n = 0; n < 1000; n++) {
        assertEquals(receiver.frame(JSON.stringify(fill(n))), null);
        let sum = 0;
        for (const client of store.clients.values()) sum += client.memory;
        assertEquals(sum, store.memory);
        most = Math.max(most, store.memory);
        if (!closing) continue;
        receiver.over(false);
        receiver = new Receiver(store, undefined, Infinity);
      }
      assertEquals(most <= 1e6, true, `${most}`);
      assertEquals(most > 4e5, true, `${most}`);
    });
  }
}

Deno.test("The machine that was disconnected first leaves first, connected ones keep their history", () => {
  const store = new Store({ maxMemory: 300_000 });
  const receivers = Array.from({ length: 3 }, (_, n) => {
    const receiver = new Receiver(store);
    receiver.frame(JSON.stringify([hello(n, ["A"]), { ...batch(n, {}), machine: n }]));
    return receiver;
  });
  receivers[1].over(false);
  receivers[0].over(false);
  const left: string[] = [];
  let keys = [...store.clients.keys()];
  for (let n = 10; left.length < 2; n++) {
    new Receiver(store).frame(JSON.stringify([hello(n, ["A"]), { ...batch(n, {}), machine: n }]));
    left.push(...keys.filter((key) => !store.clients.has(key)));
    keys = [...store.clients.keys()];
  }
  assertEquals(left, ["h1", "h0"]);
  assertEquals(store.clients.get("h2")!.first, 0);
});
