import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { importStream } from "../../dbg/files.ts";
import { Store } from "../../dbg/model/store.ts";
import { whyOf } from "../../dbg/model/mod.ts";

async function imported(...lines: unknown[]): Promise<Store> {
  const store = new Store();
  const text = lines.map((line) => typeof line === "string" ? line : JSON.stringify(line));
  await importStream(store, new Response(text.join("\n")).body!, "lines");
  return store;
}

const WEB = { machine: "web", states: { Idle: {}, Busy: { multi: true, remove: ["Idle"] } } };

Deno.test("lines that any program can write become machines with their transitions", async () => {
  const store = await imported(
    WEB,
    { machine: "db", states: ["Up", "Down"], tags: ["pool"] },
    { machine: "web", at: "2025-11-25T08:00:00Z", active: ["Idle"] },
    {
      machine: "web",
      at: 1764057601000,
      type: "add",
      called: ["Busy"],
      active: ["Busy"],
      args: { id: 7 },
    },
    { machine: "web", at: 1764057602000, type: "add", called: ["Busy"], active: ["Busy"] },
    { machine: "db", at: 1764057603000, active: ["Down"], error: "no disk", log: "it went down" },
    {
      machine: "web",
      at: 1764057604000,
      type: "add",
      called: ["Idle"],
      active: ["Busy"],
      accepted: false,
    },
  );
  const [web, db] = [...store.clients.values()];
  assertEquals([web.hello.id, web.hello.names, web.end], ["web", ["Idle", "Busy"], 4]);
  assertEquals(web.ticksAt(web.end), [2, 3]);
  assertEquals([db.hello.tags, db.ticksAt(db.end)], [["pool"], [0, 1]]);
  assertEquals(web.wire(1, web.ticksAt(1)).args, { id: "7" });
  assertEquals(web.wire(3, web.ticksAt(3)).accepted, false);
  assertEquals(db.wire(0, db.ticksAt(0)).err?.message, "no disk");
  assertEquals(db.logs(0, Infinity)[0][3], "it went down");
});

Deno.test("a cause that a line names is found", async () => {
  const store = await imported(
    WEB,
    { machine: "api", states: ["Asked"] },
    { machine: "api", at: 1, active: ["Asked"] },
    {
      machine: "web",
      at: 2,
      active: ["Busy"],
      by: { machine: "api", transition: 1, handler: "AskedState" },
    },
  );
  const [web] = [...store.clients.values()];
  const why = whyOf(store, web, 0);
  assertEquals(JSON.stringify(why).includes("AskedState"), true);
});

Deno.test("what is wrong with a line is said, and what was before it is kept", async () => {
  const wrong: [unknown, RegExp][] = [
    [{ machine: "db", at: 1, active: [] }, /line 3: the first line of machine "db"/],
    [WEB, /line 3: .*already/],
    [{ machine: "web", at: 1, active: ["Bsy"] }, /line 3: active has "Bsy"/],
    [{ machine: "web", at: 1, active: "Busy" }, /line 3: active is no list/],
    [{ machine: "web", active: ["Busy"] }, /line 3: at is/],
    [{ machine: "web", at: "yesterday", active: ["Busy"] }, /line 3: at is/],
    [{ machine: "web", at: 1, active: [], type: "toggle" }, /line 3: type is "toggle"/],
    [{ machine: "web", at: 1, active: [], by: { machine: "a" } }, /line 3: by has to be/],
    [{ machine: "web", at: 1, active: [], args: [] }, /line 3: args is no object/],
    [{ machine: "x", states: { A: { add: ["B"] } } }, /line 3: add has "B"/],
    [{ machine: "x", states: 5 }, /line 3: states is no object/],
    [{ machine: 5 }, /line 3/],
    ["{", /line 3/],
  ];
  for (const [line, message] of wrong) {
    const store = new Store();
    const good = { machine: "web", at: 1, active: ["Busy"] };
    const text = [WEB, good, line].map((one) =>
      typeof one === "string" ? one : JSON.stringify(one)
    );
    const error = await assertRejects(() =>
      importStream(store, new Response(text.join("\n")).body!, "lines")
    );
    assertEquals(message.test((error as Error).message), true, (error as Error).message);
    assertEquals([...store.clients.values()][0].end, 1);
  }
});

Deno.test("whatever a line holds, it is read or refused with a reason", async () => {
  const fields = fc.record({
    machine: fc.constantFrom("web", "web", 1),
    at: fc.oneof(fc.integer(), fc.string(), fc.double()),
    active: fc.oneof(fc.array(fc.constantFrom("Idle", "Busy")), fc.anything()),
    called: fc.oneof(fc.array(fc.constantFrom("Idle", "Busy")), fc.anything()),
    type: fc.constantFrom("add", "remove", "set", "jump", 7),
    args: fc.anything(),
    error: fc.anything(),
    by: fc.anything(),
    log: fc.anything(),
    duration: fc.anything(),
    states: fc.anything(),
  }, { requiredKeys: ["machine"] });
  await fc.assert(
    fc.asyncProperty(fc.array(fields, { maxLength: 3 }), async (lines) => {
      try {
        await imported(WEB, ...lines.map((line) => JSON.stringify(line)));
      } catch (error) {
        assertEquals(/^Cannot read "lines": line \d+: /.test((error as Error).message), true);
      }
    }),
    { numRuns: 200 },
  );
});
