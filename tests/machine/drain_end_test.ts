import { assert, assertEquals } from "@std/assert";
import type { Machine } from "../../mod.ts";
import { fate, turns, unhandled } from "./settling.ts";
import { bind, callable, untyped } from "./untyped.ts";

const SCHEMA = { A: {}, B: { multi: true }, C: {}, Done: {} };

// --- what is asked for in a drain in which the machine is disposed of -----------------------

/** What can be asked for → its promise. `ran` is called by what must not run after disposal. */
const ASKED: Readonly<
  Record<string, (machine: Machine, ran: () => void) => Promise<unknown> | void>
> = {
  "eval": (machine, ran) => machine.eval(ran),
  "eval with a limit": (machine, ran) => machine.eval(ran, { timeout: 1e6 }),
  "eval with a signal": (machine, ran) =>
    machine.eval(ran, { signal: new AbortController().signal }),
  "when": (machine) => machine.when("Done"),
  "whenNot": (machine) => machine.whenNot(["A", "C"], { timeout: 1e6 }),
  "whenArgs": (machine) => machine.whenArgs("Done", { id: 1 }),
  "whenTick": (machine) => machine.whenTick("Done", 9),
  "whenQuery": (machine) => machine.whenQuery(() => false),
  "whenErr": (machine) => machine.whenErr(),
  "whenQueueEnds": (machine) => machine.whenQueueEnds(),
  "ask": (machine) => callable(machine, "ask")("Done") as Promise<unknown>,
  "whenAny": (machine) => callable(machine, "whenAny")(["Done"]) as Promise<unknown>,
  "add": (machine, ran) => {
    machine.on("DoneState", ran);
    machine.add("Done");
  },
  "addErr": (machine, ran) => {
    machine.on("ExceptionState", ran);
    machine.addErr(new Error("x"));
  },
};

/** Who disposes of the machine; `act` asks and disposes. A is added, C is active before. */
const PLACES: Readonly<Record<string, (act: (machine: Machine) => void) => void>> = {
  "a negotiation handler": (act) => {
    const machine = untyped(SCHEMA);
    machine.on("AEnter", () => act(machine));
    machine.add("A");
  },
  "a final handler": (act) => {
    const machine = untyped(SCHEMA);
    machine.on("AState", () => act(machine));
    machine.add("A");
  },
  "a final handler that throws": (act) => {
    const machine = untyped(SCHEMA);
    machine.on("AState", () => {
      act(machine);
      throw new Error("x");
    });
    machine.add("A");
  },
  "FooEnd": (act) => {
    const machine = untyped(SCHEMA);
    machine.add("C");
    machine.on("CEnd", () => act(machine));
    machine.set("A");
  },
  "AnyState": (act) => {
    const machine = untyped(SCHEMA);
    let first = true;
    machine.on("AnyState", () => {
      if (first) act(machine);
      first = false;
    });
    machine.add("A");
  },
  "a handler of a queued mutation": (act) => {
    const machine = untyped(SCHEMA);
    machine.on("AState", () => void machine.add("B"));
    machine.on("BState", () => act(machine));
    machine.add("A");
  },
  "a dry run": (act) => {
    const machine = untyped(SCHEMA);
    machine.on("AEnter", () => act(machine));
    machine.canAdd("A");
  },
  "a function given to eval": (act) => {
    const machine = untyped(SCHEMA);
    machine.eval(() => act(machine)).catch(() => {});
  },
  "an eval that waits for a handler": (act) => {
    const machine = untyped(SCHEMA);
    machine.on("AState", () => void machine.eval(() => act(machine)).catch(() => {}));
    machine.add("A");
  },
  "a query": (act) => {
    const machine = untyped(SCHEMA);
    let on = false;
    machine.whenQuery(() => {
      if (on) act(machine);
      return on = false;
    });
    on = true;
    machine.add("A");
  },
  "an abort listener": (act) => {
    const machine = untyped(SCHEMA);
    machine.add("C");
    machine.stateContext("C").signal.addEventListener("abort", () => act(machine));
    machine.set("A");
  },
  "the machine's own abort listener": (act) => {
    const machine = untyped(SCHEMA);
    let first = true;
    machine.context.signal.addEventListener("abort", () => {
      if (first) act(machine);
      first = false;
    });
    machine.dispose();
  },
  "an onDispose function": (act) => {
    const machine = untyped(SCHEMA);
    machine.onDispose(() => act(machine));
    machine.dispose();
  },
  "a logger": (act) => {
    let first = true;
    const machine: Machine = untyped(SCHEMA, {
      logLevel: "ops",
      logger: () => {
        if (first) {
          first = false;
          act(machine);
        }
      },
    });
    machine.add("A");
  },
  "a subscriber": (act) => {
    const machine = untyped(SCHEMA);
    let first = true;
    callable(machine, "subscribe")(() => {
      if (first) {
        first = false;
        act(machine);
      }
    });
    machine.add("A");
  },
  ...Object.fromEntries(
    ["transitionInit", "transitionStart", "handlerStart", "handlerEnd", "transitionEnd", "queueEnd"]
      .map((hook) => [`the tracer hook ${hook}`, (act: (machine: Machine) => void) => {
        let first = true;
        const machine: Machine = untyped(SCHEMA, {
          tracers: [{
            [hook]: () => {
              if (first) {
                first = false;
                act(machine);
              }
            },
          }],
        });
        machine.on("AState", () => {});
        machine.add("A");
      }]),
  ),
};

