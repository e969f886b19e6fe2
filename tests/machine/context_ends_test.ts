import { assertEquals } from "@std/assert";
import { Context } from "../../mod.ts";
import { untyped } from "./untyped.ts";

Deno.test("onEnd: in the order of asking, twice if asked twice, one may take back another", () => {
  const context = new Context("A test");
  const told: string[] = [];
  const again = () => void told.push("again");
  const takeBack: (() => void)[] = [];
  context.onEnd(() => {
    told.push("first");
    takeBack.forEach((fn) => fn());
  });
  context.onEnd(again);
  takeBack.push(context.onEnd(() => void told.push("taken back")));
  context.onEnd(again);
  takeBack.push(context.onEnd(() => void told.push("taken back, too")));
  const early = context.onEnd(() => void told.push("early"));
  early();
  early();
  context.end();
  takeBack.forEach((fn) => fn());
  assertEquals(told, ["first", "again", "again"]);
});

Deno.test("handlers that go on are listed by name, settle in any order, and may share a promise", async () => {
  const machine = untyped({ Foo: { multi: true }, Bar: {} });
  const ends: (() => void)[] = [];
  const shared = new Promise((resolve) => ends.push(() => resolve(1)));
  machine.on(
    "FooState",
    (e) => e.args.shared ? shared : new Promise<void>((resolve) => ends.push(resolve)),
  );
  machine.on("BarState", () => shared);
  const asked = machine.ask("Foo", { shared: true });
  machine.add("Bar");
  for (let i = 0; i < 3; i++) machine.add("Foo", {});
  assertEquals(machine.runningHandlers, [
    "FooState",
    "BarState",
    "FooState",
    "FooState",
    "FooState",
  ]);
  for (const end of [ends[2], ends[1], ends[3]]) end();
  await Promise.resolve();
  assertEquals(machine.runningHandlers, ["FooState", "BarState"]);
  ends[0]();
  assertEquals(await asked, 1);
  await Promise.resolve();
  assertEquals(machine.runningHandlers, []);
});

Deno.test("ask: the same promise of several handlers answers once", async () => {
  const machine = untyped({ Foo: { add: ["Bar"] }, Bar: {} });
  const promise = Promise.resolve(1);
  machine.on("FooState", () => promise);
  machine.on("BarState", () => promise);
  machine.on("FooState", () => promise);
  assertEquals(await machine.ask("Foo"), 1);
});
