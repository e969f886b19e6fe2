import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import fc from "fast-check";
import { exportFile, importFile } from "../../dbg/files.ts";
import { initialModel, LAYOUTS, type Message, Store, update, view } from "../../dbg/model/mod.ts";
import { pageHandler } from "../../dbg/page/mod.ts";
import { Receiver } from "../../dbg/receiver.ts";
import { listClients, showMachine } from "../../dbg/reports.ts";
import { drawScreen, viewportOf } from "../../dbg/tui/mod.ts";
import { frames, messageTexts } from "./wire_messages.ts";

/** `deno task fuzz:wire` asks for 10,000. */
const RUNS = Number(Deno.env.get("FUZZ_RUNS") ?? 300);
const seed = Number(Deno.env.get("FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 31));
console.log(`FUZZ_SEED=${seed}`);
const options = { numRuns: RUNS, seed, endOnFailure: true };

const SIZE = { columns: 120, rows: 40 };
const ANCHOR = [
  {
    ...{ kind: "hello", machine: 0, version: 1, id: "anchor", instance: "a", parent: null },
    ...{ tags: [], names: ["A"], states: [{}], ticks: [0], groups: {} },
  },
  {
    ...{ kind: "batch", machine: 0, dropped: 0, logs: [[1, 1, 1, "[extern] x"]] },
    transitions: [
      {
        ...{ id: 1, type: "add", called: [0], ticks: [0, 1], accepted: true, queue: 0 },
        ...{ time: 1, duration: 0 },
      },
    ],
  },
];

function anchored(): Store {
  const store = new Store({ maxClients: 20 });
  assertEquals(new Receiver(store).frame(JSON.stringify(ANCHOR)), null);
  return store;
}

/** What a person can do with what was collected, and what is shown of it. */
function lookAtAll(store: Store): void {
  const moves: Message[] = [
    ...[{ kind: "first" }, { kind: "move", by: 1 }, { kind: "step", by: 1 }] as const,
    ...[{ kind: "time", time: 8.64e15 }, { kind: "error", by: 1 }, { kind: "last" }] as const,
    ...[{ kind: "expand" }, { kind: "focusBy", by: 1 }, { kind: "cursor", by: 2 }] as const,
    ...[{ kind: "group" }, { kind: "filter", name: "canceled" }, { kind: "step", by: -1 }] as const,
    ...[{ kind: "search", text: "x", in: "transitions" }, { kind: "enter" }] as const,
    ...[{ kind: "back" }, { kind: "zoom", by: -1 }, { kind: "pan", by: 1 }] as const,
    ...[{ kind: "timeBy" }, { kind: "zoom", by: 1 }, { kind: "sort" }] as const,
  ];
  let model = update(initialModel(store), { kind: "received" });
  for (const key of store.clients.keys()) {
    model = update(model, { kind: "client", key });
    for (const layout of LAYOUTS) {
      model = update(model, { kind: "layout", layout });
      for (const move of moves) model = update(model, move);
      const seen = view(model, viewportOf(SIZE, model));
      JSON.stringify(seen);
      drawScreen(seen, SIZE);
    }
  }
  listClients(store);
  for (const client of store.clients.values()) showMachine(client, 0, 1000);
}

function anchorIsThere(store: Store): void {
  const anchor = store.clients.get("anchor")!;
  assertEquals([anchor.row(0).id, anchor.logs(1, 1)[0][3]], [1, "[extern] x"]);
}

Deno.test("Whatever a frame holds, what was collected is there, it can be looked at, and refusals have reasons", () => {
  const store = anchored();
  fc.assert(
    fc.property(frames, (frame) => {
      const own = new Store();
      for (const one of [own, store]) {
        const receiver = new Receiver(one);
        const refusal = receiver.frame(frame);
        if (refusal !== null) assertMatch(refusal.reason, /^(?!Internal).+/);
        receiver.over(false);
      }
      lookAtAll(own);
      anchorIsThere(store);
    }),
    options,
  );
  lookAtAll(store);
});

Deno.test("Whatever a frame holds, the page's answers come", async () => {
  await fc.assert(
    fc.asyncProperty(frames, async (frame) => {
      const store = anchored();
      new Receiver(store).frame(frame);
      const page = pageHandler(store);
      for (const key of store.clients.keys()) {
        const { status } = await page(
          new Request(`http://127.0.0.1/diagram?${new URLSearchParams({ id: key })}`),
        );
        assertEquals([200, 404, 413, 422].includes(status), true, `${status}`);
      }
    }),
    { ...options, numRuns: Math.ceil(RUNS / 10) },
  );
});

Deno.test("Whatever a file holds, the first line that is wrong is named, and what was before it is kept", async () => {
  const path = await Deno.makeTempFile();
  await fc.assert(
    fc.asyncProperty(messageTexts, async (lines) => {
      const all = [...ANCHOR.map((one) => JSON.stringify({ ...one, machine: 9 })), ...lines];
      await Deno.writeTextFile(path, all.join("\n"));
      const store = new Store();
      try {
        await importFile(store, path);
      } catch (error) {
        assertMatch((error as Error).message, /^Cannot read ".*": line \d+: ./);
      }
      anchorIsThere(store);
      lookAtAll(store);
      for (const client of store.clients.values()) assertEquals(client.connected, false);
    }),
    options,
  );
  await Deno.remove(path);
});

Deno.test("Whatever was taken is the same after an export and an import", async () => {
  const path = await Deno.makeTempFile();
  await fc.assert(
    fc.asyncProperty(frames, async (frame) => {
      const store = anchored();
      new Receiver(store).frame(frame);
      await exportFile(store, path);
      const again = new Store();
      await importFile(again, path);
      const rows = (one: Store) =>
        [...one.clients.values()].map((client) => {
          const all = [];
          for (let row = client.first; row < client.end; row++) {
            const { row: _, ...rest } = client.row(row);
            all.push(rest);
          }
          return [client.hello.id, client.hello.names, all, client.logs(0, Infinity)];
        });
      assertEquals(rows(again), rows(store));
    }),
    { ...options, numRuns: Math.ceil(RUNS / 3) },
  );
  await Deno.remove(path);
});

Deno.test("A file that is cut off, or a line without end, is refused with a reason", async () => {
  const path = await Deno.makeTempFile();
  await exportFile(anchored(), path);
  const whole = await Deno.readFile(path);
  for (const length of [1, 3, 20, whole.length - 1]) {
    await Deno.writeFile(path, whole.slice(0, length));
    await assertRejects(() => importFile(new Store(), path), Error, "Cannot read");
  }
  await Deno.writeTextFile(path, " ".repeat(9_000_000));
  await assertRejects(() => importFile(new Store(), path), Error, "too long");
  await Deno.remove(path);
});

Deno.test("A debugger without a screen lives through frames of every kind", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "dbg/main.ts", "--headless", "--listen", "127.0.0.1:0"],
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const lines = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("\n")) said += (await lines.read()).value ?? "\n";
  const address = said.match(/Listening on (\S+)/)![1];
  const rest = (async () => {
    for (;;) if ((await lines.read()).done) return;
  })();
  const send = async (frame: string) => {
    const socket = new WebSocket(`ws://${address}/`);
    socket.onerror = () => {};
    const over = new Promise((resolve) => socket.onclose = resolve);
    socket.onopen = () => {
      socket.send(frame);
      socket.close(1000);
    };
    await over;
  };
  await send(JSON.stringify(ANCHOR));
  const samples = fc.sample(frames, { numRuns: Math.min(RUNS, 1000), seed });
  for (let at = 0; at < samples.length; at += 20) {
    await Promise.all(samples.slice(at, at + 20).map(send));
  }
  const shown = await (await fetch(`http://${address}/api/show?id=anchor`)).json();
  assertEquals(shown.rows.length, 1);
  const refusals = await (await fetch(`http://${address}/api/refusals`)).json();
  assertEquals(refusals.length > 0, true);
  child.kill("SIGTERM");
  assertEquals((await child.status).code, 0);
  await rest;
});
