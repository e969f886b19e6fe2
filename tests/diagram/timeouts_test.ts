import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { diagramOf, mermaid, svg } from "../../diagram/mod.ts";
import { args, exclusive, returns, type Schema } from "../../mod.ts";
import { readByMermaid, readByXml } from "./read_diagrams.ts";

const NAMES = ["Idle", "Busy", "Late", "end", "a b"];
const ms = fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true, max: 1e12 }));
/** Timeouts from any state to any other, to itself where it may, in exclusive boxes and outside. */
const schemas = fc.record({
  times: fc.array(
    fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES), ms),
    { maxLength: 8 },
  ),
  boxed: fc.boolean(),
  multi: fc.subarray(NAMES),
}).map(({ times, boxed, multi }): Schema => {
  const states = Object.fromEntries(NAMES.map((name) => [name, {
    multi: multi.includes(name),
    timeouts: Object.fromEntries(
      times.filter(([from, to]) => from === name && (to !== name || multi.includes(name)))
        .map(([, to, ms]) => [to, ms]),
    ),
  }]));
  return boxed ? exclusive(states) as Schema : states;
});

Deno.test("each timeout is one arrow with its ms, as Mermaid and XML read it", async () => {
  await fc.assert(
    fc.asyncProperty(schemas, async (schema) => {
      const meant = NAMES.flatMap((from) =>
        Object.entries(schema[from].timeouts ?? {}).map(([to, ms]) => ({ from, to, ms }))
      );
      const shown = (name: string) => schema[name].multi ? `${name} · multi` : name;
      const flow = await readByMermaid(mermaid(schema));
      assertEquals(
        flow.edges.sort(),
        meant.map(({ from, to, ms }) => `${shown(from)} ${ms} ms ${shown(to)}`).sort(),
      );
      const picture = svg(schema);
      assert(!/NaN|undefined/.test(picture));
      const read = readByXml(picture);
      assertEquals(read.edges.sort(), meant.map(({ from, to }) => `${from} ${to}`).sort());
      assertEquals(read.labels.sort(), meant.map(({ ms }) => `label timeout ${ms} ms`).sort());
    }),
    { numRuns: 100 },
  );
});

Deno.test("a timeout that is off is not drawn, and a neighborhood has its timeouts", () => {
  const schema = {
    A: { timeouts: { B: 5000, C: Infinity } },
    B: { timeouts: { C: 0 } },
    C: {},
  };
  const edge = { relation: "timeout", mutual: false };
  assertEquals(diagramOf(schema).edges, [
    { ...edge, from: "A", to: "B", ms: 5000 },
    { ...edge, from: "B", to: "C", ms: 0 },
  ] as never);
  assertEquals(diagramOf(schema, { state: "A" }).states.map(({ name }) => name), ["A", "B"]);
  const picture = mermaid(schema);
  assert(picture.includes("A --o|5000 ms| B") && picture.includes("B --o|0 ms| C"), picture);
});

Deno.test("event, latest, required arguments and answers are marked", async () => {
  const schema = {
    Event: { event: true, args: args.required<{ id: number }>(), returns: returns<number>() },
    Latest: { multi: "latest" },
    Multi: { multi: true, args: args<{ id: number }>() },
    Auto: { auto: true },
  } as const;
  const marks = diagramOf(schema).states.map(({ marks }) => marks.join());
  assertEquals(marks, ["event,args,returns", "latest", "multi", "auto"]);
  const texts = [
    "Event · event · args · returns",
    "Latest · latest",
    "Multi · multi",
    "Auto · auto",
  ];
  assertEquals((await readByMermaid(mermaid(schema))).nodes, texts);
  assertEquals(readByXml(svg(schema)).texts, texts);
});

Deno.test("exclusive states are one box, also with timeouts between them", () => {
  const schema = exclusive({
    Idle: { timeouts: { Busy: 10 } },
    Busy: { timeouts: { Idle: 20 } },
    Late: {},
  });
  const { exclusive: boxes, edges } = diagramOf(schema);
  assertEquals(boxes, [["Idle", "Busy", "Late"]]);
  assertEquals(edges.map(({ relation, ms }) => [relation, ms]), [["timeout", 10], ["timeout", 20]]);
});
