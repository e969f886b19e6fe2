import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { isActiveTick, Machine, type Schema, SchemaError } from "../mod.ts";
import { compileSchema, resolve, setOf } from "../relations/mod.ts";

const NAMES = ["A", "B", "C", "D", "E", "F", "G", "H"];

const someStates = fc.subarray(NAMES, { maxLength: 3 });
const state = fc.record({
  auto: fc.boolean(),
  multi: fc.boolean(),
  add: someStates,
  remove: someStates,
  require: fc.subarray(NAMES, { maxLength: 2 }),
  after: fc.subarray(NAMES, { maxLength: 1 }),
}, { requiredKeys: [] });

/** Random schemas that compile; sometimes so large that a set of states needs several words. */
const schema: fc.Arbitrary<Schema> = fc.tuple(
  fc.array(state, { minLength: 8, maxLength: 8 }),
  fc.constantFrom(0, 30, 70),
)
  .map(([states, between]) => {
    const filler = Array.from({ length: between }, (_, i) => [`Filler${i}`, {}] as const);
    const entries = NAMES.map((name, i) => [name, states[i]] as const);
    return Object.fromEntries([...entries.slice(0, 4), ...filler, ...entries.slice(4)]) as Schema;
  })
  .filter((made) => {
    try {
      compileSchema(made);
      return true;
    } catch (error) {
      if (error instanceof SchemaError) return false;
      throw error;
    }
  });

const mutation = fc.record({
  type: fc.constantFrom("add", "add", "add", "remove", "set"),
  states: fc.subarray(NAMES, { minLength: 1, maxLength: 3 }).chain((states) =>
    fc.shuffledSubarray(states, { minLength: states.length })
  ),
});
const mutations = fc.array(mutation, { maxLength: 30 });

type Mutation = { type: string; states: string[] };

function apply(machine: Machine, { type, states }: Mutation): string {
  return machine[type as "add"](states);
}

function check(property: fc.IProperty<[Schema, Mutation[]]>): void {
  fc.assert(property, { numRuns: 400 });
}

Deno.test("active states have what they require, and remove no other", () => {
  check(fc.property(schema, mutations, (made, all) => {
    const machine = new Machine(made);
    for (const one of all) {
      apply(machine, one);
      for (const name of machine.activeStates()) {
        const { require = [], remove = [] } = machine.schema[name];
        assert(machine.is(require), `${name} lacks one of ${require}`);
        assert(machine.not(remove), `${name} is active with one of ${remove}`);
      }
    }
  }));
});

Deno.test("a tick is odd when and only when its state is active, and never moves back", () => {
  check(fc.property(schema, mutations, (made, all) => {
    const machine = new Machine(made);
    let before = machine.time();
    for (const one of all) {
      apply(machine, one);
      const after = machine.time();
      machine.stateNames.forEach((name, i) => {
        assertEquals(isActiveTick(after[i]), machine.is(name));
        assert(after[i] >= before[i]);
      });
      before = after;
    }
  }));
});

Deno.test("the result depends on the active states, not on how they came about", () => {
  check(fc.property(schema, mutations, (made, all) => {
    const withHistory = new Machine(made);
    for (const one of all) {
      const fresh = new Machine(structuredClone(made));
      const active = withHistory.activeStates();
      const ticks = Object.fromEntries(active.map((name) => [name, 1]));
      fresh.importTime({ ...withHistory.exportTime(), schemaHash: "" }, () => ticks);
      assertEquals(fresh.activeStates(), active);
      assertEquals(apply(fresh, one), apply(withHistory, one));
      assertEquals(fresh.activeStates(), withHistory.activeStates());
    }
  }));
});

Deno.test("cached plans agree with a resolution made afresh, also with handlers", () => {
  check(fc.property(schema, mutations, (made, all) => {
    const machine = new Machine(made);
    const compiled = compileSchema(made);
    const size = compiled.names.length;
    const calls: string[] = [];
    for (const name of ["AEnter", "BState", "CC", "DE", "FExit", "GEnd", "EF", "HH"]) {
      machine.bindHandlers({ [name]: () => void calls.push(name) } as Record<never, never>);
    }
    // Another machine with the same plans, whose transitions come in another order.
    const other = new Machine(made);
    for (const one of [...all].reverse()) apply(other, one);
    for (const one of all) {
      const active = setOf(size, machine.activeStates().map((name) => compiled.indexes.get(name)!));
      const called = one.states.map((name) => compiled.indexes.get(name)!);
      const wanted = resolve(compiled, active, called, one.type as "add");
      let seen: unknown;
      const tracer = {
        transitionEnd: (t: { enters: unknown; exits: unknown; result: string; auto: boolean }) => {
          if (!t.auto) seen = { result: t.result, enters: t.enters, exits: t.exits };
        },
      };
      machine.addTracer(tracer);
      apply(machine, one);
      machine.removeTracer(tracer);
      if (seen === undefined) continue; // a remove of inactive states needs no transition
      const names = (states: readonly number[]) => states.map((s) => compiled.names[s]);
      assertEquals(seen, {
        result: wanted.complete ? "executed" : "canceled",
        enters: names(wanted.enters),
        exits: names(wanted.exits),
      });
    }
  }));
});

Deno.test("the steps that tracers see are those of a resolution made afresh", () => {
  check(fc.property(schema, mutations, (made, all) => {
    const compiled = compileSchema(made);
    // Both use the same plans, but come to them with different active states.
    for (const order of [all, [...all].reverse()]) {
      const machine = new Machine(made);
      machine.addTracer({
        steps: true,
        transitionInit(tx) {
          const steps: unknown[] = tx.called.map((state) => ({ kind: "requested", state }));
          const type = tx.type as "add";
          resolve(compiled, tx.before, tx.called, type, (relation, state, other) => {
            if (relation === "require") steps.push({ kind: relation, state, by: other });
            else steps.push({ kind: relation, state: other, by: state });
          });
          assertEquals<unknown>(tx.steps, steps);
        },
      });
      for (const one of order) apply(machine, one);
    }
  }));
});

Deno.test("a dry run says what the mutation then does, and changes nothing", () => {
  check(fc.property(schema, mutations, (made, all) => {
    const machine = new Machine(made, { printErrors: false });
    machine.bindHandlers({ AEnter: () => false, BExit: () => false } as Record<never, never>);
    for (const one of all) {
      const before = machine.time();
      const can = { add: "canAdd", remove: "canRemove", set: "canSet" } as const;
      const allowed = machine[can[one.type as "add"]](one.states);
      assertEquals(machine.time(), before);
      assertEquals(machine.queue, []);
      assertEquals(apply(machine, one) === "executed", allowed);
    }
  }));
});

Deno.test("plans are dropped when there are too many, and made again", () => {
  const names = Array.from({ length: 20 }, (_, i) => `S${i}`);
  const machine = new Machine(Object.fromEntries(names.map((name) => [name, {}])));
  for (let i = 0; i < 50_000; i++) {
    const wanted = names.filter((_, bit) => (i >> bit) & 1);
    machine.set(wanted);
    if (i % 997 === 0) assertEquals(machine.activeStates(), wanted);
  }
});
