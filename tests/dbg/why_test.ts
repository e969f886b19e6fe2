import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import {
  activationsOf,
  causeOf,
  chainOf,
  type ClientData,
  effectsOf,
  equalErrors,
  errorGroups,
  foundRows,
  initialModel,
  matchOf,
  type Message,
  type Model,
  refusalOf,
  Store,
  update,
  valueTree,
  view,
  whyLines,
  whyOf,
} from "../../dbg/model/mod.ts";
import type { WireTransition } from "../../telemetry/debugger/protocol.ts";
import { valueText } from "../../telemetry/value_text.ts";

const VIEWPORT = { log: 10, rain: 5, matrixRows: 5, matrixColumns: 5, timeline: 10 };

interface About {
  readonly names?: readonly string[];
  readonly states?: readonly object[];
  readonly version?: number;
  readonly instance?: string;
}

/** A machine in a store. */
function machine(store: Store, id: string, about: About = {}): ClientData {
  const { names = ["A", "B", "C", "Exception"], version = 2, instance = id } = about;
  return store.hello({
    kind: "hello",
    machine: 0,
    version,
    id,
    instance,
    parent: null,
    tags: [],
    names,
    states: about.states ?? names.map(() => ({})),
    ticks: names.map(() => 0),
    groups: {},
  });
}

/** A transition, of which only what matters is given. */
function tx(id: number, more: Partial<WireTransition> = {}): WireTransition {
  return {
    ...{ id, type: "add", called: [0], ticks: [], accepted: true, queue: 0, time: id, duration: 0 },
    ...more,
  };
}

function sends(
  store: Store,
  client: ClientData,
  transitions: readonly WireTransition[],
  logs: readonly (readonly [number, number, number, string])[] = [],
): void {
  store.batch(client, { kind: "batch", machine: 0, dropped: 0, transitions, logs });
}

const CHAIN = ["a", "b", "c", "d", "e"];

/** Five machines of which each one's transition 2 comes from the one before; the last one fails. */
function chained(order: readonly number[]): Store {
  const store = new Store();
  const clients = CHAIN.map((id) => machine(store, id));
  for (const i of order) {
    const source = i === 0 ? undefined : [CHAIN[i - 1], 2, "AState"] as const;
    const call = tx(2, { time: 10 + i, ...(source && { source }) });
    const all = [tx(1, { time: 1 }), call];
    if (i === 4) {
      all.push(tx(3, {
        ...{ called: [3], ticks: [3, 1], time: 20, source: ["e", 2, "AState"] },
        err: { name: "RangeError", message: "page 0", stack: "RangeError: page 0\n at x.ts:1:2" },
      }));
    }
    sends(store, clients[i], all);
  }
  return store;
}

Deno.test("chainOf goes back to the first cause over five machines, in whatever order they came", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), (order) => {
      const store = chained(order);
      const last = store.clients.get("e")!;
      const { causes, end } = chainOf(store, last, last.rowOf(3));
      assertEquals(end, "first");
      assertEquals(
        causes.map(({ machine, transition, text }) => `${machine} #${transition} ${text}`),
        [
          "e #2 thrown in AState",
          "d #2 AState",
          "c #2 AState",
          "b #2 AState",
          "a #2 AState",
        ],
      );
      for (const [i, id] of CHAIN.slice(0, 4).entries()) {
        const client = store.clients.get(id)!;
        const { effects } = effectsOf(store, client, client.rowOf(2));
        assertEquals(effects.map(({ ref }) => [ref.key, ref.id]), [[CHAIN[i + 1], 2]]);
      }
    }),
  );
});

Deno.test("A chain says where it is broken, and heals when what was missing comes", () => {
  const store = chained([4, 3, 1, 0]);
  const last = store.clients.get("e")!;
  const before = chainOf(store, last, last.rowOf(3));
  assertEquals([before.causes.length, before.end, before.causes.at(-1)!.ref], [3, "missing", null]);
  sends(store, store.clients.get("c")!, [tx(2, { source: ["b", 2, "AState"] })]);
  const after = chainOf(store, last, last.rowOf(3));
  assertEquals([after.causes.length, after.end], [5, "first"]);
});

