/**
 * What must not grow: each row measures the same work small and large, in one run. Used by `growth.ts`,
 * which prints and judges, and by `growth_bench.ts`.
 */
import { Machine } from "../mod.ts";

// deno-lint-ignore no-explicit-any
type AnyHandlers = any;

/** One measurement: what it costs per unit, small and large, and how much more the large one may cost. */
export interface Row {
  /** What is done. */
  readonly name: string;
  /** The cost of the large one ÷ that of the small one. */
  readonly ratio: () => Promise<number>;
  /** At most. */
  readonly goal: number;
}

const gc = (globalThis as { gc?: () => void }).gc ?? (() => {});
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** The least of several runs, in milliseconds: noise only adds. */
async function least(runs: number, run: () => Promise<number>): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < runs; i++) {
    gc();
    best = Math.min(best, await run());
    await turn();
  }
  return best;
}

/** The cost per unit at `large` ÷ that at `small`. */
async function grows(
  small: number,
  large: number,
  cost: (n: number) => Promise<number>,
): Promise<number> {
  await cost(small);
  const few = await least(9, () => cost(small)) / small;
  return await least(3, () => cost(large)) / large / few;
}

function timed(fn: () => void): number {
  const start = performance.now();
  fn();
  return performance.now() - start;
}

const named = (n: number, state: (i: number) => object = () => ({})) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`S${i}`, state(i)]));

let schemas = 0;

/** The same with one more state, so that nothing is known of it: the first time each time. */
const fresh = (n: number, state?: (i: number) => object) => ({
  ...named(n, state),
  [`Only${schemas++}`]: {},
});

const MACHINES = 5_000;
const TEN = Object.fromEntries(
  [..."ABCDEFGHIJ"].map((name, i) => [name, i === 0 ? { remove: ["B"] } : {}]),
);
const literal = () =>
  new Machine({
    A: { remove: ["B"] },
    B: {},
    C: {},
    D: {},
    E: {},
    F: {},
    G: {},
    H: {},
    I: {},
    J: {},
  });
const shared = () => new Machine(TEN);

type Settle = "add" | "timeout" | "abort" | "dispose";

async function settle(n: number, how: Settle): Promise<number> {
  const machine = new Machine({ A: {} });
  const aborts: AbortController[] = [];
  const waits: Promise<unknown>[] = [];
  for (let i = 0; i < n; i++) {
    const abort = new AbortController();
    if (how === "abort") aborts.push(abort);
    const options = how === "abort"
      ? { signal: abort.signal }
      : how === "timeout"
      ? { timeout: 1 }
      : undefined;
    waits.push(machine.when("A", options).catch(() => {}));
  }
  const start = performance.now();
  if (how === "add") machine.add("A");
  if (how === "dispose") machine.dispose();
  // In an order that is not that of asking; 7919 is a prime.
  for (let i = 0; i < aborts.length; i++) aborts[(i * 7919) % n].abort();
  await Promise.all(waits);
  return performance.now() - start;
}

function calls(machine: Machine): void {
  machine.add("A");
  machine.add("B");
  machine.add("A");
  machine.remove("A");
}

/** Time and bytes per machine. */
async function each(make: () => Machine<never> | Machine): Promise<[ms: number, bytes: number]> {
  const handlers = { AState() {} };
  const one = () => {
    const machine = make() as Machine;
    machine.bindHandlers(handlers as AnyHandlers);
    calls(machine);
    return machine;
  };
  for (let i = 0; i < 2_000; i++) one();
  let bytes = Infinity;
  const ms = await least(5, async () => {
    const kept: Machine[] = [];
    await turn();
    gc();
    const before = Deno.memoryUsage().heapUsed;
    const time = timed(() => {
      for (let i = 0; i < MACHINES; i++) kept.push(one());
    });
    await turn();
    gc();
    bytes = Math.min(bytes, (Deno.memoryUsage().heapUsed - before) / kept.length);
    return time;
  });
  return [ms / MACHINES, bytes];
}

class Handlers {
  AState() {}
  BState() {}
  CEnter() {}
  DState() {}
}

