import { type Component, flushSync, mount, unmount } from "svelte";
import { args, Machine } from "@asyncmachine/asyncmachine";
import { useStates } from "@asyncmachine/asyncmachine/svelte";
import { countSubscriptions, serve, turns, until } from "./report.ts";

// Compiled by the test, which writes them beside this file.
declare const components: { readonly Row: Component<Row>; readonly Light: Component<Light> };

interface Row extends Record<string, unknown> {
  readonly machine: unknown;
  readonly name: string;
  readonly drawn: (name: string) => void;
}

interface Light extends Record<string, unknown> {
  readonly make: () => unknown;
}

const place = () => document.body.appendChild(document.createElement("div"));
const make = () => new Machine({ On: {}, Off: {}, Progress: { args: args<{ done: number }>() } });

serve({
  async rows() {
    const names = Array.from({ length: 1000 }, (_, row) => `Row${row}`);
    const machine = new Machine(Object.fromEntries(names.map((name) => [name, {}])));
    const live = countSubscriptions(machine);
    const draws: Record<string, number> = {};
    const drawn = (name: string) => draws[name] = (draws[name] ?? 0) + 1;
    const target = place();
    const rows = names.map((name) =>
      mount(components.Row, { target, props: { machine, name, drawn } })
    );
    await until(() => live() === 1000, "1000 subscriptions");
    const first = Object.values(draws).every((count) => count === 1);
    for (const name of names) draws[name] = 0;
    machine.add(["Row7", "Row500"]);
    await until(() => document.querySelectorAll(".on").length === 2, "two rows");
    await turns();
    const again = Object.entries(draws).filter(([, count]) => count > 0);
    await Promise.all(rows.map((row) => unmount(row)));
    return { first, drawn: again, subscriptionsLeft: live() };
  },

  async life() {
    const machine = make();
    const live = countSubscriptions(machine);
    const target = place();
    const text = () => target.querySelector("p")?.textContent;
    const light = mount(components.Light, { target, props: { make: () => machine } });
    machine.add("On"); // before effects have run
    flushSync();
    await until(() => text() === "On 1 undefined", "what was added in between");
    machine.add("Progress", { done: 5 });
    await until(() => text() === "On 1 5", "the arguments");
    await unmount(light);
    return { left: live(), disposed: machine.disposed };
  },

  store() {
    const machine = make();
    const live = countSubscriptions(machine);
    const seen: string[] = [];
    const end = useStates(machine, ["On", "Off"]).subscribe((active) =>
      seen.push(active.join(" "))
    );
    machine.add("On");
    machine.add("Progress", { done: 1 });
    machine.add("Off");
    end();
    machine.remove("On");
    return { seen, left: live() };
  },
});
