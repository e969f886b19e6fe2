import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { initialModel, LAYOUTS, Store, update, view } from "../../dbg/model/mod.ts";
import { build } from "../../dbg/page/build.ts";
import { apply, type Delta } from "../../dbg/page/delta.ts";
import { pageHandler } from "../../dbg/page/mod.ts";
import { type PageView, pageView } from "../../dbg/page/page_view.ts";
import { startServer } from "../../dbg/server.ts";

const names = ["A", "B", "Exception"];

function machine(store: Store, id: string) {
  return store.hello({
    kind: "hello",
    machine: 0,
    version: 1,
    id,
    instance: id,
    parent: null,
    tags: [],
    names,
    states: names.map(() => ({})),
    ticks: names.map(() => 0),
    groups: {},
  });
}

const transition = (id: number, more: object = {}) => ({
  id,
  type: "add" as const,
  called: [0],
  ticks: [0, id],
  accepted: true,
  queue: 0,
  time: 1e12 + id,
  duration: 0,
  ...more,
});

Deno.test("The page is a module: it needs neither network nor files, and is built from its sources", async () => {
  const page = pageHandler(new Store());
  const real = globalThis.fetch;
  globalThis.fetch = () => Promise.reject(new TypeError("offline"));
  try {
    const answer = await page(new Request("http://127.0.0.1/"));
    assertEquals(answer.status, 200);
    const text = await answer.text();
    assert(text.includes("asyncmachine debugger") && !text.includes("NONCE"));
    assertEquals(/https?:\/\/(?!www\.w3\.org)/.test(text), false);
  } finally {
    globalThis.fetch = real;
  }
  const now = await Deno.readTextFile(new URL("../../dbg/page/built.ts", import.meta.url));
  assertEquals(now === await build(), true, "Run `deno task dbg:page`");
});

Deno.test("A page is sent what is on it and what changed, whatever machines and arguments there are", async () => {
  const store = new Store();
  const all = Array.from({ length: 500 }, (_, i) => machine(store, `m${i}`));
  const args = { body: "x".repeat(10_000), more: "y".repeat(10_000) };
  const batch = (id: number) => {
    for (const one of all) {
      const transitions = [transition(id, { args })];
      store.batch(one, { kind: "batch", machine: 0, dropped: 0, transitions, logs: [] });
    }
  };
  for (let id = 1; id <= 60; id++) batch(id);
  const server = startServer(store, { port: 0, page: pageHandler(store) });
  const socket = new WebSocket(`ws://${server.address}/live`);
  const sizes: number[] = [];
  let shown: PageView | null = null;
  let arrived = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => {
    sizes.push(data.length);
    const { delta } = JSON.parse(data);
    if (delta !== undefined) shown = apply(shown, delta as Delta) as PageView;
    arrived.resolve();
  };
  await new Promise((next) => socket.onopen = next);
  const viewport = {
    clients: { from: 0, count: 60 },
    tree: { from: 0, count: 60 },
    ...{ log: 60, rain: 60, matrixRows: 40, matrixColumns: 40, timeline: 100 },
  };
  socket.send(JSON.stringify({ kind: "viewport", viewport }));
  await arrived.promise;
  for (let id = 61; id <= 64; id++) {
    arrived = Promise.withResolvers();
    socket.send('{"kind":"drawn"}');
    batch(id);
    await arrived.promise;
  }
  const [first, ...later] = sizes;
  assert(first < 150_000, `${sizes}`);
  assert(later.length >= 4 && Math.max(...later) < 20_000, `${sizes}`);
  assertEquals(shown!.machines.rows.length, 60);
  assertEquals(shown!.machines.rows[0].count, "64");
  // A page that does not draw is sent nothing.
  const before = sizes.length;
  batch(65);
  await new Promise((next) => setTimeout(next, 400));
  batch(66);
  await new Promise((next) => setTimeout(next, 400));
  assertEquals(sizes.length, before);
  await new Promise((next) => {
    socket.onclose = next;
    socket.close();
  });
  await server.close();
});

Deno.test("A view is made of any numbers and texts that machines send", () => {
  const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger());
  const text = fc.string({ unit: "binary", maxLength: 30 });
  const some = fc.record({
    id: fc.maxSafeNat(),
    type: fc.constantFrom("add" as const, "remove" as const, "set" as const, "jump" as const),
    called: fc.array(fc.nat(2), { maxLength: 3 }),
    ticks: fc.tuple(fc.nat(2), fc.maxSafeNat()),
    accepted: fc.boolean(),
    queue: fc.nat(),
    time: number,
    duration: number,
    args: fc.dictionary(text, text, { maxKeys: 3 }),
    steps: fc.array(
      fc.tuple(fc.nat(8), fc.integer({ min: -1, max: 2 }), fc.integer({ min: -1, max: 2 }), text),
    ),
  });
  fc.assert(
    fc.property(fc.array(some, { maxLength: 8 }), text, (transitions, id) => {
      const store = new Store();
      const client = machine(store, id || "m");
      store.batch(client, { kind: "batch", machine: 0, dropped: 0, transitions, logs: [] });
      let model = update(initialModel(store), { kind: "received" });
      for (const layout of LAYOUTS) {
        model = update(model, { kind: "layout", layout });
        for (let position = 0; position <= transitions.length; position++) {
          model = update(model, { kind: "position", position });
          const shown = pageView(
            view(model, { log: 20, rain: 20, matrixRows: 5, matrixColumns: 5, timeline: 20 }),
            model,
            "",
          );
          JSON.stringify(shown);
        }
      }
    }),
    { numRuns: 50 },
  );
});
