import { assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { type Machine, type Schema, SchemaError } from "../../mod.ts";
import { gcProgram } from "./own_process.ts";
import { bind, untyped } from "./untyped.ts";

const NAMES = ["A", "B", "C", "D", "E"];

const rich = fc.record({
  auto: fc.boolean(),
  multi: fc.boolean(),
  add: fc.subarray(NAMES, { maxLength: 2 }),
  remove: fc.subarray(NAMES, { maxLength: 2 }),
  require: fc.subarray(NAMES, { maxLength: 1 }),
  after: fc.subarray(NAMES, { maxLength: 2 }),
}, { requiredKeys: [] });

/** Many states have but one relation: with more of them everything matters to everything. */
const poor = fc.oneof(
  fc.constant({}),
  fc.record({ after: fc.subarray(NAMES, { maxLength: 1 }) }),
  fc.record({ require: fc.subarray(NAMES, { maxLength: 1 }) }),
);
const state = fc.oneof(poor, poor, rich);

const schema: fc.Arbitrary<Schema> = fc.array(state, { minLength: 5, maxLength: 5 })
  .map((states) => Object.fromEntries(NAMES.map((name, i) => [name, states[i]])) as Schema)
  .filter((made) => {
    try {
      return untyped(made) !== null;
    } catch (error) {
      if (error instanceof SchemaError) return false;
      throw error;
    }
  });

const HANDLERS = [
  ...NAMES.flatMap((name) => ["Enter", "Exit", "State", "End"].map((suffix) => name + suffix)),
  ...NAMES.flatMap((from) => NAMES.map((to) => from + to)),
  "AnyEnter",
  "AnyState",
];

const handlers = fc.record({
  // Few handlers too: each that is bound makes its states matter to plans.
  bound: fc.oneof(
    fc.subarray(HANDLERS),
    fc.subarray(HANDLERS, { maxLength: 4 }),
    fc.subarray(NAMES.map((name) => name + name), { minLength: 2, maxLength: 3 }),
  ),
  refuse: fc.subarray(HANDLERS, { maxLength: 4 }),
  throws: fc.subarray(HANDLERS, { maxLength: 2 }),
});

const mutation = fc.record({
  type: fc.constantFrom("add", "add", "remove", "set", "canAdd", "canRemove", "canSet"),
  states: fc.shuffledSubarray(NAMES, { minLength: 1, maxLength: 3 }),
});

type Mutation = { type: string; states: string[] };
type Handling = { bound: string[]; refuse: string[]; throws: string[] };

/** Binds recording handlers; only while `on` do they refuse and throw. */
function prepare(schema: Schema, { bound, refuse, throws }: Handling, one: boolean) {
  const machine = untyped(schema);
  const calls: string[] = [];
  const mood = { on: false };
  const all = bound.map((name) =>
    [name, () => {
      calls.push(name);
      if (mood.on && throws.includes(name)) throw new Error(name);
      return !(mood.on && refuse.includes(name));
    }] as const
  );
  if (one) bind(machine, Object.fromEntries(all));
  else for (const [name, fn] of [...all].reverse()) bind(machine, { [name]: fn });
  return { machine, calls, mood };
}

function run(machine: Machine, { type, states }: Mutation): unknown {
  return machine[type as "add"](states);
}

/** Puts a machine in exactly these active states, by ticks. */
function place(machine: Machine, states: readonly string[]): void {
  const ticks = Object.fromEntries(states.map((name) => [name, 1]));
  machine.importTime({ ...machine.exportTime(), schemaHash: "another" }, () => ticks);
}

Deno.test("plans that are warm call the same handlers in the same order as fresh ones", () => {
  fc.assert(
    fc.property(
      schema,
      handlers,
      fc.array(mutation, { maxLength: 12 }),
      mutation,
      fc.option(fc.nat()),
      (made, handling, before, other, again) => {
        // Mostly a call that has plans already.
        const last = before.length > 0 && again !== null ? before[again % before.length] : other;
        const warm = prepare(made, handling, true);
        for (const one of before) run(warm.machine, one);
        const active = warm.machine.activeStates();
        // A copy of the schema has plans of its own, which nobody has used.
        const fresh = prepare(structuredClone(made), handling, false);
        place(fresh.machine, active);
        // And another machine of the same schema, which has seen other transitions.
        const shared = prepare(made, handling, false);
        for (const one of before.slice(1)) run(shared.machine, one);
        place(shared.machine, active);
        const outcomes = [warm, fresh, shared].map(({ machine, calls, mood }) => {
          calls.length = 0;
          mood.on = true;
          const result = run(machine, last);
          return { result, active: machine.activeStates(), calls: [...calls] };
        });
        assertEquals(outcomes[1], outcomes[0]);
        assertEquals(outcomes[2], outcomes[0]);
      },
    ),
    { numRuns: 3000 },
  );
});

Deno.test("a cached plan of a mutation calls self handlers in the order of a fresh one", () => {
  const made = { P: { after: ["E"] }, Q: {}, E: {}, N: {} };
  const outcome = (warm: boolean) => {
    const machine = untyped({ ...made });
    let on = false;
    const calls: string[] = [];
    bind(machine, {
      PP: () => void (on && calls.push("PP")),
      QQ: () => void (on && calls.push("QQ")),
    });
    if (warm) {
      for (const add of [["P", "Q"], ["N"]]) machine.add(add);
      machine.remove("N");
      machine.add("E");
    } else machine.add(["P", "Q", "E"]);
    on = true;
    return [machine.add("N"), calls];
  };
  assertEquals(outcome(true), outcome(false));
});

const PRELUDE = `
const names = (count) => Array.from({ length: count }, (_, i) => "S" + String.fromCharCode(65 + i % 26) + "x".repeat(i / 26 | 0));
const schemaOf = (all) => Object.fromEntries(all.map((name) => [name, {}]));
const heap = () => { for (let i = 0; i < 3; i++) gc(); return Deno.memoryUsage().heapUsed / 1e6; };
let seed = 1;
const random = (n) => (seed = Math.imul(seed, 48271) >>> 0 || 1, (seed >>> 8) % n);
`;

/** How much the heap grew, in MB, from the middle of a program to its end. */
async function growth(program: string): Promise<number> {
  const [middle, end] = (await gcProgram(PRELUDE + program)).map(Number);
  return end - middle;
}

Deno.test("plans for handlers that come and go at random are bounded", async () => {
  const grown = await growth(`
    const all = names(20), machine = new Machine(schemaOf(all)), bound = new Map();
    const phase = () => {
      for (let i = 0; i < 10_000; i++) {
        const name = all[random(20)], binding = bound.get(name);
        if (binding) { binding.unbind(); bound.delete(name); }
        else bound.set(name, machine.on(name + "State", () => {}));
        machine.toggle(all[i % 20]);
      }
      for (const binding of bound.values()) binding.unbind();
      bound.clear();
    };
    phase(); print(heap()); phase(); phase(); print(heap());
  `);
  assertLess(grown, 5);
});

Deno.test("plans of many calls in phases that never come back are bounded", async () => {
  const grown = await growth(`
    const all = names(60), machine = new Machine(schemaOf(all));
    const phase = (from, to) => {
      for (let k = from; k < to; k++) {
        for (let i = 0; i < 3_000; i++) {
          for (let j = 0; j < 12; j++) machine.add(all[random(60)]);
          machine.set(all[k % 60]);
        }
      }
    };
    phase(0, 6); print(heap()); phase(6, 12); print(heap());
  `);
  assertLess(grown, 12);
});

Deno.test("plans of calls with several states are bounded", async () => {
  const grown = await growth(`
    const all = names(30), machine = new Machine(schemaOf(all));
    const phase = () => {
      for (let i = 0; i < 30_000; i++) {
        machine.set(all.filter(() => random(2)));
        machine.add([all[random(30)], all[random(30)], all[random(30)]]);
      }
    };
    phase(); print(heap()); phase(); print(heap());
  `);
  assertLess(grown, 12);
});

Deno.test("plans are freed with their schema", async () => {
  const grown = await growth(`
    const all = names(30);
    let made = 0;
    // Schemas that say the same share their plans: each of these says something else.
    const phase = async () => {
      for (let k = 0; k < 200; k++) {
        const machine = new Machine({ ...schemaOf(all), ["Only" + made++]: {} });
        machine.on("SAState", () => {});
        for (let i = 0; i < 100; i++) machine.add(all[random(30)]), machine.set(all[random(30)]);
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    };
    await phase(); print(heap()); await phase(); await phase(); print(heap());
  `);
  assertLess(grown, 5);
});

Deno.test("one set of handlers bound one by one keeps plans of the last names only", async () => {
  const grown = await growth(`
    const all = names(400), machine = new Machine(schemaOf(all));
    print(heap());
    for (const name of all) { machine.on(name + "State", () => {}); machine.add(name); }
    print(heap());
  `);
  assertLess(grown, 10);
});