Deno.test("What one has looked at gets its effects when they come, also of machines that are new", () => {
  const store = new Store();
  const a = machine(store, "a");
  sends(store, a, [tx(1)]);
  assertEquals(effectsOf(store, a, 0).total, 0);
  const b = machine(store, "b");
  sends(store, b, [tx(1, { source: ["a", 1, "AState"] }), tx(2, { source: ["a", 2, "AState"] })]);
  assertEquals(effectsOf(store, a, 0).effects.map(({ ref }) => ref.key), ["b"]);
  store.remove("b");
  assertEquals(effectsOf(store, a, 0).total, 0);
});

Deno.test("Transitions of one machine that came out of order are found by their numbers", () => {
  const store = new Store();
  const a = machine(store, "a");
  const lost = tx(4, { accepted: false, steps: [[3, 0, 1, ""]] });
  // B was activated by 2 and removed by 3; 3 came first.
  sends(store, a, [
    tx(1, { called: [2] }),
    tx(3, { type: "remove", called: [1], ticks: [1, 2], source: ["a", 1, "CState"] }),
    lost,
    tx(2, { called: [1], ticks: [1, 1] }),
  ]);
  const row = a.rowOf(4);
  const { relations } = refusalOf(a, row)!;
  assertEquals(relations.map(({ text, since, ref }) => [text, since, ref?.id]), [
    ["A requires B", "B was removed", 3],
  ]);
  assertEquals(causeOf(store, a, a.rowOf(3))!.ref!.row, a.rowOf(1));
});

Deno.test("A refusal names the relations behind it, and the transitions that made it so", () => {
  const store = new Store();
  const a = machine(store, "a", {
    names: ["Connected", "Online", "Maintenance", "X", "Exception"],
  });
  sends(store, a, [
    tx(1, { called: [1], ticks: [1, 1] }),
    tx(2, { called: [2], ticks: [1, 2, 2, 1], steps: [[0, 2, -1, ""], [2, 1, 2, ""]] }),
    tx(3, { called: [0], accepted: false, steps: [[0, 0, -1, ""], [3, 0, 1, ""]] }),
    tx(4, { called: [3], accepted: false, steps: [[2, 3, 2, ""]] }),
    tx(5, { called: [3], accepted: false, refusedBy: "XEnter" }),
    tx(6, { called: [0], accepted: false, steps: [[3, 0, 3, ""], [3, 3, 4, ""]] }),
    tx(7, { called: [0], accepted: false }),
  ]);
  const said = (id: number) => {
    const { by, handler, relations } = refusalOf(a, a.rowOf(id))!;
    return [by, handler, relations.map(({ text, since, ref }) => [text, since, ref?.id ?? 0])];
  };
  assertEquals(said(3), ["relations", "", [
    ["Connected requires Online", "Online was removed by Maintenance", 2],
  ]]);
  assertEquals(said(4), ["relations", "", [
    ["Maintenance removes X", "Maintenance was activated", 2],
  ]]);
  assertEquals(said(5), ["handler", "XEnter", []]);
  assertEquals(said(6), ["relations", "", [
    ["Connected requires X", "X was dropped as well", 0],
    ["X requires Exception", "Exception was never active", 0],
  ]]);
  assertEquals(said(7), ["unknown", "", []]);
  assertEquals(refusalOf(a, a.rowOf(1)), null);
});

