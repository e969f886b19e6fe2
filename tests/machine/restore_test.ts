import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  args,
  AsyncMachineError,
  Machine,
  MachineDisposedError,
  type MachineTime,
  mergeSchemas,
  type Schema,
  SchemaError,
} from "../../mod.ts";
import { fate, turns } from "./settling.ts";
import { bind, callable, untyped } from "./untyped.ts";

/** The time of a machine in which exactly these states were added one by one. */
function timeWith(schema: object, ...states: string[]): MachineTime {
  const machine = untyped(schema);
  for (const state of states) machine.add(state);
  return machine.exportTime();
}

const SCHEMA = { A: {}, B: {}, M: { multi: true } };

/** A wait → its promise, satisfied by B active and A inactive. */
const WAITS: Readonly<Record<string, (machine: Machine) => Promise<unknown>>> = {
  "when": (machine) => machine.when("B"),
  "when of several": (machine) => machine.when(["B", "M"]),
  "whenNot": (machine) => machine.whenNot("A"),
  "whenTime": (machine) => machine.whenTime(["B", "M"], [1, 1]),
  "whenTick": (machine) => machine.whenTick("M", 3),
  "whenTicks": (machine) => machine.whenTicks("B", 1),
  "whenQuery": (machine) => machine.whenQuery((clock) => clock.B === 1),
  "whenErr": (machine) => machine.whenErr(),
  "whenAny": (machine) => callable(machine, "whenAny")(["B", "M"]) as Promise<unknown>,
};

for (const [name, wait] of Object.entries(WAITS)) {
  Deno.test(`importTime settles what waits by ${name}`, async () => {
    const machine = untyped(SCHEMA);
    machine.set("A");
    const waiting = wait(machine);
    machine.importTime(timeWith(SCHEMA, "B", "M", "M", "Exception"));
    assertEquals(await fate(waiting), "resolved");
    assertEquals(machine.waiterCount, 0);
  });
}

Deno.test("importTime settles waits in the order in which they were made", async () => {
  const machine = untyped(SCHEMA);
  const order: string[] = [];
  machine.whenQuery((clock) => clock.B === 1).then(() => order.push("query"));
  machine.when("B").then(() => order.push("when"));
  machine.whenTick("B", 1).then(() => order.push("tick"));
  machine.importTime(timeWith(SCHEMA, "B"));
  await turns(1);
  assertEquals(order, ["query", "when", "tick"]);
});

Deno.test("importTime leaves what it does not satisfy waiting", async () => {
  const machine = untyped(SCHEMA);
  const query = machine.whenQuery((clock) => clock.A === 1);
  const waits = [machine.when("A"), machine.whenArgs("B", {}), query, machine.whenTick("B", 9)];
  machine.importTime(timeWith(SCHEMA, "B"));
  assertEquals(machine.waiterCount, 4);
  for (const wait of waits) assertEquals(await fate(wait), "pending");
  machine.add("A");
  assertEquals(await fate(waits[0]), "resolved");
  assertEquals(await fate(query), "resolved");
  machine.dispose();
});

Deno.test("importTime ends the contexts of states whose tick differs, and of no other", () => {
  const machine = untyped(SCHEMA);
  machine.add(["A", "B"]);
  const [a, b] = [machine.stateContext("A"), machine.stateContext("B")];
  const child = a.child();
  const time = machine.exportTime();
  machine.importTime({ ...time, ticks: [3, ...time.ticks.slice(1)] });
  assertEquals([a.expired, a.signal.aborted, child.expired], [true, true, true]);
  assertEquals([b.expired, b.signal.aborted], [false, false]);
  assert(machine.stateContext("B") === b, "the same activation has another context");
  assertEquals(machine.stateContext("A").expired, false);
});

Deno.test("an event of an activation that an import replaced is expired", () => {
  const machine = untyped(SCHEMA);
  const events: { expired: boolean; add(state: string): string; signal: AbortSignal }[] = [];
  bind(machine, { AState: (e: typeof events[0]) => void events.push(e) });
  for (const tick of [3, 0, 2]) {
    machine.set([]);
    machine.add("A");
    const { signal } = events.at(-1)!;
    const time = machine.exportTime();
    const ticks = [
      time.ticks[0] % 2 && tick % 2 ? time.ticks[0] + 2 : tick,
      ...time.ticks.slice(1),
    ];
    machine.importTime({ ...time, ticks });
    assertEquals([signal.aborted, events.at(-1)!.expired], [true, true], `tick ${tick}`);
    assertEquals(events.at(-1)!.add("B"), "canceled");
  }
});

