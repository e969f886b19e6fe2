import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { createActor, createMachine, fromPromise } from "xstate";
import { type Imported, importXState, InputError } from "../../gen/main.ts";
import { Machine } from "../../mod.ts";

type Config = Readonly<Record<string, unknown>>;

/** A construct each, small. Guards `g` and `h` are switched by the test. */
const MACHINES: Readonly<Record<string, Config>> = {
  "flat, guards, alternatives": {
    initial: "a",
    states: {
      a: { on: { N: [{ target: "b", guard: "g" }, { target: "c", guard: "h" }], M: "c" } },
      b: { on: { N: { target: "a" }, M: { actions: "x" } } },
      c: { on: { N: "a" } },
    },
  },
  "nested, initial, deep, relative and id targets": {
    id: "m",
    initial: "a",
    states: {
      a: { on: { N: "b", M: "b.two", P: "#deep", Q: "#m.b.two" } },
      b: {
        initial: "one",
        on: { N: "a", M: ".one", P: "b" },
        states: {
          one: { on: { N: "two", Q: "#m.a" } },
          two: {
            initial: "x",
            on: { Q: "one" },
            states: { x: { on: { M: "y" } }, y: { id: "deep", on: { P: "#m.b.one" } } },
          },
        },
      },
    },
  },
  "parallel regions": {
    initial: "off",
    states: {
      off: { on: { N: "on", M: "on.right.r2" } },
      on: {
        type: "parallel",
        on: { Q: "off" },
        states: {
          left: { initial: "l1", states: { l1: { on: { N: "l2" } }, l2: { on: { M: "l1" } } } },
          right: { initial: "r1", states: { r1: { on: { N: "r2" } }, r2: { on: { P: "r1" } } } },
        },
      },
    },
  },
  "a parallel machine": {
    type: "parallel",
    states: {
      x: { initial: "x1", states: { x1: { on: { N: "x2" } }, x2: { on: { N: "x1" } } } },
      y: { initial: "y1", states: { y1: { on: { M: "y2" } }, y2: { on: { M: "y1" } } } },
    },
  },
  "events of the machine": {
    initial: "a",
    on: { M: ".b", P: { target: ".c", guard: "g" } },
    states: { a: { on: { M: "c" } }, b: {}, c: { on: { N: "a" } } },
  },
  "delays": {
    initial: "a",
    states: {
      a: { after: { 10: "b" }, on: { N: "c" } },
      b: { after: { 5: { target: "c", guard: "g" }, 20: "a" } },
      c: { on: { N: "a" } },
    },
  },
  "delays into nested states, to where it is, to one state twice, at once": {
    id: "m",
    initial: "a",
    states: {
      a: {
        after: {
          5: [{ target: "b.two", guard: "g" }, { target: "d", guard: "h" }],
          10: "b",
          20: "b",
        },
        on: { N: "b.two", M: "d" },
      },
      b: {
        initial: "one",
        after: { 30: "a" },
        states: {
          one: { after: { 10: "two" }, on: { M: "#m.d" } },
          two: { after: { 5: "three.y", 10: { actions: "x" } } },
          three: {
            initial: "x",
            after: { 10: "three", 20: "#m.d" },
            states: { x: {}, y: { after: { 1: "x" } } },
          },
        },
      },
      d: {
        type: "parallel",
        on: { P: "a" },
        states: {
          l: { initial: "l1", states: { l1: { after: { 5: "l2" } }, l2: { after: { 10: "l1" } } } },
          r: {
            initial: "r1",
            states: {
              r1: { after: { 0: "r2" } },
              r2: { after: { 20: { target: "#m.b", guard: "g" } } },
            },
          },
        },
      },
    },
  },
  "always": {
    initial: "a",
    states: {
      a: { on: { N: "b", M: "c" } },
      b: { always: [{ target: "c", guard: "g" }, { target: "d", guard: "h" }], on: { N: "a" } },
      c: { on: { N: "d" } },
      d: { always: "a" },
    },
  },
  "a nested state that is done": {
    initial: "a",
    states: {
      a: {
        initial: "one",
        onDone: "b",
        on: { P: "b" },
        states: {
          one: { on: { N: "two", M: "end1" } },
          two: { on: { N: "end1" } },
          end1: { type: "final" },
        },
      },
      b: { on: { N: "a" } },
    },
  },
  "regions that are done": {
    initial: "a",
    states: {
      a: {
        type: "parallel",
        onDone: "b",
        states: {
          x: { initial: "x1", states: { x1: { on: { N: "x2" } }, x2: { type: "final" } } },
          y: { initial: "y1", states: { y1: { on: { M: "y2" } }, y2: { type: "final" } } },
        },
      },
      b: { on: { Q: "a" } },
    },
  },
  "invokes": {
    initial: "a",
    states: {
      a: { invoke: { src: "work", id: "job", onDone: "b", onError: "c" }, on: { M: "c" } },
      b: { on: { N: "a" } },
      c: { on: { N: "a" } },
    },
  },
};

