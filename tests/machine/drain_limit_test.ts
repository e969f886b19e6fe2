import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Machine } from "../../mod.ts";
import { fate, turns } from "./settling.ts";
import { bind, callable, untyped } from "./untyped.ts";

/** More than any limit of these tests: a program that gets here goes round for ever. */
const FOR_EVER = 20_000;

class StillGoing extends Error {}

/** Programs that go round for ever → the states and, where it is one, the handler that do. */
const CYCLES: Readonly<
  Record<string, { states: string[]; run: (options: object, again: () => void) => Machine }>
> = {
  "two states that add each other": {
    states: ["A", "B"],
    run: (options, again) => {
      const machine = untyped({ A: { remove: ["B"] }, B: { remove: ["A"] } }, options);
      machine.on("AState", (e) => {
        again();
        e.add("B");
      });
      machine.on("BState", (e) => void e.add("A"));
      machine.add("A");
      return machine;
    },
  },
  "an unconditional remove in AnyState": {
    states: ["Running"],
    run: (options, again) => {
      const machine = untyped({ Running: {}, Tick: { multi: true } }, options);
      machine.on("AnyState", (e) => {
        again();
        e.machine.remove("Running");
      });
      machine.add("Tick");
      return machine;
    },
  },
  "an unconditional add in AnyState": {
    states: ["Tick"],
    run: (options, again) => {
      const machine = untyped({ Tick: { multi: true } }, options);
      machine.on("AnyState", () => {
        again();
        machine.add("Tick", {});
      });
      machine.add("Tick");
      return machine;
    },
  },
  "a multi state that adds itself": {
    states: ["Tick"],
    run: (options, again) => {
      const machine = untyped({ Tick: { multi: true } }, options);
      machine.on("TickState", (e) => {
        again();
        e.add("Tick");
      });
      machine.add("Tick");
      return machine;
    },
  },
  "an auto state that is removed by its own handler": {
    states: ["Auto"],
    run: (options, again) => {
      const machine = untyped({ A: { multi: true }, Auto: { auto: true } }, options);
      machine.on("AutoState", () => {
        again();
        machine.remove("Auto");
      });
      machine.on("AutoEnd", () => void machine.add("A"));
      machine.add("A");
      return machine;
    },
  },
  "a refused mutation that is tried again": {
    states: ["A"],
    run: (options, again) => {
      const machine = untyped({ A: {}, Go: {} }, options);
      machine.on("AEnter", () => {
        again();
        machine.add("A");
        return false;
      });
      machine.add("A");
      return machine;
    },
  },
  "evals that ask for evals": {
    states: [],
    run: (options, again) => {
      const machine = untyped({ A: {} }, options);
      const run = () => {
        again();
        machine.eval(run).catch(() => {});
        machine.add("A");
        machine.remove("A");
      };
      machine.eval(run).catch(() => {});
      return machine;
    },
  },
  "a subscriber that mutates": {
    states: ["Tick"],
    run: (options, again) => {
      const machine = untyped({ Tick: { multi: true } }, options);
      callable(machine, "subscribe")(() => {
        again();
        machine.add("Tick", {});
      });
      machine.add("Tick");
      return machine;
    },
  },
  "two machines that take turns": {
    states: ["Ping"],
    run: (options, again) => {
      const [a, b] = [1, 2].map(() => untyped({ Ping: { multi: true } }, options));
      a.on("PingState", () => {
        again();
        b.add("Ping");
      });
      b.on("PingState", () => void a.add("Ping"));
      a.add("Ping");
      return a.isErr() ? a : b;
    },
  },
  "three machines by their events": {
    states: ["Ping"],
    run: (options, again) => {
      const all = [1, 2, 3].map(() => untyped({ Ping: { multi: true } }, options));
      all.forEach((machine, i) =>
        machine.on("PingState", (e) => {
          again();
          const other = (callable(e, "with")(all[(i + 1) % 3])) as Machine;
          other.add("Ping");
        })
      );
      all[0].add("Ping");
      return all.find((machine) => machine.isErr()) ?? all[0];
    },
  },
};

for (const [what, { states, run }] of Object.entries(CYCLES)) {
  Deno.test(`${what}: ended by drainLimit, with an error that names them`, () => {
    for (const options of [{}, { tracers: [{ steps: true }] }, { handlerTimeout: 1e9 }]) {
      let rounds = 0;
      const machine = run({ drainLimit: 1_000, ...options }, () => {
        if (++rounds > FOR_EVER) throw new StillGoing();
      });
      assert(rounds <= FOR_EVER, "it goes round for ever");
      assertEquals(machine.isErr(), true);
      assertEquals(machine.err?.name, "DrainLimitError");
      assertMatch(machine.err!.message, /1,?000/);
      for (const state of states) assertMatch(machine.err!.message, new RegExp(state));
      assertEquals([machine.queue.length, machine.duringTransition], [0, false]);
      assertEquals(machine.canRemove("Exception"), true);
    }
  });
}