Deno.test("Autos, events, timeouts and pipes have the cause that they have", () => {
  const store = new Store();
  const a = machine(store, "a", { states: [{}, { auto: true }, { event: true }, {}] });
  sends(store, a, [
    tx(1, { called: [2], ticks: [2, 1] }),
    tx(2, { called: [0], check: true }),
    tx(3, { type: "remove", called: [2], ticks: [2, 2] }),
    tx(4, { called: [1], auto: true, ticks: [1, 1] }),
    tx(5, { source: ["a", 4, ""], timeout: "B" }),
    tx(6, { source: ["a", 5, ""] }),
    tx(7, { source: ["nobody", 0, ""] }),
  ]);
  const causes = Array.from({ length: 7 }, (_, i) => {
    const cause = causeOf(store, a, a.rowOf(i + 1));
    return cause && [cause.how, cause.ref?.id ?? 0, cause.text];
  });
  assertEquals(causes, [
    null,
    null,
    ["event", 1, "an event leaves"],
    ["auto", 3, "auto"],
    ["timeout", 4, "timeout of B"],
    ["pipe", 5, "pipe"],
    ["pipe", 0, "pipe"],
  ]);
  const { effects } = effectsOf(store, a, a.rowOf(1));
  assertEquals(effects.map(({ how, ref }) => [how, ref.id]), [["event", 3]]);
});

Deno.test("Of two machines of one id the one that was at it is the cause", () => {
  const store = new Store();
  const [old, young] = ["i", "j"].map((instance) => machine(store, "a", { instance }));
  sends(store, old, [tx(1, { time: 100 })]);
  sends(store, young, [tx(1, { time: 500 })]);
  const b = machine(store, "b");
  sends(store, b, [
    tx(1, { time: 101, source: ["a", 1, "AState"] }),
    tx(2, { time: 501, source: ["a", 1, "AState"] }),
  ]);
  assertEquals([1, 2].map((id) => causeOf(store, b, b.rowOf(id))!.ref!.key), ["a", "a#2"]);
  assertEquals(effectsOf(store, old, 0).effects.map(({ ref }) => ref.id), [1]);
  assertEquals(effectsOf(store, young, 0).effects.map(({ ref }) => ref.id), [2]);
});

Deno.test("A chain that goes in a circle, or is very long, ends", () => {
  const store = new Store();
  const a = machine(store, "a");
  sends(store, a, [tx(1, { source: ["a", 2, "AState"] }), tx(2, { source: ["a", 1, "AState"] })]);
  assertEquals(chainOf(store, a, 0).end, "long");
  const b = machine(store, "b");
  sends(store, b, [
    tx(1),
    ...Array.from({ length: 2000 }, (_, i) => tx(i + 2, { source: ["b", i + 1, "AState"] })),
  ]);
  const { causes, end } = chainOf(store, b, b.end - 1, 1000);
  assertEquals([causes.length, end], [1000, "long"]);
});

Deno.test("whyOf tells of queue, handlers, arguments and error, in lines as well", () => {
  const store = new Store();
  const a = machine(store, "a");
  sends(store, a, [tx(1, {
    ...{ time: 1000, duration: 3.25, waited: 3, behind: 2, accepted: false, called: [3] },
    steps: [[7, 0, -1, "AEnter"], [7, 0, -1, "AState"]],
    took: [0.3, 2.9],
    args: { id: "peer-9", address: '{"host":"10.0.0.9","port":4001}', body: "x".repeat(9000) },
    err: {
      name: "RangeError",
      message: "page 0",
      stack: "RangeError: page 0\n    at node:internal/x:1\n    at fetch (file:///app/api.ts:3:9)",
      cause: { name: "Error", message: "disk" },
    },
  })]);
  const why = whyOf(store, a, 0);
  assertEquals([why.asked.time, why.asked.waited, why.asked.behind], [997, 3, 2]);
  assertEquals(why.took, {
    total: 3.25,
    handlers: [{ name: "AEnter", ms: 0.3 }, { name: "AState", ms: 2.9 }],
  });
  assertEquals(why.error!.stack.map(({ text, own }) => [text, own]), [
    ["fetch (/app/api.ts:3:9)", true],
    ["node:internal/x:1", false],
  ]);
  assertEquals(why.error!.causes.map(({ message }) => message), ["disk"]);
  const text = (open: string[] = []) =>
    whyLines(why, new Set(open)).map(({ label, text }) => `${label}|${text}`).join("\n");
  const folded = text();
  for (
    const part of [
      "caused by|code outside of all handlers",
      "asked|00:00:00.997, waited 3 ms behind 2 others",
      "took|3.3 ms: AEnter 0.3, AState 2.9",
      'address  { host: "10.0.0.9", port: 4001 }',
      "error|RangeError: page 0",
      "cause: Error: disk",
      "+8880",
    ]
  ) assertStringIncludes(folded, part);
  assertStringIncludes(text(["argument address"]), '|host  "10.0.0.9"');
  assertEquals(JSON.parse(JSON.stringify(why)), why);
});

