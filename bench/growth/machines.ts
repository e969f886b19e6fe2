/** Many machines: from literals, with the same handlers, in turn; and a long queue. */
import { Machine } from "../../mod.ts";
import { collect, inTurns, median, type Row, time, turn, type Work } from "./row.ts";

/** The schema of a program that defines it once. */
const SHARED = { A: { remove: ["B"] }, B: {}, C: {}, D: {}, E: {}, F: {}, G: {}, H: {} } as const;

/** A machine from one schema object for all. */
export function shared(): Machine {
  return new Machine(SHARED) as Machine;
}

/** A machine from a schema that each call writes anew. */
export function literal(): Machine {
  return new Machine({
    A: { remove: ["B"] },
    B: {},
    C: {},
    D: {},
    E: {},
    F: {},
    G: {},
    H: {},
  }) as Machine;
}

const oneHandler = { AState() {} };

/** A machine's life: one handler, four mutations. */
export function live(make: () => Machine): Machine {
  const machine = make();
  machine.bindHandlers(oneHandler as never);
  machine.add("A");
  machine.add("B");
  machine.add("A");
  machine.remove("A");
  return machine;
}

const MACHINES = 5_000;

/** Bytes of `MACHINES` things that are kept, each. */
async function bytes(make: () => unknown): Promise<number> {
  const kept: unknown[] = new Array(MACHINES).fill(null);
  await turn();
  collect();
  const before = Deno.memoryUsage().heapUsed;
  for (let i = 0; i < MACHINES; i++) kept[i] = make();
  await turn();
  collect();
  const used = Deno.memoryUsage().heapUsed - before;
  if (kept.at(-1) === null) throw new Error("Nothing was made");
  return used / MACHINES;
}

/** Milliseconds of `MACHINES` machines. */
function lives(make: () => Machine): Promise<number> {
  const kept: Machine[] = new Array(MACHINES);
  return time([() => {
    for (let i = 0; i < MACHINES; i++) kept[i] = live(make);
  }]);
}

const literals: readonly Row[] = [
  {
    name: "a machine from a literal in a function ÷ from one object: time",
    goal: 2,
    async measure() {
      const [one, each] = await inTurns(() => lives(shared), () => lives(literal));
      return each / one;
    },
  },
  {
    name: "a machine from a literal in a function ÷ from one object: bytes",
    goal: 1.2,
    async measure() {
      const [one, each] = await inTurns(
        () => bytes(() => live(shared)),
        () => bytes(() => live(literal)),
      );
      return each / one;
    },
  },
];

class Handlers {
  AState() {}
  BState() {}
  CEnter() {}
  DState() {}
}

const plain = { AState() {}, BState() {}, CEnter() {}, DState() {} };

/** How often a bind is measured: it is short, so a busy machine shows. */
const BIND_ROUNDS = 21;

async function medianOf(measure: () => Promise<number>): Promise<number> {
  await measure();
  const all: number[] = [];
  for (let round = 0; round < BIND_ROUNDS; round++) all.push(await measure());
  return median(all);
}

/** The options of both, but for the handlers, so that only they make the difference. */
const bareOptions = { id: "m" };
const boundOptions = { id: "m", handlers: plain as never };
const bare = () => new Machine(SHARED, bareOptions) as Machine;

/** Microseconds of `run` with each of `MACHINES` things. */
async function microseconds<T>(things: readonly T[], run: (thing: T) => unknown): Promise<number> {
  const kept: unknown[] = new Array(things.length);
  const ms = await time([() => {
    for (let i = 0; i < things.length; i++) kept[i] = run(things[i]);
  }]);
  return ms * 1000 / things.length;
}

/** What it costs to bind an object to a machine that is there. */
const bindings = ([["a literal", plain], ["a class's instance", new Handlers()]] as const).flatMap(
  ([what, handlers]): Row[] => {
    const bind = (machine: Machine) => (machine.bindHandlers(handlers as never), machine);
    return [
      {
        name: `bind ${what} to the next machine: µs`,
        goal: 1,
        measure: () => medianOf(() => microseconds(Array.from({ length: MACHINES }, bare), bind)),
      },
      {
        name: `bind ${what} to the next machine: bytes`,
        goal: 100,
        measure: () => medianOf(async () => await bytes(() => bind(bare())) - await bytes(bare)),
      },
    ];
  },
);

/** What a machine with `options.handlers` costs more than one without: that alone cannot be timed. */
const optionHandlers: readonly Row[] = (() => {
  const bound = () => new Machine(SHARED, boundOptions) as Machine;
  const numbers = Array.from({ length: MACHINES }, (_, i) => i);
  return [
    {
      name: "options.handlers of the next machine: µs",
      goal: 1,
      measure: () =>
        medianOf(async () =>
          await microseconds(numbers, bound) - await microseconds(numbers, bare)
        ),
    },
    {
      name: "options.handlers of the next machine: bytes",
      goal: 100,
      measure: () => medianOf(async () => await bytes(bound) - await bytes(bare)),
    },
  ];
})();

const TURNS = 100_000;

/** `n` machines, each with one whose transition runs in its own; a call does one round of one of them. */
export function nested(n: number): () => void {
  const schema = { A: { multi: true } } as const;
  let inner = 0;
  const machines = Array.from({ length: n }, () => {
    const [outer, other] = [new Machine(schema), new Machine(schema)];
    outer.on("AState", () => void other.add("A"));
    other.on("AState", () => void inner++);
    return outer;
  });
  let calls = 0;
  return () => {
    machines[calls++ % n].add("A");
    if (inner !== calls) throw new Error("The inner transition did not run");
  };
}

const turns: Work = {
  name: "a transition in a transition, so many machines in turn",
  small: 1,
  large: 200,
  per: "whole",
  goal: 1.5,
  make(n) {
    const round = nested(n);
    return () => {
      for (let i = 0; i < TURNS; i++) round();
    };
  },
};

const queue: Work = {
  name: "a queue of so many mutations while a tracer watches",
  small: 10_000,
  large: 40_000,
  per: "unit",
  goal: 2,
  make(n) {
    let ended = 0;
    const machine = new Machine({ A: { multi: true }, Go: {} }, {
      queueLimit: Infinity,
      tracers: [{ transitionEnd: () => void ended++ }],
    });
    machine.on("GoState", (e) => {
      for (let i = 0; i < n; i++) e.add("A");
    });
    return () => {
      machine.add("Go");
      if (ended !== n + 1) throw new Error(`The tracer saw ${ended} transitions of ${n + 1}`);
    };
  },
};

/** Work whose cost must not depend on how many machines or mutations there are. */
export const MACHINE_WORK: readonly Work[] = [turns, queue];
/** What one more machine costs. */
export const MACHINE_ROWS: readonly Row[] = [...literals, ...bindings, ...optionHandlers];