Deno.test("a drain of exactly the limit is no error, one more is", () => {
  for (const [queued, error] of [[9, false], [10, true]] as const) {
    const machine = untyped({ Go: {}, A: { multi: true } }, { drainLimit: 10 });
    let ran = 0;
    machine.on("GoState", () => {
      for (let i = 0; i < queued; i++) machine.add("A", { i });
    });
    machine.on("AState", () => void ran++);
    machine.add("Go");
    assertEquals([machine.isErr(), ran], [error, 9]);
  }
});

Deno.test("what is dropped is told: asks are refused, evals and waits settle, tracers hear of it", async () => {
  const machine = untyped({ Go: {}, A: { multi: true }, Never: {} }, { drainLimit: 5 });
  const ends: Promise<string>[] = [];
  machine.on("GoState", () => {
    for (let i = 0; i < 9; i++) machine.add("A", { i });
    ends.push(fate(callable(machine, "ask")("Never") as Promise<unknown>));
    ends.push(fate(machine.whenQueueEnds()));
  });
  machine.add("Go");
  await turns(1);
  assertEquals(await Promise.all(ends), ["RefusedError", "resolved"]);
  assertEquals(machine.is("Never"), false);
});

Deno.test("what the transition of the limit's error queues is dropped, too", () => {
  const machine = untyped({ Go: {}, A: { multi: true }, B: {} }, { drainLimit: 5 });
  let errors = 0;
  let rounds = 0;
  bind(machine, {
    GoState: () => void machine.add("A", {}),
    AState: () => void (++rounds < FOR_EVER && machine.add("A", {})),
    ExceptionState: () => {
      errors++;
      machine.add("A", {});
      machine.add("B");
    },
  });
  machine.add("Go");
  assert(rounds < FOR_EVER, "it goes round for ever");
  assertEquals([errors, machine.is("B"), machine.queue.length], [1, false, 0]);
  assertEquals(machine.add("B"), "executed");
});

Deno.test("the next drain has the whole limit again", () => {
  const machine = untyped({ A: {} }, { drainLimit: 3 });
  for (let i = 0; i < 50; i++) assertEquals(machine.toggle("A"), "executed");
  assertEquals(machine.isErr(), false);
});

Deno.test("a long drain within the default limit is fine", () => {
  const machine = untyped({ Tick: { multi: true } });
  let n = 0;
  machine.on("TickState", (e) => {
    if (++n < 50_000) e.add("Tick");
  });
  machine.add("Tick");
  assertEquals([n, machine.isErr()], [50_000, false]);
});

Deno.test("with drainLimit: Infinity nothing is counted", () => {
  const machine = untyped({ Tick: { multi: true } }, { drainLimit: Infinity });
  let n = 0;
  machine.on("TickState", (e) => {
    if (++n < 5_000) e.add("Tick");
  });
  machine.add("Tick");
  assertEquals([n, machine.isErr()], [5_000, false]);
});

Deno.test("machines that each add to the next go as deep as they are many", () => {
  const all = Array.from({ length: 5_000 }, () => untyped({ Go: {} }));
  all.forEach((machine, i) => machine.on("GoState", () => void all[i + 1]?.add("Go")));
  assertEquals(all[0].add("Go"), "executed");
  const errors = all.map((machine) => machine.err).filter((error) => error !== null);
  const reached = all.filter((machine) => machine.is("Go")).length;
  // Either all are reached, or an error in words of machines says what is too deep.
  if (errors.length === 0) assertEquals(reached, all.length);
  else assertMatch(errors[0].message, /machine|deep|nested/i);
  assert(errors.every((error) => error.name !== "RangeError"), "the stack overflowed");
});

Deno.test("catchErrors: false throws the limit's error out of the mutation", () => {
  const machine = untyped({ A: { multi: true } }, { drainLimit: 50, catchErrors: false });
  let n = 0;
  machine.on("AState", (e) => {
    if (++n < FOR_EVER) e.add("A");
  });
  let name = "";
  try {
    machine.add("A");
  } catch (error) {
    name = (error as Error).name;
  }
  assert(n < FOR_EVER, "it goes round for ever");
  assert(name === "DrainLimitError" || machine.err?.name === "DrainLimitError");
});