Deno.test("Old programs' errors are told by arguments and log lines", () => {
  const store = new Store();
  const a = machine(store, "a", { version: 1 });
  sends(store, a, [
    tx(1),
    tx(2, { called: [3], ticks: [3, 1] }),
    tx(3, { called: [3], args: { err: "TypeError: no list" } }),
    tx(4, { type: "remove", called: [3], ticks: [3, 2] }),
  ], [[1, 1, 1, "[error] lost: the line"]]);
  assertEquals(errorGroups(store).map(({ text }) => text), [
    "TypeError: no list",
    "Error: lost: the line",
  ]);
  assertEquals(a.errors, 2);
});

Deno.test("Equal errors are one group with a count, of each machine, the newest first", () => {
  const store = new Store();
  const [a, b] = ["a", "b"].map((id) => machine(store, id));
  const error = (id: number, message: string, time = id) =>
    tx(id, { called: [3], time, err: { name: "Error", message } });
  sends(store, a, [error(1, "x"), error(2, "y"), error(3, "x")]);
  sends(store, b, [error(1, "x", 9)]);
  const seen = () =>
    errorGroups(store).map(({ machine, text, count, last, first }) => [
      ...[machine, text, count, last.id, first.id],
    ]);
  assertEquals(seen(), [
    ["b", "Error: x", 1, 1, 1],
    ["a", "Error: x", 2, 3, 1],
    ["a", "Error: y", 1, 2, 2],
  ]);
  sends(store, a, [error(4, "y", 20)]);
  assertEquals(seen()[0], ["a", "Error: y", 2, 4, 2]);
  assertEquals(equalErrors(a, a.rowOf(4)), [1, 3]);
});

Deno.test("Everything can be searched: numbers, states, arguments, errors, stacks, log, handlers, machines", () => {
  const store = new Store();
  const a = machine(store, "a", { names: ["Alpha", "Beta", "Exception"] });
  sends(store, a, [
    tx(11),
    tx(12, { called: [1] }),
    tx(13, { args: { "the path": "/api/v1?x=[1]*" } }),
    tx(14, { err: { name: "E", message: "m", cause: { name: "F", message: "dis\\k (full)" } } }),
    tx(15, { steps: [[7, 0, -1, "AlphaSpecialHandler"]] }),
    tx(16, { source: ["other.machine", 1, "GammaState"] }),
    tx(17, { accepted: false, refusedBy: "DeltaEnter" }),
    tx(18),
  ]);
  sends(store, a, [tx(19)], [[18, 1, 1, "[extern] käse + wurst"], [11, 1, 1, "[extern] late"]]);
  const found = (text: string) => {
    const rows = foundRows(a, text);
    return Array.from({ length: rows.total }, (_, i) => {
      const { where, ref } = matchOf(a, rows.at(i), text);
      return `${ref.id} ${where}`;
    });
  };
  assertEquals(found("13"), ["13 number"]);
  assertEquals(found("#13"), ["13 number"]);
  assertEquals(found("BETA"), ["12 state"]);
  assertEquals(found("/api/v1?x=[1]*"), ["13 argument"]);
  assertEquals(found("the path"), ["13 argument"]);
  assertEquals(found("dis\\k (f"), ["14 error"]);
  assertEquals(found("specialhandler"), ["15 handler"]);
  assertEquals(found("gammastate"), ["16 handler"]);
  assertEquals(found("other.machine"), ["16 machine"]);
  assertEquals(found("deltaenter"), ["17 handler"]);
  assertEquals(found("ka\u0308se + w"), ["18 log"]);
  assertEquals(found("extern"), ["11 log", "18 log"]);
  assertEquals(found("."), ["16 machine"]);
  assertEquals(found("zzz"), []);
  sends(store, a, [], [[12, 1, 1, "zzz"]]);
  assertEquals(found("zzz"), ["12 log"]);
});

