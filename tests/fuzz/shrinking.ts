import { compare, sound } from "./comparison.ts";
import type { ModelSchema, Program, Step } from "./model.ts";

const without = <T>(items: readonly T[], i: number) => items.filter((_, k) => k !== i);
const lacks = <R extends object>(record: R, name: string) =>
  Object.fromEntries(Object.entries(record).filter(([key]) => key !== name)) as R;

function* smallerSchemas(schema: ModelSchema): Generator<ModelSchema> {
  for (const [name, state] of Object.entries(schema)) {
    for (const [field, value] of Object.entries(state)) {
      yield { ...schema, [name]: lacks(state, field) };
      if (!Array.isArray(value) || value.length < 2) continue;
      for (let i = 0; i < value.length; i++) {
        yield { ...schema, [name]: { ...state, [field]: without(value, i) } };
      }
    }
  }
}

/** The program without a state, wherever it is named. */
function withoutState(program: Program, gone: string): Program {
  const strip = (schema: ModelSchema): ModelSchema =>
    Object.fromEntries(
      Object.entries(schema).filter(([name]) => name !== gone).map(([name, state]) => [
        name,
        Object.fromEntries(
          Object.entries(state).map(([field, value]) => [
            field,
            Array.isArray(value) ? value.filter((one) => one !== gone) : value,
          ]),
        ),
      ]),
    );
  const steps = program.steps.map((step): Step =>
    step.op === "setSchema"
      ? { ...step, schema: strip(step.schema) }
      : { ...step, states: step.states.filter((name) => name !== gone) }
  );
  const handlers = program.handlers.filter((name) =>
    !name.includes(gone) || name.startsWith("Any")
  );
  return { ...program, schema: strip(program.schema), steps, handlers };
}

function* smaller(program: Program): Generator<Program> {
  for (let i = 0; i < program.steps.length; i++) {
    yield { ...program, steps: without(program.steps, i) };
  }
  for (const name of Object.keys(program.schema)) yield withoutState(program, name);
  for (let i = 0; i < program.handlers.length; i++) {
    yield { ...program, handlers: without(program.handlers, i) };
  }
  for (const list of ["reject", "panic", "panicOnce"] as const) {
    for (let i = 0; i < program[list].length; i++) {
      yield { ...program, [list]: without(program[list], i) };
    }
  }
  for (const [name, requests] of Object.entries(program.do)) {
    yield { ...program, do: lacks(program.do, name) };
    for (let i = 0; i < requests.length; i++) {
      yield { ...program, do: { ...program.do, [name]: without(requests, i) } };
    }
  }
  for (const schema of smallerSchemas(program.schema)) yield { ...program, schema };
  for (const [i, step] of program.steps.entries()) {
    if (step.op === "setSchema") {
      for (const schema of smallerSchemas(step.schema)) {
        yield { ...program, steps: program.steps.with(i, { ...step, schema }) };
      }
    } else {
      for (let k = 0; k < step.states.length; k++) {
        const states = without(step.states, k);
        yield { ...program, steps: program.steps.with(i, { ...step, states }) };
      }
    }
  }
}

/** The smallest program found that still differs from the model. */
export function shrink(program: Program): Program {
  for (;;) {
    const next = smaller(program).find((one) => sound(one) && compare(one) !== null);
    if (next === undefined) return program;
    program = next;
  }
}