const list = (text: string): string[] => JSON.parse(text.match(/add\((\[.*?\])\)/)![1]);

interface Advice {
  readonly states: readonly string[] | null;
  readonly guard: string | undefined;
}

/** What a note says after its colon: calls, the first whose guard holds. */
const advices = (text: string): Advice[] =>
  text.split("; or else ").map((part) => ({
    states: part.startsWith("no change") ? null : list(part),
    guard: part.match(/; if (\w+) holds/)?.[1],
  }));

/** Does with a machine what the notes say, and nothing else. */
class Follower {
  readonly machine: Machine;
  readonly #events: { source: string; event: string; advices: Advice[] }[] = [];
  readonly #names = new Map<string, string>();
  readonly #order: readonly string[];

  constructor(
    { schema, notes }: Imported,
    holds: (guard: string) => boolean,
    work: () => Promise<void>,
  ) {
    const machine = this.machine = new Machine(schema, { printErrors: false });
    this.#order = Object.keys(schema);
    const first = (all: readonly Advice[]) =>
      all.find(({ guard }) => guard === undefined || holds(guard))?.states ?? null;
    const jobs = new Map<string, { done?: Advice[]; failed?: Advice[] }>();
    for (const note of notes) {
      let [, source, event, rest] =
        note.match(/^(.+?), event (\S+?)(?:, while it is active)?: (.*)$/) ?? [];
      if (event) {
        if (source === "The machine") source = "";
        this.#events.push({ source, event, advices: advices(rest) });
        continue;
      }
      let [, name, ms, then] = note.match(/^(Event \S+): (\w+) is an event state/) ?? [];
      if (name) {
        const event = name.slice("Event ".length);
        machine.on(`${ms}State`, (e) => this.#take(event, (states) => e.add(states)));
        this.#names.set(event, ms);
        continue;
      }
      [, name, then] = note.match(/(\w+) is an (?:auto|event) state, .*?State does (.*)$/) ?? [];
      if (name) {
        const all = advices(then);
        if (all.every(({ guard }) => guard)) {
          machine.on(`${name}Enter`, () => all.some(({ guard }) => holds(guard!)));
        }
        machine.on(`${name}State`, (e) => {
          const states = first(all);
          if (states) e.add(states);
        });
        continue;
      }
      [, name, ms, then] = note.match(/^(\w+), when \w+ (is done|fails): (.*)$/) ?? [];
      if (name) {
        const job = jobs.get(name) ?? {};
        jobs.set(name, { ...job, [ms === "fails" ? "failed" : "done"]: advices(then) });
      }
    }
    for (const [name, { done, failed }] of jobs) {
      machine.on(`${name}State`, async (e) => {
        try {
          await work();
          e.add(first(done!)!);
        } catch {
          e.add(first(failed!)!);
        }
      });
    }
    machine.add(list(notes.find((note) => note.startsWith("Start the machine"))!));
    this.holds = holds;
  }

  readonly holds: (guard: string) => boolean;

  send(event: string): void {
    const name = this.#names.get(event);
    if (name) this.machine.add(name);
  }

  /** As XState takes them: in each region the innermost state that has an enabled transition. */
  #take(event: string, add: (states: readonly string[]) => void): void {
    const enabled = this.#events.filter((one) =>
      one.event === event && (one.source === "" || this.machine.is(one.source))
    ).flatMap(({ source, advices }) => {
      const taken = advices.find(({ guard }) => guard === undefined || this.holds(guard));
      return taken ? [{ source, states: taken.states }] : [];
    });
    const inner = enabled.filter(({ source }) =>
      !enabled.some((other) => other.source !== source && this.#isWithin(other.source, source))
    );
    for (const { states } of inner) if (states) add(states);
  }