/** How the machine is disposed of. */
const WAYS: Readonly<Record<string, (machine: Machine) => void>> = {
  "dispose": (machine) => machine.dispose(),
  "its parent": (machine) => machine.parent?.dispose(),
};

for (const [place, enter] of Object.entries(PLACES)) {
  Deno.test(`what is asked for in ${place} that disposes of the machine settles, and never runs`, async () => {
    for (const [asked, ask] of Object.entries(ASKED)) {
      for (const before of [true, false]) {
        let ran = 0;
        let promise: Promise<unknown> | void = undefined;
        let machine: Machine | null = null;
        let satisfied = false;
        // Handlers of dry runs change nothing, and nobody answers here.
        const refusing = place.includes("dry run") || place.includes("queueEnd");
        const run = (m: Machine) => {
          // What holds already resolves at once, and an idle machine evaluates at once.
          satisfied = !m.disposed && asked === "whenNot" && m.not(["A", "C"]) ||
            asked.startsWith("eval") && place.includes("queueEnd") ||
            asked === "whenQueueEnds" && place.includes("queueEnd");
          promise = ask(m, () => ran += Number(m.disposed));
        };
        const lost = await unhandled(() =>
          enter((m) => {
            machine = m;
            if (before && !m.disposed) run(m);
            m.dispose();
            if (!before) run(m);
          })
        );
        const what = `${asked}, ${before ? "before" : "after"} the disposal`;
        assert(machine !== null, `${place} was not reached`);
        const disposed = machine as Machine;
        assertEquals(disposed.disposed, true, what);
        assertEquals(lost.length, 0, `${what}: unhandled`);
        if (promise !== undefined) {
          const end = await fate(promise);
          // A busy machine has no promise of its end yet; one that is idle for good has.
          const ended = !before && asked === "whenQueueEnds" && end === "resolved";
          assert(
            end === "MachineDisposedError" || ended || satisfied && end === "resolved" ||
              asked.startsWith("ask") && refusing && end === "RefusedError",
            `${what}: ${end}`,
          );
        }
        assertEquals(ran, 0, `${what}: it ran on a disposed machine`);
        assertEquals([disposed.queue.length, disposed.waiterCount], [0, 0], what);
        assertEquals([disposed.duringTransition, disposed.add("A")], [false, "canceled"], what);
      }
    }
  });
}

Deno.test("what waits in a child's drain settles when the parent is disposed of", async () => {
  for (const [way, dispose] of Object.entries(WAYS)) {
    const parent = untyped({ P: {} });
    const machine = untyped(SCHEMA, { parent });
    let ran = 0;
    let promise: Promise<unknown> = Promise.resolve();
    machine.on("AState", () => {
      promise = machine.eval(() => void ran++);
      promise.catch(() => {});
      dispose(machine);
    });
    machine.add("A");
    assertEquals([await fate(promise), ran], ["MachineDisposedError", 0], way);
  }
});

Deno.test("an eval asked for by a handler before a later handler disposes of the machine rejects", async () => {
  const machine = untyped(SCHEMA);
  let ran = 0;
  const all: Promise<unknown>[] = [];
  machine.on("AState", () => void machine.add("B"));
  machine.on("BState", () => {
    for (let i = 0; i < 3; i++) all.push(machine.eval(() => void ran++));
    machine.dispose();
  });
  const lost = await unhandled(() => machine.add("A"));
  assertEquals(lost, []);
  assertEquals(await Promise.all(all.map(fate)), Array(3).fill("MachineDisposedError"));
  assertEquals(ran, 0);
});