Deno.test("a tick that a repeated multi state has reached by calls is the same activation", () => {
  const machine = untyped(SCHEMA);
  machine.add("M");
  const context = machine.stateContext("M");
  machine.add("M");
  machine.importTime(machine.exportTime());
  assertEquals(context.expired, false);
  const time = machine.exportTime();
  machine.importTime({ ...time, ticks: time.ticks.map((tick) => tick === 3 ? 5 : tick) });
  assertEquals(context.expired, true);
});

Deno.test("importTime tells tracers and subscribers once, and calls no handler", () => {
  const told: string[] = [];
  const tracer = new Proxy({}, {
    get: (_, name) =>
      ["inheritable", "steps", "logLevel", "wrapHandler"].includes(String(name))
        ? undefined
        : () => void told.push(String(name)),
  });
  const schema = { ...SCHEMA, Auto: { auto: true } };
  const machine = untyped(schema, { tracers: [tracer] });
  const called: string[] = [];
  bind(machine, {
    BState: () => void called.push("BState"),
    AnyState: () => void called.push("AnyState"),
  });
  const changes: unknown[] = [];
  callable(machine, "subscribe")((change: { cause: string; changed: unknown; mutation: unknown }) =>
    changes.push([change.cause, change.changed, change.mutation])
  );
  const source = untyped({ ...SCHEMA, Auto: { auto: true } });
  source.add("B");
  source.remove("Auto");
  told.length = 0;
  machine.importTime(source.exportTime());
  assertEquals(called, []);
  assertEquals(changes, [["import", ["B", "Auto"], null]]);
  assert(told.length > 0, "no tracer was told");
  assertEquals(machine.exportTime().ticks, source.exportTime().ticks);
});

Deno.test("importTime is refused in the middle of things, and changes nothing", async () => {
  const time = timeWith(SCHEMA, "B");
  const machine = untyped(SCHEMA);
  const thrown: unknown[] = [];
  const attempt = () => {
    try {
      machine.importTime(time);
    } catch (error) {
      thrown.push(error);
    }
  };
  bind(machine, { AEnter: () => attempt(), AState: () => attempt(), AnyState: () => attempt() });
  const query = machine.whenQuery(() => {
    if (machine.duringTransition || thrown.length > 2) attempt();
    return false;
  });
  machine.add("A");
  assert(thrown.length >= 3);
  for (const error of thrown) assert(error instanceof SchemaError, String(error));
  assertEquals(machine.activeStates(), ["A"]);
  machine.dispose();
  await assertRejects(() => query, MachineDisposedError);
});

Deno.test("a disposed machine takes no time", () => {
  const machine = untyped(SCHEMA);
  machine.dispose();
  assertThrows(() => machine.importTime(timeWith(SCHEMA, "B")), MachineDisposedError);
  assertThrows(
    () => machine.importTime(timeWith({ X: {} }), () => ({ A: 1 })),
    MachineDisposedError,
  );
  assertEquals(machine.time(), [0, 0, 0, 0]);
});

Deno.test("a wait made by one that an import settles is not lost", async () => {
  const machine = untyped(SCHEMA);
  const order: string[] = [];
  machine.when("B").then(() => {
    order.push("B");
    machine.whenNot("B").then(() => order.push("not B"));
  });
  machine.importTime(timeWith(SCHEMA, "B"));
  await turns(1);
  machine.importTime(timeWith(SCHEMA, "A"));
  await turns(1);
  assertEquals(order, ["B", "not B"]);
});

// --- what saved time may hold ---------------------------------------------------------------

const BAD_TICKS = [-1, 0.5, NaN, Infinity, 2 ** 53, "1", null, undefined, {}, [], true, 1n];

