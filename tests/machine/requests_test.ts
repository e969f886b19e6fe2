import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { args, Machine, MachineDisposedError, RefusedError, returns } from "../../mod.ts";

const quiet = { printErrors: false } as const;

const make = (options = {}) =>
  new Machine({
    On: {},
    Sum: {
      event: true,
      args: args.required<{ a: number; b: number }>(),
      returns: returns<number>(),
    },
    Slow: { multi: true, args: args<{ ms: number }>(), returns: returns<string>() },
    Latest: { multi: "latest", returns: returns<number>() },
    Plain: { returns: returns<string>() },
    Needs: { multi: true, require: ["On"] },
    Silent: { multi: true },
  }, { ...quiet, ...options });

Deno.test("ask answers with what FooState returned for this very call", async () => {
  const machine = make({ queueLimit: 20_000 });
  machine.bindHandlers({
    SumState: (e) => e.args.a + e.args.b,
    SlowState: async (e) => {
      await Promise.resolve();
      return `slow ${e.args.ms}`;
    },
  });
  assertEquals(await machine.ask("Sum", { a: 1, b: 2 }), 3);
  const many = await Promise.all(
    Array.from({ length: 10_000 }, (_, i) => machine.ask("Slow", { ms: i })),
  );
  assertEquals(many.every((answer, i) => answer === `slow ${i}`), true);
});

Deno.test("of several bindings the first value that is not undefined counts", async () => {
  const machine = make();
  machine.on("PlainState", () => undefined as never);
  machine.on("PlainState", () => "second");
  machine.on("PlainState", () => "third");
  assertEquals(await machine.ask("Plain"), "second");
  // active, neither multi nor an event: nobody is called
  const error = await assertRejects(() => machine.ask("Plain"), RefusedError);
  assertStrictEquals((error as RefusedError).explanation, null);
});

Deno.test("ask rejects when nobody was called, with the reason as of then", async () => {
  const machine = make();
  const error = await assertRejects(() => machine.ask("Needs"), RefusedError) as RefusedError;
  assertEquals(error.explanation?.relations, [{ state: "Needs", relation: "require", by: "On" }]);
  assertStrictEquals(
    (await assertRejects(() => machine.ask("Silent"), RefusedError) as RefusedError).explanation,
    null,
  );
  machine.on("SilentEnter", () => false);
  machine.on("SilentState", () => 1);
  const refused = await assertRejects(() => machine.ask("Silent"), RefusedError) as RefusedError;
  assertEquals(refused.explanation?.handler, "SilentEnter");
});

Deno.test("ask is refused by a full queue and over the drain's limit", async () => {
  const machine = make({ queueLimit: 1 });
  machine.on("SilentState", () => 1);
  const answers: Promise<unknown>[] = [];
  machine.on("OnState", () => {
    answers.push(machine.ask("Silent"), machine.ask("Silent"));
  });
  machine.add("On");
  assertEquals((await Promise.allSettled(answers)).map(({ status }) => status), [
    "fulfilled",
    "rejected",
  ]);
  const limited = make({ drainLimit: 1 });
  limited.on("OnState", () => void answers.push(limited.ask("Silent")));
  limited.add("On");
  await assertRejects(() => answers.at(-1)!, RefusedError);
});

Deno.test("ask rejects with what the handler threw, at once and later", async () => {
  const machine = make();
  const [now, later] = [new Error("now"), new Error("later")];
  machine.on("SilentState", () => {
    throw now;
  });
  assertStrictEquals(await machine.ask("Silent").catch((error) => error), now);
  assertEquals(machine.isErr(), true);
  machine.on("SlowState", () => Promise.reject(later));
  assertStrictEquals(await machine.ask("Slow").catch((error) => error), later);
  assertEquals(machine.is("Slow"), false);
});

Deno.test("an answer counts while its context lasts; a superseded call rejects", async () => {
  const machine = make();
  machine.on("LatestState", async (e) => {
    await e.sleep(1);
    return 1;
  });
  const first = machine.ask("Latest");
  const second = machine.ask("Latest");
  await assertRejects(() => first, DOMException);
  assertEquals(await second, 1);
  machine.on("SlowState", () => new Promise(() => {}));
  const open = machine.ask("Slow");
  machine.remove("Slow");
  await assertRejects(() => open, DOMException);
});

Deno.test("signal, timeout and disposal end the waiting; nobody has to await", async () => {
  const machine = make();
  machine.on("SlowState", () => new Promise(() => {}));
  const stop = new AbortController();
  const aborted = machine.ask("Slow", { ms: 1 }, { signal: stop.signal });
  stop.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
  await assertRejects(
    () => machine.ask("Slow", { ms: 1 }, { signal: stop.signal }),
    Error,
    "enough",
  );
  const late = await machine.ask("Slow", { ms: 1 }, { timeout: 1 }).catch((error) => error);
  assertEquals(late.name, "TimeoutError");
  assert(late.message.includes("Slow"));
  assertEquals(machine.is("Slow"), true);
  machine.ask("Slow", { ms: 1 }, { timeout: 1e6 });
  machine.dispose();
  await assertRejects(() => machine.ask("Slow"), MachineDisposedError);
});

Deno.test("a handler that returned keeps its answer when another state's handler throws", async () => {
  const machine = new Machine({ A: { add: ["B"] }, B: {} }, quiet);
  machine.on("AState", () => "answer");
  machine.on("BState", () => {
    throw new Error("B");
  });
  assertEquals(await machine.ask("A"), "answer");
  assertEquals([machine.is("A"), machine.is("B")], [true, false]);
});

Deno.test("asks are no duplicates, and not the reason that an add is one", async () => {
  const machine = new Machine({ Go: {}, A: {} }, quiet);
  let calls = 0;
  machine.on("AState", () => ++calls);
  const answers: Promise<unknown>[] = [];
  machine.on("GoState", (e) => {
    answers.push(e.ask("A"));
    e.add("A");
    e.add("A");
    answers.push(e.ask("A"));
    assertEquals(machine.queue.length, 3);
  });
  machine.add("Go");
  assertEquals(await answers[0], 1);
  await assertRejects(() => answers[1], RefusedError);
});

Deno.test("e.ask has a source, and is refused once the context has ended", async () => {
  const machine = new Machine({ A: {}, B: { multi: true } }, { ...quiet, id: "m" });
  const sources: unknown[] = [];
  machine.on("BState", (e) => {
    sources.push(e.mutation.source);
    return 1;
  });
  let late: Promise<unknown> = Promise.resolve();
  machine.on("AState", async (e) => {
    assertEquals(await e.ask("B"), 1);
    machine.remove("A");
    late = e.ask("B");
  });
  machine.add("A");
  await machine.whenNot("A");
  await assertRejects(() => late, RefusedError, "expired");
  assertEquals(sources, [{ machineId: "m", transition: 1, handler: "AState" }]);
});