  #isWithin(inner: string, outer: string): boolean {
    return inner !== "" && (outer === "" || inner !== outer &&
        (this.machine.schema[inner].require ?? []).some((parent) =>
          parent === outer || this.#isWithin(parent, outer)
        ));
  }

  /** Without the states that only carry what happens. */
  active(): string[] {
    return this.#order.filter((name) => this.machine.is(name) && !/(Always|Done)$/.test(name))
      .sort();
  }
}

const pascal = (path: string) =>
  path.split(/[ .]/).map((part) => part[0].toUpperCase() + part.slice(1)).join("");

/** The active states of a snapshot, by the names that they have here. */
function names(value: unknown, path = ""): string[] {
  if (typeof value === "string") return [pascal(`${path} ${value}`.trim())];
  return Object.entries(value as object).flatMap(([key, below]) => {
    const own = `${path} ${key}`.trim();
    return [
      pascal(own),
      ...typeof below === "object" && Object.keys(below).length === 0 ? [] : names(below, own),
    ];
  });
}

const steps = fc.array(
  fc.oneof(
    fc.constantFrom("N", "M", "P", "Q").map((event) => ({ event })),
    fc.constantFrom(1, 5, 10, 20, 30).map((wait) => ({ wait })),
    fc.constantFrom("g", "h", "fail").map((flip) => ({ flip })),
  ),
  { maxLength: 15 },
);

for (const [title, config] of Object.entries(MACHINES)) {
  for (const form of ["config", "JSON"]) {
    const always = JSON.stringify(config).includes('"always"');
    // The JSON of a machine has no `always`, which a note says.
    if (form === "JSON" && always) continue;
    Deno.test(`importXState: ${title}, from its ${form}, does what XState does`, async () => {
      const value = form === "config" ? config : JSON.parse(JSON.stringify(createMachine(config)));
      const imported = importXState(value);
      await fc.assert(
        fc.asyncProperty(steps, async (steps) => {
          using time = new FakeTime();
          const flags: Record<string, boolean> = { g: false, h: false, fail: false };
          const work = () =>
            new Promise<void>((resolve, reject) => {
              const fails = flags.fail;
              setTimeout(() => fails ? reject(new Error("failed")) : resolve(), 7);
            });
          const machine = createMachine(config).provide({
            guards: { g: () => flags.g, h: () => flags.h },
            actors: { work: fromPromise(work) },
            actions: { x: () => {} },
          } as never);
          const actor = createActor(machine);
          actor.start();
          const own = new Follower(imported, (guard) => flags[guard], work);
          const compare = () => assertEquals(own.active(), names(actor.getSnapshot().value).sort());
          compare();
          for (const step of steps) {
            // XState asks its `always` guards again after events only.
            if ("flip" in step) flags[step.flip] = !flags[step.flip];
            else if ("wait" in step) await time.tickAsync(step.wait);
            else {
              actor.send({ type: step.event });
              own.send(step.event);
              if (always) own.machine.add("Exception"), own.machine.remove("Exception");
            }
            compare();
          }
          actor.stop();
          own.machine.dispose();
        }),
        { numRuns: 60 },
      );
    });
  }
}

Deno.test("importXState tells each field that has no twin", () => {
  const config = {
    initial: { target: "a", actions: "begin" },
    context: { n: 1 },
    output: "out",
    exit: "bye",
    states: {
      a: {
        entry: ["in", { type: "log", params: { x: 1 } }],
        exit: "out",
        tags: ["busy"],
        meta: { m: 1 },
        description: "text",
        invoke: { src: "work", input: 1, systemId: "sys", onSnapshot: { actions: "look" } },
        on: { N: { target: "b", reenter: true, actions: "act", meta: 1 }, "*": { actions: "any" } },
        after: { LATER: "b" },
        strange: true,
      },
      b: {
        initial: "x",
        states: { x: {}, h: { type: "history", history: "deep", target: "x" } },
        onDone: "a",
        on: { BACK: ".h" },
      },
      c: { type: "final", output: { x: 1 } },
    },
  };
  const notes = importXState(config).notes.join("\n");
  for (
    const word of [
      "begin",
      "context",
      "The machine.output",
      "bye",
      "in, log",
      "A.exit: out",
      "Tag busy",
      "A.meta",
      "A.description",
      "work, with its input, systemId",
      "changes: no change; it does look",
      "act",
      "reenters",
      "its meta",
      "event *",
      "the delay LATER",
      "A.strange",
      "history state",
      "what was the last states below it of B",
      "B.onDone: it has no final states",
      "done in C",
      "C.output",
    ]
  ) assertStringIncludes(notes, word);
});

