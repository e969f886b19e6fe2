import { createEffect, createRoot } from "solid-js";
import { createComponent, insert, render } from "solid-js/web";
import { args, Machine } from "@asyncmachine/asyncmachine";
import { useArgs, useMachine, useStates, useTick } from "@asyncmachine/asyncmachine/solid";
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
      const states = useStates(machine, [name]);
      const i = document.createElement("i");
      insert(i, () => {
        draws[name] = (draws[name] ?? 0) + 1;
        return states().length > 0 ? "on" : "off";
      });
      return i;
    };
    const div = place();
    const end = render(() => names.map((name) => createComponent(Row, { name })), div);
    await until(() => live() === 1000, "1000 subscriptions");
    const first = Object.values(draws).every((count) => count === 1);
    for (const name of names) draws[name] = 0;
    machine.add(["Row7", "Row500"]);
    await turns();
    const on = [...div.children].filter((row) => row.textContent === "on").length;
    const drawn = Object.entries(draws).filter(([, count]) => count > 0);
    end();
    return { first, drawn, on, subscriptionsLeft: live() };
  },

  async life() {
    const machine = make();
    const live = countSubscriptions(machine);
    const App = () => {
      const made = useMachine(() => machine);
      const states = useStates(made, ["Off", "On"]);
      const tick = useTick(made, "On");
      const progress = useArgs(made, "Progress");
      made.add("On"); // between drawing and mounting
      const p = document.createElement("p");
      insert(p, () => `${states().join(" ")} ${tick()} ${progress()?.done}`);
      return p;
    };
    const div = place();
    const end = render(() => createComponent(App, {}), div);
    await until(() => div.textContent === "On 1 undefined", "what was added in between");
    machine.add("Progress", { done: 5 });
    await until(() => div.textContent === "On 1 5", "the arguments");
    end();
    return { left: live(), disposed: machine.disposed };
  },

  async root() {
    const machine = make();
    const live = countSubscriptions(machine);
    const seen: string[] = [];
    const end = createRoot((end) => {
      const states = useStates(machine, ["On"]);
      createEffect(() => seen.push(states().join()));
      return end;
    });
    machine.add("On");
    machine.add("Off");
    await turns();
    end();
    return { seen, left: live() };
  },
});