/** Microseconds and bytes for each further machine that binds the same object. */
async function binds(handlers: object, byOption: boolean): Promise<[us: number, bytes: number]> {
  let bytes = Infinity;
  const cost = async (bound: boolean) => {
    const kept: Machine[] = [];
    gc();
    await turn();
    const before = Deno.memoryUsage().heapUsed;
    const ms = timed(() => {
      for (let i = 0; i < MACHINES; i++) {
        const machine = new Machine(TEN, bound && byOption ? { handlers } as AnyHandlers : {});
        if (bound && !byOption) machine.bindHandlers(handlers as AnyHandlers);
        kept.push(machine as Machine);
      }
    });
    gc();
    bytes = (Deno.memoryUsage().heapUsed - before) / kept.length;
    return ms;
  };
  await cost(true);
  const bare = await least(5, () => cost(false));
  const bareBytes = bytes;
  const full = await least(5, () => cost(true));
  return [(full - bare) * 1000 / MACHINES, bytes - bareBytes];
}

/** One transition in another, machines taking turns: milliseconds per pair. */
function turns(n: number): number {
  const schema = { A: { multi: true } } as const;
  const machines = Array.from({ length: n }, () => {
    const [outer, inner] = [new Machine(schema), new Machine(schema)];
    outer.on("AState", () => void inner.add("A"));
    inner.on("AState", () => {});
    return outer;
  });
  const rounds = 200_000;
  const run = () => {
    for (let i = 0; i < rounds; i++) machines[i % n].add("A");
  };
  run();
  return timed(run) / rounds;
}

/** Megabytes after each phase of a program that never comes back to what it did. */
async function kept(phase: () => void): Promise<number[]> {
  const sizes: number[] = [];
  for (let k = 0; k < 6; k++) {
    phase();
    await turn();
    gc();
    sizes.push(Deno.memoryUsage().heapUsed / 1e6);
  }
  return sizes;
}

const random = (n: number) => Math.floor(Math.random() * n);

