import type { Ask } from "./ask.ts";
import type { BoundHandler, HandlerTable } from "./bindings.ts";
import type { Core } from "./core.ts";
import { HandlerTimeoutError } from "./errors.ts";
import { Event } from "./event.ts";
import { failedLater, raise, threw } from "./failures.ts";
import type { Result } from "./mutation.ts";
import type { Plan } from "./plan.ts";
import type { Call } from "./plans.ts";
import type { Running } from "./running.ts";

const ACCEPTED = -2;
const REFUSED_AS_A_WHOLE = -1;

/**
 * Processes one mutation: relations (in the plan) → negotiation → ticks → final handlers. The phases
 * stand here in their order; before `apply` anything may refuse, after it nothing may.
 */
export function runTransition(
  core: Core,
  running: Running,
  plan: Plan<Call>,
  table: HandlerTable,
): Result {
  if (!plan.accepted) return "canceled";
  if (plan.negotiation.length > 0) {
    const refused = negotiate(core, running, plan, table);
    if (refused !== ACCEPTED) {
      return plan.call.auto ? runWithout(core, running, plan, table, refused) : "canceled";
    }
  }
  running.applied = true;
  core.apply(plan, running.args);
  return plan.finals.length > 0 && !runFinals(core, running, plan, table) ? "canceled" : "executed";
}

/** After the final handlers: `AnyState`; false when it threw, so that auto states don't follow. */
export function runAnyState(core: Core, running: Running, table: HandlerTable): boolean {
  const { anyState } = running.plan!;
  return anyState === -1 || core.disposed ||
    callAll(core, running, table, anyState, FINAL_ANY, -1);
}

/** Asks relations and negotiation, and changes nothing. */
export function tryTransition(
  core: Core,
  running: Running,
  plan: Plan<Call>,
  table: HandlerTable,
): Result {
  const accepted = plan.accepted && negotiate(core, running, plan, table) === ACCEPTED;
  return accepted ? "executed" : "canceled";
}

/**
 * One auto state refused: the rest is resolved and negotiated again, so that nothing becomes active
 * that was not negotiated as such.
 */
function runWithout(
  core: Core,
  running: Running,
  plan: Plan<Call>,
  table: HandlerTable,
  refused: number,
): Result {
  const { accepted } = plan.resolution;
  if (!accepted.includes(refused)) return "canceled";
  const rest = plan.call.plans.auto(accepted.filter((state) => state !== refused));
  const next = running.plan = core.planOf(rest, null);
  if (running.recorded !== null) running.recorded.plan = next;
  return runTransition(core, running, next, table);
}

/** `ACCEPTED`, or the state that was refused, or `REFUSED_AS_A_WHOLE`. */
function negotiate(
  core: Core,
  running: Running,
  plan: Plan<Call>,
  table: HandlerTable,
): number {
  const calls = plan.negotiation;
  for (let i = 0; i < calls.length; i++) {
    const { slot, state } = calls[i];
    if (!callAll(core, running, table, slot, NEGOTIATION, state)) return state;
  }
  return core.disposed ? REFUSED_AS_A_WHOLE : ACCEPTED;
}

/** Runs `FooEnd` and `FooState`; after a throw, what has not finished entering leaves again. */
function runFinals(
  core: Core,
  running: Running,
  plan: Plan<Call>,
  table: HandlerTable,
): boolean {
  const calls = plan.finals;
  for (let i = 0; i < calls.length; i++) {
    const { slot, state } = calls[i];
    const phase = i < plan.endCount ? FINAL_END : FINAL_STATE;
    if (!callAll(core, running, table, slot, phase, state)) {
      const { enters } = plan.resolution;
      core.undo(phase === FINAL_END ? enters : enters.slice(enters.indexOf(state)));
      return false;
    }
  }
  return true;
}

/** Calls the `FooState` handlers of a state again, for an activation that came by an import. */
export function resumeState(
  core: Core,
  running: Running,
  table: HandlerTable,
  slot: number,
  state: number,
): void {
  for (let next = table[slot]; next !== null && !core.disposed; next = next.next) {
    const handler = next;
    const event = new Event(
      core,
      running.record(),
      handler.name,
      stateOf(core, FINAL_STATE, state),
      true,
    );
    running.slot = slot;
    try {
      const result = callObserved(core, running, handler, event, FINAL_STATE, state);
      if (isThenable(result)) watch(core, event, result, null);
    } catch (error) {
      failedLater(core, event, error);
    } finally {
      running.slot = -1;
    }
  }
}

