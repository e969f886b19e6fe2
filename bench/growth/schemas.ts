/** Schemas: what it costs to compile a large one, and to call its states for the first time. */
import { Machine } from "../../mod.ts";
import type { Work } from "./row.ts";

type States = Record<string, { add?: string[]; remove?: string[]; require?: string[] }>;

let made = 0;

/** States that no schema before had: what schemas say is remembered beyond the object. */
function fresh(
  n: number,
  state: (i: number, name: (i: number) => string) => States[string],
): States {
  const prefix = `M${made++}S`;
  const name = (i: number) => `${prefix}${i}`;
  return Object.fromEntries(Array.from({ length: n }, (_, i) => [name(i), state(i, name)]));
}

function expectActive(machine: Machine, count: number): void {
  const active = machine.activeStates().length;
  if (active !== count) throw new Error(`${active} states are active instead of ${count}`);
}

const FIRST_CALLS = 200;

/** Work on schemas of so many states. */
export const SCHEMAS: readonly Work[] = [
  {
    name: "compile a schema of so many states",
    small: 500,
    large: 20_000,
    per: "unit",
    goal: 2,
    make(n) {
      const schema = fresh(n, (i, name) => ({
        add: [name((i + 1) % n)],
        remove: [name((i + 7) % n)],
        require: i === 0 ? [] : [name(i - 1)],
      }));
      return () => new Machine(schema);
    },
  },
  {
    name: "first calls of states of a schema of so many",
    small: 1_000,
    large: 20_000,
    per: "whole",
    goal: 2,
    make(n) {
      const schema = fresh(n, (i, name) => i % 2 === 0 ? {} : { add: [name(i - 1)] });
      const names = Object.keys(schema);
      const machine = new Machine(schema) as Machine;
      // What a schema costs once, whatever is called, is no cost of a state.
      machine.add(names[0]);
      return () => {
        for (let i = 1; i <= FIRST_CALLS; i++) machine.add(names[2 * i + 1]);
        expectActive(machine, 2 * FIRST_CALLS + 1);
      };
    },
  },
  {
    name: "first call of a state of a schema of so many, the very first included",
    small: 1_000,
    large: 20_000,
    per: "whole",
    goal: 2,
    make(n) {
      const schema = fresh(n, () => ({}));
      const machine = new Machine(schema) as Machine;
      const [name] = Object.keys(schema);
      return () => {
        machine.add(name);
        expectActive(machine, 1);
      };
    },
  },
  {
    name: "first calls, one by one, in a chain of `require`",
    small: 100,
    large: 1_600,
    per: "unit",
    goal: 3,
    make(n) {
      const schema = fresh(n, (i, name) => i === 0 ? {} : { require: [name(i - 1)] });
      const names = Object.keys(schema);
      const machine = new Machine(schema) as Machine;
      return () => {
        for (const name of names) machine.add(name);
        expectActive(machine, n);
        machine.remove(names[0]);
        expectActive(machine, 0);
      };
    },
  },
  {
    name: "add a chain of `require` as a list for the first time",
    small: 100,
    large: 1_600,
    per: "unit",
    goal: 3,
    make(n) {
      const schema = fresh(n, (i, name) => i === 0 ? {} : { require: [name(i - 1)] });
      const names = Object.keys(schema);
      const machine = new Machine(schema) as Machine;
      return () => {
        machine.add(names);
        expectActive(machine, n);
        machine.remove(names[0]);
        expectActive(machine, 0);
      };
    },
  },
  {
    name: "add a list of so many names for the first time",
    small: 500,
    large: 5_000,
    per: "unit",
    goal: 2,
    make(n) {
      const schema = fresh(n, () => ({}));
      const names = Object.keys(schema);
      const machine = new Machine(schema) as Machine;
      return () => {
        machine.add(names);
        expectActive(machine, n);
      };
    },
  },
];
