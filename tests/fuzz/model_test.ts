import { assertEquals, assertThrows } from "@std/assert";
import { Model, ModelSchemaError, type Program } from "./model.ts";

interface Case extends Partial<Program> {
  readonly id: string;
  readonly schema: Program["schema"];
  readonly error?: string;
  readonly steps: (Program["steps"][number] & {
    readonly result: string;
    readonly active: string[];
    readonly clocks: Record<string, number>;
    readonly calls?: string[];
    readonly nested?: { handler: string; op: string; states: string[]; result: string }[];
  })[];
}

async function load(name: string): Promise<Case[]> {
  const file = await Deno.open(new URL(`../conformance/${name}.jsonl.gz`, import.meta.url));
  const stream = file.readable.pipeThrough(new DecompressionStream("gzip"));
  const text = await new Response(stream).text();
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

for (const name of ["relations", "handlers"]) {
  Deno.test(`the model does what all cases of ${name} say`, async () => {
    for (const one of await load(name)) {
      const program: Program = {
        handlers: [],
        reject: [],
        panic: [],
        panicOnce: [],
        do: {},
        ...one,
        steps: one.steps ?? [],
      };
      if (one.error !== undefined) {
        assertThrows(() => new Model(program), ModelSchemaError);
        continue;
      }
      const got = new Model(program).run();
      const wanted = one.steps.map(({ result, active, clocks, calls = [], nested = [] }) => ({
        result,
        active,
        clocks,
        calls,
        nested: nested.map((n) => `${n.handler} ${n.op} ${n.states} → ${n.result}`),
      }));
      const sorted = got.map((outcome) => ({ ...outcome, active: [...outcome.active].sort() }));
      assertEquals({ id: one.id, steps: sorted }, { id: one.id, steps: wanted });
    }
  });
}
