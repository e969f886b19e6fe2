import { assert, assertEquals, assertThrows } from "@std/assert";
import { Machine, StateUnknownError } from "../../mod.ts";
import { trackHistory } from "../../telemetry/history/mod.ts";
import type { History, TrackedHistory } from "../../telemetry/history/mod.ts";
import { SqliteHistory } from "../../telemetry/history/sqlite/mod.ts";
import { busyMachine, numbers, work } from "./tally.ts";

interface Tracked {
  readonly states?: readonly string[];
  readonly max?: number;
}

type Track = (machine: Machine, options?: Tracked) => TrackedHistory;

/** Runs a test with both stores and a clock that the test sets. */
function both(name: string, fn: (track: Track, clock: { now: number }) => void): void {
  Deno.test(`trackHistory() ${name}`, () => {
    const clock = { now: 1000 };
    fn((machine, options) => trackHistory(machine, { ...options, now: () => clock.now }), clock);
  });
  Deno.test(`SqliteHistory.track() ${name}`, () => {
    const clock = { now: 1000 };
    using store = new SqliteHistory(":memory:", { now: () => clock.now, batch: 7 });
    fn((machine, options) => store.track(machine, options), clock);
  });
}

const SCHEMA = {
  A: { remove: ["B"] },
  B: { remove: ["A"] },
  C: {},
  Ping: { multi: true },
} as const;
const make = (id?: string, parent?: Machine) =>
  new Machine(SCHEMA, { ...id && { id }, ...parent && { parent } }) as unknown as Machine;

both("answers by time", (track, clock) => {
  const machine = make();
  using history = track(machine);
  clock.now = 2000;
  machine.add("A");
  clock.now = 3000;
  machine.add("B");
  clock.now = 4000;
  const answers = (from: number, to: number, state = "A") => [
    history.activatedBetween(state, from, to),
    history.deactivatedBetween(state, from, to),
    history.activeBetween(state, from, to),
    history.inactiveBetween(state, from, to),
  ];
  assertEquals(answers(1000, 1999), [false, false, false, true]);
  assertEquals(answers(1000, 2000), [true, false, true, true]);
  assertEquals(answers(2000, 2000), [true, false, true, false]);
  assertEquals(answers(2500, 2600), [false, false, true, false]);
  assertEquals(answers(2000, 3000), [true, true, true, true]);
  assertEquals(answers(3000, 9000), [false, true, false, true]);
  assertEquals(answers(3001, 9000), [false, false, false, true]);
  assertEquals(answers(0, 999), [false, false, false, false], "unknown before tracking");
  assertEquals(answers(2500, 2600, "B"), [false, false, false, true]);
  assert(history.activatedBetween("A", new Date(2000), new Date(2000)));
  assert(history.activatedRecently("B", 1000));
  assert(!history.activatedRecently("B", 999));
  assertThrows(() => history.activatedBetween("A", NaN, 1), RangeError);
});

both("answers by the machine's ticks", (track) => {
  const machine = make();
  using history = track(machine);
  machine.add("A"); // 1
  machine.add("B"); // 3: A left, B came
  machine.add("C"); // 4
  const at = (tick: number) => ({ tick });
  assert(history.activatedBetween("A", at(1), at(1)));
  assert(history.activeBetween("A", at(2), at(2)));
  assert(!history.inactiveBetween("A", at(1), at(2)));
  assert(!history.activeBetween("A", at(3), at(9)));
  assert(history.activatedBetween("B", at(2), at(3)));
  assert(!history.activatedBetween("B", at(4), at(9)));
  assert(history.activatedBetween("C", at(4), at(4)));
  assertEquals([...history].map(({ tick }) => tick), [1, 3, 4]);
});

both("counts a repeated call of a multi state as activation", (track, clock) => {
  const machine = make();
  using history = track(machine);
  machine.add("Ping");
  clock.now = 2000;
  machine.add("Ping");
  assert(history.activatedBetween("Ping", 2000, 2000));
  assert(!history.inactiveBetween("Ping", 1001, 2000));
});

both("remembers what a throw has undone", (track) => {
  const machine = new Machine(SCHEMA, { printErrors: false });
  machine.bindHandlers({
    CState() {
      throw new Error("on purpose");
    },
  });
  using history = track(machine as unknown as Machine);
  machine.add("C");
  const [undone, exception] = [...history];
  assertEquals(undone.calledStates, ["C"]);
  assertEquals(exception.calledStates, ["Exception"]);
  assertEquals(history.find({ activated: "C", deactivated: "C" }).length, 1);
});

both("finds by all criteria", (track, clock) => {
  const machine = make("finder");
  using history = track(machine);
  for (const state of ["A", "B", "C", "A", "B", "A"]) {
    clock.now += 100;
    machine.add(state);
  }
  machine.canAdd("B");
  machine.add("A"); // changes nothing
  const ids = (query: Parameters<History["find"]>[0]) =>
    history.find(query).map(({ transition }) => transition);
  assertEquals(ids({}), [1, 2, 3, 4, 5, 6]);
  assertEquals(ids({ activated: "A" }), [1, 4, 6]);
  assertEquals(ids({ deactivated: "A" }), [2, 5]);
  assertEquals(ids({ active: ["A", "C"] }), [4, 6]);
  assertEquals(ids({ inactive: "A" }), [2, 3, 5]);
  assertEquals(ids({ called: "C" }), [3]);
  assertEquals(ids({ activated: "A", from: 1200, to: 1500 }), [4]);
  assertEquals(ids({ from: { tick: 4 }, limit: 2 }), [5, 6]);
  assertEquals(ids({ where: ({ at }) => at === 1300 }), [3]);
  const [{ machine: id, at, tick, type, auto, names, ticks }] = history.find({ limit: 1 });
  assertEquals({ id, at, tick, type, auto, names, ticks }, {
    id: "finder",
    at: 1600,
    tick: 10,
    type: "add",
    auto: false,
    names: ["A", "B", "C", "Ping", "Exception"],
    ticks: [5, 4, 1, 0, 0],
  });
  assertThrows(() => history.find({ activated: "D" }), StateUnknownError);
});