Deno.test("importXState: a delay is a timeout, by way of an event state where it does more", () => {
  const { schema, notes } = importXState({
    initial: "a",
    states: {
      a: { after: { 0: "b", "1.5": { target: "c", guard: "g" }, LATER: "c" } },
      b: { initial: "x", after: { 5: ".y", 9: "c", 10: "b" }, states: { x: {}, y: {} } },
      c: { after: { 7: [{ target: "b", reenter: true }], 8: { actions: "act" } } },
    },
  });
  const timeouts = Object.fromEntries(
    Object.entries(schema).flatMap(([name, state]) =>
      state.timeouts ? [[name, state.timeouts]] : []
    ),
  );
  assertEquals(timeouts, {
    A: { B: 0, AAfter1Point5: 1.5 },
    B: { BY: 5, C: 9, BX: 10 },
    C: { CAfter7: 7, CAfter8: 8 },
  });
  assertEquals(schema.AAfter1Point5, { event: true, require: ["A"] });
  const said = notes.filter((note) => note.includes("event state"));
  assertEquals(said, [
    'A, after 1.5 ms: AAfter1Point5 is an event state, AAfter1Point5Enter asks whether a guard holds, AAfter1Point5State does add(["C"]); if g holds, asked in CEnter',
    'A, after the delay LATER: AAfterLATER is an event state, AState does e.addAfter(LATER, "AAfterLATER"), AAfterLATERState does add(["C"])',
    'C, after 7 ms: CAfter7 is an event state, CAfter7State does add(["B", "BX"]); it reenters: what is active has to be removed first, as an add of it does nothing',
    "C, after 8 ms: CAfter8 is an event state, CAfter8State does no change; it does act",
  ]);
});

Deno.test("importXState: events are event states, unless they cannot have a name", () => {
  const { schema, notes } = importXState({
    initial: "a",
    on: { any: ".b" },
    states: {
      a: { on: { GO: "b", "user.in": "b", A: "b", "*": "b", exception: "b", both: "b" } },
      b: { on: { both: "a", "x.*": "a" } },
    },
  });
  const events = Object.entries(schema).filter(([, { event }]) => event);
  assertEquals(Object.fromEntries(events), {
    AnyEvent: { event: true },
    GO: { event: true, require: ["A"] },
    UserIn: { event: true, require: ["A"] },
    AEvent: { event: true, require: ["A"] },
    ExceptionEvent: { event: true, require: ["A"] },
    Both: { event: true },
  });
  assert(notes.some((note) => note.startsWith("A, event *, while")));
  assert(notes.some((note) => note.startsWith("Event user.in: UserIn is an event state")));
});

Deno.test("importXState refuses targets that do not exist, and says where", () => {
  const wrong: [unknown, string][] = [
    [{ initial: "a", states: { a: { on: { N: "b" } } } }, 'A leads to "b"'],
    [{ initial: "a", states: { a: { on: { N: "#b" } } } }, 'A leads to "#b"'],
    [{ initial: "a", on: { N: "a" }, states: { a: {} } }, 'The machine leads to "a"'],
    [{ initial: "a", states: { a: { after: { 5: { target: ["a", "z"] } } } } }, 'A leads to "z"'],
    [{ initial: "z", states: { a: {} } }, 'initial state "z"'],
    [{ states: { "a b": {}, aB: {} } }, 'two states are "AB"'],
    [{ states: 1 }, "expected an object"],
    [[], "expected an object"],
  ];
  for (const [value, message] of wrong) {
    assertStringIncludes(assertThrows(() => importXState(value), InputError).message, message);
  }
  assert(importXState({ states: { a: {} } }).schema.A);
});
