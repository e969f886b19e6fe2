import { assert, assertEquals, assertThrows } from "@std/assert";
import { globalTracers, type Machine, MachineDisposedError } from "../../mod.ts";
import { fate } from "./settling.ts";
import { callable, untyped } from "./untyped.ts";

/** A tracer that writes down which machines came and went. */
function register(told: string[], options: object = {}) {
  return {
    inheritable: true,
    machineInit: (m: { id: string }) => void told.push(`init ${m.id}`),
    submachine: (m: { id: string }, child: { id: string }) =>
      void told.push(`sub ${m.id} ${child.id}`),
    machineDispose: (m: { id: string }) => void told.push(`dispose ${m.id}`),
    ...options,
  };
}

Deno.test("a parent that ends takes no new child, so a restarting supervisor ends", () => {
  const parent = untyped({ A: {} });
  const refused: unknown[] = [];
  let made = 0;
  const start = () => {
    if (parent.disposed || ++made > 100) return;
    try {
      untyped({ B: {} }, { parent }).onDispose(start);
    } catch (error) {
      refused.push(error);
    }
  };
  start();
  parent.dispose();
  assert(made <= 2, `made ${made}`);
  for (const error of refused) assert(error instanceof MachineDisposedError);
  assertEquals([parent.disposed, parent.children.length], [true, 0]);
});

/** What a callback of a disposal may do. */
const ACTS: Readonly<Record<string, (machine: Machine, parent: Machine) => void>> = {
  "dispose of the machine again": (machine) => machine.dispose(),
  "dispose of the parent": (_, parent) => parent.dispose(),
  "dispose of the siblings": (_, parent) =>
    [...parent.children].forEach((child) => child.dispose()),
  "make a child of the machine": (machine) => untyped({ X: {} }, { parent: machine }),
  "make a sibling": (_, parent) => untyped({ X: {} }, { parent }),
  "mutate": (machine, parent) => {
    machine.add("A");
    parent.add("P");
  },
  "mutate the siblings": (_, parent) =>
    [...parent.children].forEach((child) => (child as Machine).add("A")),
  "wait": (machine, parent) => {
    machine.when("B");
    parent.when("Q");
  },
  "bind": (machine) => void machine.on("AState", () => {}),
  "ask for an eval": (machine) => void machine.eval(() => {}).catch(() => {}),
  "listen for the end": (machine, parent) => {
    machine.onDispose(() => {});
    parent.onDispose(() => {});
  },
  "add a tracer": (machine) => machine.addTracer({}),
  "remove all tracers": (machine, parent) => {
    for (const tracer of [...machine.tracers]) machine.removeTracer(tracer);
    for (const tracer of [...parent.tracers]) parent.removeTracer(tracer);
  },
  "set the schema": (machine) => void machine.setSchema({ A: {}, B: {}, New: {} }),
  "throw": () => {
    throw new Error("mine");
  },
};

/** Where a callback of a disposal is hung. `child` has the parent `parent`. */
const HOOKS: Readonly<
  Record<string, (child: Machine, parent: Machine, act: () => void) => void>
> = {
  "onDispose of a child": (child, _, act) => child.onDispose(act),
  "onDispose of the parent": (_, parent, act) => parent.onDispose(act),
  "a child's context": (child, _, act) => child.context.signal.addEventListener("abort", act),
  "the parent's context": (_, parent, act) => parent.context.signal.addEventListener("abort", act),
  "a state's context": (child, _, act) => {
    child.add("B");
    child.stateContext("B").signal.addEventListener("abort", act);
  },
  "machineDispose of a child's tracer": (child, _, act) => child.addTracer({ machineDispose: act }),
  "machineDispose of the parent's tracer": (_, parent, act) =>
    parent.addTracer({ machineDispose: act }),
  "a rejected wait": (child, _, act) => void child.when("A").catch(act),
};

