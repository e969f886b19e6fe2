import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Machine, Tracer } from "../../mod.ts";
import { turns } from "./settling.ts";
import { bind, callable, untyped } from "./untyped.ts";

const nothing = () => {};

/** Ways to watch, or to make the machine take another path, that must change nothing. */
const WATCHERS: Readonly<Record<string, (machine: Machine) => void>> = {
  "nobody": nothing,
  "an empty tracer": (machine) => machine.addTracer({}),
  "a tracer of steps": (machine) => machine.addTracer({ steps: true, transitionEnd: nothing }),
  "a tracer of the log": (machine) => machine.addTracer({ logLevel: "everything", log: nothing }),
  "a tracer that wraps": (machine) =>
    machine.addTracer({ wrapHandler: (_tx, _name, call) => call() }),
  "a tracer that looks": (machine) =>
    machine.addTracer({
      transitionInit: (tx) => void [tx.id, tx.args, tx.target, machine.transition, machine.queue],
    }),
  "a log": (machine) => {
    machine.setLogger(nothing);
    machine.setLogLevel("everything");
  },
  "a pending query": (machine) => void machine.whenQuery(() => false),
  "pending waits": (machine) => {
    for (const state of machine.stateNames) {
      machine.whenTick(state, 1e9);
      machine.whenArgs(state, { never: true });
    }
  },
  "contexts": (machine) => {
    machine.addTracer({
      transitionEnd: () => void machine.activeStates().map((s) => machine.stateContext(s).signal),
    });
  },
  "an AnyState handler": (machine) => void machine.on("AnyState", nothing),
  "an AnyState handler that takes its event": (machine) =>
    void machine.on("AnyState", (e) => void [e.args, e.transition]),
  "an AnyEnter handler": (machine) => void machine.on("AnyEnter", () => true),
  "final handlers": (machine) => {
    for (const state of machine.stateNames) bind(machine, { [`${state}State`]: nothing });
  },
  "handlers that take their event": (machine) => {
    for (const state of machine.stateNames) {
      bind(machine, { [`${state}Enter`]: (e: { args: unknown }) => e.args !== 1 });
    }
  },
  "a subscriber": (machine) => void callable(machine, "subscribe")(nothing),
};

/** Options that must change nothing either. */
const OPTIONS: Readonly<Record<string, object>> = {
  "plain options": {},
  "a time limit": { handlerTimeout: 1e9 },
  "a signal": { signal: new AbortController().signal },
};

const STATES = ["A", "B", "C", "D"];
const state = fc.record({
  auto: fc.boolean(),
  multi: fc.boolean(),
  add: fc.subarray(STATES, { maxLength: 1 }),
  remove: fc.subarray(STATES, { maxLength: 2 }),
  require: fc.subarray(STATES, { maxLength: 1 }),
}, { requiredKeys: [] });
const mutation = fc.record({
  type: fc.constantFrom("add", "add", "add", "remove", "set", "toggle", "canAdd", "addErr"),
  states: fc.subarray(STATES, { minLength: 1, maxLength: 2 }),
  args: fc.option(fc.record({ id: fc.integer({ min: 0, max: 1 }) }), { nil: undefined }),
  nested: fc.boolean(),
});

type Program = {
  states: object[];
  mutations: { type: string; states: string[]; args?: object; nested: boolean }[];
};

/** Everything that the program sees. */
async function seen({ states, mutations }: Program, options: object, watch: (m: Machine) => void) {
  const machine = untyped(
    Object.fromEntries([
      ...STATES.map((name, i) => [name, states[i]]),
      ["Login", { require: ["On"] }],
      ["On", {}],
      ["Sync", { auto: true, require: ["On"] }],
      ["Go", { multi: true }],
    ]),
    options,
  );
  const log: unknown[] = [];
  let queued: (() => void)[] = [];
  machine.on("GoState", () => queued.splice(0).forEach((run) => run()));
  // Handlers that take no event, so that the machine itself has the choice of its path.
  machine.on("BEnter", () => machine.not("C"));
  watch(machine);
  STATES.forEach((name) => {
    for (const args of [{}, { id: 1 }]) {
      machine.whenArgs(name, args).then(() => log.push(`args ${name} ${JSON.stringify(args)}`));
    }
    machine.when(name).then(() => log.push(`when ${name}`));
  });
  for (const { type, states, args, nested } of mutations) {
    const run = () => {
      const target = type === "addErr" ? new Error("x") : states;
      const result = callable(machine, type)(target, type === "addErr" ? {} : args);
      log.push([type, result, machine.toStringAll(), machine.explain()]);
    };
    if (nested) {
      queued = [run];
      machine.add("Go");
    } else run();
    await Promise.resolve();
    log.push(machine.toStringAll(), machine.explain(), machine.err?.message);
  }
  log.push(machine.add("Login"), machine.explain()?.message);
  await turns(1);
  let id = 0;
  machine.on("AnyState", (e) => void (id = e.transition.id));
  machine.add("Go");
  return [log, `transitions: ${id}`];
}

