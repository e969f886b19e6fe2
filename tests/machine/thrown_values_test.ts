import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import vm from "node:vm";
import { args, Machine } from "../../mod.ts";
import { turns, unhandled } from "./settling.ts";
import { bind, callable, untyped } from "./untyped.ts";

const nasty = () => {
  throw new Error("a trap");
};

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function withGetter(name: string): Error {
  return Object.defineProperty(new Error("x"), name, { get: nasty });
}

/** Values that are no errors, each made anew. */
const VALUES: Readonly<Record<string, () => unknown>> = {
  "undefined": () => undefined,
  "null": () => null,
  "zero": () => 0,
  "NaN": () => NaN,
  "an empty text": () => "",
  "a text": () => "no route",
  "a bigint": () => 1n,
  "a symbol": () => Symbol("s"),
  "false": () => false,
  "a function": () => () => {},
  "an object": () => ({ code: 404 }),
  "an object without a prototype": () => Object.create(null),
  "an object whose toString throws": () => ({ toString: nasty }),
  "an object whose toString is no function": () => ({ toString: 1, valueOf: 1 }),
  "an object whose toString gives an object": () => ({ toString: () => ({}), valueOf: () => ({}) }),
  "an object whose toPrimitive throws": () => ({ [Symbol.toPrimitive]: nasty }),
  "a proxy whose every trap throws": () =>
    new Proxy({}, { get: nasty, has: nasty, getPrototypeOf: nasty, ownKeys: nasty }),
  "a revoked proxy": revoked,
  "a list that holds itself": () => {
    const list: unknown[] = [];
    list.push(list);
    return list;
  },
  "an object whose toStringTag throws": () =>
    Object.defineProperty({}, Symbol.toStringTag, { get: nasty }),
};

/** Errors of all sorts: they are kept as they are. */
const ERRORS: Readonly<Record<string, () => unknown>> = {
  "an error": () => new Error("no route"),
  "an error of another realm": () => vm.runInNewContext("new RangeError('no route')"),
  "an error class of another realm": () =>
    vm.runInNewContext("new (class NoRoute extends Error { name = 'NoRoute' })('no route')"),
  "a DOMException": () => new DOMException("no route", "AbortError"),
  "an AggregateError": () => new AggregateError([1, new Error("x")], "no route"),
  "a frozen error": () => Object.freeze(new Error("no route")),
  "an error without a stack": () => Object.assign(new Error("no route"), { stack: undefined }),
  "an error whose stack is no text": () => Object.assign(new Error("no route"), { stack: 1 }),
  "an error that causes itself": () => {
    const error = new Error("no route");
    error.cause = error;
    return error;
  },
};

/** Errors that cannot be looked at: what becomes of them is free, but nothing breaks. */
const TRAPS: Readonly<Record<string, () => unknown>> = {
  "an error whose message throws": () => withGetter("message"),
  "an error whose name throws": () => withGetter("name"),
  "an error whose stack throws": () => withGetter("stack"),
  "an error whose cause throws": () => withGetter("cause"),
  "an error whose toString throws": () => Object.assign(new Error("x"), { toString: nasty }),
  "an error whose constructor throws": () => withGetter("constructor"),
};

const ALL = { ...VALUES, ...ERRORS, ...TRAPS };

const SCHEMA = { A: {}, B: {}, Later: {}, After: {} };

/** Handler → what calls it, B being active. */
const PLACES: Readonly<Record<string, { type: "add" | "remove"; state: string; result: string }>> =
  {
    AEnter: { type: "add", state: "A", result: "canceled" },
    BExit: { type: "remove", state: "B", result: "canceled" },
    BB: { type: "add", state: "A", result: "canceled" },
    BA: { type: "add", state: "A", result: "canceled" },
    AnyEnter: { type: "add", state: "A", result: "canceled" },
    AState: { type: "add", state: "A", result: "canceled" },
    BEnd: { type: "remove", state: "B", result: "canceled" },
    AnyState: { type: "add", state: "A", result: "executed" },
  };

/** Who listens: some of them look at errors, and so may fail by them. */
const LISTENERS: Readonly<Record<string, () => object>> = {
  "nobody": () => ({}),
  "a log": () => ({ logLevel: "everything", logger: () => {} }),
  "a tracer": () => ({ tracers: [{ steps: true, logLevel: "everything", log: () => {} }] }),
  "a time limit": () => ({ handlerTimeout: 1e9 }),
  "the console": () => ({ printErrors: true }),
};

