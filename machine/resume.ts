import { enterOrder, SchemaError } from "../relations/mod.ts";
import type { Engine } from "./engine.ts";
import { MachineDisposedError } from "./errors.ts";
import { resumeState } from "./phases.ts";
import { TransitionRecord } from "./transition.ts";

/** What `resume` calls handlers with. */
export interface ResumeOptions<S = Record<string, unknown>> {
  /** The arguments by state. */
  readonly args?: { readonly [K in keyof S]?: Readonly<Record<string, unknown>> } | undefined;
}

/**
 * Calls `FooState` again for the activations that came by an import and were not resumed yet, in the order
 * of handlers, and lets their timeouts run with the time that was left. A throw is a failure that comes
 * later; mutations of the handlers run after all were called.
 */
export function resume(engine: Engine, args: Readonly<Record<string, unknown>>): void {
  if (engine.disposed) throw new MachineDisposedError(engine.id, "resume");
  if (!engine.open) throw new SchemaError("Cannot resume: a transition is running");
  const { schema } = engine;
  const states = enterOrder(schema, engine.takeImported());
  const argsOf = (state: number) => {
    const name = schema.names[state];
    return Object.hasOwn(args, name) ? args[name] : undefined;
  };
  const lacking = states.find((state) => schema.needsArgs[state] && argsOf(state) === undefined);
  if (lacking !== undefined) {
    engine.putBackImported(states);
    throw new TypeError(`Cannot resume ${schema.names[lacking]}: its calls must pass arguments`);
  }
  engine.between(() => {
    const { handlers, running } = engine;
    const { plans } = handlers;
    for (const state of states) {
      const slot = plans.handlers.slots.state.get(state);
      if (slot === undefined || !engine.isActive(state)) continue;
      const call = plans.one("add", schema.names[state]);
      const tx = new TransitionRecord(engine, call, argsOf(state), null);
      running.begin(call, argsOf(state), engine.transitions, tx);
      running.plain = false;
      resumeState(engine, running, handlers.table, slot, state);
      running.end();
    }
    engine.resumeTimers(states);
  });
}