for (const [where, hang] of Object.entries(HOOKS)) {
  for (const [what, act] of Object.entries(ACTS)) {
    Deno.test(`${where} may ${what} while the parent is disposed of`, async () => {
      const told: string[] = [];
      const parent = untyped({ P: {}, Q: {} }, { id: "parent", tracers: [register(told)] });
      const children = [1, 2, 3].map((n) => untyped({ A: {}, B: {} }, { id: `child${n}`, parent }));
      const grandchild = untyped({ G: {} }, { id: "grand", parent: children[2] });
      let acted = 0;
      hang(children[1], parent, () => {
        if (acted++ > 0) return;
        try {
          act(children[1], parent);
        } catch (error) {
          if (what === "throw" && !where.includes("context") && !where.includes("wait")) {
            throw error;
          }
        }
      });
      told.length = 0;
      const removed = what === "remove all tracers";
      parent.dispose();
      await fate(Promise.resolve());
      assertEquals(acted >= 1, true, "it was not called");
      for (const machine of [parent, ...children, grandchild]) {
        assertEquals([machine.disposed, machine.children.length, machine.waiterCount], [
          true,
          0,
          0,
        ]);
        assertEquals(machine.context.expired, true);
        assertEquals(machine.add(machine.stateNames[0]), "canceled");
      }
      if (removed) return;
      const ended = told.filter((line) => line.startsWith("dispose "));
      const ours = ended.filter((line) => /parent|child|grand/.test(line));
      assertEquals(ours.length, 5, told.join());
      assertEquals(new Set(ours).size, 5, `told twice: ${told.join()}`);
      assertEquals(ours.at(-1), "dispose parent", "the parent is not the last");
      assert(ours.indexOf("dispose grand") < ours.indexOf("dispose child3"));
    });
  }
}

Deno.test("each onDispose function is called once, in order, also those that are added meanwhile", () => {
  const machine = untyped({ A: {} });
  const order: number[] = [];
  machine.onDispose(() => {
    order.push(1);
    machine.onDispose(() => void order.push(3));
    machine.dispose();
  });
  machine.onDispose(() => void order.push(2));
  machine.dispose();
  machine.dispose();
  assertEquals([...order].sort(), [1, 2, 3]);
  assert(order.indexOf(1) < order.indexOf(2));
});

Deno.test("a child whose dispose throws leaves its siblings and its parent disposed", () => {
  const parent = untyped({ A: {} });
  const children = [1, 2, 3].map(() => untyped({ B: {} }, { parent }));
  children[1].dispose = () => {
    throw new Error("mine");
  };
  try {
    parent.dispose();
  } catch {
    // Whether it comes out is free.
  }
  assertEquals([parent.disposed, children[0].disposed, children[2].disposed], [true, true, true]);
});

// --- constructors that fail -----------------------------------------------------------------------

/** Options that make the constructor throw, or end the machine at once. */
const FAILING: Readonly<Record<string, () => object>> = {
  "a handler that belongs to no state": () => ({ handlers: { TypoState() {} } }),
  "a handler that is no function": () => ({ handlers: { BState: 1, BSate() {} } }),
  "handlers that are no object": () => ({ handlers: 1 }),
  "a wrong log level": () => ({ logLevel: "loud" }),
  "a tracer with a wrong log level": () => ({ tracers: [{ logLevel: "loud" }] }),
  "tracers that are no list": () => ({ tracers: {} }),
  "a tracer that is no object": () => ({ tracers: [{}, 1] }),
  "a queue limit that is no number": () => ({ queueLimit: NaN }),
  "a negative time limit": () => ({ handlerTimeout: -1 }),
  "a signal that is none": () => ({ signal: {} }),
  "tags that are no list": () => ({ tags: 1 }),
  "an id that is no text": () => ({ id: 1 }),
  "a signal that has aborted": () => ({ signal: AbortSignal.abort() }),
};

