/**
 * The scenarios of docs/performance.md, one definition for all contenders: each gives a function
 * that does `n` operations and returns a checksum of what it did, so that a benchmark can check that
 * all sides did the same work before it times them.
 */
import { createActor, createMachine, waitFor } from "xstate";
import { Machine, type Schema } from "../mod.ts";

/** Who runs a scenario. */
export type Contender = "ours" | "switch" | "xstate";

/** Does `n` operations; the number says what was done. */
export type Run = (n: number) => number | Promise<number>;

/** One scenario of the table. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** Operations per call of `run`, so that the harness costs nothing per operation. */
  readonly batch: number;
  readonly make: Partial<Record<Contender, () => Run>>;
}

/** Pseudo-random whole numbers below `limit`: the same for all contenders, with a long period. */
function numbers(limit: number): () => number {
  let x = 0x9e3779b9;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % limit;
  };
}

const TOGGLE = { A: { remove: ["B"] }, B: { remove: ["A"] } } as const;

const toggle: Scenario = {
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

const toggleHandlers: Scenario = {
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

const GROUPS = 6, SIZE = 5;
const groupNames = Array.from(
  { length: GROUPS * SIZE },
  (_, i) => `G${Math.floor(i / SIZE)}S${i % SIZE}`,
);

function groupsSchema(): Schema {
  const schema: Record<string, object> = { Ready: {} };
  groupNames.forEach((name, i) => {
    const group = Math.floor(i / SIZE);
    const first = i % SIZE === 0;
    schema[name] = {
      require: ["Ready"],
      remove: groupNames.slice(group * SIZE, (group + 1) * SIZE),
      ...(first && group < GROUPS - 1 ? { add: [groupNames[(group + 1) * SIZE]] } : {}),
    };
  });
  return schema;
}

const groups: Scenario = {
  id: "S3",
  title: "30 states in 6 exclusive groups, add a pseudo-random one",
  batch: 1000,
  make: {
    ours: () => {
      const machine = new Machine(groupsSchema());
      machine.add("Ready");
      const next = numbers(groupNames.length);
      return (n) => {
        for (let i = 0; i < n; i++) machine.add(groupNames[next()]);
        return machine.timeSum();
      };
    },
    switch: () => {
      const active: number[] = new Array(GROUPS).fill(-1);
      let ticks = 1;
      const next = numbers(groupNames.length);
      const indexes = new Map(groupNames.map((name, i) => [name, i]));
      const add = (name: string) => {
        let state = indexes.get(name)!;
        for (;;) {
          const group = (state / SIZE) | 0;
          if (active[group] === state) return;
          ticks += active[group] === -1 ? 1 : 2;
          active[group] = state;
          if (state % SIZE !== 0 || group === GROUPS - 1) return;
          state = (group + 1) * SIZE;
          // an active state goes before an implied one
          if (active[group + 1] !== -1) return;
        }
      };
      return (n) => {
        for (let i = 0; i < n; i++) add(groupNames[next()]);
        return ticks;
      };
    },
    xstate: () => {
      let ticks = 1;
      const actor = createActor(createMachine({
        type: "parallel",
        states: Object.fromEntries(
          Array.from({ length: GROUPS }, (_, group) => {
            const members = groupNames.slice(group * SIZE, (group + 1) * SIZE);
            const on = (self: string) =>
              Object.fromEntries([
                ...members.filter((name) => name !== self).map((name) => [name, name]),
                // implied by the first of the group before; an active state goes before it
                ...(self === "none" ? [[`chain${group}`, members[0]]] : []),
              ]);
            return [`g${group}`, {
              initial: "none",
              states: {
                none: { on: on("none"), exit: () => void (ticks -= 1) },
                ...Object.fromEntries(members.map((name, i) => [name, {
                  on: on(name),
                  entry: i === 0 && group < GROUPS - 1
                    ? [
                      () => void (ticks += 2),
                      ({ self }: { self: { send(e: { type: string }): void } }) =>
                        self.send({ type: `chain${group + 1}` }),
                    ]
                    : [() => void (ticks += 2)],
                }])),
              },
            }];
          }),
        ),
      }));
      actor.start();
      const next = numbers(groupNames.length);
      return (n) => {
        for (let i = 0; i < n; i++) actor.send({ type: groupNames[next()] });
        return ticks;
      };
    },
  },
};

const file: Scenario = {
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

const auto: Scenario = {
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

const queued: Scenario = {
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

const waiting: Scenario = {
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

const MANY = 1000;
const manyNames = Array.from({ length: MANY }, (_, i) => `S${i}`);
const manySchema = (): Schema => Object.fromEntries(manyNames.map((name) => [name, {}]));

const many: Scenario = {
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

const flips: Scenario = {
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

/** All scenarios, in the order of the table. */
export const SCENARIOS: readonly Scenario[] = [
  toggle,
  toggleHandlers,
  groups,
  file,
  auto,
  queued,
  waiting,
  many,
  flips,
];

/** Checks that all contenders of a scenario do the same work. */
export async function checkWork(scenario: Scenario): Promise<void> {
  const sums = new Map<string, number>();
  for (const [contender, make] of Object.entries(scenario.make)) {
    const run = make();
    let sum = 0;
    for (let i = 0; i < 3; i++) sum = await run(scenario.batch);
    sums.set(contender, sum);
  }
  if (new Set(sums.values()).size > 1) {
    throw new Error(
      `${scenario.id}: the contenders did different work: ${JSON.stringify([...sums])}`,
    );
  }
}