// --- each way by which a drain begins ----------------------------------------------------------

/** A program that calls `inside` once while the machine is busy. */
const DRAINS: Readonly<
  Record<
    string,
    (inside: (machine: Machine) => void, options: object) => Promise<Machine> | Machine
  >
> = {
  "a mutation with a handler": (inside, options) => {
    const machine = untyped(SCHEMA, options);
    machine.on("AState", () => inside(machine));
    machine.add("A");
    return machine;
  },
  "a mutation with arguments": (inside, options) => {
    const machine = untyped(SCHEMA, options);
    machine.on("AState", (e) => inside(e.machine as Machine));
    machine.add("A", { id: 1 });
    return machine;
  },
  "a mutation that is refused": (inside, options) => {
    const machine = untyped(SCHEMA, options);
    machine.on("AEnter", () => {
      inside(machine);
      return false;
    });
    machine.add("A");
    return machine;
  },
  "a mutation whose handler throws": (inside, options) => {
    const machine = untyped(SCHEMA, options);
    machine.on("AState", () => {
      inside(machine);
      throw new Error("x");
    });
    machine.add("A");
    return machine;
  },
  "a mutation through a late event": async (inside, options) => {
    const machine = untyped(SCHEMA, options);
    machine.on("CState", () => inside(machine));
    machine.on("AState", async (e) => {
      await null;
      e.add("C");
    });
    machine.add("A");
    await turns(1);
    return machine;
  },
  "an auto state": (inside, options) => {
    const machine = untyped({ ...SCHEMA, Auto: { auto: true } }, options);
    machine.on("AutoState", () => inside(machine));
    machine.add("A");
    return machine;
  },
  "a query": (inside, options) => {
    const machine = untyped(SCHEMA, options);
    let on = false;
    machine.whenQuery(() => {
      if (on) inside(machine);
      on = false;
      return machine.tick("A") > 0;
    });
    on = true;
    machine.add("A");
    return machine;
  },
  "an eval": (inside, options) => {
    const machine = untyped(SCHEMA, options);
    machine.eval(() => inside(machine));
    return machine;
  },
  "an eval that queues": (inside, options) => {
    const machine = untyped(SCHEMA, options);
    machine.eval(() => {
      machine.add("C");
      inside(machine);
    });
    return machine;
  },
  "an eval in a handler": (inside, options) => {
    const machine = untyped(SCHEMA, options);
    machine.on("AState", () => void machine.eval(() => inside(machine)));
    machine.add("A");
    return machine;
  },
  "an eval in an eval": (inside, options) => {
    const machine = untyped(SCHEMA, options);
    machine.eval(() => void machine.eval(() => inside(machine)));
    return machine;
  },
  "an eval that throws": (inside, options) => {
    const machine = untyped(SCHEMA, options);
    machine.eval(() => {
      inside(machine);
      throw new Error("x");
    }).catch(() => {});
    return machine;
  },
  "a dry run": (inside, options) => {
    const machine = untyped(SCHEMA, options);
    machine.on("AEnter", () => inside(machine));
    machine.canAdd("A");
    return machine;
  },
  "a rejection": async (inside, options) => {
    const machine = untyped(SCHEMA, options);
    machine.on("ExceptionState", () => inside(machine));
    machine.on("AState", () => Promise.reject(new Error("x")));
    machine.add("A");
    await turns(1);
    return machine;
  },
  "addErr": (inside, options) => {
    const machine = untyped(SCHEMA, options);
    machine.on("ExceptionState", () => inside(machine));
    machine.addErr(new Error("x"));
    return machine;
  },
  "a subscriber": (inside, options) => {
    const machine = untyped(SCHEMA, options);
    let first = true;
    callable(machine, "subscribe")(() => {
      if (first) {
        first = false;
        inside(machine);
      }
    });
    machine.add("A");
    return machine;
  },
};

const WATCHED: Readonly<Record<string, () => object>> = {
  "unwatched": () => ({}),
  "watched": () => ({ tracers: [{ steps: true }] }),
  "logged": () => ({ logLevel: "everything", logger: () => {} }),
  "limited": () => ({ handlerTimeout: 1e9 }),
};

