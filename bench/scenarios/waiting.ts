import { createActor, createMachine, waitFor } from "xstate";
import { Machine } from "../../mod.ts";
import type { Scenario } from "./scenario.ts";

export const waiting: Scenario = {
  id: "S7",
  title: "wait for a state, add it, go on",
  batch: 1000,
  make: {
    ours: () => {
      const machine = new Machine({ A: {} });
      return async (n) => {
        for (let i = 0; i < n; i++) {
          const promise = machine.when("A");
          machine.add("A");
          await promise;
          machine.remove("A");
        }
        return machine.tick("A");
      };
    },
    switch: () => {
      let a = false, tick = 0;
      let waiters: (() => void)[] = [];
      const when = () => new Promise<void>((resolve) => a ? resolve() : waiters.push(resolve));
      const mutate = (type: string) => {
        switch (type) {
          case "add": {
            if (!a) a = true, tick++;
            const ready = waiters;
            waiters = [];
            for (const resolve of ready) resolve();
            break;
          }
          case "remove":
            if (a) a = false, tick++;
        }
      };
      return async (n) => {
        for (let i = 0; i < n; i++) {
          const promise = when();
          mutate("add");
          await promise;
          mutate("remove");
        }
        return tick;
      };
    },
    xstate: () => {
      let tick = 0;
      const count = () => void tick++;
      const actor = createActor(createMachine({
        initial: "off",
        states: {
          off: { on: { add: { target: "on", actions: count } } },
          on: { on: { remove: { target: "off", actions: count } } },
        },
      }));
      actor.start();
      return async (n) => {
        for (let i = 0; i < n; i++) {
          const promise = waitFor(actor, (snapshot) => snapshot.value === "on");
          actor.send({ type: "add" });
          await promise;
          actor.send({ type: "remove" });
        }
        return tick;
      };
    },
  },
};
