import { createActor, createMachine } from "xstate";
import { Machine } from "../../mod.ts";
import type { Scenario } from "./scenario.ts";

export const auto: Scenario = {
  id: "S5",
  title: "start and stop a chain of auto states",
  batch: 1000,
  make: {
    ours: () => {
      const machine = new Machine({
        Start: {},
        Ready: { auto: true, require: ["Start"] },
        Done: { auto: true, require: ["Ready"] },
      });
      return (n) => {
        for (let i = 0; i < n; i += 2) {
          machine.add("Start");
          machine.remove("Start");
        }
        return machine.timeSum();
      };
    },
    switch: () => {
      let start = false, ready = false, done = false, t1 = 0, t2 = 0, t3 = 0;
      const settle = () => {
        if (start && !ready) ready = true, t2++;
        if (ready && !done) done = true, t3++;
      };
      const mutate = (type: string) => {
        switch (type) {
          case "add":
            if (!start) start = true, t1++;
            settle();
            break;
          case "remove":
            if (start) start = false, t1++;
            if (ready) ready = false, t2++;
            if (done) done = false, t3++;
            settle();
        }
      };
      return (n) => {
        for (let i = 0; i < n; i += 2) {
          mutate("add");
          mutate("remove");
        }
        return t1 + t2 + t3;
      };
    },
    xstate: () => {
      let ticks = 0, first = true;
      const count = () => void ticks++;
      const actor = createActor(createMachine({
        initial: "off",
        states: {
          off: {
            entry: () => void (first ? first = false : ticks += 3),
            on: { add: "start" },
          },
          start: { entry: count, always: "ready" },
          ready: { entry: count, always: "done" },
          done: { entry: count, on: { remove: "off" } },
        },
      }));
      actor.start();
      return (n) => {
        for (let i = 0; i < n; i += 2) {
          actor.send({ type: "add" });
          actor.send({ type: "remove" });
        }
        return ticks;
      };
    },
  },
};