/** Formats as the console does, and prints nothing. */
function silently<T>(run: () => T): T {
  const { error } = console;
  console.error = (...all: unknown[]) => all.forEach((one) => Deno.inspect(one));
  const restore = () => console.error = error;
  try {
    const result = run();
    if (result instanceof Promise) return result.finally(restore) as T;
    restore();
    return result;
  } catch (thrown) {
    restore();
    throw thrown;
  }
}

function checkErr(machine: Machine, what: string, value: unknown): void {
  const { err } = machine;
  assert(err !== null, `${what}: there is no error`);
  assertEquals(machine.isErr(), true, `${what}: Exception is not active`);
  if (what in ERRORS) assertStrictEquals(err, value, `${what} is not kept`);
  if (!(what in VALUES)) return;
  assert(err instanceof Error, `${what}: not an error`);
  if (value !== "") assert(err.message.length > 0, `${what}: no message`);
  assert(Object.is(err.cause, value), `${what}: not the cause`);
}

for (const [listener, options] of Object.entries(LISTENERS)) {
  for (const [handler, { type, state, result }] of Object.entries(PLACES)) {
    Deno.test(`a value thrown in ${handler} becomes the Exception state, with ${listener}`, () => {
      for (const [what, make] of Object.entries(ALL)) {
        const machine = untyped(SCHEMA, options());
        const value = make();
        machine.add("B");
        let first = true;
        bind(machine, {
          [handler]: () => {
            if (!first) return;
            first = false;
            machine.add("Later");
            throw value;
          },
        });
        silently(() => assertEquals(machine[type](state), result, what));
        checkErr(machine, what, value);
        assertEquals(machine.is("Later"), true, `${what}: what was queued is lost`);
        assertEquals(machine.queue, [], what);
        assertEquals(machine.duringTransition, false, what);
        assertEquals(machine.add("After"), "executed", what);
      }
    });
  }

  Deno.test(`a value rejected with becomes the Exception state, with ${listener}`, async () => {
    for (const handler of ["AState", "BEnd", "AnyState"]) {
      for (const [what, make] of Object.entries(ALL)) {
        const value = make();
        const machine = untyped(SCHEMA, options());
        machine.add("B");
        let first = true;
        bind(machine, {
          async [handler]() {
            if (!first) return;
            first = false;
            await null;
            throw value;
          },
        });
        const lost = await silently(() =>
          unhandled(async () => {
            const { type, state } = PLACES[handler];
            assertEquals(machine[type](state), "executed");
            await turns(1);
          })
        );
        assertEquals(lost.length, 0, `${what} in ${handler} is unhandled`);
        checkErr(machine, what, value);
        assertEquals(machine.add("After"), "executed", what);
      }
    }
  });

  Deno.test(`a value thrown in a dry run is a refusal, with ${listener}`, () => {
    for (const [what, make] of Object.entries(ALL)) {
      const machine = untyped(SCHEMA, options());
      bind(machine, {
        AEnter() {
          throw make();
        },
      });
      silently(() => assertEquals(machine.canAdd("A"), false, what));
      assertEquals(machine.isErr(), false, what);
      assertEquals(machine.add("After"), "executed", what);
    }
  });

  Deno.test(`a value given to addErr becomes the error, with ${listener}`, () => {
    for (const [what, make] of Object.entries(ALL)) {
      const value = make();
      if (value === undefined || value === null) continue; // "no error is given": a TypeError
      const machine = untyped(SCHEMA, options());
      let seen: unknown;
      bind(machine, {
        ExceptionState: (e: { args: { err: unknown } }) => void (seen = e.args.err),
      });
      silently(() => assertEquals(machine.addErr(value), "executed", what));
      checkErr(machine, what, value);
      assertStrictEquals(seen, machine.err);
    }
  });

  Deno.test(`what onDispose functions throw stops nothing, with ${listener}`, () => {
    for (const [what, make] of Object.entries(ALL)) {
      const machine = untyped(SCHEMA, options());
      let ran = 0;
      machine.onDispose(() => {
        throw make();
      });
      machine.onDispose(() => void ran++);
      silently(() => machine.dispose());
      assertEquals([machine.disposed, ran], [true, 1], what);
    }
  });
}

Deno.test("with catchErrors: false the very value is thrown, and the machine goes on", () => {
  for (const [what, make] of Object.entries(ALL)) {
    const machine = untyped(SCHEMA, { catchErrors: false });
    const value = make();
    machine.on("AState", () => {
      machine.add("Later");
      throw value;
    });
    let thrown: { value: unknown } | null = null;
    try {
      machine.add("A");
    } catch (caught) {
      thrown = { value: caught };
    }
    assert(thrown !== null && Object.is(thrown.value, value), what);
    assertEquals(machine.is("Later"), true, what);
    assertEquals(machine.add("After"), "executed", what);
  }
});

