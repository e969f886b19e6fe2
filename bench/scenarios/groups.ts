import { createActor, createMachine } from "xstate";
import { Machine, type Schema } from "../../mod.ts";
import { numbers, type Scenario } from "./scenario.ts";

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

export const groups: Scenario = {
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