Deno.test("Any printable text is found where it is, and nowhere else", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 5 }),
      fc.string({ unit: "grapheme", maxLength: 5 }),
      (wanted, around) => {
        const store = new Store();
        const a = machine(store, "a", { names: ["Exception"] });
        const text = `${around}${wanted}${around}`.toWellFormed();
        sends(store, a, [tx(1, { called: [] }), tx(2, { called: [], args: { "": text } })]);
        const wellFormed = wanted.toWellFormed();
        const rows = foundRows(a, wellFormed);
        assert(rows.total > 0 && rows.at(rows.total - 1) === 1);
      },
    ),
  );
});

Deno.test("valueTree reads what valueText writes, however it is cut, and leaves the rest as text", () => {
  const plain = fc.jsonValue({ maxDepth: 3 });
  const back = (node: ReturnType<typeof valueTree>): unknown => {
    if (node.kind === "text") return node.text;
    if (node.kind === "word") return JSON.parse(node.text);
    if (node.kind === "list") return node.entries.map(({ value }) => back(value));
    return Object.fromEntries(node.entries.map(({ name, value }) => [name, back(value)]));
  };
  fc.assert(fc.property(plain, (value) => {
    if (typeof value !== "object" || value === null) return;
    const text = valueText(value, 10_000);
    if (text.includes("…")) return; // deeper than what is written
    assertEquals(back(valueTree(text)), JSON.parse(JSON.stringify(value)));
  }));
  fc.assert(fc.property(fc.anything(), fc.nat(100), (value, limit) => {
    const tree = valueTree(valueText(value, limit));
    assert(["object", "list", "text", "word"].includes(tree.kind));
  }));
  for (const text of ["", "hello {world}", "{not json", "[", '{"a":1} tail', "{".repeat(5000)]) {
    assertEquals(valueTree(text), { kind: "text", text, entries: [] });
  }
  assertEquals(valueTree('Map(1) {"k" => Error: bad, really}').entries, [
    { name: "k", value: { kind: "word", text: "Error: bad, really", entries: [] } },
  ]);
});

Deno.test("Activations have their true length, and go on where the window does not", () => {
  const store = new Store();
  const a = machine(store, "a");
  sends(store, a, [
    tx(1, { ticks: [0, 1], time: 10 }),
    tx(2, { ticks: [0, 2, 1, 1], time: 20 }),
    tx(3, { ticks: [0, 3], time: 50 }),
    tx(4, { ticks: [0, 5], time: 60 }), // called again: it goes on
    tx(5, { ticks: [0, 6], time: 70 }),
  ]);
  const [first, second, third] = activationsOf(a, [0, 1, 2], { from: 0, to: 100 }, { until: 90 });
  const told = (list: typeof first) =>
    list.map(({ from, to, before, after, id, count }) => [from, to, before, after, id, count]);
  assertEquals(told(first), [[10, 20, false, false, 1, 1], [50, 70, false, false, 3, 1]]);
  assertEquals(told(second), [[20, 90, false, true, 2, 1]]);
  assertEquals(third, []);
  const [part] = activationsOf(a, [0], { from: 15, to: 55 });
  assertEquals(told(part), [[15, 20, true, false, 0, 1], [50, 55, false, true, 3, 1]]);
});

