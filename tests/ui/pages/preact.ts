import { Fragment, h, render } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { args, Machine } from "@asyncmachine/asyncmachine";
import { useArgs, useMachine, useStates, useTick } from "@asyncmachine/asyncmachine/preact";
import { countSubscriptions, serve, turns, until } from "./report.ts";

const place = () => document.body.appendChild(document.createElement("div"));
const make = () => new Machine({ On: {}, Off: {}, Progress: { args: args<{ done: number }>() } });

serve({
  async rows() {
    const names = Array.from({ length: 1000 }, (_, row) => `Row${row}`);
    const machine = new Machine(Object.fromEntries(names.map((name) => [name, {}])));
    const live = countSubscriptions(machine);
    const draws: Record<string, number> = {};
    const Row = ({ name }: { name: string }) => {
      const [active] = useStates(machine, [name]);
      draws[name] = (draws[name] ?? 0) + 1;
      return h("i", { class: active ? "on" : "off" }, name);
    };
    const div = place();
    render(h(Fragment, null, names.map((name) => h(Row, { key: name, name }))), div);
    await until(() => live() === 1000, "1000 subscriptions");
    const first = Object.values(draws).every((count) => count === 1);
    for (const name of names) draws[name] = 0;
    machine.add(["Row7", "Row500"]);
    await until(() => document.querySelectorAll(".on").length === 2, "two rows");
    await turns();
    const drawn = Object.entries(draws).filter(([, count]) => count > 0);
    render(null, div);
    await turns();
    return { first, drawn, subscriptionsLeft: live() };
  },

  async life() {
    const made: ReturnType<typeof make>[] = [];
    const counts: (() => number)[] = [];
    const Child = ({ machine }: { machine: ReturnType<typeof make> }) => {
      // Between drawing and subscribing.
      useLayoutEffect(() => {
        machine.add("On");
      }, []);
      return null;
    };
    let draw = () => {};
    const App = () => {
      const [n, set] = useState(0);
      draw = () => set(n + 1);
      const machine = useMachine(() => {
        made.push(make());
        counts.push(countSubscriptions(made.at(-1)!));
        return made.at(-1)!;
      });
      const states = useStates(machine, ["Off", "On"]).join(" ");
      const done = useArgs(machine, "Progress")?.done;
      return h("p", null, `${states} ${useTick(machine, "On")} ${done}`, h(Child, { machine }));
    };
    const div = place();
    render(h(App, null), div);
    await until(() => div.textContent === "On 1 undefined", "what was added in between");
    made[0].add("Progress", { done: 5 });
    await until(() => div.textContent === "On 1 5", "the arguments");
    draw();
    await turns();
    render(null, div);
    const atUnmount = made[0].disposed;
    // The record of arguments lasts as long as the machine.
    const left = counts[0]();
    await turns();
    return { made: made.length, atUnmount, left, afterATurn: made[0].disposed };
  },
});
