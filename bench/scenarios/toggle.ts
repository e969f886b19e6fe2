import { createActor, createMachine } from "xstate";
import { Machine } from "../../mod.ts";
import type { Run, Scenario } from "./scenario.ts";

const TOGGLE = { A: { remove: ["B"] }, B: { remove: ["A"] } } as const;

export const toggle: Scenario = {
  id: "S1",
  title: "toggle two states that remove each other",
  batch: 1000,
  make: {
    ours: () => {
      const machine = new Machine(TOGGLE);
      return (n) => {
        for (let i = 0; i < n; i += 2) {
          machine.add("A");
          machine.add("B");
        }
        return machine.timeSum();
      };
    },
    switch: () => {
      let a = false, b = false, tickA = 0, tickB = 0;
      const add = (state: string) => {
        switch (state) {
          case "A":
            if (b) b = false, tickB++;
            if (!a) a = true, tickA++;
            break;
          case "B":
            if (a) a = false, tickA++;
            if (!b) b = true, tickB++;
        }
      };
      return (n) => {
        for (let i = 0; i < n; i += 2) {
          add("A");
          add("B");
        }
        return tickA + tickB;
      };
    },
    xstate: () => xstateToggle(false),
  },
};

function xstateToggle(withActions: boolean): Run {
  let ticks = 0, calls = 0;
  const count = () => void (ticks += ticks === 0 ? 1 : 2);
  const call = () => void calls++;
  const enter = withActions ? [count, call] : [count];
  const actor = createActor(createMachine({
    initial: "none",
    states: {
      none: { on: { A: "a" } },
      a: { entry: enter, on: { B: { target: "b", guard: () => (withActions && calls++, true) } } },
      b: { entry: enter, on: { A: { target: "a", guard: () => (withActions && calls++, true) } } },
    },
  }));
  actor.start();
  let first = withActions ? 1 : 0; // the guard of the very first entry
  return (n) => {
    for (let i = 0; i < n; i += 2) {
      actor.send({ type: "A" });
      actor.send({ type: "B" });
    }
    calls += first;
    first = 0;
    return ticks + calls;
  };
}

export const toggleHandlers: Scenario = {
  id: "S2",
  title: "the same with enter and state handlers",
  batch: 1000,
  make: {
    ours: () => {
      let calls = 0;
      const machine = new Machine(TOGGLE);
      machine.bindHandlers({
        AEnter: () => (calls++, true),
        AState: () => calls++,
        BEnter: () => (calls++, true),
        BState: () => calls++,
      });
      return (n) => {
        for (let i = 0; i < n; i += 2) {
          machine.add("A");
          machine.add("B");
        }
        return machine.timeSum() + calls;
      };
    },
    switch: () => {
      let a = false, b = false, tickA = 0, tickB = 0, calls = 0;
      const handlers = {
        AEnter: () => (calls++, true),
        AState: () => void calls++,
        BEnter: () => (calls++, true),
        BState: () => void calls++,
      };
      const add = (state: string) => {
        switch (state) {
          case "A":
            if (!handlers.AEnter()) return;
            if (b) b = false, tickB++;
            if (!a) a = true, tickA++;
            handlers.AState();
            break;
          case "B":
            if (!handlers.BEnter()) return;
            if (a) a = false, tickA++;
            if (!b) b = true, tickB++;
            handlers.BState();
        }
      };
      return (n) => {
        for (let i = 0; i < n; i += 2) {
          add("A");
          add("B");
        }
        return tickA + tickB + calls;
      };
    },
    xstate: () => xstateToggle(true),
  },
};
