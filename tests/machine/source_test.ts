import { assert, assertEquals } from "@std/assert";
import type { Machine, MutationSource } from "../../mod.ts";
import { turns } from "./settling.ts";
import { bind, callable, untyped } from "./untyped.ts";

const SCHEMA = { Go: { multi: true }, Went: { multi: true }, Off: {}, On: {} };

/** A machine that writes down the source of each mutation that becomes a transition. */
function traced(id: string, options: object = {}): { machine: Machine; sources: string[] } {
  const sources: string[] = [];
  const tracer = {
    transitionInit: (
      tx: {
        type: string;
        calledStates: string[];
        source: MutationSource | null;
        auto: boolean;
        check: boolean;
      },
    ) => {
      const kind = tx.auto ? "auto" : tx.check ? "can" : tx.type;
      const from = tx.source === null ? "none" : `${tx.source.machineId} ${tx.source.handler}`;
      sources.push(`${kind} ${tx.calledStates}: ${from}`);
    },
  };
  const machine = untyped(SCHEMA, { id, tracers: [tracer], ...options });
  machine.add("On");
  sources.length = 0;
  return { machine, sources };
}

/** Each way to mutate a machine → the line that its tracer writes. */
const MUTATIONS: Readonly<Record<string, (machine: Machine) => void>> = {
  "add Went": (machine) => void machine.add("Went"),
  "add Went,Off": (machine) => void machine.add(["Went", "Off"], { id: 1 }),
  "remove On": (machine) => void machine.remove("On"),
  "set Off": (machine) => void machine.set("Off"),
  "add Off": (machine) => void machine.toggle("Off"),
  "add Exception": (machine) => void machine.addErr(new Error("x")),
  "add Off,Exception": (machine) => void machine.addErr(new Error("x"), { state: "Off" }),
};

const HANDLERS = ["GoEnter", "AnyEnter", "OnGo", "OnOn", "GoState", "AnyState"];

for (const [line, mutate] of Object.entries(MUTATIONS)) {
  Deno.test(`what a handler does to another machine has a source: ${line}`, () => {
    for (const handler of HANDLERS) {
      const a = traced("a");
      const b = traced("b");
      bind(a.machine, { [handler]: () => mutate(b.machine) });
      a.machine.add("Go");
      assertEquals(b.sources, [`${line}: a ${handler}`]);
    }
  });

  Deno.test(`what a handler does to its own machine has a source: ${line}`, () => {
    for (const handler of HANDLERS) {
      const { machine, sources } = traced("a");
      let first = true;
      bind(machine, {
        [handler]: () => {
          if (first) mutate(machine);
          first = false;
        },
      });
      machine.add("Go");
      assertEquals(sources, ["add Go: none", `${line}: a ${handler}`], handler);
    }
  });
}

Deno.test("the exits' handlers are sources, too", () => {
  for (const handler of ["OnExit", "OnEnd"]) {
    const a = traced("a");
    const b = traced("b");
    bind(a.machine, { [handler]: () => void b.machine.add("Went") });
    a.machine.remove("On");
    assertEquals(b.sources, [`add Went: a ${handler}`]);
  }
});

Deno.test("a source says in which transition its handler ran", () => {
  const a = untyped(SCHEMA, { id: "a" });
  const b = untyped(SCHEMA, { id: "b" });
  const seen: (MutationSource | null)[] = [];
  let id = 0;
  b.on("WentState", (e) => void seen.push(e.mutation.source));
  a.on("GoState", (e) => {
    id = e.transition.id;
    b.add("Went");
  });
  a.add("On");
  a.add("Go");
  assertEquals(seen.map((source) => ({ ...source })), [
    { machineId: "a", transition: id, handler: "GoState" },
  ]);
});

Deno.test("of handlers within handlers the innermost is the source", () => {
  const [a, b, c] = ["a", "b", "c"].map((id) => traced(id));
  a.machine.on("GoState", () => {
    b.machine.add("Go");
    c.machine.add("Off");
  });
  b.machine.on("GoState", () => void c.machine.add("Went"));
  a.machine.add("Go");
  assertEquals(b.sources, ["add Go: a GoState"]);
  assertEquals(c.sources, ["add Went: b GoState", "add Off: a GoState"]);
});

Deno.test("a busy machine remembers the source of what it queues", () => {
  const [a, b, c] = ["a", "b", "c"].map((id) => traced(id));
  b.machine.on("GoState", () => void a.machine.add("Go"));
  a.machine.on("GoState", () => void b.machine.add("Went"));
  b.machine.add("Go");
  assertEquals(b.sources, ["add Go: none", "add Went: a GoState"]);
  c.machine.add("Went");
  assertEquals(c.sources, ["add Went: none"]);
});

