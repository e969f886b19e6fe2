import { enterOrder, SchemaError } from "../relations/mod.ts";
import type { Engine } from "./engine.ts";
import { MachineDisposedError } from "./errors.ts";
import { resumeState } from "./phases.ts";
import type { Call } from "./plans.ts";
import { TransitionRecord } from "./transition.ts";

/** What `resume` calls handlers with. */
export interface ResumeOptions<S = Record<string, unknown>> {
  /** The arguments by state. */
  readonly args?: { readonly [K in keyof S]?: Readonly<Record<string, unknown>> } | undefined;
  /**
   * Final handlers that were due and had not run when the time was saved, though no activation that is
   * resumed calls them: they are called first, in this order, with the machine's context.
   */
  readonly again?: readonly DueHandler[] | undefined;
}

/** A handler that is still to be called. */
export interface DueHandler {
  /** Its name. */
  readonly handler: string;
  /** The arguments of the mutation that it was due for. */
  readonly args?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Calls `FooState` again for the activations that came by an import and were not resumed yet, in the order
 * of handlers, and lets their timeouts run with the time that was left. A throw is a failure that comes
 * later; mutations of the handlers run after all were called.
 */
export function resume(engine: Engine, { args = {}, again = [] }: ResumeOptions): void {
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
    const { plans, table } = engine.handlers;
    const { names, slots } = plans.handlers;
    const { running } = engine;
    const callAgain = (call: Call, slot: number | undefined, given: unknown, state: number) => {
      if (slot === undefined || slot === -1) return;
      const tx = new TransitionRecord(engine, call, given, null);
      running.begin(call, given, engine.transitions, tx);
      running.plain = false;
      resumeState(engine, running, table, slot, state);
      running.end();
    };
    for (const { handler, args } of again) {
      callAgain(plans.list("add", []), names.indexOf(handler), args, -1);
    }
    for (const state of states) {
      if (!engine.isActive(state)) continue;
      callAgain(
        plans.one("add", schema.names[state]),
        slots.state.get(state),
        argsOf(state),
        state,
      );
    }
    engine.resumeTimers(states);
  });
}