Deno.test("Where activations are too many to be told apart, their number and times stay true", () => {
  const store = new Store();
  const a = machine(store, "a");
  let tick = 0;
  for (let id = 1; id <= 4000; id += 500) {
    sends(
      store,
      a,
      Array.from({ length: 500 }, (_, i) => tx(id + i, { ticks: [0, ++tick], time: id + i })),
    );
  }
  const window = { from: 0, to: 5000 };
  for (const budget of [Infinity, 100]) {
    const [list] = activationsOf(a, [0], window, { least: 50, until: 4000, budget });
    assert(list.length <= 110, `${list.length}`);
    assertEquals(list.reduce((sum, { count }) => sum + count, 0), 2000);
    assertEquals([list[0].from, list.at(-1)!.to], [1, 4000]);
    list.forEach(({ from, to }, i) => assert(from <= to && (i === 0 || list[i - 1].to <= from)));
  }
});

function sent(store: Store, ...messages: Message[]): Model {
  return messages.reduce(update, update(initialModel(store), { kind: "received" }));
}

Deno.test("Enter walks a chain back one cause at a time; back and forward go through where one was", () => {
  const store = chained([4, 2, 0, 1, 3]);
  let model = sent(store, { kind: "client", key: "e" }, { kind: "transition", id: 3 }, {
    kind: "answer",
    layout: "tree-why",
  });
  const place = () =>
    `${model.client} #${model.store.clients.get(model.client!)!.id(model.cursor - 1)}`;
  const visited = [place()];
  for (let i = 0; i < 5; i++) {
    model = update(model, { kind: "enter" });
    visited.push(place());
  }
  assertEquals(visited, ["e #3", "e #2", "d #2", "c #2", "b #2", "a #2"]);
  assertEquals(update(model, { kind: "enter" }).client, "a"); // the first cause
  for (let i = 4; i >= 0; i--) {
    model = update(model, { kind: "back" });
    assertEquals([place(), model.layout], [visited[i], "tree-why"]);
  }
  for (let i = 1; i <= 5; i++) {
    model = update(model, { kind: "forward" });
    assertEquals(place(), visited[i]);
  }
  assertEquals(update(model, { kind: "forward" }).notice, "There is nothing to go forward to");
  store.remove("c");
  model = update(update(model, { kind: "back" }), { kind: "back" });
  assertEquals(place(), "d #2"); // what was removed is passed over
});

Deno.test("The answers are views, opened and closed by one message", () => {
  const store = chained([0, 1, 2, 3, 4]);
  let model = sent(store, { kind: "client", key: "a" }, { kind: "layout", layout: "tree-rain" });
  model = update(model, { kind: "answer", layout: "errors" });
  const { errors } = view(model, VIEWPORT);
  assertEquals([errors!.total, errors!.groups[0].text], [1, "RangeError: page 0"]);
  assertEquals(model.focus, "errors");
  model = update(model, { kind: "enter" });
  assertEquals([model.client, model.layout, model.focus], ["e", "tree-why", "why"]);
  const back = update(model, { kind: "back" });
  assertEquals([back.client, back.layout, back.focus], ["a", "errors", "errors"]);
  assertEquals(view(model, VIEWPORT).why!.why.error!.message, "page 0");
  model = update(model, { kind: "answer" });
  assertEquals(model.layout, "tree-rain");
  model = update(update(model, { kind: "search", text: "page", in: "transitions" }), {
    kind: "answer",
    layout: "found",
  });
  const { found, search } = view(model, VIEWPORT);
  assertEquals([found!.total, found!.matches[0].where, search.matches], [1, "error", 1]);
  assertEquals(view(update(model, { kind: "layout" }), VIEWPORT).found, null);
});