/** How a handler may end → nothing of it is left. */
const ENDS: Readonly<Record<string, () => unknown>> = {
  "returns": () => {},
  "refuses": () => false,
  "throws": () => {
    throw new Error("x");
  },
  "rejects": () => Promise.reject(new Error("x")),
  "stays pending": () => new Promise(() => {}),
};

for (const [what, end] of Object.entries(ENDS)) {
  Deno.test(`the source of a handler that ${what} does not leak into what runs afterwards`, async () => {
    for (const catchErrors of [true, false]) {
      for (const handler of ["GoEnter", "GoState", "AnyState"]) {
        if (what === "rejects" && !catchErrors) continue; // nobody's error: told elsewhere
        const a = traced("a", { catchErrors });
        const b = traced("b");
        let first = true;
        bind(a.machine, {
          [handler]: () => {
            if (first) {
              first = false;
              return end();
            }
          },
        });
        try {
          a.machine.add("Go");
        } catch {
          assertEquals(catchErrors, false);
        }
        b.machine.add("Went");
        await turns(1);
        b.machine.add("Off");
        assertEquals(b.sources, ["add Went: none", "add Off: none"], handler);
      }
    }
  });
}

Deno.test("what runs between handlers has no source: evals, waits, queries, tracers, loggers", async () => {
  const b = traced("b");
  let on = false;
  const tracer = { transitionEnd: () => void (on && b.machine.add("Went")) };
  const a = untyped(SCHEMA, { id: "a", tracers: [tracer] });
  a.on("GoState", () => {
    a.eval(() => void b.machine.add("On"));
  });
  a.when("Go").then(() => b.machine.add("Off"));
  on = true;
  a.add("Go");
  on = false;
  await turns(1);
  assertEquals(b.sources.filter((line) => !line.endsWith("none")), []);
});

Deno.test("after an await the source is gone, and e.with carries it on", async () => {
  const a = traced("a");
  const b = traced("b");
  a.machine.on("GoState", async (e) => {
    await null;
    b.machine.add("Went");
    const other = callable(e, "with")(b.machine) as Machine;
    assertEquals(other.add("Off"), "executed");
    assertEquals(other.remove("Off"), "executed");
    assertEquals(other.set("On"), "executed");
    assertEquals(other.toggle("On"), "executed");
    assertEquals(other.addErr(new Error("x")), "executed");
  });
  a.machine.add("Go");
  await turns(1);
  assertEquals(a.machine.err, null);
  const from = "a GoState";
  assertEquals(b.sources, [
    "add Went: none",
    `add Off: ${from}`,
    `remove Off: ${from}`,
    `set On: ${from}`,
    `remove On: ${from}`,
    `add Exception: ${from}`,
  ]);
});

Deno.test("what e.with gives is canceled once its context has ended", async () => {
  const a = untyped({ Go: {} });
  const b = untyped(SCHEMA);
  let other: Machine | undefined;
  a.on("GoState", async (e) => {
    other = callable(e, "with")(b) as Machine;
    await null;
  });
  a.add("Go");
  assert(other !== undefined, "there is no e.with");
  assertEquals(other.add("Went"), "executed");
  a.remove("Go");
  for (const type of ["add", "remove", "set", "toggle"] as const) {
    assertEquals(other[type]("Off"), "canceled");
  }
  assertEquals(other.addErr(new Error("x")), "canceled");
  assertEquals([b.is("Off"), b.isErr(), b.err], [false, false, null]);
  await turns(1);
});

Deno.test("dry runs in a handler have no effect on sources", () => {
  const a = traced("a");
  const b = traced("b");
  bind(b.machine, { GoEnter: () => true });
  a.machine.on("GoState", () => {
    b.machine.canAdd("Go");
    b.machine.add("Went");
  });
  a.machine.add("Go");
  b.machine.add("Off");
  assertEquals(b.sources.filter((line) => !line.startsWith("can")), [
    "add Went: a GoState",
    "add Off: none",
  ]);
});

Deno.test("children and parents that are made or mutated in a handler know their source", () => {
  const parent = traced("parent");
  const lines: string[] = [];
  parent.machine.on("GoState", () => {
    const child = traced("child", { parent: parent.machine });
    child.machine.add("Went");
    child.machine.on("GoState", () => void parent.machine.add("Off"));
    child.machine.add("Go");
    lines.push(...child.sources);
  });
  parent.machine.add("Go");
  assertEquals(lines, ["add Went: parent GoState", "add Go: parent GoState"]);
  assertEquals(parent.sources, ["add Go: none", "add Off: child GoState"]);
});

Deno.test("auto states and Exception have no source of a handler, watched or not", () => {
  const schema = { Go: {}, Auto: { auto: true } };
  const machine = untyped(schema, { id: "a" });
  const seen: unknown[] = [];
  machine.on("AutoState", (e) => void seen.push(e.mutation.source));
  machine.on("GoState", () => {});
  machine.add("Go");
  assertEquals(seen, [null]);
});
