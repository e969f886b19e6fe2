import { assertEquals, assertThrows } from "@std/assert";
import { Registry } from "prom-client";
import { type AnyMachine, Machine } from "../../mod.ts";
import { trackHistory } from "../../telemetry/history/mod.ts";
import { SqliteHistory } from "../../telemetry/history/sqlite/mod.ts";
import { traceMachine } from "../../telemetry/otel/mod.ts";
import { bindMachine } from "../../telemetry/prometheus/mod.ts";
import { recordingTracer } from "./recorded_spans.ts";

interface Bound {
  unbind(): void;
  /** How often a machine's transitions were seen, by its id. */
  seen(id: string): number | Promise<number>;
}

/** Every binding, and how to ask it how many transitions it has seen. */
const BINDINGS: Record<string, (machine: AnyMachine) => Bound> = {
  bindMachine(machine) {
    const registry = new Registry();
    const binding = bindMachine(machine, { registry });
    return {
      unbind: binding.unbind,
      async seen(id) {
        const line = `am_transitions_total{result="executed",auto="false",machine="${id}"} `;
        const text = await registry.metrics();
        return Number(
          text.split("\n").find((one) => one.startsWith(line))?.slice(line.length) ?? 0,
        );
      },
    };
  },
  traceMachine(machine) {
    const { tracer, spans } = recordingTracer();
    const seen = (id: string) =>
      spans().filter(({ attributes }) =>
        attributes["am.machine.id"] === id && attributes["am.transition.type"] !== undefined
      ).length;
    return { unbind: traceMachine(machine, { tracer }).unbind, seen };
  },
  trackHistory(machine) {
    const history = trackHistory(machine);
    const all = new Map([...history.machines].map((one) => [one.id, history.of(one)!]));
    const seen = (id: string) => {
      for (const one of history.machines) all.set(one.id, history.of(one)!);
      return all.get(id)?.size ?? 0;
    };
    return { unbind: history.unbind, seen };
  },
  "SqliteHistory.track"(machine) {
    const store = new SqliteHistory(":memory:");
    const { unbind } = store.track(machine);
    return { unbind, seen: (id) => store.history(id)?.size ?? 0 };
  },
};

const make = (id: string, parent?: AnyMachine) =>
  new Machine({ A: {}, B: {} }, { id, ...parent && { parent: parent as Machine } });

for (const [name, bind] of Object.entries(BINDINGS)) {
  Deno.test(`${name}() sees children that exist already, grandchildren, and later ones`, async () => {
    const parent = make("parent");
    const child = make("child", parent);
    const grandchild = make("grandchild", child);
    make("gone before", parent).dispose();
    const gone = make("gone", parent);
    const bound = bind(parent);
    gone.dispose();
    const all = [parent, child, grandchild, make("later", parent), make("late", grandchild)];
    for (const machine of all) machine.add("A");
    for (const { id } of all) assertEquals(await bound.seen(id), 1, id);
    assertEquals(await bound.seen("gone before"), 0);
    bound.unbind();
    bound.unbind();
    for (const machine of all) assertEquals(machine.tracers, [], machine.id);
  });

  Deno.test(`${name}() of a machine in a transition sees what comes after it`, async () => {
    const machine = make("busy");
    let bound: Bound | undefined;
    machine.bindHandlers({ AState: () => void (bound = bind(machine)) });
    machine.add("A");
    machine.add("B");
    machine.canAdd("A");
    assertEquals(await bound!.seen("busy"), 1);
    bound!.unbind();
  });
}

for (const states of [undefined, ["A"]]) {
  Deno.test(`a history has an imported time at once (states: ${states})`, () => {
    const machine = make("imported");
    machine.add("A");
    const later = machine.exportTime();
    machine.remove("A");
    let now = 1000;
    const history = trackHistory(machine, { states, now: () => now });
    using store = new SqliteHistory(":memory:", { now: () => now });
    store.track(machine, { states });
    const both = () => [history, store.history("imported")!];
    machine.importTime(machine.exportTime()); // the same time is no news
    for (const one of both()) assertEquals(one.find().length, 0);
    now = 2000;
    machine.importTime(later);
    for (const one of both()) {
      assertEquals([one.activeBetween("A", 1000, 1999), one.activeBetween("A", 2500, 3000)], [
        false,
        true,
      ]);
    }
    machine.dispose();
  });
}

Deno.test("bindMachine() counts the mutations that waited in vain", async () => {
  const registry = new Registry();
  const machine = new Machine({ A: {}, B: {}, Loop: { multi: true } }, {
    id: "dropping",
    drainLimit: 10,
    printErrors: false,
  });
  machine.on("LoopState", (e) => void (e.add("Loop"), e.add("B", { n: 1 })));
  using _ = bindMachine(machine, { registry });
  const dropped = async () =>
    (await linesOf(registry, "dropping")).find((line) => line.startsWith("am_mutations_dropped"))
      ?.split(" ")[1];
  assertEquals(await dropped(), "0");
  let seen = 0;
  machine.addTracer({ mutationDropped: () => void seen++ });
  machine.add("Loop");
  assertEquals([await dropped(), seen > 0], [String(seen), true]);
});

/** The metrics' lines of a machine. */
async function linesOf(registry: Registry, id: string): Promise<string[]> {
  return (await registry.metrics()).split("\n").filter((line) => line.includes(`machine="${id}"`));
}

Deno.test("bindMachine() comes back after the registry was cleared", async () => {
  const registry = new Registry();
  const first = bindMachine(make("first"), { registry });
  registry.clear();
  using _ = bindMachine(make("second"), { registry });
  for (const id of ["first", "second"]) {
    assertEquals((await linesOf(registry, id)).length > 0, true);
  }
  first.unbind();
  assertEquals(await linesOf(registry, "first"), []);
  registry.clear();
});

Deno.test("bindMachine() of one machine twice counts once, whichever ends first", async () => {
  for (const order of [[0, 1], [1, 0]]) {
    const registry = new Registry();
    const machine = make("twice");
    const bindings = [
      bindMachine(machine, { registry }),
      bindMachine(machine, { registry, states: true }),
    ];
    machine.add("A");
    bindings[order[0]].unbind();
    machine.add("B");
    const lines = await linesOf(registry, "twice");
    assertEquals(lines.includes('am_states_added_total{machine="twice"} 2'), true, `${order}`);
    assertEquals(lines.some((line) => line.startsWith("am_state_active{")), order[0] === 0);
    bindings[order[1]].unbind();
    assertEquals(await linesOf(registry, "twice"), []);
  }
});

Deno.test("bindMachine() refuses a registry whose names are taken, and leaves nothing", async () => {
  const registry = new Registry();
  const other = new Registry();
  bindMachine(make("other"), { registry: other });
  registry.registerMetric(other.getSingleMetric("am_states")!);
  const machine = make("refused");
  assertThrows(() => bindMachine(machine, { registry }), Error, '"am_states"');
  assertEquals(machine.tracers, []);
  assertEquals(registry.getMetricsAsArray().length, 1);
  assertEquals((await linesOf(other, "other")).length > 0, true);
});
