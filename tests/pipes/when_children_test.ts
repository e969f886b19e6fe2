import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Machine, MachineDisposedError } from "../../mod.ts";
import { whenChildren } from "../../pipes/mod.ts";
import { fate, turns, unhandled } from "../machine/settling.ts";
import { callable } from "../machine/untyped.ts";

const child = (parent: Machine) => new Machine({ Done: {}, Other: {} }, { parent });

Deno.test("none: at once; those without the state don't count", async () => {
  const parent = new Machine({});
  await whenChildren(parent, "Done");
  new Machine({ Else: {} }, { parent });
  await whenChildren(parent, "Done");
});

Deno.test("all present children, in any order, at the same time", async () => {
  for (const order of [[0, 1, 2], [2, 1, 0], [1, 2, 0]]) {
    const parent = new Machine({});
    const children = [1, 2, 3].map(() => child(parent));
    const done = whenChildren(parent, "Done");
    for (const at of order.slice(0, 2)) children[at].add("Done");
    children[order[0]].remove("Done");
    children[order[2]].add("Done");
    assertEquals(await fate(done), "pending");
    children[order[0]].add("Done");
    children[order[0]].remove("Done"); // it was true for a moment
    await done;
  }
});

Deno.test("new ones count, disposed ones no longer do", async () => {
  const parent = new Machine({});
  const [a, b] = [child(parent), child(parent)];
  const done = whenChildren(parent, "Done");
  const late = child(parent);
  a.add("Done");
  b.dispose();
  assertEquals(await fate(done), "pending");
  late.dispose();
  await done;
  const all = whenChildren(parent, "Done");
  await all;
});

Deno.test("the last one is disposed, imports, or gets the state by a schema change", async () => {
  const parent = new Machine({});
  const a = child(parent);
  const disposed = whenChildren(parent, "Done");
  a.dispose();
  await disposed;
  const b = child(parent);
  const imported = whenChildren(parent, "Done");
  const other = new Machine({ Done: {}, Other: {} });
  other.add("Done");
  b.importTime(other.exportTime());
  await imported;
  const c = new Machine({ Other: {} }, { parent });
  const changed = c.setSchema({ Other: {}, Done: {} });
  const waiting = whenChildren(parent, "Done");
  assertEquals(await fate(waiting), "pending");
  changed.add("Done");
  await waiting;
});

Deno.test("the parent's end, a signal and a timeout reject; nothing stays behind", async () => {
  const parent = new Machine({}, { id: "parent" });
  const a = child(parent);
  const controller = new AbortController();
  const aborted = whenChildren(parent, "Done", { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
  await assertRejects(
    () => whenChildren(parent, "Done", { signal: AbortSignal.abort(new Error("before")) }),
    Error,
    "before",
  );
  const ended = whenChildren(parent, "Done");
  parent.dispose();
  await assertRejects(() => ended, MachineDisposedError, "parent");
  await assertRejects(() => whenChildren(parent, "Done"), MachineDisposedError);
  assertEquals(a.disposed, true);
});

Deno.test("a timeout names who is where; also beyond the limit of timers", async () => {
  using time = new FakeTime();
  const parent = new Machine({}, { id: "parent" });
  new Machine({ Done: {}, Other: {} }, { id: "kid", parent }).add("Other");
  const month = 30 * 24 * 3600 * 1000;
  const late = whenChildren(parent, "Done", { timeout: month });
  let rejected = false;
  late.catch(() => rejected = true);
  await time.tickAsync(month - 1);
  assertEquals(rejected, false);
  await time.tickAsync(1);
  const error = await assertRejects(() => late, DOMException, "kid (Other:1)");
  assertEquals(error.name, "TimeoutError");
});

Deno.test("what bounds the wait is checked; nobody has to await it", async () => {
  const parent = new Machine({});
  child(parent);
  const call = callable({ whenChildren }, "whenChildren");
  assertThrows(() => call(parent, "Done", { timeout: -1 }), RangeError);
  assertThrows(() => call(parent, "Done", { signal: 1 }), TypeError);
  assertEquals(
    await unhandled(async () => {
      whenChildren(parent, "Done", { timeout: 1 });
      await turns(10);
      parent.dispose();
    }),
    [],
  );
});