Deno.test("a panic says where something was thrown, whatever it was", () => {
  for (const [what, make] of Object.entries(ALL)) {
    const machine = untyped(SCHEMA);
    let panic: Record<string, unknown> = {};
    machine.on("ExceptionState", (e) => {
      panic = (e.args as unknown as { panic: typeof panic }).panic;
    });
    machine.on("AState", () => {
      throw make();
    });
    machine.add("A");
    assertEquals(panic.handler, "AState", what);
    assertEquals(panic.calledStates, ["A"], what);
    assertEquals(panic.statesBefore, [], what);
    assertEquals(typeof panic.stack, "string", what);
  }
});

/** Hook → a program that calls it. */
const HOOKS = [
  "machineInit",
  "machineDispose",
  "submachine",
  "schemaChange",
  "mutationQueued",
  "transitionInit",
  "transitionStart",
  "handlerStart",
  "handlerEnd",
  "wrapHandler",
  "handlerRejected",
  "transitionEnd",
  "queueEnd",
  "log",
];

for (const hook of HOOKS) {
  Deno.test(`what the tracer hook ${hook} throws changes nothing`, async () => {
    for (const [what, make] of Object.entries(ALL)) {
      let called = 0;
      const tracer = {
        logLevel: "everything",
        [hook]: () => {
          called++;
          throw make();
        },
      };
      const calls: string[] = [];
      const lost = await silently(() =>
        unhandled(async () => {
          const machine = untyped(SCHEMA, { tracers: [tracer], printErrors: true });
          const child = untyped({ C: {} }, { parent: machine });
          bind(machine, {
            AState: () => {
              calls.push("AState");
              machine.add("Later");
            },
            BState: async () => {
              await null;
              throw new Error("x");
            },
          });
          assertEquals(machine.add("A"), "executed", what);
          assertEquals(machine.add("B"), "executed", what);
          await turns(1);
          assertEquals(machine.isErr(), true, what);
          callable(machine, "setSchema")({ ...SCHEMA, New: {} });
          assertEquals(machine.is(["A", "Later"]), true, what);
          machine.dispose();
          assertEquals(child.disposed, true, what);
        })
      );
      assertEquals(lost.length, 0, what);
      assertEquals(calls, ["AState"], `${what}: the handler did not run once`);
      assert(called > 0, `${hook} was not called`);
    }
  });
}

Deno.test("what a logger or logArgs throws changes nothing", () => {
  for (const [what, make] of Object.entries(ALL)) {
    for (const option of ["logger", "logArgs"]) {
      const throwing = () => {
        throw make();
      };
      const options = { logLevel: "everything", logger: () => {}, printErrors: true };
      silently(() => {
        const machine = untyped(SCHEMA, { ...options, [option]: throwing });
        assertEquals(machine.add("A", { x: 1 }), "executed", what);
        assertEquals(machine.add("B"), "executed", what);
      });
    }
  }
});

Deno.test("what a query throws rejects its wait with that very value, at once and later", async () => {
  for (const [what, make] of Object.entries(ALL)) {
    for (const late of [false, true]) {
      const machine = untyped(SCHEMA);
      const value = make();
      let now = !late;
      const wait = machine.whenQuery(() => {
        if (now) throw value;
        return false;
      });
      now = true;
      assertEquals(machine.add("A"), "executed");
      const taken = await wait.then(() => null, (reason) => ({ reason }));
      assert(taken !== null && Object.is(taken.reason, value), what);
      assertEquals(machine.waiterCount, 0);
    }
  }
});

Deno.test("what a function given to eval throws rejects its promise with that very value", async () => {
  for (const [what, make] of Object.entries(ALL)) {
    const machine = untyped(SCHEMA);
    const value = make();
    const run = machine.eval(() => {
      throw value;
    });
    const taken = await run.then(() => null, (reason) => ({ reason }));
    assert(taken !== null && Object.is(taken.reason, value), what);
    assertEquals(machine.add("A"), "executed");
  }
});

Deno.test("an error of another realm is one, also when it comes late or as an argument's type", async () => {
  const machine = new Machine({ A: { args: args<{ id: number }>() } }, { printErrors: false });
  const error = vm.runInNewContext("new RangeError('no route')");
  machine.on("AState", async () => {
    await null;
    throw error;
  });
  machine.add("A", { id: 1 });
  await machine.whenErr();
  assertEquals([machine.err?.name, machine.err?.message], ["RangeError", "no route"]);
});
