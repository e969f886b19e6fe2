import { assertEquals } from "@std/assert";
import { Machine, type Schema, SchemaError, StateUnknownError } from "../mod.ts";

interface Operation {
  readonly op: "add" | "remove" | "set" | "toggle" | "addErr" | "canAdd" | "canRemove" | "canSet";
  readonly states: string[];
}

interface Step extends Operation {
  readonly result: string;
  readonly active: string[];
  readonly clocks: Record<string, number>;
  readonly calls?: string[];
  readonly nested?: (Operation & { readonly handler: string; readonly result: string })[];
}

interface Case {
  readonly id: string;
  readonly schema: Schema;
  readonly error?: string;
  readonly order: string[];
  readonly handlers?: string[];
  readonly reject?: string[];
  readonly panic?: string[];
  readonly panicOnce?: string[];
  readonly do?: Record<string, Operation[]>;
  readonly steps: Step[];
}

async function load(name: string): Promise<Case[]> {
  const file = await Deno.open(new URL(`conformance/${name}.jsonl.gz`, import.meta.url));
  const stream = file.readable.pipeThrough(new DecompressionStream("gzip"));
  const text = await new Response(stream).text();
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** Runs one mutation and names its outcome as the cases do. */
function perform(machine: Machine, { op, states }: Operation): string {
  try {
    switch (op) {
      case "addErr":
        return machine.addErr(new Error("case"), { state: states[0] });
      case "canAdd":
      case "canRemove":
      case "canSet":
        return machine[op](states) ? "executed" : "canceled";
      default:
        return machine[op](states);
    }
  } catch (error) {
    if (error instanceof StateUnknownError) return "error";
    throw error;
  }
}

/** What the machine did in each step, in the form of the cases. */
function replay(one: Case): Step[] {
  const machine = new Machine(one.schema, { printErrors: false });
  assertEquals(machine.stateNames, one.order);
  let calls: string[] = [];
  let nested: Step["nested"] & unknown[] = [];
  const called = new Set<string>();
  const handle = (name: string) => () => {
    const first = !called.has(name);
    called.add(name);
    calls.push(name);
    for (const { op, states } of (first && one.do?.[name]) || []) {
      nested.push({ handler: name, op, states, result: perform(machine, { op, states }) });
    }
    if (one.panic?.includes(name) || (first && one.panicOnce?.includes(name))) {
      throw new Error(name);
    }
    return !one.reject?.includes(name);
  };
  const handlers = Object.fromEntries((one.handlers ?? []).map((name) => [name, handle(name)]));
  machine.bindHandlers(handlers as Record<never, never>);
  return one.steps.map(({ op, states }) => {
    calls = [];
    nested = [];
    const result = perform(machine, { op, states });
    const ticked = machine.stateNames.filter((name) => machine.tick(name) > 0);
    return {
      op,
      states,
      result,
      active: machine.activeStates().sort(),
      clocks: Object.fromEntries(ticked.map((name) => [name, machine.tick(name)])),
      ...(one.handlers ? { calls } : {}),
      ...(nested.length > 0 ? { nested } : {}),
    };
  });
}

for (const [name, count] of [["relations", 2199], ["handlers", 1131]] as const) {
  Deno.test(`Machine does what all cases of ${name} say`, async () => {
    const cases = await load(name);
    assertEquals(cases.length, count);
    for (const one of cases) {
      if (one.error !== undefined) {
        let thrown: unknown;
        try {
          new Machine(one.schema);
        } catch (error) {
          thrown = error;
        }
        assertEquals(thrown instanceof SchemaError, true, `${one.id}: creation did not throw`);
        continue;
      }
      assertEquals({ id: one.id, steps: replay(one) }, { id: one.id, steps: one.steps });
    }
  });
}
