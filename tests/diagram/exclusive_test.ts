import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { diagramOf, mermaid, svg } from "../../diagram/mod.ts";
import type { Schema } from "../../mod.ts";

const schemas = fc.integer({ min: 1, max: 7 }).chain((size) => {
  const names = Array.from({ length: size }, (_, i) => `S${i}x`);
  const lists = fc.array(fc.subarray(names), { minLength: size, maxLength: size });
  // Closed sets beside single relations: cliques, overlapping ones, and what only looks like one.
  return fc.tuple(fc.array(fc.subarray(names), { maxLength: 3 }), lists).map(([sets, lists]) => {
    const schema: Record<string, { remove: string[] }> = {};
    names.forEach((name, i) => {
      const together = sets.filter((set) => set.includes(name)).flat();
      const other = i % 2 === 0 ? lists[i].slice(0, 1) : [];
      const remove = [...new Set([...together, ...other])].filter((one) => one !== name);
      schema[name] = { remove };
    });
    return schema as Schema;
  });
});

Deno.test("boxes and edges together say each relation once", () => {
  fc.assert(fc.property(schemas, fc.boolean(), (schema, grouped) => {
    const names = Object.keys(schema);
    const groups: Record<string, string[]> = grouped
      ? { Even: names.filter((_, i) => i % 2 === 0) }
      : {};
    const { edges, exclusive, states } = diagramOf(schema, { groups });
    const said = [
      ...exclusive.flatMap((set) =>
        set.flatMap((from) => set.filter((to) => to !== from).map((to) => `${from} ${to}`))
      ),
      ...edges.flatMap(({ from, to, mutual }) =>
        mutual ? [`${from} ${to}`, `${to} ${from}`] : [`${from} ${to}`]
      ),
    ];
    const meant = names.flatMap((from) => schema[from].remove!.map((to) => `${from} ${to}`));
    assertEquals(said.sort(), meant.sort());
    const groupOf = new Map(states.map(({ name, group }) => [name, group]));
    for (const set of exclusive) {
      assert(set.length >= 3);
      assertEquals(new Set(set.map((name) => groupOf.get(name))).size, 1);
    }
    assertEquals(new Set(exclusive.flat()).size, exclusive.flat().length);
  }));
});

Deno.test("each state is drawn once, and a box for each exclusive set, in both formats", () => {
  fc.assert(fc.property(schemas, (schema) => {
    const { exclusive } = diagramOf(schema);
    const flow = mermaid(schema), picture = svg(schema);
    for (const name of Object.keys(schema)) {
      assertEquals(flow.split(`["${name}"]`).length, 2);
      assertEquals(picture.split(`data-state="${name}"`).length, 2);
    }
    assertEquals(flow.split("subgraph exclusive_").length - 1, exclusive.length);
    assertEquals(picture.split('class="exclusive"').length - 1, exclusive.length);
    assert(!picture.includes("NaN"));
  }));
});

Deno.test("the neighborhood of a state has its own box only", () => {
  const schema = Object.fromEntries(
    ["A", "B", "C", "D", "E", "F"].map((name, i, all) => [name, {
      remove: all.slice(i < 3 ? 0 : 3, i < 3 ? 3 : 6),
      require: name === "D" ? ["A"] : [],
    }]),
  );
  assertEquals(diagramOf(schema).exclusive, [["A", "B", "C"], ["D", "E", "F"]]);
  assertEquals(diagramOf(schema, { state: "A" }).exclusive, [["A", "B", "C"]]);
});

Deno.test("clusters that are too much for the layout are drawn without", () => {
  const names = Array.from({ length: 150 }, (_, i) => `S${i}x`);
  const schema = Object.fromEntries(
    names.map((name, i) => [name, { add: [names[(i * 7 + 3) % 150]].filter((to) => to !== name) }]),
  );
  const groups = Object.fromEntries(
    Array.from({ length: 15 }, (_, i) => [`G${i}`, names.slice(i * 10, i * 10 + 10)]),
  );
  const picture = svg(schema, { groups });
  assertEquals(picture.split('class="state').length - 1, 150);
});