/** All rows. */
export const ROWS: readonly Row[] = [
  ...(["add", "timeout", "abort", "dispose"] as const).map((how): Row => ({
    name: `settle 100,000 waits on one state, by ${how}, ÷ 1,000: each`,
    ratio: () => grows(1_000, 100_000, (n) => settle(n, how)),
    goal: 2,
  })),
  {
    name: "add with args while 20,000 whenArgs wait ÷ 1,000",
    ratio: async () => {
      const cost = (n: number) => {
        const machine = new Machine({ A: { multi: true } });
        for (let i = 0; i < n; i++) machine.whenArgs("A", { kind: "x", id: i });
        return least(5, () =>
          Promise.resolve(timed(() => {
            for (let i = 0; i < 5_000; i++) machine.add("A", { kind: "x", id: -1 });
          })));
      };
      await cost(1_000);
      return 1 / await cost(1_000) * await cost(20_000);
    },
    goal: 2,
  },
  {
    name: "clocks made per change for 1,000 whenQuery",
    ratio: () => {
      const machine = new Machine({ A: {} });
      const clocks = new Set<object>();
      let on = false;
      for (let i = 0; i < 1_000; i++) {
        machine.whenQuery((clock) => {
          if (on) clocks.add(clock);
          return false;
        });
      }
      on = true;
      machine.add("A");
      machine.dispose();
      return Promise.resolve(clocks.size);
    },
    goal: 1,
  },
  {
    name: "compile a schema of 20,000 states ÷ 500: per state",
    ratio: () => {
      const cost = (n: number) => {
        const schema = fresh(n, (i) => ({
          add: [`S${(i + 1) % n}`],
          remove: [`S${(i + 7) % n}`],
          require: i === 0 ? [] : [`S${i - 1}`],
        }));
        return Promise.resolve(timed(() => new Machine(schema)));
      };
      return grows(500, 20_000, cost);
    },
    goal: 2,
  },
  {
    name: "first call of a state among 20,000 ÷ 1,000",
    ratio: async () => {
      const cost = (n: number) =>
        least(5, () => {
          const machine = new Machine(
            named(n, (i) => i % 10 === 0 ? {} : { require: [`S${i - 1}`] }),
          );
          machine.add("S0");
          return Promise.resolve(timed(() => {
            for (let i = 10; i < 900; i += 10) machine.add(`S${i}`);
          }));
        });
      await cost(1_000);
      return 1 / await cost(1_000) * await cost(20_000);
    },
    goal: 2,
  },
  {
    name: "a chain of 1,600 `require` ÷ 100: per state",
    ratio: () => {
      const cost = (n: number) => {
        const schema = fresh(n, (i) => i === 0 ? {} : { require: [`S${i - 1}`] });
        const machine = new Machine(schema);
        return Promise.resolve(timed(() => {
          machine.add(Object.keys(schema));
          machine.remove("S0");
        }));
      };
      return grows(100, 1_600, cost);
    },
    goal: 2,
  },
  {
    name: "add of a list of 5,000 names, first time, ÷ 500: per name",
    ratio: () =>
      grows(500, 5_000, (n) => {
        const schema = fresh(n);
        const machine = new Machine(schema);
        return Promise.resolve(timed(() => machine.add(Object.keys(schema))));
      }),
    goal: 2,
  },
  {
    name: "a machine from a literal in a function ÷ from one object: time",
    ratio: async () =>
      1 / (await each(shared))[0] * (await each(literal as () => Machine<never>))[0],
    goal: 2,
  },
  {
    name: "a machine from a literal in a function ÷ from one object: bytes",
    ratio: async () =>
      1 / (await each(shared))[1] * (await each(literal as () => Machine<never>))[1],
    goal: 1.2,
  },
  ...([
    ["a literal", { AState() {}, BState() {}, CEnter() {}, DState() {} }, false],
    ["a class's instance", new Handlers(), false],
    ["options.handlers", { AState() {}, BState() {}, CEnter() {}, DState() {} }, true],
  ] as const).flatMap(([what, handlers, byOption]): Row[] => [
    {
      name: `bind ${what} that is known to the next machine: µs`,
      ratio: async () => (await binds(handlers, byOption))[0],
      goal: 1,
    },
    {
      name: `bind ${what} that is known to the next machine: bytes`,
      ratio: async () => (await binds(handlers, byOption))[1],
      goal: 100,
    },
  ]),
  {
    name: "a transition in a transition, 200 machines in turn ÷ 1",
    ratio: async () => {
      const one = await least(5, () => Promise.resolve(turns(1)));
      return await least(5, () => Promise.resolve(turns(200))) / one;
    },
    goal: 1.5,
  },
  {
    name: "a queue of 40,000 while a tracer watches ÷ 4,000: each",
    ratio: () =>
      grows(4_000, 40_000, (n) => {
        const machine = new Machine({ A: { multi: true }, Go: {} }, {
          queueLimit: Infinity,
          tracers: [{}],
        });
        machine.on("GoState", (e) => {
          for (let i = 0; i < n; i++) e.add("A");
        });
        return Promise.resolve(timed(() => machine.add("Go")));
      }),
    goal: 2,
  },
  {
    name: "MB that plans of 60 independent states add in the last 3 of 6 phases",
    ratio: async () => {
      const names = Object.keys(named(60));
      const machine = new Machine(named(60));
      const sizes = await kept(() => {
        for (let i = 0; i < 3_000; i++) {
          for (let j = 0; j < 12; j++) machine.add(names[random(60)]);
          machine.set(names[random(60)]);
        }
      });
      return sizes[5] - sizes[2];
    },
    goal: 5,
  },
  {
    name: "MB that handlers that come and go add in the last 3 of 6 phases",
    ratio: async () => {
      const names = Object.keys(named(20));
      const machine = new Machine(named(20)) as Machine;
      const bound = new Map<string, { unbind(): void }>();
      const sizes = await kept(() => {
        for (let i = 0; i < 3_000; i++) {
          const name = `${names[random(20)]}State`;
          const binding = bound.get(name);
          binding?.unbind();
          if (binding) bound.delete(name);
          else bound.set(name, machine.on(name as never, (() => {}) as never));
          machine.toggle(names[i % 20]);
        }
      });
      return sizes[5] - sizes[2];
    },
    goal: 5,
  },
];