for (const [drain, run] of Object.entries(DRAINS)) {
  Deno.test(`a drain that begins with ${drain} ends as all do`, async () => {
    for (const [how, options] of Object.entries(WATCHED)) {
      const waits: Promise<unknown>[] = [];
      let ended = 0;
      const machine = await run((m) => {
        waits.push(m.whenQueueEnds());
        m.addTracer({ queueEnd: () => void ended++ });
      }, options());
      assertEquals(waits.length, 1, `${how}: was not inside once`);
      assertEquals(await fate(waits[0]), "resolved", how);
      assertEquals(ended, 1, `${how}: queueEnd`);
      assertEquals([machine.duringTransition, machine.queue.length], [false, 0], how);
      assertEquals(await fate(machine.whenQueueEnds()), "resolved", how);
      assertEquals(machine.set("Done"), "executed", how);
    }
  });

  Deno.test(`what is queued by ${drain} runs before the drain ends`, async () => {
    for (const [how, options] of Object.entries(WATCHED)) {
      const order: string[] = [];
      let inDryRun = false;
      const machine = await run((m) => {
        inDryRun = m.transition?.check === true;
        m.on("BState", () => void order.push("B"));
        m.whenQueueEnds().then(() => order.push("ended"));
        m.eval(() => void order.push("eval"));
        m.add("B");
      }, options());
      await turns(1);
      // Nothing can be queued in a dry run, but what is asked for has its turn after it.
      assertEquals(order, inDryRun ? ["eval", "ended"] : ["eval", "B", "ended"], how);
      assertEquals(machine.add("Done"), "executed", how);
    }
  });
}

// --- promises that nobody holds ---------------------------------------------------------------------

/** Promises that fail, at once or later. */
const FAILING: Readonly<Record<string, () => void>> = {
  "eval on a disposed machine": () => {
    const machine = untyped(SCHEMA);
    machine.dispose();
    machine.eval(() => 1);
  },
  "eval of a function that throws": () => {
    untyped(SCHEMA).eval(() => {
      throw new Error("x");
    });
  },
  "eval of a function that throws, with catchErrors: false": () => {
    untyped(SCHEMA, { catchErrors: false }).eval(() => {
      throw new Error("x");
    });
  },
  "eval of an asynchronous function that throws": () => {
    untyped(SCHEMA).eval(async () => {
      await null;
      throw new Error("x");
    });
  },
  "eval in a handler, of a function that throws": () => {
    const machine = untyped(SCHEMA);
    machine.on("AState", () =>
      void machine.eval(() => {
        throw new Error("x");
      }));
    machine.add("A");
  },
  "eval with an aborted signal": () => {
    untyped(SCHEMA).eval(() => 1, { signal: AbortSignal.abort() });
  },
  "eval whose signal aborts while it waits": () => {
    const machine = untyped(SCHEMA);
    const controller = new AbortController();
    machine.on("AState", () => {
      machine.eval(() => 1, { signal: controller.signal });
      controller.abort();
    });
    machine.add("A");
  },
  "eval that waits when the machine is disposed of": () => {
    const machine = untyped(SCHEMA);
    machine.on("AState", () => {
      machine.eval(() => 1);
      machine.dispose();
    });
    machine.add("A");
  },
  ...Object.fromEntries(
    ([
      ["when", ["A"]],
      ["whenNot", ["C"]],
      ["whenArgs", ["A", {}]],
      ["whenTime", [["A"], [1]]],
      ["whenTicks", ["A", 1]],
      ["whenTick", ["A", 1]],
      ["whenQuery", [() => false]],
      ["whenErr", []],
      ["whenAny", [["A"]]],
      ["ask", ["A"]],
    ] as [string, unknown[]][]).flatMap(([name, args]) => {
      const call = (machine: Machine, options: object) =>
        void callable(machine, name)(...args, ...(name === "ask" ? [{}] : []), options);
      const make = () => {
        const machine = untyped(SCHEMA);
        machine.add("C");
        return machine;
      };
      return [
        [`${name} on a disposed machine`, () => {
          const machine = make();
          machine.dispose();
          call(machine, {});
        }],
        [`${name} until the machine is disposed of`, () => {
          const machine = make();
          call(machine, {});
          machine.dispose();
        }],
        [`${name} with an aborted signal`, () => call(make(), { signal: AbortSignal.abort() })],
        [`${name} until its signal aborts`, () => {
          const controller = new AbortController();
          call(make(), { signal: controller.signal });
          controller.abort(1);
        }],
        [`${name} until its time is over`, () => call(make(), { timeout: 0 })],
      ] as [string, () => void][];
    }),
  ),
  "whenQuery whose function throws at once": () => {
    untyped(SCHEMA).whenQuery(() => {
      throw new Error("x");
    });
  },
  "whenQuery whose function throws later": () => {
    const machine = untyped(SCHEMA);
    machine.whenQuery((clock) => {
      if (clock.A > 0) throw new Error("x");
      return false;
    });
    machine.add("A");
  },
  "a handler that rejects in an activation that has ended": () => {
    const machine = untyped(SCHEMA);
    machine.on("AState", () => Promise.reject(new Error("x")));
    machine.add("A");
    machine.remove("A");
  },
};

