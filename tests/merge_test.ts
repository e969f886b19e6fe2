import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { exclusive, Machine, mergeSchemas, type Schema, SchemaError } from "../mod.ts";

const names = fc.uniqueArray(fc.constantFrom("A", "B", "C", "D", "E", "F"), { minLength: 1 });

Deno.test("exclusive leaves at most one of its states active, whatever is added", () => {
  fc.assert(fc.property(names, fc.array(fc.nat(5)), (states, adds) => {
    const group: Schema = exclusive(Object.fromEntries(states.map((name) => [name, {}])));
    const schema: Schema = { ...group, Other: {} };
    const machine = new Machine(schema);
    machine.add("Other");
    for (const add of adds) {
      const state = states[add % states.length];
      machine.add(state);
      assertEquals(machine.activeStates(), [state, "Other"]);
    }
  }));
});

Deno.test("exclusive keeps what its states say and does not change them", () => {
  const given = { A: { auto: true, remove: ["X"] }, B: { require: ["X"] }, X: {} } as const;
  const group = exclusive({ A: given.A, B: given.B, X: given.X });
  assertEquals(group, {
    A: { auto: true, remove: ["X", "B"] },
    B: { require: ["X"], remove: ["A", "X"] },
    X: { remove: ["A", "B"] },
  });
  assertEquals(given.A.remove, ["X"]);
});

Deno.test("exclusive takes some of the states as the group; the others stay as they are", () => {
  const states = { A: {}, B: { require: ["X"] as const }, X: { remove: ["A"] as const } };
  assertEquals(exclusive(states, ["A", "B", "A"]), {
    A: { remove: ["B"] },
    B: { require: ["X"], remove: ["A"] },
    X: { remove: ["A"] },
  });
  assertEquals(exclusive(states, []), states);
  const wrong = [["a"], ["toString"], "A", [1], null];
  for (const group of wrong) {
    assertThrows(() => exclusive(states, group as never), Error, "group", String(group));
  }
  assertThrows(() => exclusive(states, ["a"] as never), SchemaError, '"A"');
});

Deno.test("mergeSchemas merges eight schemas: relations and timeouts join, later flags win", () => {
  const merged = mergeSchemas(
    { A: { multi: true, timeouts: { B: 1 } }, B: {} },
    { C: { require: ["A"] } },
    { D: { add: ["C"] } },
    { E: { add: ["A", "D"] } },
    { F: {} },
    { G: {} },
    { H: {} },
    { A: { multi: false, add: ["B"], timeouts: { H: 2 } }, E: { add: ["H", "A"] } },
  );
  assertEquals(Object.keys(merged), ["A", "B", "C", "D", "E", "F", "G", "H"]);
  assertEquals(merged.A, { multi: false, add: ["B"], timeouts: { B: 1, H: 2 } });
  assertEquals(merged.E, { add: ["A", "D", "H"] });
});
