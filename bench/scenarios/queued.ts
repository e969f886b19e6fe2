import { createActor, createMachine } from "xstate";
import { Machine } from "../../mod.ts";
import type { Scenario } from "./scenario.ts";

export const queued: Scenario = {
  id: "S6",
  title: "1000 mutations with arguments queued in a handler",
  batch: 1000,
  make: {
    ours: () => {
      let sum = 0, wanted = 0;
      const machine = new Machine({ Start: { multi: true }, Item: { multi: true } }, {
        queueLimit: Infinity,
      });
      machine.bindHandlers({
        StartState: (e) => {
          for (let i = 0; i < wanted; i++) e.machine.add("Item", { i });
        },
        ItemState: (e) => sum += e.args.i as number,
      });
      return (n) => {
        wanted = n;
        machine.add("Start");
        return sum;
      };
    },
    switch: () => {
      let sum = 0, wanted = 0, busy = false, tickStart = 0, tickItem = 0;
      const queue: { state: string; args: { i: number } | undefined }[] = [];
      const run = (state: string, args: { i: number } | undefined) => {
        switch (state) {
          case "Start":
            tickStart += tickStart === 0 ? 1 : 2;
            for (let i = 0; i < wanted; i++) add("Item", { i });
            break;
          case "Item":
            tickItem += tickItem === 0 ? 1 : 2;
            sum += args!.i;
        }
      };
      const add = (state: string, args?: { i: number }) => {
        queue.push({ state, args });
        if (busy) return;
        busy = true;
        for (let i = 0; i < queue.length; i++) run(queue[i].state, queue[i].args);
        queue.length = 0;
        busy = false;
      };
      return (n) => {
        wanted = n;
        add("Start");
        return sum;
      };
    },
    xstate: () => {
      let sum = 0, wanted = 0;
      type Event = { type: "start" } | { type: "item"; i: number };
      const actor = createActor(createMachine({
        types: {} as { events: Event },
        initial: "on",
        states: {
          on: {
            on: {
              start: {
                actions: ({ self }) => {
                  for (let i = 0; i < wanted; i++) self.send({ type: "item", i });
                },
              },
              item: { actions: ({ event }) => void (sum += event.i) },
            },
          },
        },
      }));
      actor.start();
      return (n) => {
        wanted = n;
        actor.send({ type: "start" });
        return sum;
      };
    },
  },
};
