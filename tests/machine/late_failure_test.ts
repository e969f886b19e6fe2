import { assert, assertEquals } from "@std/assert";
import type { Machine } from "../../mod.ts";
import { fate, turns, unhandled } from "./settling.ts";
import { bind, callable, untyped } from "./untyped.ts";

const fail = (error = new Error("no route")) => Promise.reject(error);

Deno.test("a final handler that rejects ends its activation, in the transition that adds Exception", async () => {
  for (const schema of [{ Loading: {} }, { Loading: { multi: true } }]) {
    const machine = untyped(schema);
    const transitions: string[] = [];
    machine.on("AnyState", (e) => void transitions.push(machine.toString() + e.transition.id));
    machine.on("LoadingState", () => fail());
    machine.add("Loading");
    const { signal } = machine.stateContext("Loading");
    const child = machine.stateContext("Loading").child();
    const left = machine.whenNot("Loading");
    await machine.whenErr();
    assertEquals(machine.toStringAll(), "(Exception:1)[Loading:2]");
    assertEquals(transitions, ["(Loading:1)1", "(Exception:1)2"]);
    assertEquals([signal.aborted, child.expired, await fate(left)], [true, true, "resolved"]);
    assertEquals(machine.err?.message, "no route");
  }
});

Deno.test("no FooExit is asked, and FooEnd runs", async () => {
  const machine = untyped({ A: {}, B: {} });
  const called: string[] = [];
  const handlers = [
    "AExit",
    "AEnd",
    "AB",
    "AException",
    "ExceptionEnter",
    "ExceptionState",
    "AnyEnter",
  ];
  bind(
    machine,
    Object.fromEntries(handlers.map((name) => [name, () => {
      called.push(name);
      return name !== "AExit";
    }])),
  );
  machine.on("AState", () => fail());
  machine.add("A");
  called.length = 0;
  await turns(1);
  assertEquals(called.includes("AExit"), false);
  assertEquals(called.indexOf("AEnd") < called.indexOf("ExceptionState"), true, called.join());
  assertEquals(machine.toString(), "(Exception:1)");
});

Deno.test("what requires the state leaves with it, and what it implied stays", async () => {
  const machine = untyped({
    Connected: { add: ["Logged"] },
    Logged: {},
    Chat: { require: ["Connected"] },
    Room: { require: ["Chat"] },
    Other: {},
  });
  machine.on("ConnectedState", () => fail());
  machine.add(["Connected", "Chat", "Room", "Other"]);
  await turns(1);
  assertEquals(machine.activeStates(), ["Logged", "Other", "Exception"]);
});

Deno.test("an implied state that rejects leaves alone", async () => {
  const machine = untyped({ A: { add: ["B"] }, B: {}, C: { require: ["B"] } });
  machine.on("BState", () => fail());
  machine.add(["A", "C"]);
  await turns(1);
  assertEquals(machine.activeStates(), ["A", "Exception"]);
});

Deno.test("a rejection after the activation's end, or in a later activation, changes nothing", async () => {
  for (const again of [false, true]) {
    const told: boolean[] = [];
    const tracers = [{
      handlerRejected: (_tx: unknown, _name: string, _error: unknown, expired: boolean) =>
        void told.push(expired),
    }];
    const machine = untyped({ A: {} }, { tracers });
    let calls = 0;
    machine.on("AState", () => calls++ === 0 ? fail() : Promise.resolve());
    machine.add("A");
    machine.remove("A");
    if (again) machine.add("A");
    await turns(1);
    assertEquals([machine.isErr(), machine.is("A"), told], [false, again, [true]]);
  }
});

Deno.test("of several rejections of one activation the first ends it, later ones are traced only", async () => {
  const expired: [string, boolean][] = [];
  const machine = untyped({ A: { multi: true } }, {
    tracers: [{
      handlerRejected: (_tx: unknown, _name: string, error: Error, late: boolean) =>
        void expired.push([error.message, late]),
    }],
  });
  let errors = 0;
  machine.on("ExceptionState", () => void errors++);
  machine.on("AState", () => fail(new Error("first")));
  machine.on("AState", () => turns(1).then(() => fail(new Error("second"))));
  machine.add("A");
  machine.add("A");
  await turns(3);
  assertEquals(errors, 1);
  assertEquals(machine.toStringAll(), "(Exception:1)[A:4]");
  assertEquals(expired[0], ["first", false]);
  assertEquals(expired.slice(1).map(([, late]) => late), [true, true, true]);
});

