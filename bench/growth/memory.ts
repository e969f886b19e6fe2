/** Memory: what a program keeps that never comes back to what it did, and whether it is freed. */
import { Machine } from "../../mod.ts";
import { heap, median, type Row } from "./row.ts";

const STATES = 60;
const PHASES = 5;
const RUNS = 3;
/** How often a phase is looked at. */
const SAMPLES = 16;

const random = (n: number) => Math.floor(Math.random() * n);

/** What is done at random, on a schema of its own. */
interface Program {
  /** Steps of a phase: what is kept is full and dropped at least once in each. */
  readonly steps: number;
  /** A fresh schema and a machine of it, as a function that does one step. */
  readonly make: () => () => void;
}

let made = 0;

function machineOf(): [machine: Machine, names: readonly string[]] {
  const prefix = `P${made++}S`;
  const names = Array.from({ length: STATES }, (_, i) => `${prefix}${i}`);
  const schema = Object.fromEntries(names.map((name) => [name, {}]));
  return [new Machine(schema) as Machine, names];
}

/** Called states and active ones are other ones each time. */
function combinations(): () => void {
  const [machine, names] = machineOf();
  return () => {
    const some = Array.from({ length: 1 + random(4) }, () => names[random(STATES)]);
    if (random(10) === 0) machine.set(some);
    else if (random(2) === 0) machine.add(some);
    else machine.remove(some);
  };
}

/** The same, and the bound handlers are other ones each time. */
function handlers(): () => void {
  const [machine, names] = machineOf();
  const bound = new Map<string, { unbind(): void }>();
  return () => {
    const name = `${names[random(STATES)]}${random(2) === 0 ? "State" : "Enter"}`;
    const binding = bound.get(name);
    binding?.unbind();
    if (binding) bound.delete(name);
    else bound.set(name, machine.on(name as never, (() => {}) as never));
    machine.toggle(names[random(STATES)]);
  };
}

/**
 * Megabytes over the start, the most of each phase, then with the program gone. The most, because what is
 * kept grows up to its bound and is dropped then: where that stands at the end of a phase is chance.
 */
async function kept(program: Program, phases = PHASES): Promise<number[]> {
  const start = await heap();
  const sizes: number[] = [];
  let step: (() => void) | null = program.make();
  for (let phase = 0; phase < phases; phase++) {
    let most = 0;
    for (let sample = 0; sample < SAMPLES; sample++) {
      for (let i = 0; i < program.steps / SAMPLES; i++) step();
      most = Math.max(most, await heap() - start);
    }
    sizes.push(most);
  }
  step = null;
  sizes.push(await heap() - start);
  return sizes;
}

function rowsOf(what: string, program: Program): Row[] {
  let runs: Promise<number[][]> | null = null;
  const measured = () =>
    runs ??= (async () => {
      await kept(program, 1); // what is there once, compiled code above all
      const all: number[][] = [];
      for (let run = 0; run < RUNS; run++) all.push(await kept(program));
      return all;
    })();
  const row = (name: string, goal: number, of: (sizes: number[]) => number): Row => ({
    name: `${what}: ${name}`,
    goal,
    measure: async () => median((await measured()).map(of)),
  });
  return [
    row(`MB over the start after ${PHASES} phases`, 30, (sizes) => sizes[PHASES - 1]),
    row("MB that the last phase adds", 3, (sizes) => sizes[PHASES - 1] - sizes[PHASES - 2]),
    row("MB left when the schema is gone", 3, (sizes) => sizes[PHASES]),
  ];
}

/** What is kept. */
export const MEMORY: readonly Row[] = [
  ...rowsOf(`${STATES} independent states in changing combinations`, {
    steps: 160_000,
    make: combinations,
  }),
  ...rowsOf(`handlers of ${STATES} states bound and unbound at random`, {
    steps: 4_000,
    make: handlers,
  }),
];
