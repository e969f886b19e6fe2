import { assertEquals } from "@std/assert";
import { turns } from "./settling.ts";
import { untyped } from "./untyped.ts";

Deno.test("each executed call has a context, which ends with the next; a refused one ends nothing", () => {
  const machine = untyped({ Foo: { multi: "latest" }, Gate: {} });
  const contexts: { readonly expired: boolean }[] = [];
  machine.on("FooEnter", (e) => e.args.n !== 3);
  machine.on("FooState", (e) => {
    contexts.push(e.context);
    assertEquals(e.context === machine.stateContext("Foo"), true);
  });
  machine.add("Foo", { n: 1 });
  machine.add("Foo", { n: 2 });
  assertEquals(contexts.map(({ expired }) => expired), [true, false]);
  assertEquals(machine.add("Foo", { n: 3 }), "canceled");
  machine.canAdd("Foo", { n: 4 });
  assertEquals(contexts.map(({ expired }) => expired), [true, false]);
  machine.remove("Foo");
  assertEquals(contexts.map(({ expired }) => expired), [true, true]);
});

Deno.test("a superseded handler's mutations are canceled, its rejection only traced", async () => {
  const machine = untyped({ Foo: { multi: "latest" }, Got: { multi: true } });
  const expired: unknown[] = [];
  const results: string[] = [];
  machine.addTracer({ handlerRejected: (_t, _h, _e, late) => void expired.push(late) });
  machine.on("FooState", async (e) => {
    await Promise.resolve();
    results.push(e.add("Got", { n: e.args.n }));
    if (e.args.n === 1) throw new Error("late");
  });
  machine.add("Foo", { n: 1 });
  machine.add("Foo", { n: 2 });
  await turns();
  assertEquals([results, expired, machine.isErr(), machine.is("Foo")], [
    ["canceled", "executed"],
    [true],
    false,
    true,
  ]);
});

Deno.test("ticks, waits and FooEnd are those of a multi state", async () => {
  for (const multi of [true, "latest"]) {
    const machine = untyped({ Foo: { multi } });
    let ends = 0;
    machine.on("FooEnd", (e) => {
      ends++;
      assertEquals(e.context === machine.context, true);
    });
    const ticks = machine.whenTicks("Foo", 3);
    const not = machine.whenNot("Foo");
    machine.add("Foo");
    machine.add("Foo", { n: 1 });
    assertEquals([machine.tick("Foo"), ends], [3, 0]);
    await Promise.all([ticks, not]);
    machine.remove("Foo");
    assertEquals([machine.tick("Foo"), ends, machine.waiterCount], [4, 1, 0]);
  }
});

Deno.test("disposal, schema change, import and a throw", () => {
  const machine = untyped({ Foo: { multi: "latest" } });
  machine.add("Foo");
  const first = machine.stateContext("Foo");
  machine.setSchema({ New: {}, Foo: { multi: "latest" } } as never);
  assertEquals([first.expired, machine.stateContext("Foo") === first], [false, true]);
  machine.add("Foo");
  assertEquals(first.expired, true);
  const second = machine.stateContext("Foo");
  machine.importTime(machine.exportTime());
  assertEquals(second.expired, false);
  const fail = machine.on("FooState", () => {
    throw new Error("x");
  });
  machine.add("Foo");
  assertEquals([second.expired, machine.is("Foo"), machine.isErr()], [true, false, true]);
  fail.unbind();
  machine.add("Foo");
  const last = machine.stateContext("Foo");
  machine.dispose();
  assertEquals([last.expired, machine.stateContext("Foo").expired], [true, true]);
});