for (const [what, run] of Object.entries(FAILING)) {
  Deno.test(`${what}, held by nobody, ends nothing`, async () => {
    assertEquals(await unhandled(run), []);
  });
}

Deno.test("whenQuery rejects when its function throws at the first look, as it does later", async () => {
  const error = new RangeError("mine");
  const wait = untyped(SCHEMA).whenQuery(() => {
    throw error;
  });
  assertEquals(await wait.catch((reason) => reason), error);
});

Deno.test("an error of an eval still comes to whoever holds its promise", async () => {
  for (const catchErrors of [true, false]) {
    const machine = untyped(SCHEMA, { catchErrors });
    const error = new RangeError("mine");
    const reason = await machine.eval(() => {
      throw error;
    }).catch((reason) => reason);
    assertEquals(reason, error);
    assertEquals([machine.isErr(), machine.add("A")], [false, "executed"]);
  }
});

// --- order ------------------------------------------------------------------------------------------------

Deno.test("what waits runs first in, first out: evals and mutations alike", () => {
  for (const [how, options] of Object.entries(WATCHED)) {
    const machine = untyped(SCHEMA, options());
    const order: string[] = [];
    machine.on("BState", (e) => void order.push(`B${e.args.n ?? ""}`));
    machine.on("AState", (e) => {
      machine.eval(() => void order.push("eval1"));
      machine.add("B", { n: 1 });
      machine.eval(() => void order.push("eval2"));
      e.add("B", { n: 2 });
      machine.eval(() => {
        order.push("eval3");
        machine.eval(() => void order.push("eval5"));
        machine.add("B", { n: 4 });
      });
      machine.eval(() => void order.push("eval4"));
      machine.add("B", { n: 3 });
    });
    machine.add("A");
    const wanted = ["eval1", "B1", "eval2", "B2", "eval3", "eval4", "B3", "eval5", "B4"];
    assertEquals(order, wanted, how);
  }
});

Deno.test("auto states and Exception come before evals and mutations that wait", () => {
  for (const [how, options] of Object.entries(WATCHED)) {
    const machine = untyped({ ...SCHEMA, Auto: { auto: true } }, options());
    const order: string[] = [];
    for (const state of ["B", "C", "Auto", "Exception"]) {
      bind(machine, { [`${state}State`]: () => void order.push(state) });
    }
    machine.on("AState", () => {
      machine.eval(() => void order.push("eval"));
      machine.add("B");
    });
    machine.on("CState", () => {
      machine.eval(() => void order.push("eval"));
      throw new Error("x");
    });
    machine.add("A");
    assertEquals(order, ["Auto", "eval", "B"], how);
    order.length = 0;
    machine.remove("Auto");
    order.length = 0;
    machine.add("C");
    assertEquals(order.slice(0, 2), ["C", "Exception"], how);
    assertEquals(order.at(-1), "eval", how);
  }
});

Deno.test("setSchema is possible in an eval, between transitions, and refused in a transition", async () => {
  const machine = untyped(SCHEMA);
  let refused: unknown;
  const order: string[] = [];
  bind(machine, {
    AState: () => {
      try {
        machine.setSchema({ ...SCHEMA, New: {} });
      } catch (error) {
        refused = error;
      }
      machine.add("B");
      machine.eval(() => {
        machine.setSchema({ ...SCHEMA, New: {} });
        order.push("schema");
        machine.add("New");
      });
      machine.add("C");
    },
    BState: () => void order.push(`B ${machine.has("New")}`),
    CState: () => void order.push(`C ${machine.has("New")}`),
  });
  machine.add("A");
  await turns(1);
  assertEquals((refused as Error)?.name, "SchemaError");
  assertEquals(order, ["B false", "schema", "C true"]);
  assertEquals(machine.is("New"), true);
});
