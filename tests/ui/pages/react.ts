import { createElement as h, StrictMode, Suspense, use } from "react";
import * as React from "react";
import { flushSync } from "react-dom";
import { createRoot, hydrateRoot } from "react-dom/client";
import { args, Machine } from "@asyncmachine/asyncmachine";
import { useArgs, useMachine, useStates, useTick } from "@asyncmachine/asyncmachine/react";
import { countSubscriptions, serve, turns, until } from "./report.ts";

const place = () => document.body.appendChild(document.createElement("div"));
const make = () => new Machine({ On: {}, Off: {}, Other: {} });
type Made = ReturnType<typeof make>;

serve({
  version: () => Promise.resolve(React.version),

  async rows() {
    const names = Array.from({ length: 1000 }, (_, row) => `Row${row}`);
    const machine = new Machine(Object.fromEntries(names.map((name) => [name, {}])));
    const live = countSubscriptions(machine);
    const draws: Record<string, number> = {};
    const Row = ({ name }: { name: string }) => {
      const [active] = useStates(machine, [name]);
      draws[name] = (draws[name] ?? 0) + 1;
      return h("i", { id: name, className: active ? "on" : "off" }, name);
    };
    let lists = 0;
    const List = () => {
      lists++;
      return h("div", null, names.map((name) => h(Row, { key: name, name })));
    };
    const root = createRoot(place());
    root.render(h(List));
    await until(() => live() === 1000, "1000 subscriptions");
    const first = Object.values(draws).every((count) => count === 1);
    for (const name of names) draws[name] = 0;
    machine.add(["Row7", "Row500"]);
    await until(() => document.querySelectorAll(".on").length === 2, "two rows");
    machine.add("Row7"); // already active: nothing ticks
    await turns();
    const drawn = Object.entries(draws).filter(([, count]) => count > 0);
    root.unmount();
    await turns();
    return { first, drawn, lists, subscriptionsLeft: live(), disposed: machine.disposed };
  },

  async strict() {
    const made: Made[] = [];
    const seen = new Set<Made>();
    const App = () => {
      const machine = useMachine(() => {
        const one = make();
        made.push(one);
        return one;
      });
      seen.add(machine);
      const states = useStates(machine, ["Off", "On"]);
      return h("p", { id: "strict" }, states.join(" "));
    };
    const root = createRoot(place());
    root.render(h(StrictMode, null, h(App)));
    await until(() => document.querySelector("#strict") !== null, "the paragraph");
    await turns();
    const alive = made.map((machine) => !machine.disposed);
    made[0].add(["On", "Off"]);
    await until(() => document.querySelector("#strict")!.textContent === "Off On", "both");
    root.unmount();
    const atUnmount = made[0].disposed;
    await turns();
    return {
      made: made.length,
      seen: seen.size,
      alive,
      atUnmount,
      afterATurn: made[0].disposed,
    };
  },

  /** Whichever is shown lives as long as it is shown, and ends; those that were dropped, when collected. */
  async strictDropped() {
    const made: Made[] = [];
    let shown = -1;
    const App = () => {
      const machine = useMachine(() => {
        made.push(make());
        return made.at(-1)!;
      });
      const states = useStates(machine, ["Off", "On"]);
      React.useEffect(() => {
        shown = made.indexOf(machine);
      }, [machine]);
      return h("p", { id: "dropped" }, states.join(" "));
    };
    const root = createRoot(place());
    root.render(h(StrictMode, null, h(App)));
    await until(() => shown >= 0, "the effect");
    await turns();
    const first = shown;
    made[first].add(["On", "Off"]);
    await until(() => document.querySelector("#dropped")!.textContent === "Off On", "both");
    const same = shown === first && !made[first].disposed;
    root.unmount();
    await until(() => made[first].disposed, "the disposal of what was shown");
    return { same, disposed: made[first].disposed };
  },

  /** Effects end and begin again with the state kept, as hot reload does, and hidden parts do. */
  async hidden() {
    const { Activity } = React as unknown as { Activity: string };
    const made: Made[] = [];
    const App = () => {
      const machine = useMachine(() => {
        made.push(make());
        return made.at(-1)!;
      });
      return h("p", { id: "hidden" }, `${made.indexOf(machine)} ${useTick(machine, "On")}`);
    };
    const root = createRoot(place());
    const draw = (mode: string) => root.render(h(Activity, { mode } as never, h(App)));
    draw("visible");
    await until(() => document.querySelector("#hidden") !== null, "the paragraph");
    await turns();
    // Hidden and shown in one turn: kept.
    flushSync(() => draw("hidden"));
    flushSync(() => draw("visible"));
    await turns();
    const kept = [made.length, made[0].disposed];
    flushSync(() => draw("hidden"));
    await until(() => made[0].disposed, "the disposal of what is hidden");
    flushSync(() => draw("visible"));
    await until(() => document.querySelector("#hidden")!.textContent === "1 0", "another");
    made[1].add("On");
    await until(() => document.querySelector("#hidden")!.textContent === "1 1", "its tick");
    root.unmount();
    await turns();
    return { kept, made: made.length, disposed: made.map((machine) => machine.disposed) };
  },

  async suspense() {
    const made: Made[] = [];
    let resolve = (_: string) => {};
    const data = new Promise<string>((done) => resolve = done);
    const Inner = ({ machine }: { machine: Made }) => {
      const states = useStates(machine, ["On"]);
      return h("b", { id: "inner" }, `${use(data)} ${states.join()}`);
    };
    const App = () => {
      const machine = useMachine(() => {
        made.push(make());
        return made.at(-1)!;
      });
      return h(Suspense, { fallback: h("em", { id: "wait" }, "…") }, h(Inner, { machine }));
    };
    const root = createRoot(place());
    root.render(h(StrictMode, null, h(App)));
    await until(() => document.querySelector("#wait") !== null, "the fallback");
    made[0].add("On"); // while suspended
    resolve("data");
    await until(() => document.querySelector("#inner") !== null, "the data");
    const text = document.querySelector("#inner")!.textContent;
    root.unmount();
    await turns();
    return { text, made: made.length, disposed: made.map((machine) => machine.disposed) };
  },

  /** A component that suspends itself is made anew: the machines of the attempts are collected. */
  async abandoned() {
    let made = 0;
    let disposed = 0;
    let resolve = () => {};
    const data = new Promise<void>((done) => resolve = done);
    const App = () => {
      const machine = useMachine(() => {
        made++;
        const one = make();
        one.onDispose(() => disposed++);
        return one;
      });
      use(data);
      return h("u", { id: "abandoned" }, useTick(machine, "On"));
    };
    const root = createRoot(place());
    root.render(h(Suspense, { fallback: "…" }, h(App)));
    await turns();
    resolve();
    await until(() => document.querySelector("#abandoned") !== null, "the data");
    const { gc } = globalThis as unknown as { gc: () => void };
    await until(() => (gc(), disposed === made - 1), "all but the mounted one");
    root.unmount();
    await until(() => disposed === made, "the mounted one");
    return { several: made > 1 };
  },

  async args() {
    const machine = new Machine({
      Progress: { multi: true, args: args<{ done: number }>() },
      Other: {},
    });
    const live = countSubscriptions(machine);
    let draws = 0;
    const Bar = () => {
      draws++;
      return h("s", { className: "bar" }, String(useArgs(machine, "Progress")?.done));
    };
    const text = () => document.querySelector(".bar")?.textContent;
    let root = createRoot(place());
    flushSync(() => root.render(h(Bar)));
    const seen = [text()];
    for (const done of [10, 20]) {
      flushSync(() => machine.add("Progress", { done }));
      await until(() => text() === String(done), `${done}`);
    }
    const before = draws;
    machine.add("Other");
    machine.remove("Progress");
    await turns();
    seen.push(text());
    const again = draws - before;
    root.unmount();
    await turns();
    machine.add("Progress", { done: 30 }); // nobody is mounted
    root = createRoot(place());
    root.render(h(Bar));
    await until(() => text() === "30", "what was missed");
    root.unmount();
    await turns();
    const left = live();
    machine.dispose();
    return { seen, again, left };
  },

  /** What changes between drawing and mounting is not lost. */
  async between() {
    const machine = make();
    const Child = () => {
      React.useLayoutEffect(() => {
        machine.add("On");
      }, []);
      return null;
    };
    const App = () => h("q", { id: "between" }, useStates(machine, ["On"]).join(), h(Child));
    const root = createRoot(place());
    root.render(h(App));
    await until(() => document.querySelector("#between")?.textContent === "On", "On");
    root.unmount();
  },

  /** Another machine, other states: followed; a disposed machine: shown as it was. */
  async changes() {
    const machines = [make(), make()];
    machines[0].add("On");
    machines[1].add(["Off", "Other"]);
    const lives = machines.map(countSubscriptions);
    const App = ({ at, states }: { at: number; states: ("On" | "Off" | "Other")[] }) =>
      h("a", { id: "changes" }, useStates(machines[at], states).join(" "));
    const root = createRoot(place());
    const draw = (at: number, states: ("On" | "Off" | "Other")[]) => {
      flushSync(() => root.render(h(App, { at, states })));
      return document.querySelector("#changes")!.textContent;
    };
    const texts = [draw(0, ["On", "Off"]), draw(1, ["On", "Off"]), draw(1, ["Other", "Off"])];
    await turns();
    const counts = lives.map((live) => live());
    machines[1].dispose();
    texts.push(draw(1, ["Other", "Off"]));
    root.unmount();
    return { texts, counts, left: lives.map((live) => live()) };
  },

  async hydrate() {
    const machine = make();
    machine.add("On");
    const App = () => h("p", { id: "hydrated" }, useStates(machine, ["On", "Off"]).join(" "));
    const div = place();
    div.innerHTML = `<p id="hydrated">On</p>`;
    const root = hydrateRoot(div, h(App));
    await turns();
    machine.add("Off");
    await until(() => document.querySelector("#hydrated")!.textContent === "On Off", "both");
    root.unmount();
  },
});
