import { createApp, effectScope, h, nextTick, reactive, ref, watchEffect } from "vue";
import { args, Machine } from "@asyncmachine/asyncmachine";
import { useArgs, useMachine, useStates, useTick } from "@asyncmachine/asyncmachine/vue";
import { countSubscriptions, serve, turns, until } from "./report.ts";

const place = () => document.body.appendChild(document.createElement("div"));
const make = () => new Machine({ On: {}, Off: {}, Progress: { args: args<{ done: number }>() } });

serve({
  async rows() {
    const names = Array.from({ length: 1000 }, (_, row) => `Row${row}`);
    const machine = new Machine(Object.fromEntries(names.map((name) => [name, {}])));
    const live = countSubscriptions(machine);
    const draws: Record<string, number> = {};
    const Row = {
      props: ["name"],
      setup({ name }: { name: string }) {
        const states = useStates(machine, [name]);
        return () => {
          draws[name] = (draws[name] ?? 0) + 1;
          return h("i", { class: states.value.length > 0 ? "on" : "off" }, name);
        };
      },
    };
    const app = createApp({ render: () => names.map((name) => h(Row, { key: name, name })) });
    app.mount(place());
    await until(() => live() === 1000, "1000 subscriptions");
    const first = Object.values(draws).every((count) => count === 1);
    for (const name of names) draws[name] = 0;
    machine.add(["Row7", "Row500"]);
    await until(() => document.querySelectorAll(".on").length === 2, "two rows");
    await turns();
    const drawn = Object.entries(draws).filter(([, count]) => count > 0);
    app.unmount();
    return { first, drawn, subscriptionsLeft: live() };
  },

  async life() {
    const made: ReturnType<typeof make>[] = [];
    let live = () => -1;
    const Child = {
      props: ["machine"],
      setup(props: { machine: ReturnType<typeof make> }) {
        return () => {
          // Between the parent's drawing and its mounting.
          props.machine.add("On");
          return h("s");
        };
      },
    };
    const app = createApp({
      setup() {
        const machine = useMachine(() => {
          made.push(make());
          live = countSubscriptions(made.at(-1)!);
          return made.at(-1)!;
        });
        const states = useStates(machine, ["Off", "On"]);
        const tick = useTick(machine, "On");
        const progress = useArgs(machine, "Progress");
        return () =>
          h("p", [
            `${states.value.join(" ")} ${tick.value} ${progress.value?.done}`,
            h(Child, { machine }),
          ]);
      },
    });
    const div = place();
    app.mount(div);
    await until(() => div.textContent === "On 1 undefined", "what was added in between");
    made[0].add("Progress", { done: 5 });
    await until(() => div.textContent === "On 1 5", "the arguments");
    app.unmount();
    return { made: made.length, left: live(), disposed: made[0].disposed };
  },

  async scope() {
    const machine = make();
    const live = countSubscriptions(machine);
    const seen: string[] = [];
    const scope = effectScope();
    scope.run(() => {
      const states = useStates(machine, ["On"]);
      watchEffect(() => {
        seen.push(states.value.join());
      });
    });
    machine.add("On");
    await nextTick();
    scope.stop();
    return { seen, left: live() };
  },

  /** Vue makes proxies of what a `ref` holds, which private fields cannot bear: machines are left alone. */
  inARef() {
    const machine = make();
    const held = ref({ machine });
    const direct = ref(machine);
    const deep = reactive({ list: [machine] });
    const same = [held.value.machine, direct.value, deep.list[0]]
      .map((one) => (one as unknown) === machine);
    const result = (direct.value as typeof machine).add("On");
    return { same, result, active: machine.activeStates() };
  },

  async hot() {
    // Reloading remounts the component: another machine, the old one ended.
    const made: ReturnType<typeof make>[] = [];
    const key = ref(0);
    const Inner = {
      setup() {
        const machine = useMachine(() => {
          made.push(make());
          return made.at(-1)!;
        });
        const tick = useTick(machine, "On");
        return () => h("p", tick.value);
      },
    };
    const app = createApp({ render: () => h(Inner, { key: key.value }) });
    app.mount(place());
    key.value++;
    await nextTick();
    await turns();
    const disposed = made.map((machine) => machine.disposed);
    app.unmount();
    return { disposed, end: made.map((machine) => machine.disposed) };
  },
});