Deno.test("saved time with a wrong field is refused by name, and changes nothing", () => {
  const good = timeWith(SCHEMA, "B");
  const wrong: [string, unknown][] = [
    ["time", undefined],
    ["time", null],
    ["time", "text"],
    ["time", 1],
    ["time", []],
    ["time", {}],
    ["ticks", { ...good, ticks: undefined }],
    ["ticks", { ...good, ticks: {} }],
    ["ticks", { ...good, ticks: "0001" }],
    ["ticks", { ...good, ticks: good.ticks.slice(1) }],
    ["ticks", { ...good, ticks: [...good.ticks, 0] }],
    // deno-lint-ignore no-sparse-arrays
    ["tick", { ...good, ticks: [0, , 0, 0] }],
    ["names", { ...good, names: undefined }],
    ["names", { ...good, names: ["A"] }],
    ["names", { ...good, names: [...good.names].reverse() }],
    ["names", { ...good, names: [1, 2, 3, 4] }],
    ["schema", { ...good, schemaHash: "x" }],
    ["schema", { ...good, schemaHash: undefined }],
    ...BAD_TICKS.map((tick): [string, unknown] => ["A", { ...good, ticks: [tick, 0, 0, 0] }]),
  ];
  for (const [place, time] of wrong) {
    const machine = untyped(SCHEMA);
    machine.add("A");
    const context = machine.stateContext("A");
    const before = machine.exportTime();
    const text = Deno.inspect(time);
    const error = assertThrows(() => callable(machine, "importTime")(time));
    assert(error instanceof SchemaError || error instanceof TypeError, `${text}: ${error}`);
    assertMatch(error.message, new RegExp(place), text);
    assertEquals(machine.exportTime(), before, text);
    assertEquals(context.expired, false, text);
  }
});

Deno.test("what migrate returns is checked name by name", () => {
  const old = timeWith({ Ready: {} }, "Ready");
  const wrong: [string, unknown][] = [
    ["Reday", { Reday: 1 }],
    ["Gone", { Ready: 1, Gone: 0 }],
    ["migrate", undefined],
    ["migrate", null],
    ["migrate", 1],
    ["migrate", "Ready"],
    ["migrate", Promise.resolve({})],
    ...BAD_TICKS.filter((tick) => tick !== undefined).map((tick): [string, unknown] => [
      "Ready",
      { Ready: tick },
    ]),
  ];
  for (const [place, ticks] of wrong) {
    const machine = untyped({ Ready: {}, New: {} });
    machine.add("New");
    const text = Deno.inspect(ticks);
    const error = assertThrows(() => callable(machine, "importTime")(old, () => ticks));
    assert(error instanceof SchemaError || error instanceof TypeError, `${text}: ${error}`);
    assertMatch(error.message, new RegExp(place), text);
    assertEquals(machine.toString(), "(New:1)", text);
  }
});

Deno.test("what migrate throws comes out, and changes nothing", () => {
  const machine = untyped({ Ready: {}, New: {} });
  machine.add("New");
  const error = new RangeError("mine");
  assertEquals(
    assertThrows(() =>
      machine.importTime(timeWith({ Ready: {} }), () => {
        throw error;
      })
    ),
    error,
  );
  assertEquals(machine.toString(), "(New:1)");
});

const state = fc.record({
  auto: fc.boolean(),
  multi: fc.boolean(),
  add: fc.subarray(["A", "B", "C", "D"]),
  remove: fc.subarray(["A", "B", "C", "D"]),
  require: fc.subarray(["A", "B", "C", "D"], { maxLength: 1 }),
  after: fc.subarray(["A", "B", "C", "D"], { maxLength: 1 }),
}, { requiredKeys: [] });

const schemas: fc.Arbitrary<Schema> = fc.tuple(state, state, state, state)
  .map(([A, B, C, D]) => ({ A, B, C, D }) as Schema)
  .filter((schema) => {
    try {
      return new Machine(schema) !== null;
    } catch (error) {
      if (error instanceof SchemaError) return false;
      throw error;
    }
  });