for (const [what, make] of Object.entries(FAILING)) {
  Deno.test(`a constructor with ${what} leaves no ghost`, () => {
    const told: string[] = [];
    const parent = untyped({ A: {} }, { id: "parent", tracers: [register(told)] });
    const globally = register(told);
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    Object.assign(signal, {
      addEventListener: (...all: Parameters<typeof addEventListener>) => {
        listeners++;
        addEventListener.apply(signal, all);
      },
      removeEventListener: (...all: Parameters<typeof removeEventListener>) => {
        listeners--;
        removeEventListener.apply(signal, all);
      },
    });
    told.length = 0;
    globalTracers.add(globally as never);
    const before = parent.context.childCount;
    let threw = false;
    try {
      const child = untyped({ B: {} }, { id: "child", parent, signal, ...make() });
      assertEquals(child.disposed, what === "a signal that has aborted");
    } catch {
      threw = true;
    } finally {
      globalTracers.delete(globally as never);
    }
    assertEquals(threw, what !== "a signal that has aborted", "it did not throw");
    assertEquals(parent.children.length, 0);
    assertEquals(parent.context.childCount, before, "its context hangs on the parent's");
    assertEquals(listeners, 0, "it listens to the signal");
    const count = (start: string) => told.filter((line) => line.startsWith(start)).length;
    assertEquals(count("init"), count("dispose"), told.join());
    parent.dispose();
  });
}

Deno.test("a schema that cannot be compiled leaves no ghost", () => {
  const parent = untyped({ A: {} });
  assertThrows(() => untyped({ B: { add: ["No"] } }, { parent }));
  assertEquals([parent.children.length, parent.context.childCount], [0, 0]);
});

Deno.test("a parent that has ended takes no child", () => {
  const parent = untyped({ A: {} });
  parent.dispose();
  assertThrows(() => untyped({ B: {} }, { parent }), MachineDisposedError);
});

Deno.test("a parent that is no machine is refused, or is a parent in earnest", () => {
  for (const parent of [{ id: "p" }, {}, 1, "parent", [], () => {}, true]) {
    assertThrows(() => untyped({ B: {} }, { parent }), TypeError);
  }
  for (const parent of [undefined, null]) {
    assertEquals(untyped({ B: {} }, { parent }).parent, null);
  }
});

Deno.test("a machine of another copy of the library is a parent, or is refused", async () => {
  const copy = await import(`../../mod.ts?copy=${"of the library"}`);
  const parent = new copy.Machine({ A: {} });
  let child: Machine;
  try {
    child = untyped({ B: {} }, { parent });
  } catch (error) {
    assert(error instanceof TypeError);
    return;
  }
  assertEquals(child.parent, parent);
  assertEquals(parent.children, [child]);
  parent.dispose();
  assertEquals(child.disposed, true);
});

Deno.test("disposeAsync waits for the asynchronous handlers that ran", async () => {
  const machine = untyped({ A: {}, B: {} });
  let finish = () => {};
  let ended = false;
  machine.on("AState", async () => {
    await new Promise<void>((resolve) => finish = resolve);
    ended = true;
  });
  machine.add("A");
  const end = callable(machine, "disposeAsync")() as Promise<void>;
  assertEquals(machine.disposed, true);
  assertEquals(await fate(end), "pending");
  finish();
  assertEquals([await fate(end), ended], ["resolved", true]);
  assertEquals(
    await fate(callable(untyped({ A: {} }), "disposeAsync")() as Promise<void>),
    "resolved",
  );
});

Deno.test("disposeAsync that waits in vain names the handlers that still run", async () => {
  const machine = untyped({ A: {}, B: {} }, { id: "http" });
  machine.on("AState", () => new Promise(() => {}));
  machine.on("BState", () => Promise.reject(new Error("x")));
  machine.add(["A", "B"]);
  const error = await (callable(machine, "disposeAsync")({ timeout: 0 }) as Promise<void>)
    .catch((error) => error);
  assertEquals(error.name, "TimeoutError");
  assert(/http/.test(error.message) && /AState/.test(error.message), error.message);
  assert(!/BState/.test(error.message), error.message);
  assertEquals(machine.disposed, true);
});

Deno.test("await using disposes and waits", async () => {
  const order: string[] = [];
  {
    const machine = untyped({ A: {} });
    assert(Symbol.asyncDispose in machine, "there is no Symbol.asyncDispose");
    await using _machine = machine as unknown as AsyncDisposable;
    machine.on("AState", async (e) => {
      await new Promise((resolve) => e.signal.addEventListener("abort", resolve));
      order.push("handler");
    });
    machine.add("A");
  }
  order.push("after");
  assertEquals(order, ["handler", "after"]);
});
