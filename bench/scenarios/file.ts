import { createActor, createMachine } from "xstate";
import { Machine } from "../../mod.ts";
import type { Scenario } from "./scenario.ts";

export const file: Scenario = {
  id: "S4",
  title: "the file workflow with three handlers",
  batch: 1000,
  make: {
    ours: () => {
      let calls = 0;
      const machine = new Machine({
        ProcessingFile: { add: ["InProgress"], remove: ["FileProcessed"] },
        FileProcessed: { remove: ["ProcessingFile", "InProgress"] },
        InProgress: {},
      });
      machine.bindHandlers({
        ProcessingFileEnter: () => (calls++, true),
        ProcessingFileState: () => calls++,
        FileProcessedState: () => calls++,
      });
      return (n) => {
        for (let i = 0; i < n; i += 2) {
          machine.add("ProcessingFile");
          machine.add("FileProcessed");
        }
        return machine.timeSum() + calls;
      };
    },
    switch: () => {
      let processing = false,
        processed = false,
        progress = false,
        t1 = 0,
        t2 = 0,
        t3 = 0,
        calls = 0;
      const handlers = {
        ProcessingFileEnter: () => (calls++, true),
        ProcessingFileState: () => void calls++,
        FileProcessedState: () => void calls++,
      };
      const add = (state: string) => {
        switch (state) {
          case "ProcessingFile":
            if (!handlers.ProcessingFileEnter()) return;
            if (processed) processed = false, t2++;
            if (!processing) processing = true, t1++;
            if (!progress) progress = true, t3++;
            handlers.ProcessingFileState();
            break;
          case "FileProcessed":
            if (processing) processing = false, t1++;
            if (progress) progress = false, t3++;
            if (!processed) processed = true, t2++;
            handlers.FileProcessedState();
        }
      };
      return (n) => {
        for (let i = 0; i < n; i += 2) {
          add("ProcessingFile");
          add("FileProcessed");
        }
        return t1 + t2 + t3 + calls;
      };
    },
    xstate: () => {
      let ticks = 0, calls = 0, first = true;
      const actor = createActor(createMachine({
        initial: "none",
        states: {
          none: { on: { ProcessingFile: { target: "busy", guard: () => (calls++, true) } } },
          busy: {
            entry: () => void (ticks += first ? 2 : 3, first = false, calls++),
            on: { FileProcessed: "done" },
          },
          done: {
            entry: () => void (ticks += 3, calls++),
            on: { ProcessingFile: { target: "busy", guard: () => (calls++, true) } },
          },
        },
      }));
      actor.start();
      return (n) => {
        for (let i = 0; i < n; i += 2) {
          actor.send({ type: "ProcessingFile" });
          actor.send({ type: "FileProcessed" });
        }
        return ticks + calls;
      };
    },
  },
};
