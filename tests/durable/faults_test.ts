import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import {
  defineFlow,
  FlowUnreadableError,
  MemoryStore,
  openFlows,
  SqliteStore,
  type Store,
  StoreError,
} from "../../durable/mod.ts";
import { orderOf } from "./order.ts";

/** Waits for something, with patience: the machine may be loaded. */
async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 1_200; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`It took too long until ${what}`);
}

async function tempFile(use: (path: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await use(`${dir}/flows.db`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** A store that cannot store while `full`. */
function fillable(store: Store): Store & { full: boolean; attempts: number } {
  const own = { full: false, attempts: 0 };
  return new Proxy(store, {
    get(target, name) {
      if (name in own) return own[name as "full"];
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name !== "commit") return value.bind(target);
      return (...args: Parameters<Store["commit"]>) => {
        own.attempts++;
        if (own.full) return Promise.reject(new Error("no space left on device"));
        return target.commit(...args);
      };
    },
    set(_, name, value) {
      own[name as "full"] = value;
      return true;
    },
  }) as Store & { full: boolean; attempts: number };
}

Deno.test("a store that is full: a clear error, no handler runs ahead, and all goes on when there is space", async () => {
  const store = fillable(new MemoryStore());
  const ran: string[] = [];
  const kind = defineFlow({
    schema: { A: {}, B: { remove: ["A"] }, C: { remove: ["B"] } },
    data: () => ({ n: 0 }),
    start: "A",
    ends: ["C"],
    handlers: {
      BState(e) {
        ran.push(e.key);
        e.add("C");
      },
    },
  });
  const flows = await openFlows(store, { kind }, { printErrors: false });
  const flow = await flows.start("kind", "1");
  store.full = true;
  await assertRejects(() => flows.start("kind", "2"), StoreError, "no space left on device");
  flow.machine.add("B");
  flow.data.n = 7;
  await assertRejects(() => flow.committed(), StoreError, 'Cannot store flow "kind/1"');
  const { attempts } = store;
  await until(() => store.attempts > attempts, "it is tried again");
  assertEquals([ran, (await store.read("kind", "1"))?.active], [[], ["A"]]);
  store.full = false;
  assertEquals(await flow.result(), { n: 7 });
  assertEquals(ran, ["kind/1/B/1"]);
  assertEquals(await flows.get("kind", "2"), undefined);
  await flows.close();
});

Deno.test("of many flows only those that cannot be stored fail", async () => {
  const store = new MemoryStore();
  const picky = new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name !== "commit") return value.bind(target);
      return (...args: Parameters<Store["commit"]>) =>
        args[1].some(({ id }) => id === "bad")
          ? Promise.reject(new Error("too large"))
          : target.commit(...args);
    },
  });
  const kind = defineFlow({ schema: { A: {}, B: {} }, data: () => ({}), start: "A", ends: ["B"] });
  await using flows = await openFlows(picky, { kind }, { printErrors: false });
  const results = await Promise.allSettled(
    ["1", "bad", "2"].map((id) => flows.start("kind", id)),
  );
  assertEquals(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  assertEquals((await flows.list()).map(({ id }) => id), ["1", "2"]);
});