Deno.test("a time that went through JSON gives the same clock", () => {
  fc.assert(fc.property(
    schemas,
    fc.array(fc.tuple(fc.constantFrom("add", "remove", "set"), fc.constantFrom("A", "B", "C"))),
    (schema, mutations) => {
      const from = new Machine(schema);
      for (const [type, state] of mutations) from[type as "add"](state);
      const to = new Machine(structuredClone(schema));
      to.importTime(JSON.parse(JSON.stringify(from.exportTime())));
      assertEquals(to.clock(), from.clock());
      assertEquals(to.activeStates(), from.activeStates());
      assertEquals(to.exportTime().schemaHash, from.exportTime().schemaHash);
    },
  ));
});

// --- the schema's hash --------------------------------------------------------------------------

const hash = (schema: object) => untyped(schema).exportTime().schemaHash;

Deno.test("schemas that mean the same have the same hash", () => {
  const A = { multi: true, auto: true };
  const same: [object, object][] = [
    [{ A, B: {} }, { A: { auto: true, multi: true }, B: {} }],
    [{ A, B: {} }, { A, B: { args: args<{ id: number }>() } }],
    [{ A, B: {} }, { A, B: { auto: false, multi: false } }],
    [{ A, B: {} }, { A, B: { add: [], remove: [], require: [], after: [] } }],
    [{ A, B: {} }, { A, B: { add: undefined, auto: undefined } }],
    [{ A, B: {} }, { A, B: { add: ["B"], require: ["B"], remove: ["B"], after: ["B"] } }],
    [{ A, B: {} }, { A, B: {}, Exception: { multi: true } }],
    [{ A, B: {}, C: { add: ["A", "B"] } }, { A, B: {}, C: { add: ["B", "A", "B"] } }],
    [{ A, B: { add: ["A"] } }, { A, B: { add: ["A"], remove: ["A"] } }],
  ];
  for (const [one, other] of same) {
    assertEquals(hash(one), hash(other), Deno.inspect([one, other], { depth: 9 }));
    untyped(one).importTime(untyped(other).exportTime());
  }
});

Deno.test("schemas that mean something else have another hash", () => {
  const base = { A: {}, B: {}, C: { add: ["A"] } };
  const others: object[] = [
    { B: {}, A: {}, C: { add: ["A"] } },
    { A: {}, B: {}, D: { add: ["A"] } },
    { A: {}, B: {}, C: { add: ["A"] }, D: {} },
    { A: {}, B: {}, C: { add: ["B"] } },
    { A: {}, B: {}, C: { add: ["A", "B"] } },
    { A: {}, B: {}, C: { remove: ["A"] } },
    { A: {}, B: {}, C: { require: ["A"] } },
    { A: {}, B: {}, C: { after: ["A"] } },
    { A: {}, B: {}, C: {} },
    { A: { auto: true }, B: {}, C: { add: ["A"] } },
    { A: { multi: true }, B: {}, C: { add: ["A"] } },
    { A: {}, B: {}, C: { add: ["A"] }, Exception: {} },
    { A: {}, B: {}, Exception: { multi: true }, C: { add: ["A"] } },
  ];
  const hashes = [base, ...others].map(hash);
  assertEquals(new Set(hashes).size, hashes.length);
  for (const other of others) {
    const error = assertThrows(() => untyped(base).importTime(untyped(other).exportTime()));
    assert(error instanceof SchemaError);
  }
});

Deno.test("the order of fields and of relations' lists does not matter to the hash", () => {
  fc.assert(fc.property(schemas, (schema) => {
    const turned = Object.fromEntries(
      Object.entries(schema).map(([name, fields]) => [
        name,
        Object.fromEntries(
          Object.entries(fields).reverse().map(([field, value]) => [
            field,
            Array.isArray(value) ? [...value, ...value].reverse() : value,
          ]),
        ),
      ]),
    );
    assertEquals(hash(turned), hash(schema));
  }));
});

// --- names -----------------------------------------------------------------------------------------

/** Names that objects have by themselves, that look like something else, or are in other scripts. */
const NAMES = [
  "constructor",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "isPrototypeOf",
  "__defineGetter__",
  "prototype",
  "length",
  "name",
  "then",
  "toJSON",
  "default",
  "A B",
  "A,B",
  "A:1",
  "A.B",
  "a/b",
  " ",
  "\n",
  "01",
  "1.5",
  "-1",
  "1e3",
  "NaN",
  "éclair",
  "状態",
  "готов",
  "😀",
  "ß",
  "_",
  "$",
];

