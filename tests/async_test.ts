import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { args, Machine } from "../mod.ts";

const event = fc.record({
  kind: fc.constantFrom(
    "add",
    "add",
    "remove",
    "multi",
    "wait",
    "abort",
    "tick",
    "tick",
    "dispose",
  ),
  ms: fc.integer({ min: 0, max: 30 }),
  fail: fc.boolean(),
});

/** Counts the listeners on abort signals made meanwhile. */
function countListeners(): { count: () => number } & Disposable {
  const { addEventListener, removeEventListener } = AbortSignal.prototype;
  const listeners = new Set<unknown>();
  type Listen = (this: AbortSignal, ...all: Parameters<typeof addEventListener>) => void;
  const listen: Listen = function (...all) {
    listeners.add(all[1]);
    addEventListener.apply(this, all);
  };
  const unlisten: Listen = function (...all) {
    listeners.delete(all[1]);
    removeEventListener.apply(this, all);
  };
  Object.assign(AbortSignal.prototype, { addEventListener: listen, removeEventListener: unlisten });
  return {
    count: () => listeners.size,
    [Symbol.dispose]() {
      Object.assign(AbortSignal.prototype, { addEventListener, removeEventListener });
    },
  };
}

Deno.test("no result of an expired context is applied, whatever the order of events", async () => {
  const unhandled: unknown[] = [];
  const onRejection = (e: PromiseRejectionEvent) => {
    e.preventDefault();
    unhandled.push(e.reason);
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  using time = new FakeTime();
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 25 }), async (events) => {
      using listeners = countListeners();
      const machine = new Machine({
        Working: { remove: ["Done"] },
        Done: { remove: ["Working"], args: args<{ activation: number }>() },
        Event: { multi: true },
      }, { printErrors: false });
      let activation = 0;
      let next = { ms: 0, fail: false };
      machine.bindHandlers({
        async WorkingState(e) {
          const mine = ++activation;
          const { ms, fail } = next;
          await new Promise((resolve) => setTimeout(resolve, ms));
          assertEquals(e.context.expired, e.expired);
          if (fail) throw new Error(`${mine}`);
          const result = e.add("Done", { activation: mine });
          if (e.expired && !machine.is("Done")) assertEquals(result, "canceled");
        },
        DoneState: (e) => assertEquals(e.args.activation, activation),
        ExceptionState: (e) => assertEquals(e.args.err.message, `${activation}`),
        async EventState(e) {
          const { context } = e;
          await Promise.resolve();
          // A multi state's context outlives its being called again.
          assertEquals(
            context.expired,
            !machine.is("Event") || context !== machine.stateContext("Event"),
          );
        },
      });
      const controllers: AbortController[] = [];
      const waits: Promise<unknown>[] = [];
      for (const { kind, ms, fail } of events) {
        next = { ms, fail };
        if (kind === "add") machine.add("Working");
        if (kind === "remove") machine.remove(["Working", "Event"]);
        if (kind === "multi") machine.add("Event");
        if (kind === "tick") await time.tickAsync(ms);
        if (kind === "abort") controllers.pop()?.abort();
        if (kind === "dispose" && fail) machine.dispose();
        if (kind === "wait") {
          const controller = new AbortController();
          controllers.push(controller);
          const options = { signal: controller.signal, timeout: ms };
          waits.push(machine.when(fail ? "Done" : "Event", options).catch((reason) => reason));
          machine.when("Exception", options); // nobody awaits this one
        }
      }
      await time.tickAsync(100);
      machine.dispose();
      await Promise.all(waits);
      assertEquals([machine.waiterCount, listeners.count()], [0, 0]);
    }),
    { numRuns: 1000 },
  );
  globalThis.removeEventListener("unhandledrejection", onRejection);
  assertEquals(unhandled, []);
});

Deno.test("an asynchronous handler's rejection becomes Exception only while its context is valid", async () => {
  const machine = new Machine({ Foo: {}, Bar: {} }, { printErrors: false });
  const rejections: boolean[] = [];
  machine.addTracer({ handlerRejected: (_, __, ___, expired) => rejections.push(expired) });
  machine.on("FooState", async (e) => {
    await new Promise((_, reject) =>
      e.signal.addEventListener("abort", () => reject(e.signal.reason))
    );
  });
  machine.on("BarState", async () => {
    await Promise.resolve();
    throw new Error("bar");
  });
  machine.add("Foo");
  machine.remove("Foo");
  await Promise.resolve();
  assertEquals(machine.isErr(), false);
  machine.add("Bar");
  await machine.whenErr();
  assertEquals(machine.err!.message, "bar");
  assertEquals(rejections, [true, false]);
});

Deno.test("a rejection during a full queue still becomes Exception", async () => {
  const machine = new Machine({ Foo: {}, Bar: {} }, { printErrors: false, queueLimit: 0 });
  const thenable = {
    then: (_: unknown, reject: (reason: unknown) => void) => reject(new Error("at once")),
  };
  machine.on("FooState", () => thenable);
  machine.add("Foo");
  await Promise.resolve();
  assertEquals([machine.isErr(), machine.is("Foo")], [true, false]);
});

Deno.test("Machine.eval rejects when it has no turn in time", async () => {
  using time = new FakeTime();
  const machine = new Machine({ Foo: {} }, { printErrors: false });
  let late: Promise<number> | undefined;
  let ran = false;
  const controller = new AbortController();
  let aborted: Promise<number> | undefined;
  machine.on("FooState", (e) => {
    late = e.machine.eval(() => (ran = true, 1), { timeout: 5 });
    aborted = e.machine.eval(() => 2, { signal: controller.signal });
    late.catch(() => {});
    controller.abort("no more");
    time.tick(10);
  });
  machine.add("Foo");
  const error = await assertRejects(() => late!);
  assertEquals((error as Error).name, "EvalTimeoutError");
  assertEquals(await aborted!.catch((reason) => reason), "no more");
  assert(!ran);
});
