import {
  Machine,
  type MachineOptions,
  type Schema,
  SchemaError,
  StateUnknownError,
} from "../../mod.ts";
import {
  EndlessError,
  Model,
  ModelSchemaError,
  type Outcome,
  type Program,
  type Request,
} from "./model.ts";

/** One way to run a program on a machine. */
export interface Variant {
  readonly name: string;
  readonly options?: () => object;
  /** After the handlers are bound. */
  readonly prepare?: (machine: Machine) => void;
  /** How handlers are bound. @default "together" */
  readonly binding?: "together" | "apart" | "events";
  /** Runs on a copy of the schema: no plan is there before. */
  readonly fresh?: boolean;
}

const nothing = () => {};

/**
 * All ways to run a program; none may change what it sees. Those that are not `fresh` share a
 * schema, so that each finds the plans of the ones before it.
 */
export const VARIANTS: readonly Variant[] = [
  { name: "plain" },
  { name: "plain, warm" },
  { name: "handlers bound one by one, cold", binding: "apart", fresh: true },
  { name: "handlers that take events", binding: "events" },
  { name: "a tracer", options: () => ({ tracers: [{}] }) },
  { name: "a tracer of steps, cold", options: () => ({ tracers: [{ steps: true }] }), fresh: true },
  {
    name: "a log of everything",
    options: () => ({ logLevel: "everything", logger: nothing }),
    binding: "events",
  },
  { name: "a time limit", options: () => ({ handlerTimeout: 1e9 }), binding: "apart" },
  { name: "a pending query", prepare: (machine) => void machine.whenQuery(() => false) },
  {
    name: "pending waits and contexts",
    prepare: (machine) => {
      for (const state of machine.stateNames) {
        machine.whenTick(state, 1e9);
        machine.whenArgs(state, { never: true });
        machine.stateContext(state).signal;
      }
    },
  },
];

/** A difference between model and machine. */
export interface Difference {
  readonly variant: string;
  readonly wanted: unknown;
  readonly got: unknown;
  /** The step, or -1 for the making of the machine. */
  readonly step: number;
}

interface Mutable {
  add(states: readonly string[], args?: unknown): string;
  remove(states: readonly string[], args?: unknown): string;
  set(states: readonly string[], args?: unknown): string;
  toggle(states: readonly string[], args?: unknown): string;
  addErr(error: unknown, options?: object): string;
}

function perform(machine: Machine, on: Mutable, { op, states, args }: Request): string {
  try {
    switch (op) {
      case "addErr":
        return on.addErr(new Error("asked for"), { state: states[0] });
      case "canAdd":
      case "canRemove":
      case "canSet":
        return machine[op](states, args ? { id: 1 } : undefined) ? "executed" : "canceled";
      default:
        return on[op](states, args ? { id: 1 } : undefined);
    }
  } catch (error) {
    if (error instanceof StateUnknownError) return "error";
    throw error;
  }
}

function outcomes(program: Program, schema: Schema, variant: Variant): Outcome[] {
  const options = { printErrors: false, drainLimit: 5_000, ...variant.options?.() };
  const machine = new Machine(schema, options as MachineOptions<Record<string, unknown>>);
  let calls: string[] = [];
  let nested: string[] = [];
  const called = new Set<string>();
  const threw = new Set<string>();
  const act = (name: string, on: Mutable) => {
    const first = !called.has(name);
    called.add(name);
    calls.push(name);
    for (const request of (first && program.do[name]) || []) {
      const result = perform(machine, on, request);
      nested.push(`${name} ${request.op} ${request.states} → ${result}`);
    }
    // A dry run inside may have called this handler, too: then that call was the first to throw.
    const once = program.panicOnce.includes(name) && !threw.has(name);
    threw.add(name);
    if (once || program.panic.includes(name)) throw new Error(name);
    return !program.reject.includes(name);
  };
  const bound = program.handlers.map((name) => [
    name,
    variant.binding === "events" ? (e: Mutable) => act(name, e) : () => act(name, machine),
  ]);
  if (variant.binding === "apart") {
    for (const one of bound.reverse()) bind(machine, Object.fromEntries([one]));
  } else bind(machine, Object.fromEntries(bound));
  variant.prepare?.(machine);
  const all = program.steps.map((step): Outcome => {
    calls = [];
    nested = [];
    const result = step.op === "setSchema"
      ? replace(machine, step.schema as Schema)
      : perform(machine, machine, step);
    const ticked = machine.stateNames.filter((name) => machine.tick(name) > 0);
    return {
      result,
      active: machine.activeStates(),
      clocks: Object.fromEntries(ticked.map((name) => [name, machine.tick(name)])),
      calls,
      nested,
    };
  });
  machine.dispose();
  return all;
}

function bind(machine: Machine, handlers: object): void {
  machine.bindHandlers(handlers as Record<never, never>);
}

function replace(machine: Machine, schema: Schema): string {
  try {
    machine.setSchema(schema);
    return "executed";
  } catch (error) {
    if (error instanceof SchemaError) return "error";
    throw error;
  }
}

/** The handlers that the schema can have, so that a smaller program stays a program. */
export function sound(program: Program): boolean {
  try {
    new Machine(program.schema as Schema).bindHandlers(
      Object.fromEntries(program.handlers.map((name) => [name, nothing])) as Record<never, never>,
    );
    return true;
  } catch {
    return false;
  }
}

/** What the model says, that the schema contradicts itself, or that it never comes to rest. */
export function expected(program: Program): Outcome[] | "error" | "endless" {
  try {
    return new Model(program).run();
  } catch (error) {
    if (error instanceof ModelSchemaError) return "error";
    if (error instanceof EndlessError) return "endless";
    throw error;
  }
}

/** Runs a program in all variants; the first difference from what is wanted, or `null`. */
export function compare(program: Program, wanted = expected(program)): Difference | null {
  if (wanted === "endless") return null; // the machine has a limit, the model has none
  const shared = program.schema as Schema;
  for (const variant of wanted === "error" ? VARIANTS.slice(0, 1) : VARIANTS) {
    const schema = variant.fresh ? structuredClone(shared) : shared;
    let got: Outcome[] | string;
    try {
      got = outcomes(program, schema, variant);
    } catch (error) {
      got = error instanceof SchemaError ? "error" : `threw ${(error as Error).stack}`;
    }
    if (typeof got === "string" || wanted === "error") {
      if (got !== wanted) return { variant: variant.name, wanted, got, step: -1 };
      continue;
    }
    for (const [step, outcome] of wanted.entries()) {
      if (text(outcome) !== text(got[step])) {
        return { variant: variant.name, wanted: outcome, got: got[step], step };
      }
    }
  }
  return null;
}

function text({ result, active, clocks, calls, nested }: Outcome): string {
  return JSON.stringify([result, active, Object.entries(clocks).sort(), calls, nested]);
}