Deno.test("SqliteStore: a disk that takes no more: a clear error, and nothing that was stored is lost", async () => {
  await tempFile(async (path) => {
    const program = fileURLToPath(new URL("./kill/full_disk.ts", import.meta.url));
    // What a process writes to one file is limited, as a full disk limits it.
    const { stdout, stderr } = await new Deno.Command("sh", {
      args: [
        "-c",
        `trap '' XFSZ; ulimit -f 800; exec "$0" run -A --quiet --no-check "$1" "$2"`,
        Deno.execPath(),
        program,
        path,
      ],
    }).output();
    const said = new TextDecoder().decode(stdout).trim();
    assertMatch(said, /^stored (\d+), then StoreError: Cannot store flow "log\/1": /);
    assertMatch(new TextDecoder().decode(stderr), /Cannot store flow "log\/1"/);
    const stored = Number(said.match(/\d+/)![0]);
    const { log } = await import("./kill/full_disk.ts");
    const flows = await openFlows(new SqliteStore(path), { log }, { lease: 300 });
    const flow = await (async () => {
      for (;;) {
        const found = await flows.get("log", "1").catch(() => null);
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    assertEquals(flow.data.lines.length >= stored, true);
    flow.machine.add("Over");
    assertEquals((await flow.result()).lines.length >= stored, true);
    await flows.close();
  });
});

Deno.test("SqliteStore: a row that is damaged is told of, left as it is, and keeps no other from going on", async () => {
  for (
    const [column, value] of [
      ["state", '{"version":1,"ticks":{"Pla'],
      ["state", "null"],
      ["state", '{"version":1,"ticks":{"Placed":-1},"data":{}}'],
      ["state", '{"version":1,"ticks":{"Placed":1}}'],
      ["state", '{"version":1,"ticks":{"Placed":1},"data":{},"once":{"x":1}}'],
      ["active", '["Placed'],
      ["tags", "7"],
    ]
  ) {
    await tempFile(async (path) => {
      const stuck = orderOf({ call: () => new Promise(() => {}) });
      const first = await openFlows(new SqliteStore(path), { order: stuck });
      await first.start("order", "1", { item: "a" });
      await first.start("order", "2", { item: "b" });
      await first.close();
      const db = new DatabaseSync(path);
      const row = () => db.prepare("SELECT * FROM flow WHERE id = '1'").get()!;
      const before = row()[column];
      db.prepare(`UPDATE flow SET ${column} = ? WHERE id = '1'`).run(value);

      const order = orderOf({ call: (what) => Promise.resolve(what) });
      const flows = await openFlows(new SqliteStore(path), { order }, { printErrors: false });
      assertEquals((await (await flows.get("order", "2"))!.result()).did.length, 3);
      await assertRejects(() => flows.get("order", "1"), FlowUnreadableError, "damaged");
      const [item] = await flows.list({ limit: 1 });
      assertEquals(item.error?.name, "FlowUnreadableError", `${column} ${value}`);
      await flows.close();
      assertEquals(row()[column], value);

      db.prepare(`UPDATE flow SET ${column} = ? WHERE id = '1'`).run(before);
      db.close();
      const mended = await openFlows(new SqliteStore(path), { order });
      assertEquals((await (await mended.get("order", "1"))!.result()).did.length, 3);
      await mended.close();
    });
  }
});

Deno.test("SqliteStore: a store, or a flow, of a newer version is refused with a reason and left as it is", async () => {
  await tempFile(async (path) => {
    const order = orderOf({ call: () => new Promise(() => {}) });
    const first = await openFlows(new SqliteStore(path), { order });
    await first.start("order", "1", { item: "a" });
    await first.close();
    const db = new DatabaseSync(path);
    db.exec("PRAGMA user_version = 99");
    await assertRejects(
      () => openFlows(new SqliteStore(path), { order }),
      StoreError,
      "its format is 99, this version knows 1",
    );
    db.exec("PRAGMA user_version = 1; UPDATE flow SET state = '{\"version\":2}'");
    const flows = await openFlows(new SqliteStore(path), { order }, { printErrors: false });
    await assertRejects(() => flows.get("order", "1"), FlowUnreadableError, "newer version");
    await flows.close();
    assertEquals(db.prepare("SELECT state FROM flow").get()!.state, '{"version":2}');
    db.close();
  });
});

Deno.test("SqliteStore: files that are none are refused with a reason and left as they are", async () => {
  const order = orderOf({ call: () => new Promise(() => {}) });
  await tempFile(async (path) => {
    await Deno.writeTextFile(path, "no database ".repeat(100));
    await assertRejects(() => openFlows(new SqliteStore(path), { order }), StoreError, path);
    assertEquals((await Deno.readTextFile(path)).length, 1_200);
  });
  await tempFile(async (path) => {
    const db = new DatabaseSync(path);
    db.exec("CREATE TABLE mine (x); PRAGMA user_version = 1");
    db.close();
    await assertRejects(
      () => openFlows(new SqliteStore(path), { order }),
      StoreError,
      "holds something else",
    );
  });
  await assertRejects(
    () => openFlows(new SqliteStore("/nowhere/at/all.db"), { order }),
    StoreError,
    "/nowhere/at/all.db",
  );
});

Deno.test("SqliteStore: an owner whose clock was ahead is taken over when it gives no sign of life", async () => {
  await tempFile(async (path) => {
    const order = orderOf({ call: (what) => Promise.resolve(what) });
    const stuck = orderOf({ call: () => new Promise(() => {}) });
    const first = await openFlows(new SqliteStore(path), { order: stuck });
    await first.start("order", "1", { item: "a" });
    await first.close();
    const ahead = new SqliteStore(path);
    await ahead.join("gone", 3_600_000); // its lease ends in an hour, by this clock
    const [row] = await ahead.claim("gone", {
      kinds: new Map([["order", null]]),
      dead: [],
      limit: 1,
    });
    assertEquals(row.owner, "gone");
    const flows = await openFlows(new SqliteStore(path), { order }, { lease: 60 });
    await until(async () => (await flows.list({ ended: true })).length === 1, "it is taken over");
    await flows.close();
    await ahead.close();
  });
});

Deno.test("a clock that was set back: times wait no longer than they were to", async () => {
  const real = Date.now;
  try {
    const kind = defineFlow({
      schema: { A: { timeouts: { Over: 60_000 } }, Over: {} },
      data: () => ({}),
      start: "A",
      ends: ["Over"],
      handlers: { AState: () => {} },
    });
    const store = new MemoryStore();
    const first = await openFlows(store, { kind });
    await first.start("kind", "1");
    await first.close();
    Date.now = () => real() - 3_600_000;
    const second = await openFlows(store, { kind });
    const flow = await second.get("kind", "1");
    const [{ due }] = flow!.machine.timers();
    assertEquals(due - Date.now() <= 60_000, true);
    await second.close();
  } finally {
    Date.now = real;
  }
});