type Phase = 0 | 1 | 2 | 3;
const NEGOTIATION: Phase = 0;
const FINAL_END: Phase = 1;
const FINAL_STATE: Phase = 2;
const FINAL_ANY: Phase = 3;

/** Calls all functions bound to one name; false when one refused or threw. */
function callAll(
  core: Core,
  running: Running,
  table: HandlerTable,
  slot: number,
  phase: Phase,
  state: number,
): boolean {
  if (core.disposed) return true;
  let next = table[slot];
  do {
    const handler: BoundHandler = next!;
    running.slot = slot; // the source of what it does to any machine
    try {
      const result = handler.takesEvent || !running.plain
        ? callWithEvent(core, running, handler, phase, state)
        : handler.fn.call(handler.self, undefined);
      running.slot = -1;
      const plain = result === undefined || result === true || typeof result === "number";
      if (!plain && !isFine(core, running, handler, phase, state, result)) return false;
    } catch (error) {
      running.slot = -1;
      if (phase === FINAL_STATE && running.ask?.state === state) running.ask.threw(error);
      threw(core, running, handler.name, state, error);
      return false;
    }
    next = handler.next;
  } while (next !== null && !core.disposed);
  return true;
}

/** Looks at what a handler returned; false when it refused. */
function isFine(
  core: Core,
  running: Running,
  handler: BoundHandler,
  phase: Phase,
  state: number,
  result: unknown,
): boolean {
  if (isThenable(result)) {
    if (phase !== NEGOTIATION) {
      watch(core, eventFor(core, running, handler, phase, state), result, running.ask);
      return true;
    }
    result.then(undefined, () => {});
    throw new TypeError(
      `Handler "${handler.name}" returned a promise: negotiation handlers are synchronous`,
    );
  }
  if (result !== false || phase !== NEGOTIATION) return true;
  running.record().record().refusedBy = handler.name;
  return false;
}

function eventFor(
  core: Core,
  running: Running,
  handler: BoundHandler,
  phase: Phase,
  state: number,
): Event {
  return new Event(core, running.record(), handler.name, stateOf(core, phase, state));
}

/** Only `FooState` acts for an activation; the others, and those of events, are valid as long as the machine is. */
function stateOf(core: Core, phase: Phase, state: number): number {
  return phase === FINAL_STATE && !core.schema.event[state] ? state : -1;
}

function callWithEvent(
  core: Core,
  running: Running,
  handler: BoundHandler,
  phase: Phase,
  state: number,
): unknown {
  const event = eventFor(core, running, handler, phase, state);
  return running.plain
    ? handler.fn.call(handler.self, event)
    : callObserved(core, running, handler, event, phase, state);
}

/** Calls a handler that somebody watches or asks, or that may only take so long. */
function callObserved(
  core: Core,
  running: Running,
  handler: BoundHandler,
  event: Event,
  phase: Phase,
  state: number,
): unknown {
  const { observer, handlerTimeout } = core;
  const { transition } = event;
  observer?.handlerStart(transition, handler.name, state);
  const start = handlerTimeout === Infinity ? 0 : performance.now();
  let failed = true;
  let failure: unknown;
  let result: unknown;
  const call = () => handler.fn.call(handler.self, event);
  try {
    result = observer === null ? call() : observer.wrap(transition, handler.name, call);
    failed = false;
  } catch (error) {
    failure = error;
  }
  if (!failed && handlerTimeout !== Infinity) {
    const duration = performance.now() - start;
    if (duration > handlerTimeout) {
      failure = new HandlerTimeoutError(handler.name, duration, handlerTimeout);
      failed = phase === NEGOTIATION;
      // What a final handler did stays: it is only reported.
      if (!failed) raise(core, transition, handler.name, failure);
      else if (isThenable(result)) result.then(undefined, () => {});
    }
  }
  observer?.handlerEnd(transition, handler.name, state, failure, result);
  if (failed) throw failure;
  const { ask } = running;
  if (ask !== null && phase === FINAL_STATE && ask.state === state) {
    ask.returned(result);
  }
  return result;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as PromiseLike<unknown>).then === "function";
}

/** A rejection becomes the Exception state, unless it comes too late to count; a request may wait for it, too. */
function watch(
  core: Core,
  event: Event,
  promise: PromiseLike<unknown>,
  request: Ask | null,
): void {
  const ask = request !== null && request.awaits(promise, event) ? request : null;
  const handler = core.handlerStarted(promise, event.name);
  promise.then(
    (value) => {
      core.handlerSettled(handler);
      if (ask !== null) ask.answer(value);
    },
    (error) => {
      core.handlerSettled(handler);
      if (ask !== null) ask.refuse(error);
      failedLater(core, event, error);
    },
  );
}