Deno.test("The time view follows the cursor, zooms and pans, and a moment in it leads to its transition", () => {
  const store = new Store();
  const [a, b] = ["a", "b"].map((id) => machine(store, id));
  sends(store, a, [tx(1, { ticks: [0, 1], time: 1000 }), tx(2, { ticks: [0, 2], time: 1500 })]);
  sends(store, b, [tx(1, { ticks: [0, 1], time: 1200 })]);
  let model = sent(store, { kind: "client", key: "a" }, { kind: "layout", layout: "time" });
  const shown = () => view(model, VIEWPORT).time!;
  assert(shown().from < 1000 && shown().to > 1500 && shown().follows);
  const span = shown().to - shown().from;
  model = update(model, { kind: "zoom", by: 1 });
  assert(shown().to - shown().from < span);
  model = update(model, { kind: "pan", by: -1 });
  assertEquals(shown().follows, false);
  model = update(model, { kind: "timeWindow", from: null, span: null });
  assertEquals(shown().to - shown().from, span);
  model = update(model, { kind: "activation", key: "a", state: 0, time: 1400 });
  assertEquals([model.client, model.cursor, model.state], ["a", 1, 0]);
  assertEquals(
    update(model, { kind: "activation", key: "b", state: 0, time: 1100 }).notice,
    "There is none",
  );
  model = update(model, { kind: "timeBy" });
  assertEquals([shown().by, shown().state, shown().rows.map(({ label }) => label)], [
    "machines",
    "A",
    ["a", "b"],
  ]);
});

Deno.test("The machines are in the wanted order, and a search hides the others", () => {
  const store = new Store();
  const [a, b, c] = ["a1", "b1", "c"].map((id) => machine(store, id));
  sends(store, a, [tx(1, { time: 5 })]);
  sends(store, b, [tx(1, { time: 9, called: [3] })]);
  sends(store, c, [tx(1, { time: 7 })]);
  let model = sent(store);
  const keys = () => view(model, VIEWPORT).clients.map(({ key }) => key);
  assertEquals(keys(), ["a1", "b1", "c"]);
  model = update(model, { kind: "sort" });
  assertEquals(keys(), ["b1", "c", "a1"]);
  model = update(model, { kind: "sort", sort: "errors" });
  assertEquals(keys()[0], "b1");
  model = update(model, { kind: "search", text: "1", in: "clients" });
  assertEquals([keys(), view(model, VIEWPORT).clientsHidden], [["b1", "a1"], 1]);
});

Deno.test("The next error is the one that the list of errors has its cursor at", () => {
  const store = new Store();
  const a = machine(store, "a");
  const error = (id: number, message: string) =>
    tx(id, { called: [3], err: { name: "Error", message } });
  sends(store, a, [error(1, "x"), error(2, "y"), error(3, "z")]);
  let model = sent(store, { kind: "answer", layout: "errors" }, { kind: "first" });
  const at = () => view(model, VIEWPORT).errors!.groups.find(({ cursor }) => cursor)!.text;
  for (const wanted of ["Error: x", "Error: y", "Error: z"]) {
    model = update(model, { kind: "error", by: 1 });
    assertEquals(at(), wanted);
  }
});

Deno.test("Where the time moved, why says what was lost", () => {
  const store = new Store();
  const a = machine(store, "a");
  sends(store, a, [tx(0, { type: "jump", called: [], ticks: [0, 4], lost: 7 })]);
  const lines = (row: number) => whyLines(whyOf(store, a, row), new Set()).map(({ text }) => text);
  assertEquals(lines(0), ["7 transitions did not arrive: dropped by the program, or on the way"]);
  sends(store, a, [tx(0, { type: "jump", called: [], ticks: [0, 6] })]);
  assertStringIncludes(lines(1)[0], "nothing");
});

Deno.test("Arguments with any characters are kept as they were", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom("", "\0", "a\0b", "__proto__"));
  fc.assert(fc.property(fc.dictionary(text, text, { maxKeys: 3 }), (args) => {
    const store = new Store();
    const a = machine(store, "a");
    sends(store, a, [tx(1, { args })]);
    assertEquals(Object.entries(a.row(0).args!), Object.entries(args));
  }));
});
