import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  initialModel,
  type Message,
  type Model,
  Store,
  update,
  view,
} from "../../dbg/model/mod.ts";

/** A transition on paper: of a machine, at a time by its clock, caused by another one. */
interface Event {
  readonly machine: string;
  readonly time: number;
  readonly source?: readonly [machine: string, id: number];
  readonly error?: boolean;
}

/** A store with these transitions; the machines' numbers count from 1. */
function stored(events: readonly Event[], names: readonly string[] = []): Store {
  const store = new Store();
  const all = new Map(
    [...new Set([...names, ...events.map(({ machine }) => machine)])].map((id) => [
      id,
      store.hello({
        kind: "hello",
        machine: 0,
        version: 1,
        id,
        instance: id,
        parent: null,
        tags: [],
        names: ["A", "Exception"],
        states: [{}, { multi: true }],
        ticks: [0, 0],
        groups: {},
      }),
    ]),
  );
  for (const { machine, time, source, error } of events) {
    const client = all.get(machine)!;
    store.batch(client, {
      kind: "batch",
      machine: 0,
      dropped: 0,
      logs: [],
      transitions: [{
        id: client.end + 1,
        type: "add",
        called: [error ? 1 : 0],
        ticks: [],
        accepted: true,
        queue: 0,
        time,
        duration: 0,
        ...(source && { source: [source[0], source[1], "AState"] as const }),
      }],
    });
  }
  return store;
}

function sent(store: Store, ...messages: Message[]): Model {
  return messages.reduce(update, update(initialModel(store), { kind: "received" }));
}

/** What the list of machines says of each: how many transitions have happened. */
function counts(model: Model): Record<string, number> {
  const { clients } = view(model, {
    log: 1,
    rain: 1,
    matrixRows: 1,
    matrixColumns: 1,
    timeline: 1,
  });
  return Object.fromEntries(clients.map(({ key, transitions }) => [key, transitions]));
}

Deno.test("A machine whose clock is late shows nothing that came later", () => {
  const store = stored([
    { machine: "a", time: 10_000 },
    { machine: "b", time: 7_000, source: ["a", 1] },
    { machine: "a", time: 10_100, source: ["b", 1] },
    { machine: "b", time: 7_200, source: ["a", 2] },
  ]);
  const at = (id: number, machine: string) =>
    sent(store, { kind: "client", key: "a" }, { kind: "transition", id }, {
      kind: "client",
      key: machine,
    });
  assertEquals(at(1, "b").cursor, 0);
  assertEquals(at(2, "b").cursor, 1);
  // And what must have happened has, whatever the clock says.
  const fromB = sent(store, { kind: "client", key: "b" }, { kind: "transition", id: 2 }, {
    kind: "client",
    key: "a",
  });
  assertEquals(fromB.cursor, 2);
});

Deno.test("Back at the machine that the moment was chosen in, its own transition is shown", () => {
  const store = stored([
    { machine: "a", time: 5 },
    { machine: "a", time: 5 },
    { machine: "a", time: 5 },
    { machine: "b", time: 5 },
  ]);
  const model = sent(
    store,
    { kind: "client", key: "a" },
    { kind: "transition", id: 2 },
    { kind: "client", key: "b" },
    { kind: "client", key: "a" },
  );
  assertEquals(model.cursor, 2);
});

const machines = ["a", "b", "c", "d"];
/** Transitions in the order in which they truly happened, on machines whose clocks are wrong. */
const history = fc.record({
  skew: fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 4, maxLength: 4 }),
  steps: fc.array(
    fc.record({
      machine: fc.nat(3),
      cause: fc.option(fc.nat(5), { nil: null }), // so many transitions before
      error: fc.boolean(),
    }),
    { maxLength: 40 },
  ),
}).map(({ skew, steps }) => {
  const ids: number[] = [];
  const count: Record<string, number> = {};
  return steps.map(({ machine, cause, error }, i): Event => {
    const name = machines[machine];
    ids.push(count[name] = (count[name] ?? 0) + 1);
    const from = cause === null || i <= cause ? null : i - cause - 1;
    return {
      machine: name,
      time: 1000 + i * 10 + skew[machine],
      error,
      ...(from !== null &&
        { source: [machines[steps[from].machine], ids[from]] as [string, number] }),
    };
  });
});

/** For every two transitions, whether the first one led to the second one. */
function before(events: readonly Event[]): boolean[][] {
  const led = events.map(() => events.map(() => false));
  const number = (i: number) =>
    events.slice(0, i + 1).filter(({ machine }) => machine === events[i].machine).length;
  events.forEach((event, i) => {
    for (let j = 0; j < i; j++) {
      const { machine } = events[j];
      const direct = machine === event.machine ||
        (event.source?.[0] === machine && event.source[1] === number(j));
      if (!direct) continue;
      led[j][i] = true;
      for (let k = 0; k < j; k++) if (led[k][j]) led[k][i] = true;
    }
  });
  return led;
}

