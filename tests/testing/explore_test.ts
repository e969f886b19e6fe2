import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import {
  type Coverage,
  type Explorable,
  explore,
  ExploreError,
  type ExploreOptions,
} from "../../testing/mod.ts";
import { Machine } from "../../mod.ts";

const quiet = { printErrors: false } as const;

/** A name, a machine with one bug, and the steps by which the shortest trace gets there. */
interface Seeded {
  readonly bug: string;
  readonly make: () => Explorable;
  readonly options?: ExploreOptions;
  readonly needs: readonly string[];
  readonly says: string;
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

const SEEDED: readonly Seeded[] = [
  {
    bug: "a handler that throws",
    make: () =>
      new Machine({ Foo: {}, Bar: {} }, {
        ...quiet,
        handlers: {
          BarState() {
            throw new Error("bar is broken");
          },
        },
      }),
    needs: ["Bar"],
    says: "bar is broken",
  },
  {
    bug: "a handler that throws in one combination only",
    make: () => {
      const machine = new Machine({ Foo: {}, Bar: {}, Baz: {} }, quiet);
      machine.bindHandlers({
        BazState() {
          must(!(machine.is("Foo") && machine.is("Bar")), "all three");
        },
      });
      return machine;
    },
    needs: ["add Foo", "add Bar", "Baz"],
    says: "all three",
  },
  {
    bug: "a relation that was forgotten",
    make: () => new Machine({ Open: {}, Closed: {} }, quiet),
    options: {
      check: (machine) => must(!machine.is(["Open", "Closed"]), "open and closed"),
    },
    needs: ["Open", "Closed"],
    says: "open and closed",
  },
  {
    bug: "a negotiation handler that lets the third through",
    make: () => {
      let n = 0;
      const machine = new Machine({ Turn: { multi: true } }, quiet);
      machine.bindHandlers({
        TurnEnter: () => n <= 3,
        TurnState: () => void n++,
      });
      return Object.assign(machine, { count: () => n });
    },
    options: {
      check: (machine) => must((machine as unknown as { count(): number }).count() <= 2, "3 turns"),
    },
    needs: ["Turn", "Turn", "Turn"],
    says: "3 turns",
  },
  {
    bug: "an asynchronous handler that fails later",
    make: () =>
      new Machine({ Loading: {}, Idle: {} }, {
        ...quiet,
        handlers: {
          async LoadingState() {
            await Promise.resolve();
            throw new Error("no file");
          },
        },
      }),
    needs: ["Loading"],
    says: "no file",
  },
  {
    bug: "a late result that is applied by the machine, not by the event",
    make: () => {
      const machine = new Machine({
        Loading: { remove: ["Loaded", "Idle"] },
        Loaded: {},
        Idle: { remove: ["Loading"] },
      }, quiet);
      machine.bindHandlers({
        async LoadingState() {
          for (let i = 0; i < 50; i++) await Promise.resolve();
          machine.add("Loaded");
        },
        IdleState: (e) => void e.remove("Loaded"),
      });
      return machine;
    },
    options: {
      states: ["Loading", "Idle"],
      check: (machine) =>
        must(!(machine.is(["Loaded", "Idle"])), "loaded although it was given up"),
    },
    needs: ["Loading", "Idle"],
    says: "loaded although",
  },
  {
    bug: "an argument that a handler cannot take",
    make: () =>
      new Machine({ Sized: { multi: true } }, {
        ...quiet,
        handlers: {
          SizedState: (e) => must(Number(e.args.size) >= 0, "a negative size"),
        },
      }),
    options: { args: { Sized: [{ size: 0 }, { size: 5 }, { size: -1 }] } },
    needs: ['{"size":-1}'],
    says: "a negative size",
  },
  {
    bug: "a handler that never ends",
    make: () =>
      new Machine({ Stuck: {}, Free: {} }, {
        ...quiet,
        handlers: { StuckState: () => new Promise<void>(() => {}) },
      }),
    options: { timeout: 1, runs: 50 },
    needs: ["Stuck"],
    says: "StuckState still runs",
  },
  {
    bug: "handlers that add each other without end",
    make: () =>
      new Machine({ Ping: { remove: ["Pong"] }, Pong: { remove: ["Ping"] } }, {
        ...quiet,
        drainLimit: 100,
        handlers: {
          PingState: (e) => void e.add("Pong"),
          PongState: (e) => void e.add("Ping"),
        },
      }),
    needs: ["P"],
    says: "100",
  },
];

async function found(seeded: Seeded, more: ExploreOptions = {}): Promise<ExploreError> {
  return await assertRejects(
    async () => void await explore(seeded.make, { print: () => {}, ...seeded.options, ...more }),
    ExploreError,
  );
}

for (const seeded of SEEDED) {
  Deno.test(`explore() finds ${seeded.bug}, and shrinks it`, async () => {
    const error = await found(seeded);
    assertStringIncludes(error.message, seeded.says);
    assertEquals(error.trace.length <= 6, true, error.trace.join(", "));
    for (const needed of seeded.needs) assertStringIncludes(error.trace.join(", "), needed);
    assertStringIncludes(error.message, `seed ${error.seed}`);
  });
}

Deno.test("explore() finds a timeout that nobody expects", async () => {
  using time = new FakeTime(0);
  const error = await found({
    bug: "",
    make: () =>
      new Machine({
        Waiting: { timeouts: { Late: 60_000 }, remove: ["Done"] },
        Done: { remove: ["Waiting"] },
        Late: {},
      }, { ...quiet, handlers: { LateState: (e) => must(e.machine.is("Done"), "too late") } }),
    needs: [],
    says: "",
  }, { states: ["Waiting", "Done"], time });
  assertEquals(error.trace, ["add Waiting", "wait"]);
  assertStringIncludes(error.message, "too late");
});

Deno.test("explore() finds the same by the same seed", async () => {
  const first = await found(SEEDED[1]);
  const second = await found(SEEDED[1], { seed: first.seed });
  assertEquals(second.trace, first.trace);
});

Deno.test("explore() prints what was used, and what was not", async () => {
  const printed: string[] = [];
  const handlers = { FooState() {}, NeverState() {}, NeverEnter: () => true };
  const machine = () => {
    const made = new Machine({
      Foo: { add: ["Bar"], remove: ["Baz"] },
      Bar: {},
      Baz: {},
      Never: { require: ["Exception"] },
    }, quiet);
    made.bindHandlers(handlers);
    return made;
  };
  const coverage: Coverage = await explore(machine, {
    handlers,
    print: (text) => void printed.push(text),
  });
  assertEquals(coverage.states.missed, ["Never", "Exception"]);
  assertEquals(coverage.handlers, { seen: ["FooState"], missed: ["NeverState", "NeverEnter"] });
  assertEquals(coverage.relations.missed, []);
  assertEquals(printed, [`explored 200 sequences\n${coverage}`]);
  assertStringIncludes(printed[0], "states: 3 of 5, never Never, Exception");
});

Deno.test("explore() allows Exception when told to, and refuses unknown states", async () => {
  const machine = () =>
    new Machine({ Foo: {} }, {
      ...quiet,
      handlers: {
        FooState() {
          throw new Error("expected");
        },
      },
    });
  const coverage = await explore(machine, { allowErrors: true, runs: 20, print: () => {} });
  assertEquals(coverage.states.seen.includes("Exception"), true);
  await assertRejects(() => explore(machine, { states: ["Fo"] }), TypeError, "no state Fo");
  await assertRejects(() => explore(machine, { states: [] }), TypeError, "no state to call");
});