Deno.test("a rejection that comes while the machine is busy waits for its turn", async () => {
  const machine = untyped({ A: {}, B: {} });
  const order: string[] = [];
  machine.on("AState", () => ({
    then: (_: unknown, reject: (error: Error) => void) => {
      later = () => reject(new Error("x"));
    },
  }));
  let later = () => {};
  bind(machine, {
    BState: () => {
      later();
      order.push(machine.toString());
    },
    ExceptionState: () => void order.push(machine.toString()),
  });
  machine.add("A");
  await turns(1);
  machine.add("B");
  await turns(1);
  assertEquals(order, ["(A:1 B:1)", "(B:1 Exception:1)"]);
});

Deno.test("with catchErrors: false a rejection is nobody's, and the activation ends all the same", async () => {
  const machine = untyped({ A: {} }, { catchErrors: false });
  const error = new Error("mine");
  machine.on("AState", () => fail(error));
  const lost = await unhandled(() => machine.add("A"));
  assertEquals(machine.is("A"), false);
  assert(lost.length === 1 && lost[0] === error || machine.err === error, "nobody was told");
});

Deno.test("a rejection in FooEnd and in AnyState becomes Exception and ends no activation", async () => {
  const machine = untyped({ A: {}, B: {} });
  let first = true;
  bind(machine, {
    AEnd: () => fail(),
    AnyState: () => {
      if (!first) return;
      first = false;
      return fail();
    },
  });
  machine.add(["A", "B"]);
  await turns(1);
  assertEquals(machine.activeStates(), ["A", "B", "Exception"]);
  machine.remove(["A", "Exception"]);
  await turns(1);
  assertEquals(machine.activeStates(), ["B", "Exception"]);
});

Deno.test("auto states follow the transition that a rejection makes", async () => {
  const machine = untyped({
    A: { remove: ["Retry"] },
    Retry: { auto: true, require: ["Exception"] },
  });
  machine.on("AState", () => fail());
  machine.add("A");
  await turns(1);
  assertEquals(machine.activeStates(), ["Retry", "Exception"]);
});

Deno.test("an Exception that something refuses does not keep the activation", async () => {
  const machine = untyped({ A: {} });
  bind(machine, { AState: () => fail(), ExceptionEnter: () => false });
  machine.add("A");
  await turns(1);
  assertEquals([machine.is("A"), machine.err?.message], [false, "no route"]);
});

Deno.test("the panic of a rejection names its handler, and tracers see one transition", async () => {
  const seen: string[] = [];
  const tracers = [{
    steps: true,
    transitionEnd: (tx: { enters: string[]; exits: string[]; result: string }) =>
      void seen.push(`+${tx.enters} -${tx.exits} ${tx.result}`),
  }];
  const machine = untyped({ A: {} }, { tracers });
  let panic: { handler?: string } = {};
  bind(machine, {
    AState: () => fail(),
    ExceptionState: (e: { args: { panic: typeof panic } }) => void (panic = e.args.panic),
  });
  machine.add("A");
  await turns(1);
  assertEquals(panic.handler, "AState");
  assertEquals(seen, ["+A - executed", "+Exception -A executed"]);
});

Deno.test("a handler of Exception that rejects does not go round", async () => {
  const machine = untyped({ A: {} });
  let called = 0;
  machine.on("ExceptionState", () => ++called < 50 ? fail() : undefined);
  machine.addErr(new Error("x"));
  await turns(20);
  assert(called < 50, "it goes round");
});

Deno.test("whoever asked gets the error of a rejection", async () => {
  const machine: Machine = untyped({ A: {} });
  machine.on("AState", () => fail(new RangeError("mine")));
  assertEquals(await fate(callable(machine, "ask")("A") as Promise<unknown>), "RangeError");
  assertEquals(machine.activeStates(), ["Exception"]);
});