Deno.test("Whatever the clocks say, a jump shows all causes and no effect of what is yet to come", () => {
  fc.assert(
    fc.property(history, (events) => {
      const store = stored(events, machines);
      const led = before(events);
      const number = new Map<Event, number>();
      const total: Record<string, number> = {};
      for (const event of events) {
        number.set(event, total[event.machine] = (total[event.machine] ?? 0) + 1);
      }
      events.forEach((event, i) => {
        const here = sent(store, { kind: "client", key: event.machine }, {
          kind: "transition",
          id: number.get(event)!,
        });
        const shown = counts(here);
        for (const key of machines) {
          const there = update(here, { kind: "client", key });
          assertEquals(there.cursor, shown[key], "the list and the jump say the same");
          assertEquals(counts(there), shown, "all machines stay at the moment");
        }
        events.forEach((other, j) => {
          const happened = number.get(other)! <= shown[other.machine];
          if (led[j][i]) assert(happened, `${j} led to ${i}`);
          const later = events.findIndex((one, k) => k >= i && one.machine === event.machine);
          if (later !== -1 && led[later][j]) assert(!happened, `${j} comes from ${later}`);
        });
      });
    }),
    { numRuns: 200 },
  );
});

Deno.test("The errors of all machines are walked through one by one, in both directions", () => {
  fc.assert(
    fc.property(history, fc.constantFrom(...machines), (events, start) => {
      const store = stored(events, machines);
      const wanted = events.filter(({ error }) => error).length;
      const place = ({ client, cursor }: Model) => `${client} ${cursor}`;
      let model = sent(store, { kind: "client", key: start }, { kind: "time", time: 0 });
      model = { ...model, moment: 0 };
      const there: string[] = [];
      for (let i = 0; i < wanted; i++) {
        model = update(model, { kind: "error", by: 1 });
        assertEquals(model.notice, "");
        there.push(place(model));
      }
      assertEquals(new Set(there).size, wanted, there.join());
      const end = update(model, { kind: "error", by: 1 });
      assertEquals([place(end), end.notice], [place(model), "There is none"]);
      const back = [place(model)];
      for (let i = 1; i < wanted; i++) {
        model = update(model, { kind: "error", by: -1 });
        back.push(place(model));
      }
      if (wanted > 0) assertEquals(back.toReversed(), there);
      assertEquals(update(model, { kind: "error", by: -1 }).notice, "There is none");
    }),
    { numRuns: 300 },
  );
});

Deno.test("The next error is found in the one of 120 machines that has it", () => {
  const all = Array.from({ length: 120 }, (_, i) => ({ machine: `m${i}`, time: i }));
  const store = stored([...all, { machine: "m77", time: 500, error: true }]);
  const model = sent(store, { kind: "client", key: "m3" }, { kind: "first" }, {
    kind: "error",
    by: 1,
  });
  assertEquals([model.client, model.cursor], ["m77", 2]);
});

Deno.test("Matches are gone through in both directions: transitions, machines and states", () => {
  const store = stored([
    ...["k8s", "svc.k8s-orders", "other"].map((machine) => ({ machine, time: 1 })),
    { machine: "k8s", time: 2, error: true },
    { machine: "k8s", time: 3, error: true },
  ]);
  let model = sent(store, { kind: "client", key: "k8s" }, { kind: "first" }, {
    kind: "search",
    text: "exc",
    in: "transitions",
  });
  const match = (by: 1 | -1) => model = update(model, { kind: "match", by });
  assertEquals([match(1).cursor, match(1).cursor, match(-1).cursor], [2, 3, 2]);
  assertEquals(match(-1).notice, "There is none");

  model = update(model, { kind: "search", text: "k8s-or", in: "clients" });
  assertEquals(model.clientCursor, "svc.k8s-orders");
  model = update(model, { kind: "search", text: "K8S", in: "clients" });
  assertEquals(model.clientCursor, "k8s"); // the best: it begins with it
  assertEquals(Object.keys(counts(model)), ["k8s", "svc.k8s-orders"]); // the others are hidden
  assertEquals([match(1).clientCursor, match(1).clientCursor], ["svc.k8s-orders", "k8s"]);
  assertEquals([match(-1).clientCursor, match(-1).clientCursor], ["svc.k8s-orders", "k8s"]);

  model = update(model, { kind: "search", text: "e", in: "tree" });
  assertEquals(model.treeCursor.state, 1);
  assertEquals([match(1).treeCursor.state, match(-1).treeCursor.state], [1, 1]);
  model = update(model, { kind: "search", text: "zzz", in: "tree" });
  assertEquals(match(1).notice, "There is none");
});

Deno.test("A search finds names however their accents are written, and counts what it found", () => {
  const store = stored([{ machine: "Cafe\u0301", time: 1 }, { machine: "हिन्दी", time: 1 }]);
  const found = (text: string) => {
    const model = sent(store, { kind: "search", text, in: "clients" });
    const { search } = view(model, {
      log: 1,
      rain: 1,
      matrixRows: 1,
      matrixColumns: 1,
      timeline: 1,
    });
    return [model.clientCursor, search.matches];
  };
  assertEquals(found("caf\u00e9"), ["Cafe\u0301", 1]);
  assertEquals(found("हि"), ["हिन्दी", 1]);
  assertEquals(found("nothing")[1], 0);
});

Deno.test("Touches of a state are gone through in both directions", () => {
  const store = stored([
    { machine: "a", time: 1 },
    { machine: "a", time: 2, error: true },
    { machine: "a", time: 3 },
    { machine: "a", time: 4, error: true },
  ]);
  let model = sent(store, { kind: "client", key: "a" }, { kind: "first" }, {
    kind: "state",
    state: 1,
  });
  const touched = (by: 1 | -1) => (model = update(model, { kind: "touched", by })).cursor;
  assertEquals([touched(1), touched(1), touched(-1)], [2, 4, 2]);
});
