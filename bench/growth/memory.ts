/** Memory: what a program keeps that never comes back to what it did, and whether it is freed. */
import { Machine } from "../../mod.ts";
import { heap, median, type Row } from "./row.ts";

const STATES = 60;
const PHASES = 5;
const RUNS = 3;
/** Mutations of a phase: many times what is kept at most. */
const STEPS = 40_000;

const random = (n: number) => Math.floor(Math.random() * n);

/** A fresh schema and a machine of it, as a function that does one random step. */
type Program = () => () => void;

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

/** Megabytes over the start after each phase, then with the program gone. */
async function kept(program: Program): Promise<number[]> {
  const start = await heap();
  const sizes: number[] = [];
  let step: (() => void) | null = program();
  for (let phase = 0; phase < PHASES; phase++) {
    for (let i = 0; i < STEPS; i++) step();
    sizes.push(await heap() - start);
  }
  step = null;
  sizes.push(await heap() - start);
  return sizes;
}

function rowsOf(what: string, program: Program): Row[] {
  let runs: Promise<number[][]> | null = null;
  const measured = () =>
    runs ??= (async () => {
      await kept(program); // what is there once, compiled code above all
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
  ...rowsOf(`${STATES} independent states in changing combinations`, () => combinations()),
  ...rowsOf(`handlers of ${STATES} states bound and unbound at random`, () => handlers()),
];
