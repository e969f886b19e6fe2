import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Machine } from "../../mod.ts";
import { assertNoError, assertStates, settled } from "../../testing/mod.ts";

const quiet = { id: "m", printErrors: false } as const;

Deno.test("assertStates() takes the active states in any order, and names what differs", () => {
  const machine = new Machine({ Foo: {}, Bar: {}, Baz: {} }, quiet);
  assertStates(machine, []);
  machine.add(["Foo", "Bar"]);
  assertStates(machine, ["Bar", "Foo"]);
  machine.remove("Bar");
  assertStates(machine, "Foo");
  assertThrows(
    () => assertStates(machine, ["Bar", "Baz"]),
    Error,
    'Machine "m": not active: Bar, Baz; active, but not expected: Foo. It is (Foo:1)',
  );
  assertThrows(() => assertStates(machine, []), Error, "active, but not expected: Foo");
  // @ts-expect-error: an unknown state
  assertThrows(() => assertStates(machine, ["Fo"]), Error, "has no state Fo");
});

Deno.test("assertNoError() fails for an error, also when Exception has left again", () => {
  const machine = new Machine({ Foo: {} }, quiet);
  assertNoError(machine);
  const cause = new Error("broken");
  machine.addErr(cause);
  for (let i = 0; i < 2; i++) {
    const error = assertThrows(
      () => assertNoError(machine),
      Error,
      'Machine "m" has failed: broken',
    );
    assertEquals(error.cause, cause);
    machine.remove("Exception");
  }
});

Deno.test("settled() waits for handlers, also for those that they start", async () => {
  const machine = new Machine({ One: {}, Two: {}, Three: {} }, quiet);
  machine.bindHandlers({
    async OneState(e) {
      for (let i = 0; i < 100; i++) await Promise.resolve();
      e.add("Two");
    },
    async TwoState(e) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      e.add("Three");
    },
  });
  machine.add("One");
  await settled(machine);
  assertStates(machine, ["One", "Two", "Three"]);
});

Deno.test("settled() waits until a failure has become Exception", async () => {
  const machine = new Machine({ Foo: {} }, quiet);
  machine.bindHandlers({
    async FooState() {
      await Promise.resolve();
      throw new Error("late");
    },
  });
  machine.add("Foo");
  await settled(machine);
  assertStates(machine, ["Exception"]);
});

Deno.test("settled() runs what is due by the fake clock, and does not move it", async () => {
  using time = new FakeTime(0);
  const machine = new Machine({ Foo: { timeouts: { Bar: 0, Baz: 10 } }, Bar: {}, Baz: {} }, quiet);
  machine.add("Foo");
  await settled(machine, { time });
  assertStates(machine, ["Foo", "Bar"]);
  assertEquals(Date.now(), 0);
  await time.tickAsync(10);
  await settled(machine, { time });
  assertStates(machine, ["Foo", "Bar", "Baz"]);
});

Deno.test("settled() names what still runs, also under a fake clock", async () => {
  using time = new FakeTime(0);
  const machine = new Machine({ Foo: {} }, quiet);
  machine.bindHandlers({ FooState: (e) => e.sleep(10) });
  machine.add("Foo");
  const message = 'Machine "m" is not settled after 1 ms: FooState still runs';
  await assertRejects(() => settled(machine, { time, timeout: 1 }), Error, message);
  await time.tickAsync(10);
  await settled(machine, { time });
  machine.dispose();
});

Deno.test("a machine names its asynchronous handlers that run", async () => {
  const machine = new Machine({ A: {}, B: {} });
  let finish = () => {};
  machine.on("AState", () => new Promise<void>((resolve) => finish = resolve));
  machine.on("BState", () => {});
  machine.add(["A", "B"]);
  assertEquals(machine.runningHandlers, ["AState"]);
  finish();
  await settled(machine);
  assertEquals(machine.runningHandlers, []);
});