for (const name of NAMES) {
  Deno.test(`a state may be called ${JSON.stringify(name)}, everywhere`, async () => {
    const schema = { Other: { add: [name] }, [name]: { after: ["Other"] } };
    const machine = untyped(schema);
    const called: string[] = [];
    const handlers = ["Enter", "State", "Exit", "End"].map((suffix) => name + suffix);
    bind(machine, Object.fromEntries(handlers.map((h) => [h, () => void called.push(h)])));
    const pair = callable(machine, "on")(`Other${name}`, () => true) as { names: string[] };
    assertEquals([...pair.names], [`Other${name}`]);
    const when = machine.when(name);
    assertEquals(machine.add("Other"), "executed");
    assertEquals(await fate(when), "resolved");
    assertEquals([machine.is(name), machine.has(name), machine.tick(name)], [true, true, 1]);
    assertEquals(machine.clock()[name], 1);
    assertEquals(machine.clock([name]), { [name]: 1 });
    assertEquals(machine.changedSince(machine.clock()), false);
    assertEquals(machine.activeStates(), ["Other", name]);
    assertEquals(machine.stateContext(name).expired, false);
    assertEquals(Object.keys(machine.schema), ["Other", name, "Exception"]);
    assert(machine.inspect([name]).startsWith(`${name}: active 1`));
    const saved = JSON.parse(JSON.stringify(machine.exportTime()));
    const copy = untyped(schema);
    copy.importTime(saved);
    assertEquals(copy.clock(), machine.clock());
    const wider = untyped({ ...schema, New: {} });
    wider.importTime(saved, () => ({ [name]: 1 }));
    assertEquals(wider.activeStates(), [name]);
    const without = untyped({ A: {}, [name]: {} });
    without.importTime(timeWith({ X: {} }, "X"), () => ({ A: 1 }));
    assertEquals(without.activeStates(), ["A"]);
    const merged = new Machine(mergeSchemas({ Base: {} }, { [name]: { multi: true } } as never));
    assertEquals(merged.stateNames as string[], ["Base", name, "Exception"]);
    assertEquals(machine.remove(name), "executed");
    assertEquals(called, [`${name}Enter`, `${name}State`, `${name}Exit`, `${name}End`]);
    const larger = callable(machine, "setSchema")({ ...schema, Late: {} }) as Machine;
    assertEquals(larger.add(name), "executed");
    assertEquals(called.slice(4), [`${name}Enter`, `${name}State`]);
  });
}

Deno.test("a name that JavaScript moves or swallows is a SchemaError that names it", () => {
  const wrong: [string, object][] = [
    ["0", { "0": {} }],
    ["1", { A: {}, "1": {} }],
    ["4294967294", { "4294967294": {} }],
    ["__proto__", Object.defineProperty({ A: {} }, "__proto__", { value: {}, enumerable: true })],
    ["__proto__", JSON.parse('{"A":{},"__proto__":{}}')],
    ['""', { "": {} }],
  ];
  for (const [name, schema] of wrong) {
    const error = assertThrows(() => untyped(schema), SchemaError);
    assertMatch(error.message, new RegExp(name));
    assert(error instanceof AsyncMachineError);
    const machine = untyped({ A: {} });
    assertThrows(
      () => callable(machine, "setSchema")({ A: {}, ...schema, [name]: {} }),
      SchemaError,
    );
  }
});

Deno.test("a state that makes AnyEnter or AnyState mean two things is a SchemaError", () => {
  const wrong: [string, object][] = [
    ["Any", { Any: {} }],
    ["Any", { Any: {}, Enter: {} }],
    ["AnyEnter", { A: {}, nyEnter: {} }],
    ["AnyEnter", { AnyE: {}, nter: {} }],
    ["AnyState", { AnySta: {}, te: {} }],
    ["AnyState", { AnyStat: {}, e: {} }],
  ];
  for (const [name, schema] of wrong) {
    assertMatch(assertThrows(() => untyped(schema), SchemaError).message, new RegExp(name));
  }
  untyped({ Anyone: {}, Enter: {}, State: {}, AnyState: {}, AnyEnter: {} });
});