both("keeps only the newest", (track, clock) => {
  const machine = make();
  using history = track(machine, { max: 10 });
  for (let i = 0; i < 35; i++) {
    clock.now++;
    machine.add(i % 2 === 0 ? "A" : "B");
  }
  assertEquals(history.size, 10);
  assertEquals([...history].map(({ transition }) => transition), [
    ...[26, 27, 28, 29, 30, 31, 32, 33, 34, 35],
  ]);
  assertEquals(history.find({ activated: "B" }).map(({ transition }) => transition), [
    ...[26, 28, 30, 32, 34],
  ]);
  assert(!history.activatedBetween("A", 0, 1025), "forgotten");
  assert(history.activeBetween("A", 1025, 1025), "where the oldest one's changes start");
  assert(history.activatedBetween("B", 1026, 1026));
});

both("tracks only the given states", (track) => {
  const machine = make();
  using history = track(machine, { states: ["C"] });
  machine.add("A");
  machine.add(["B", "C"]);
  machine.add("A");
  assertEquals(history.states, ["C"]);
  assertEquals([...history].map(({ ticks, tick }) => ({ ticks, tick })), [{ ticks: [1], tick: 4 }]);
  assertThrows(() => history.activeBetween("A", 0, 1), StateUnknownError);
});

both("tracks children apart, until it is undone", (track) => {
  const parent = make("parent");
  const history = track(parent);
  const child = make("child", parent);
  child.add("C");
  assertEquals(history.size, 0);
  assertEquals([...history.of(child)!].map(({ machine }) => machine), ["child"]);
  assertEquals(history.of(parent)!.machineId, "parent");
  parent.add("A");
  history.unbind();
  assertEquals([parent.tracers, child.tracers], [[], []]);
  parent.add("B");
  assertEquals(history.size, 1);
  assertEquals(history.of(child), undefined);
});

both("follows a change of the schema", (track) => {
  const machine = new Machine<Record<string, unknown>>({ A: {}, B: {} });
  using history = track(machine as Machine);
  machine.add("B");
  machine.setSchema({ New: {}, B: {}, A: {}, Exception: { multi: true } });
  machine.add(["New", "A"]);
  machine.remove("B");
  assertEquals(history.find({ activated: "A" }).map(({ transition }) => transition), [2]);
  assertEquals(history.find({ activated: "New" }).length, 1);
  assertEquals(history.find({ deactivated: "B" }).map(({ transition }) => transition), [3]);
});

both("never goes back in time", (track, clock) => {
  const machine = make();
  using history = track(machine);
  clock.now = 5000;
  machine.add("A");
  clock.now = 4000;
  machine.add("B");
  assertEquals([...history].map(({ at }) => at), [5000, 5000]);
});

both("agrees with a full record of a random run", (track, clock) => {
  for (let seed = 1; seed <= 5; seed++) {
    const machine = busyMachine(`random ${seed}`);
    clock.now = 1000;
    using history = track(machine);
    // The full record: the active states after each transition that changes any, with its time.
    const record = [{ at: 1000, active: machine.activeStates(), ticks: machine.time() }];
    machine.addTracer({
      transitionEnd() {
        const ticks = machine.time();
        if (`${ticks}` === `${record.at(-1)!.ticks}`) return;
        record.push({ at: clock.now, active: machine.activeStates(), ticks });
      },
    });
    const random = numbers(seed);
    for (let i = 0; i < 30; i++) {
      work(machine, 4, seed * 100 + i);
      clock.now += random(3);
    }
    for (let i = 0; i < 200; i++) {
      const state = machine.stateNames[random(machine.stateNames.length)];
      const from = 1000 + random(30);
      const to = from + random(6);
      const within = record.filter(({ at }) => at >= from && at <= to);
      const before = record.findLast(({ at }) => at < from);
      const held = within.length > 0 && within[0].at === from || !before ? within : [
        before,
        ...within,
      ];
      const index = machine.stateNames.indexOf(state);
      const activated = record.some(({ at, ticks }, i) =>
        i > 0 && at >= from && at <= to && ticks[index] > record[i - 1].ticks[index] &&
        (ticks[index] % 2 === 1 || ticks[index] - record[i - 1].ticks[index] > 1)
      );
      const what = `${state} from ${from} to ${to} of run ${seed}`;
      assertEquals(history.activatedBetween(state, from, to), activated, what);
      const active = held.some((one) => one.active.includes(state));
      assertEquals(history.activeBetween(state, from, to), active, what);
      const inactive = held.some((one) => !one.active.includes(state));
      assertEquals(history.inactiveBetween(state, from, to), inactive, what);
    }
  }
});

Deno.test("trackHistory() refuses a max that is none", () => {
  assertThrows(() => trackHistory(make(), { max: 0 }), RangeError, "max is 0");
});
