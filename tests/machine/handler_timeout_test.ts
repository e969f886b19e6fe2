import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Machine } from "../../mod.ts";
import { turns, unhandled } from "./settling.ts";
import { bind, untyped } from "./untyped.ts";

/*
 * Time passes by a clock of the test's own: `performance.now` is all that the library reads for this.
 */
function withClock<T>(run: (pass: (ms: number) => void) => T): T {
  const { now } = performance;
  let time = 0;
  performance.now = () => time;
  const restore = () => performance.now = now;
  const result = run((ms) => void (time += ms));
  if (result instanceof Promise) return result.finally(restore) as T;
  restore();
  return result;
}

const SCHEMA = { A: {}, B: {}, Later: {} };

/** Handler → the mutation that calls it (B is active before), and whether it negotiates. */
const PLACES: Readonly<Record<string, { type: "add" | "remove"; state: string; asks: boolean }>> = {
  AEnter: { type: "add", state: "A", asks: true },
  BExit: { type: "remove", state: "B", asks: true },
  BB: { type: "add", state: "A", asks: true },
  BA: { type: "add", state: "A", asks: true },
  AnyEnter: { type: "add", state: "A", asks: true },
  AState: { type: "add", state: "A", asks: false },
  BEnd: { type: "remove", state: "B", asks: false },
  AnyState: { type: "add", state: "A", asks: false },
};

/** What the handler does once its time is over. */
const ENDS: Readonly<Record<string, () => unknown>> = {
  "returns nothing": () => undefined,
  "returns true": () => true,
  "returns false": () => false,
  "throws": () => {
    throw new Error("its own");
  },
  "resolves": () => Promise.resolve(),
  "rejects": () => Promise.reject(new Error("its own")),
  "rejects later": () => turns(1).then(() => Promise.reject(new Error("its own"))),
};

/** A machine whose handler takes 9 ms of the 5 that it has, once. */
function slow(handler: string, end: () => unknown, pass: (ms: number) => void, options = {}) {
  const errors: Error[] = [];
  const machine: Machine = untyped(SCHEMA, { handlerTimeout: 5, ...options });
  machine.add("B");
  let first = true;
  bind(machine, {
    [handler]: () => {
      if (!first) return;
      first = false;
      machine.add("Later");
      pass(9);
      return end();
    },
    ExceptionState: (e: { args: { err: Error } }) => void errors.push(e.args.err),
  });
  return { machine, errors };
}

for (const [handler, { type, state, asks }] of Object.entries(PLACES)) {
  for (const [what, end] of Object.entries(ENDS)) {
    Deno.test(`a slow ${handler} that ${what} is reported, ${asks ? "and cancels" : "and keeps what it did"}`, async () => {
      await withClock(async (pass) => {
        const { machine, errors } = slow(handler, end, pass);
        let result = "";
        const lost = await unhandled(() => {
          result = machine[type](state);
        });
        assertEquals(lost, []);
        const threw = what === "throws";
        const names = errors.map((error) => error.name);
        if (threw) {
          // What it threw counts; that it was slow, too, may be said as well.
          assert(errors.some((error) => error.message === "its own"), names.join());
        } else if (asks && (what === "resolves" || what.startsWith("rejects"))) {
          // To return a promise is a fault of its own.
          assert(names.includes("HandlerTimeoutError") || names.includes("TypeError"));
        } else {
          assert(names.includes("HandlerTimeoutError"), names.join());
          const error = errors.find((error) => error.name === "HandlerTimeoutError")!;
          assertMatch(error.message, new RegExp(`${handler}.* 9\\.0 ms`));
          assertEquals(errors.filter((error) => error.name === "HandlerTimeoutError").length, 1);
        }
        if (asks) {
          assertEquals(result, "canceled");
          assertEquals([machine.is("A"), machine.is("B")], [false, true]);
        } else if (!threw) {
          assertEquals(result, "executed", "a final handler cannot cancel");
          const rejected = what.startsWith("rejects");
          assertEquals(machine.is("B"), type === "add");
          if (rejected) {
            const own = errors.filter((error) => error.message === "its own");
            assertEquals(own.length, 1, "the rejection is not reported");
          }
          if (type === "add") assertEquals(machine.is("A"), !(rejected && handler === "AState"));
        }
        assertEquals(machine.is("Later"), true);
        assertEquals([machine.queue, machine.add("B")], [[], "executed"]);
      });
    });
  }

  Deno.test(`a ${handler} that is in time is not reported`, () => {
    withClock((pass) => {
      const machine = untyped(SCHEMA, { handlerTimeout: 5 });
      machine.add("B");
      bind(machine, { [handler]: () => pass(5) });
      assertEquals(machine[type](state), "executed");
      assertEquals([machine.isErr(), machine.err], [false, null]);
    });
  });

  Deno.test(`a slow ${handler} in a dry run refuses if it negotiates, and adds nothing`, () => {
    withClock((pass) => {
      const { machine } = slow(handler, () => {}, pass);
      const can = type === "add" ? machine.canAdd(state) : machine.canRemove(state);
      assertEquals(can, !asks);
      assertEquals(machine.isErr(), false);
      assertEquals(machine.activeStates(), ["B"]);
    });
  });
}

Deno.test("the final handlers after a slow one run, and auto states follow", () => {
  withClock((pass) => {
    const machine = untyped({ A: { add: ["B"] }, B: {}, C: { auto: true } }, { handlerTimeout: 5 });
    const called: string[] = [];
    bind(machine, {
      AState: () => pass(9),
      BState: () => void called.push("B"),
      CState: () => void called.push("C"),
    });
    assertEquals(machine.add("A"), "executed");
    assertEquals(called, ["B", "C"]);
    assertEquals(machine.activeStates(), ["A", "B", "C", "Exception"]);
    assertEquals(machine.tick("A"), 1);
  });
});

Deno.test("a slow handler of Exception itself is reported and does not go round", () => {
  withClock((pass) => {
    const machine = untyped({ A: {} }, { handlerTimeout: 5 });
    let called = 0;
    bind(machine, {
      ExceptionState: () => {
        called++;
        pass(9);
      },
    });
    machine.addErr(new Error("x"));
    assertEquals(called, 1);
    assertEquals(machine.isErr(), true);
  });
});

Deno.test("without a time limit no clock is read", () => {
  const { now } = performance;
  let read = 0;
  performance.now = () => read++;
  try {
    const machine = untyped(SCHEMA, { tracers: [{}] });
    machine.on("AState", () => {});
    machine.add("A");
    assertEquals(read, 0);
  } finally {
    performance.now = now;
  }
});