for (const [option, options] of Object.entries(OPTIONS)) {
  for (const [name, watch] of Object.entries(WATCHERS)) {
    Deno.test(`a program sees the same with ${name} and ${option}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(state, { minLength: 4, maxLength: 4 }),
          fc.array(mutation, { maxLength: 8 }),
          async (states, mutations) => {
            const program = { states, mutations };
            try {
              untyped(Object.fromEntries(STATES.map((name, i) => [name, states[i]])));
            } catch {
              return; // a schema that contradicts itself
            }
            assertEquals(
              await seen(program, options, watch),
              await seen(program, {}, nothing),
            );
          },
        ),
        { numRuns: 40 },
      );
    });
  }
}

Deno.test("the numbers of transitions are the same whoever watches", () => {
  const numbers = Object.values(WATCHERS).map((watch) => {
    const machine = untyped({
      A: {},
      B: { require: ["No"] },
      No: {},
      M: { multi: true },
      S: { auto: true },
    });
    watch(machine);
    machine.add("A");
    machine.add("B");
    machine.remove("B");
    machine.canAdd("A");
    machine.add("M", { id: 1 });
    let id = 0;
    machine.on("MState", (e) => void (id = e.transition.id));
    machine.add("M");
    return id;
  });
  assertEquals(numbers, numbers.map(() => numbers[0]));
});

Deno.test("a whenArgs without conditions takes every call, whoever watches", async () => {
  for (const [name, watch] of Object.entries(WATCHERS)) {
    for (const args of [undefined, {}, { id: 1 }]) {
      const machine = untyped({ A: { multi: true } });
      watch(machine);
      let got = 0;
      machine.whenArgs("A", {}).then(() => got++);
      machine.add("A", args);
      await Promise.resolve();
      assertEquals(got, 1, `${name}, ${JSON.stringify(args)}`);
    }
  }
});

Deno.test("explain() is not overwritten by the refusal of an auto state, on any path", () => {
  for (const [name, watch] of Object.entries(WATCHERS)) {
    for (const nested of [false, true]) {
      const machine = untyped({
        A: { multi: true },
        Login: { require: ["On"] },
        On: {},
        Sync: { auto: true, require: ["On"] },
        Go: {},
      });
      watch(machine);
      bind(machine, { SyncEnter: () => false });
      if (nested) machine.on("GoState", () => void machine.add("Login"));
      machine.add(nested ? "Go" : "Login");
      machine.add("A");
      assert(
        machine.explain()?.message.startsWith("add Login"),
        `${name}: ${machine.explain()?.message}`,
      );
      machine.add("On");
      assert(
        machine.explain()?.message.startsWith("add Login"),
        `${name}: ${machine.explain()?.message}`,
      );
    }
  }
});

// --- callbacks that change what runs -------------------------------------------------------------------

/** Hooks of one transition with all sorts of handlers. */
const HOOKS: readonly (keyof Tracer)[] = [
  "mutationQueued",
  "transitionInit",
  "transitionStart",
  "handlerStart",
  "handlerEnd",
  "transitionEnd",
  "queueEnd",
  "log",
];

const CHANGES: Readonly<Record<string, (machine: Machine, others: { unbind(): void }[]) => void>> =
  {
    "unbinds handlers": (_, others) => others.forEach((one) => one.unbind()),
    "binds handlers": (machine) => {
      machine.on("AEnter", () => true);
      machine.on("DState", nothing);
    },
    "binds and unbinds": (machine, others) => {
      others[0].unbind();
      machine.on("AnyEnter", () => true).unbind();
    },
    "adds a tracer": (machine) => machine.addTracer({ steps: true }),
    "removes all tracers": (machine) => {
      for (const tracer of machine.tracers) machine.removeTracer(tracer);
    },
    "sets the log level": (machine) => machine.setLogLevel("nothing"),
    "tries to set the schema": (machine) => {
      try {
        machine.setSchema({ ...machine.schema, New: {} });
      } catch {
        // refused during a transition
      }
    },
  };

for (const hook of HOOKS) {
  for (const [what, change] of Object.entries(CHANGES)) {
    Deno.test(`a hook ${hook} that ${what} leaves the running transition its handlers`, () => {
      let armed = false;
      const others: { unbind(): void }[] = [];
      const tracer: Tracer = {
        logLevel: "everything",
        [hook]: () => {
          if (!armed) return;
          armed = false;
          change(machine, others);
        },
      };
      const machine = untyped({ A: {}, B: {}, C: { auto: true }, D: {} }, { tracers: [tracer] });
      const called: string[] = [];
      others.push(machine.on("AState", nothing), machine.on("AnyEnter", () => true));
      bind(machine, {
        BEnter: () => void called.push("BEnter"),
        BState: () => {
          called.push("BState");
          machine.add("D");
        },
        CState: () => void called.push("CState"),
      });
      armed = true;
      assertEquals(machine.add("B"), "executed");
      assertEquals(called, ["BEnter", "BState", "CState"]);
      assertEquals([machine.err, machine.is(["B", "C", "D"])], [null, true]);
      called.length = 0;
      machine.remove("B");
      machine.add("B");
      assertEquals(called.slice(0, 2), ["BEnter", "BState"]);
    });
  }
}

Deno.test("a negotiation handler is asked although a logger unbinds another", () => {
  const called: string[] = [];
  const bound: { unbind(): void }[] = [];
  const logger = () => bound.forEach((one) => one.unbind());
  const machine = untyped({ A: {}, B: {} }, { logLevel: "ops", logger });
  machine.on("BState", () => void called.push("BState"));
  machine.on("BEnter", () => void called.push("BEnter"));
  bound.push(machine.on("AState", nothing));
  machine.add("B");
  assertEquals([called, machine.err], [["BEnter", "BState"], null]);
});

Deno.test("handlers that unbind themselves or others leave the running transition its own", () => {
  const machine = untyped({ A: {}, B: {} });
  const called: string[] = [];
  const second = () => void called.push("second");
  const bindings: { unbind(): void }[] = [
    machine.on("AEnter", () => bindings.forEach((one) => one.unbind())),
    machine.on("AEnter", second),
    machine.on("AState", () => void called.push("AState")),
  ];
  assertEquals(machine.add("A"), "executed");
  machine.remove("A");
  assertEquals(called.includes("second") && called.includes("AState"), true);
  called.length = 0;
  machine.add("A");
  assertEquals(called, []);
});

// --- hooks and setters that are given nonsense ------------------------------------------------------------

Deno.test("a wrapHandler that fails is reported, and the handler runs once all the same", () => {
  const wraps: Record<string, NonNullable<Tracer["wrapHandler"]>> = {
    "throws before": () => {
      throw new Error("mine");
    },
    "throws after": (_tx, _name, call) => {
      call();
      throw new Error("mine");
    },
    "never calls": () => undefined,
    "calls twice": (_tx, _name, call) => {
      call();
      return call();
    },
    "returns something else": (_tx, _name, call) => {
      call();
      return false;
    },
  };
  for (const [what, wrapHandler] of Object.entries(wraps)) {
    for (const outer of [false, true]) {
      const tracers: Tracer[] = [{ wrapHandler }, { wrapHandler: (_tx, _name, call) => call() }];
      const machine = untyped({ A: {} }, { tracers: outer ? tracers.reverse() : tracers });
      let ran = 0;
      machine.on("AState", () => void ran++);
      assertEquals(machine.add("A"), "executed", what);
      assertEquals([ran, machine.isErr()], [1, false], what);
    }
  }
});

Deno.test("what the handler throws or refuses goes through a wrapHandler", () => {
  const wrapHandler: Tracer["wrapHandler"] = (_tx, _name, call) => call();
  const machine = untyped({ A: {}, B: {} }, { tracers: [{ wrapHandler }] });
  bind(machine, {
    AEnter: () => false,
    BState: () => {
      throw new RangeError("mine");
    },
  });
  assertEquals([machine.add("A"), machine.add("B"), machine.err?.message], [
    "canceled",
    "canceled",
    "mine",
  ]);
});

Deno.test("a setter that is given nonsense throws, and nothing half done stays", () => {
  const machine = untyped({ A: {} });
  const wrong: [string, unknown[]][] = [
    ["addTracer", [{ logLevel: "loud" }]],
    ["addTracer", [null]],
    ["addTracer", [1]],
    ["setLogLevel", ["loud"]],
    ["setLogLevel", [undefined]],
    ["setLogger", [null]],
    ["setLogger", ["console"]],
    ["setLogArgs", [1]],
    ["setSchema", [null]],
    ["setSchema", [{}]],
    ["setSchema", [{ A: { add: ["No"] } }]],
    ["bindHandlers", [{ ASate() {} }]],
    ["onDispose", [1]],
  ];
  for (const [name, args] of wrong) {
    assertThrows(
      () => callable(machine, name)(...args),
      Error,
      "",
      `${name}(${Deno.inspect(args)})`,
    );
    assertEquals([machine.tracers.length, machine.logLevel], [0, "nothing"], name);
    machine.addTracer({});
    assertEquals(machine.tracers.length, 1, name);
    machine.removeTracer(machine.tracers[0]);
    machine.set([]);
    assertEquals(machine.add("A"), "executed", name);
  }
  machine.dispose();
});
