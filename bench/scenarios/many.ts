import { Machine, type Schema } from "../../mod.ts";
import { numbers, type Scenario } from "./scenario.ts";

const MANY = 1000;
const manyNames = Array.from({ length: MANY }, (_, i) => `S${i}`);
const manySchema = (): Schema => Object.fromEntries(manyNames.map((name) => [name, {}]));

export const many: Scenario = {
  id: "S8a",
  title: "1000 states: add a random one, remove it",
  batch: 1000,
  make: {
    ours: () => {
      const machine = new Machine(manySchema());
      const next = numbers(MANY);
      return (n) => {
        for (let i = 0; i < n; i += 2) {
          const name = manyNames[next()];
          machine.add(name);
          machine.remove(name);
        }
        return machine.timeSum();
      };
    },
    switch: () => {
      const next = numbers(MANY);
      const { add, remove, sum } = manySwitch();
      return (n) => {
        for (let i = 0; i < n; i += 2) {
          const name = manyNames[next()];
          add(name);
          remove(name);
        }
        return sum();
      };
    },
  },
};

function manySwitch() {
  const flags: Record<string, boolean> = Object.fromEntries(manyNames.map((name) => [name, false]));
  const ticks: Record<string, number> = Object.fromEntries(manyNames.map((name) => [name, 0]));
  return {
    add(name: string) {
      if (!flags[name]) flags[name] = true, ticks[name]++;
    },
    remove(name: string) {
      if (flags[name]) flags[name] = false, ticks[name]++;
    },
    is: (name: string) => flags[name],
    sum: () => Object.values(ticks).reduce((sum, tick) => sum + tick, 0),
  };
}

export const flips: Scenario = {
  id: "S8b",
  title: "1000 states, 500 of them active: flip a random one",
  batch: 1000,
  make: {
    ours: () => {
      const machine = new Machine(manySchema());
      machine.add(manyNames.filter((_, i) => i % 2 === 0));
      const next = numbers(MANY);
      return (n) => {
        for (let i = 0; i < n; i++) {
          const name = manyNames[next()];
          if (machine.is(name)) machine.remove(name);
          else machine.add(name);
        }
        return machine.timeSum();
      };
    },
    switch: () => {
      const { add, remove, is, sum } = manySwitch();
      manyNames.filter((_, i) => i % 2 === 0).forEach(add);
      const next = numbers(MANY);
      return (n) => {
        for (let i = 0; i < n; i++) {
          const name = manyNames[next()];
          if (is(name)) remove(name);
          else add(name);
        }
        return sum();
      };
    },
  },
};
