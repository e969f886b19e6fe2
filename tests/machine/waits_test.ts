import { assert, assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import type { Context, HandlerEvent, Machine } from "../../mod.ts";
import { fate, turns, unhandled } from "./settling.ts";
import { bind, callable, untyped } from "./untyped.ts";

const SCHEMA = { A: { multi: true }, B: {}, C: {} };

/** What a promise was rejected with. */
async function reason(promise: Promise<unknown>): Promise<Error> {
  return await promise.then(() => new Error("It resolved"), (error) => error);
}

// --- queries that do something else --------------------------------------------------------------

/** What a query does, and then what it ends with. */
const DEEDS: Readonly<Record<string, (machine: Machine, controller: AbortController) => void>> = {
  "nothing": () => {},
  "abort its wait": (_, controller) => controller.abort(new RangeError("given up")),
  "dispose of the machine": (machine) => machine.dispose(),
  "mutate": (machine) => void machine.add("C"),
  "mutate what it waits for": (machine) => void machine.add("A", {}),
  "wait": (machine) => void machine.when("C"),
  "wait by another query": (machine) => void machine.whenQuery(() => false),
  "ask for an eval": (machine) => void machine.eval(() => {}).catch(() => {}),
  "try": (machine) => void machine.canAdd("C"),
  "bind": (machine) => void machine.on("AnyState", () => {}),
};
const ENDS: Readonly<Record<string, () => boolean>> = {
  "true": () => true,
  "false": () => false,
  "a throw": () => {
    throw new TypeError("mine");
  },
};

for (const [deed, act] of Object.entries(DEEDS)) {
  for (const [end, finish] of Object.entries(ENDS)) {
    for (const when of ["at its first look", "later"]) {
      Deno.test(`a query that does ${deed} and ends with ${end} ${when} breaks no other wait`, async () => {
        const machine = untyped(SCHEMA);
        const controller = new AbortController();
        let on = false;
        let acted = false;
        const before = machine.when("B");
        if (when === "at its first look") on = true;
        const lost = await unhandled(() => {
          const query = machine.whenQuery(() => {
            if (!on || acted) return false;
            acted = true;
            act(machine, controller);
            return finish();
          }, { signal: controller.signal });
          const settled = fate(query);
          const after = machine.when("B");
          const twin = machine.whenQuery((clock) => clock.B === 1);
          on = true;
          machine.add("A");
          machine.add("B");
          return Promise.all([fate(before), fate(after), fate(twin), settled]).then((fates) => {
            assertEquals(acted, true);
            const ended = deed.startsWith("dispose");
            const wanted = ended ? "MachineDisposedError" : "resolved";
            if (!ended || when === "later") {
              assertEquals(fates.slice(0, 3), [wanted, wanted, wanted]);
            }
            // Exactly one end: whichever comes first.
            if (deed.startsWith("abort")) {
              assert(["RangeError", "TypeError", "resolved"].includes(fates[3]), fates[3]);
              if (end === "false") assertEquals(fates[3], "RangeError");
            } else if (end === "a throw" && !ended) assertEquals(fates[3], "TypeError");
            else if (end === "true" && !ended) assertEquals(fates[3], "resolved");
          });
        });
        assertEquals(lost, []);
        if (machine.disposed) {
          assertEquals(machine.waiterCount, 0);
          return;
        }
        const left = end === "false" && !deed.startsWith("abort") ? 1 : 0;
        const made = deed === "wait by another query" ? 1 : deed === "wait" ? 1 : 0;
        assertEquals(machine.waiterCount, left + made);
        const last = machine.whenNot("B");
        machine.remove("B");
        assertEquals(await fate(last), "resolved");
        machine.dispose();
        assertEquals(machine.waiterCount, 0);
      });
    }
  }
}

Deno.test("an aborted wait among many leaves the others in their order", async () => {
  const machine = untyped(SCHEMA);
  const order: number[] = [];
  const controllers = Array.from({ length: 20 }, () => new AbortController());
  controllers.forEach(({ signal }, i) =>
    machine.when("B", { signal }).then(() => order.push(i), () => {})
  );
  for (const i of [19, 0, 7, 8, 3]) controllers[i].abort();
  machine.add("B");
  await turns(1);
  assertEquals(order, [1, 2, 4, 5, 6, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]);
  assertEquals(machine.waiterCount, 0);
});

// --- listeners on signals ---------------------------------------------------------------------------

/** Counts the listeners on one signal. */
function counted() {
  const controller = new AbortController();
  const { signal } = controller;
  const { addEventListener, removeEventListener } = signal;
  const listeners = new Set<unknown>();
  Object.assign(signal, {
    addEventListener: (...all: Parameters<typeof addEventListener>) => {
      listeners.add(all[1]);
      addEventListener.apply(signal, all);
    },
    removeEventListener: (...all: Parameters<typeof removeEventListener>) => {
      listeners.delete(all[1]);
      removeEventListener.apply(signal, all);
    },
  });
  return { controller, signal, listeners };
}

Deno.test("a machine has one listener per signal, whatever it is given to, and none at the end", async () => {
  const { controller, signal, listeners } = counted();
  const machine = untyped(SCHEMA);
  const kinds: (() => unknown)[] = [
    () => machine.when("B", { signal }),
    () => machine.whenNot("C", { signal, timeout: 1e6 }),
    () => machine.whenArgs("B", {}, { signal }),
    () => machine.whenTick("B", 1, { signal }),
    () => machine.whenQuery(() => false, { signal }),
    () => machine.on("AState", () => {}, { signal }),
    () => machine.on("BState", () => {}, { signal }),
    () => callable(machine, "onDispose")(() => {}, { signal }),
    () => callable(machine, "whenDisposed")({ signal }),
    () => callable(machine, "whenAny")(["B"], { signal }),
    () => callable(machine, "subscribe")(() => {}, { signal }),
    () => callable(machine, "ask")("B", {}, { signal }),
  ];
  machine.add("C");
  const lost = await unhandled(() => {
    for (let i = 0; i < 3; i++) {
      for (const make of kinds) {
        make();
        assert(listeners.size <= 1, `${listeners.size} listeners after ${make}`);
      }
    }
    machine.dispose();
  });
  assertEquals(lost, []);
  assertEquals(listeners.size, 0);
  controller.abort();
});

Deno.test("a signal that nobody needs any more has no listener", async () => {
  const { controller, signal, listeners } = counted();
  const machine = untyped(SCHEMA);
  const waits = [machine.when("B", { signal }), machine.when(["B", "C"], { signal })];
  const binding = machine.on("AState", () => {}, { signal });
  assertEquals(listeners.size, 1);
  machine.add(["B", "C"]);
  await Promise.all(waits);
  assertEquals(listeners.size, 1);
  binding.unbind();
  assertEquals(listeners.size, 0);
  controller.abort();
});

Deno.test("one abort ends everything that has the signal, in order, and nothing else", async () => {
  const { controller, signal } = counted();
  const machine = untyped(SCHEMA);
  const order: string[] = [];
  for (const i of [1, 2, 3]) machine.when("B", { signal }).catch(() => order.push(`wait ${i}`));
  let called = 0;
  machine.on("AState", () => void called++, { signal });
  const other = machine.when("B");
  controller.abort();
  await turns(1);
  assertEquals(order, ["wait 1", "wait 2", "wait 3"]);
  machine.add(["A", "B"]);
  assertEquals([called, await fate(other), machine.waiterCount], [0, "resolved", 0]);
});

Deno.test("many contexts and children use no signal's listeners of their own", () => {
  const machine = untyped(SCHEMA);
  machine.add("B");
  const { signal } = machine.stateContext("B");
  let listeners = 0;
  const { addEventListener } = signal;
  signal.addEventListener = (...all: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(signal, all);
  };
  for (let i = 0; i < 50; i++) machine.stateContext("B").child().signal;
  assertEquals(listeners, 0);
});

// --- what errors of waits say --------------------------------------------------------------------------

const WAITS: Readonly<Record<string, (machine: Machine, o: object) => Promise<unknown>>> = {
  "when": (m, o) => m.when(["Ready", "Set"], o),
  "whenNot": (m, o) => m.whenNot("Online", o),
  "whenArgs": (m, o) => m.whenArgs("Ready", { id: 1 }, o),
  "whenTime": (m, o) => m.whenTime(["Ready"], [3], o),
  "whenTick": (m, o) => m.whenTick("Ready", 3, o),
  "whenTicks": (m, o) => m.whenTicks("Ready", 2, o),
  "whenQuery": (m, o) => m.whenQuery(() => false, o),
  "whenErr": (m, o) => m.whenErr(o),
  "whenAny": (m, o) => callable(m, "whenAny")(["Ready", "Set"], o) as Promise<unknown>,
};
const SUBJECT: Readonly<Record<string, RegExp>> = {
  whenNot: /Online/,
  whenErr: /Exception/,
  whenQuery: /quer|function/i,
};

for (const [kind, wait] of Object.entries(WAITS)) {
  Deno.test(`a TimeoutError of ${kind} names the machine, what was waited for and what is active`, async () => {
    const machine = untyped({ Ready: {}, Set: {}, Online: {} }, { id: "http-7" });
    machine.add("Online");
    const error = await reason(wait(machine, { timeout: 0 }));
    assertEquals(error.name, "TimeoutError");
    assert(error instanceof DOMException);
    for (const part of [/http-7/, SUBJECT[kind] ?? /Ready/, /active/, /Online/]) {
      assertMatch(error.message, part);
    }
    assertEquals(machine.waiterCount, 0);
  });

  Deno.test(`an error of disposal of ${kind} names the machine and what was waited for`, async () => {
    for (const before of [false, true]) {
      const machine = untyped({ Ready: {}, Set: {}, Online: {} }, { id: "http-7" });
      machine.add("Online");
      if (before) machine.dispose();
      const promise = wait(machine, {});
      if (!before) machine.dispose();
      const error = await reason(promise);
      assertEquals(error.name, "MachineDisposedError");
      for (const part of [/http-7/, SUBJECT[kind] ?? /Ready/]) assertMatch(error.message, part);
    }
  });

  Deno.test(`an abort of ${kind} rejects with the signal's very reason`, async () => {
    for (const reason of [new RangeError("mine"), "text", 0, null]) {
      for (const before of [false, true]) {
        const machine = untyped({ Ready: {}, Set: {}, Online: {} });
        machine.add("Online");
        const controller = new AbortController();
        if (before) controller.abort(reason);
        const promise = wait(machine, { signal: controller.signal });
        if (!before) controller.abort(reason);
        assertStrictEquals(await promise.then(() => "resolved", (error) => error), reason);
      }
    }
  });
}

Deno.test("an EvalTimeoutError names the machine, and what keeps it busy", async () => {
  const machine = untyped({ A: {}, B: {} }, { id: "http-7" });
  let late: Promise<unknown> | undefined;
  const { setTimeout: real } = globalThis;
  machine.on("AState", () => {
    // A time that is over at once, while the handler still runs.
    Object.assign(globalThis, { setTimeout: (fn: () => void) => (fn(), 0) });
    try {
      late = machine.eval(() => 1, { timeout: 5 });
    } finally {
      Object.assign(globalThis, { setTimeout: real });
    }
  });
  machine.add("A");
  const error = await reason(late!);
  assertEquals(error.name, "EvalTimeoutError");
  assertMatch(error.message, /http-7/);
});

// --- contexts at their limits ------------------------------------------------------------------------------

Deno.test("an event has one context and one signal, before, during and after their end", () => {
  const schemas = [{ A: {} }, { A: { multi: true } }];
  for (const schema of schemas) {
    for (const look of [true, false]) {
      const machine = untyped(schema);
      const events: HandlerEvent[] = [];
      machine.on("AState", (e) => void events.push(e as unknown as HandlerEvent));
      machine.add("A");
      const [e] = events;
      const seen: [Context, AbortSignal][] = [];
      if (look) seen.push([e.context, e.signal]);
      machine.remove("A");
      seen.push([e.context, e.signal], [e.context, e.signal]);
      machine.add("A");
      seen.push([e.context, e.signal]);
      machine.dispose();
      seen.push([e.context, e.signal]);
      for (const [context, signal] of seen) {
        assertStrictEquals(context, seen[0][0]);
        assertStrictEquals(signal, seen[0][1]);
        assertStrictEquals(context.signal, signal);
      }
      assertEquals([e.context.expired, e.signal.aborted], [true, true]);
      assert(events[1].context !== e.context);
    }
  }
});

Deno.test("events of one activation share its context, and it is the state's", () => {
  const machine = untyped({ A: { multi: true } });
  const events: HandlerEvent[] = [];
  for (let i = 0; i < 2; i++) {
    machine.on("AState", (e) => void events.push(e as unknown as HandlerEvent));
  }
  machine.add("A");
  machine.add("A");
  assertEquals(events.length, 4);
  for (const e of events) assertStrictEquals(e.context, machine.stateContext("A"));
  machine.remove("A");
  for (const e of events) assertStrictEquals(e.context, events[0].context);
});

Deno.test("a context, its signal and its reason agree while it ends, for all who listen", () => {
  const machine = untyped({ A: {} });
  machine.add("A");
  const context = machine.stateContext("A");
  const child = context.child();
  const seen: boolean[][] = [];
  for (const { signal } of [child, context]) {
    signal.addEventListener("abort", () =>
      seen.push([
        signal.aborted,
        context.expired,
        child.expired,
        context.reason !== undefined,
        machine.not("A"),
        context.child().expired,
      ]));
  }
  machine.remove("A");
  assertEquals(seen, [1, 2].map(() => Array(6).fill(true)));
});

Deno.test("contexts may be nested as deeply as one likes", () => {
  for (const signals of [false, true]) {
    const machine = untyped({ A: {}, B: {} });
    const called: string[] = [];
    bind(machine, { AEnd: () => void called.push("AEnd") });
    machine.add("A");
    let context = machine.stateContext("A");
    for (let i = 0; i < 20_000; i++) {
      context = context.child();
      if (signals && i % 10 === 0) context.signal;
    }
    assertEquals(machine.remove("A"), "executed");
    assertEquals([context.expired, called.join()], [true, "AEnd"]);
    assertEquals([machine.err, machine.add("B")], [null, "executed"]);
  }
});

Deno.test("an abort listener that throws stops neither the transition nor other listeners", async () => {
  const machine = untyped({ A: {}, B: {} });
  machine.add("A");
  let heard = 0;
  const { signal } = machine.stateContext("A");
  signal.addEventListener("abort", () => {
    throw new Error("mine");
  });
  signal.addEventListener("abort", () => void heard++);
  const lost = await unhandled(() => {
    assertEquals(machine.set("B"), "executed");
  });
  assertEquals([heard, machine.toString(), lost.length], [1, "(B:1)", 1]);
});
