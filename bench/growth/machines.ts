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
  return time(() => {
    for (let i = 0; i < MACHINES; i++) kept[i] = live(make);
  });
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

/** What `bind` adds to a machine, in `cost`: each round measures it with and without. */
async function adds(
  cost: (make: () => unknown) => Promise<number>,
  bare: () => unknown,
  bound: () => unknown,
): Promise<number> {
  await cost(bare);
  await cost(bound);
  const differences: number[] = [];
  for (let round = 0; round < BIND_ROUNDS; round++) {
    const without = await cost(bare);
    differences.push(await cost(bound) - without);
  }
  return median(differences);
}

/** Microseconds of `MACHINES` things, each. */
async function microseconds(make: () => unknown): Promise<number> {
  const kept: unknown[] = new Array(MACHINES);
  return await time(() => {
    for (let i = 0; i < MACHINES; i++) kept[i] = make();
  }) * 1000 / MACHINES;
}

const bindings = ([
  ["a literal", plain, false],
  ["a class's instance", new Handlers(), false],
  ["options.handlers", plain, true],
] as const).flatMap(([what, handlers, byOption]): Row[] => {
  // The same options but for the handlers, so that only they make the difference.
  const none = { id: "m" };
  const options = { id: "m", handlers: handlers as never };
  const bare = () => new Machine(SHARED, none);
  const bound = byOption ? () => new Machine(SHARED, options) : () => {
    const machine = bare();
    machine.bindHandlers(handlers as never);
    return machine;
  };
  return [
    {
      name: `bind ${what} to the next machine: µs`,
      goal: 1,
      measure: () => adds(microseconds, bare, bound),
    },
    {
      name: `bind ${what} to the next machine: bytes`,
      goal: 100,
      measure: () => adds(bytes, bare, bound),
    },
  ];
});

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
export const MACHINE_ROWS: readonly Row[] = [...literals, ...bindings];
