import type { Time } from "../clock/mod.ts";
import {
  type ExceptionArgs,
  keep,
  kept,
  type KeptSet,
  members,
  resolve,
  type StateSet,
} from "../relations/mod.ts";
import type { AnyMachine, Transition as SeenTransition } from "./any_machine.ts";
import type { Engine } from "./engine.ts";
import { HandlerEvent } from "./event.ts";
import type { BoundHandler } from "./handlers.ts";
import type { Mutation, MutationOrigin, MutationSource, Result } from "./mutation.ts";
import type { Call, Plan } from "./plans.ts";
import { printAs } from "./printing.ts";
import type { Step } from "./tracer.ts";

const NO_ARGS: Readonly<Record<string, unknown>> = Object.freeze({});

/** What only some transitions have, kept apart so that the others don't pay for it. */
class Trace {
  refusedBy: string | null = null;
  timeBefore: Time = [];
  timeAfter: Time = [];
  steps: Step[] = [];
  queueLength = 0;
}

const NO_TRACE: Readonly<Trace> = new Trace();

/** A mutation, and its processing: what handlers and tracers see of it. */
export class Transition implements SeenTransition {
  // One is made per transition with handlers: fields that are declared only, and none with `#`,
  // because the engine makes such objects several times faster.

  /** @ignore */
  declare readonly engine: Engine;
  /** @ignore */
  declare readonly call: Call;
  /** @ignore */
  declare plan: Plan | null;
  declare private activeBefore: KeptSet | null;
  /** @ignore */
  declare trace: Trace | null;
  /** The transition's number within its machine, from 1; 0 while it is queued. */
  declare id: number;
  /** The arguments, empty when none were given. */
  declare readonly args: Readonly<Record<string, unknown>>;
  /** Whether it is a dry run. */
  declare readonly check: boolean;
  /** The outcome; `queued` until it is known. */
  declare result: Result;
  /** @ignore The event that it was made through. */
  declare readonly event: MutationOrigin | null;
  // Always there: a collection that finds no instance makes the engine drop its optimized code.
  static readonly #kept: Transition = new Transition(null!, null!, undefined, null);

  /** @ignore */
  constructor(
    engine: Engine,
    call: Call,
    args: unknown,
    event: MutationOrigin | null,
    check = false,
  ) {
    this.engine = engine;
    this.call = call;
    this.plan = null;
    this.activeBefore = null;
    this.id = 0;
    this.args = (args as Record<string, unknown> | undefined) ?? NO_ARGS;
    this.check = check;
    this.result = "queued";
    this.trace = null;
    this.event = event;
  }

  /** The handler that refused or threw, or `null`. */
  get refusedBy(): string | null {
    return (this.trace ?? NO_TRACE).refusedBy;
  }

  /** The ticks before, recorded while the machine has tracers, else empty. */
  get timeBefore(): Time {
    return (this.trace ?? NO_TRACE).timeBefore;
  }

  /** The ticks after, recorded while the machine has tracers, else empty. */
  get timeAfter(): Time {
    return (this.trace ?? NO_TRACE).timeAfter;
  }

  /** What happened to which state, recorded while a tracer asks for it, else empty. */
  get steps(): readonly Step[] {
    return (this.trace ?? NO_TRACE).steps;
  }

  /** How many mutations waited when it started, recorded while the machine has tracers, else 0. */
  get queueLength(): number {
    return (this.trace ?? NO_TRACE).queueLength;
  }

  /** @ignore What is only recorded on demand. */
  record(): Trace {
    return this.trace ??= new Trace();
  }

  /** @ignore Called when its turn has come. */
  begin(id: number): void {
    this.id = id;
    this.activeBefore = keep(this.engine.active);
  }

  /** @ignore Called when it was made after the plan had been applied. */
  applied(plan: Plan): void {
    const before = this.engine.active.slice();
    plan.flip(before);
    this.activeBefore = before;
  }

  /** @ignore The active set before; the present one until the transition has started. */
  get before(): StateSet {
    return this.activeBefore === null ? this.engine.active : kept(this.activeBefore);
  }

  /** What was to happen with the called states. */
  get type(): Mutation["type"] {
    return this.call.type;
  }

  /** The called states. */
  get calledStates(): readonly string[] {
    return this.call.names;
  }

  /** The indexes of the called states. */
  get called(): readonly number[] {
    return this.call.called;
  }

  /** Whether the machine made it for its auto states. */
  get auto(): boolean {
    return this.call.auto;
  }

  /** The handler that made the mutation, if one did through its event. */
  get source(): MutationSource | null {
    return this.event?.source ?? null;
  }

  /** Whether arguments were given. */
  get hasArgs(): boolean {
    return this.args !== NO_ARGS;
  }

  /** The machine. */
  get machine(): AnyMachine {
    return this.engine.machine;
  }

  /** Whether it was executed. */
  get accepted(): boolean {
    return this.result === "executed";
  }

  /** The states that were active before. */
  get statesBefore(): readonly string[] {
    return this.#names(members(this.before));
  }

  /** The states that are to be active after it, in the order of their handlers. */
  get target(): readonly string[] {
    const { schema } = this.call.plans;
    return this.#names(resolve(schema, this.before, this.#acceptedCalls(), this.call.type).target);
  }

  /** The states that leave, in the order of their handlers. */
  get exits(): readonly string[] {
    return this.#names(this.plan?.resolution.exits ?? []);
  }

  /** The states that enter, called multi states included, in the order of their handlers. */
  get enters(): readonly string[] {
    return this.#names(this.plan?.resolution.enters ?? []);
  }

  #acceptedCalls(): readonly number[] {
    return this.plan?.call.called ?? this.call.called;
  }

  #names(states: readonly number[]): string[] {
    return states.map((state) => this.call.plans.schema.names[state]);
  }
}

printAs(
  Transition,
  ({ id, type, calledStates, result }) => `Transition ${id}: ${type} ${calledStates} ${result}`,
);

const ACCEPTED = -2;
const REFUSED = -1;

type HandlerTable = readonly (BoundHandler | null)[];

/**
 * Processes one mutation: relations → negotiation → ticks → final handlers. The phases stand here
 * in their order; before `apply` anything may refuse, after it nothing may.
 */
export function runTransition(engine: Engine, plan: Plan): Result {
  if (!plan.accepted) return "canceled";
  const { handlers } = engine;
  const refused = negotiate(engine, plan, handlers);
  if (refused !== ACCEPTED) {
    return plan.call.auto ? runWithout(engine, plan, refused) : "canceled";
  }
  engine.apply(plan);
  if (plan.finals.length > 0 && !runFinals(engine, plan, handlers)) return "canceled";
  const calm = plan.anyState === -1 || engine.disposed ||
    callAll(engine, handlers[plan.anyState], FINAL_ANY, -1);
  if (calm && plan.autosFollow) engine.queueAutos();
  return "executed";
}

/** Asks relations and negotiation, and changes nothing. */
export function tryTransition(engine: Engine, plan: Plan): Result {
  const accepted = plan.accepted && negotiate(engine, plan, engine.handlers) === ACCEPTED;
  return accepted ? "executed" : "canceled";
}

/**
 * One auto state refused: the rest is resolved and negotiated again, so that nothing becomes active
 * that was not negotiated as such.
 */
function runWithout(engine: Engine, { resolution: { accepted } }: Plan, refused: number): Result {
  if (!accepted.includes(refused)) return "canceled";
  const rest = engine.plans.auto(accepted.filter((state) => state !== refused));
  return runTransition(engine, engine.transition!.plan = engine.planOf(rest));
}

/** `ACCEPTED`, or the state that was refused, `REFUSED` for the transition as a whole. */
function negotiate(engine: Engine, plan: Plan, handlers: HandlerTable): number {
  const calls = plan.negotiation;
  for (let i = 0; i < calls.length; i++) {
    const { slot, state } = calls[i];
    if (!callAll(engine, handlers[slot], NEGOTIATION, state)) return state;
  }
  return engine.disposed ? REFUSED : ACCEPTED;
}

/** Runs `FooEnd` and `FooState`; after a throw, what has not finished entering leaves again. */
function runFinals(engine: Engine, plan: Plan, handlers: HandlerTable): boolean {
  const calls = plan.finals;
  for (let i = 0; i < calls.length; i++) {
    const { slot, state } = calls[i];
    const phase = i < plan.endCount ? FINAL_END : FINAL_STATE;
    if (!callAll(engine, handlers[slot], phase, state)) {
      const { enters } = plan.resolution;
      engine.undo(phase === FINAL_END ? enters : enters.slice(enters.indexOf(state)));
      return false;
    }
  }
  return true;
}

type Phase = 0 | 1 | 2 | 3;
const NEGOTIATION: Phase = 0;
const FINAL_END: Phase = 1;
const FINAL_STATE: Phase = 2;
const FINAL_ANY: Phase = 3;

/** Calls all functions bound to one name; false when one refused or threw. */
function callAll(
  engine: Engine,
  first: BoundHandler | null,
  phase: Phase,
  state: number,
): boolean {
  if (engine.disposed) return true;
  let next = first;
  do {
    const handler: BoundHandler = next!;
    try {
      const result = handler.takesEvent || !engine.plainCalls
        ? callWithEvent(engine, handler, phase, state)
        : handler.fn.call(handler.self, undefined);
      const plain = result === undefined || result === true || typeof result === "number";
      if (!plain && !isFine(engine, handler, phase, state, result)) return false;
    } catch (error) {
      handleThrow(engine, handler.name, state, error);
      return false;
    }
    next = handler.next;
  } while (next !== null && !engine.disposed);
  return true;
}

/** Looks at what a handler returned; false when it refused. */
function isFine(
  engine: Engine,
  handler: BoundHandler,
  phase: Phase,
  state: number,
  result: unknown,
): boolean {
  if (isThenable(result)) {
    if (phase !== NEGOTIATION) {
      watch(engine, eventFor(engine, handler, phase, state), result);
      return true;
    }
    result.then(undefined, () => {});
    throw new TypeError(
      `Handler "${handler.name}" returned a promise: negotiation handlers are synchronous`,
    );
  }
  if (result !== false || phase !== NEGOTIATION) return true;
  engine.transition!.record().refusedBy = handler.name;
  return false;
}

function eventFor(
  engine: Engine,
  handler: BoundHandler,
  phase: Phase,
  state: number,
): HandlerEvent {
  // Only `FooState` acts for an activation; the others are valid as long as the machine is.
  return new HandlerEvent(engine.transition!, handler.name, phase === FINAL_STATE ? state : -1);
}

function callWithEvent(
  engine: Engine,
  handler: BoundHandler,
  phase: Phase,
  state: number,
): unknown {
  const event = eventFor(engine, handler, phase, state);
  return engine.plainCalls
    ? handler.fn.call(handler.self, event)
    : engine.callObserved(engine.transition!, handler, event, state);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as PromiseLike<unknown>).then === "function";
}

/** A rejection becomes the Exception state, unless it comes too late to count. */
function watch(engine: Engine, event: HandlerEvent, promise: PromiseLike<unknown>): void {
  promise.then(undefined, (error) => {
    const expired = event.expired;
    engine.observer?.rejected(event.transition, event.name, error, expired);
    if (expired) return;
    const err = toError(error);
    engine.raise(err, panicArgs(event.transition, event.name, err), event);
  });
}

function handleThrow(engine: Engine, handler: string, state: number, error: unknown): void {
  const tx = engine.transition!;
  tx.record().refusedBy = handler;
  const err = toError(error);
  const accepted = tx.plan!.resolution.accepted;
  if (tx.auto) engine.barAutos(accepted.includes(state) ? [state] : tx.called);
  if (tx.check || tx.called.includes(engine.schema.exception)) return engine.report(err);
  if (!engine.catchErrors) return engine.throwLater(error);
  engine.raiseFirst(err, panicArgs(tx, handler, err));
}

function panicArgs(tx: Transition, handler: string, err: Error): ExceptionArgs {
  return {
    err,
    panic: {
      calledStates: tx.calledStates,
      statesBefore: tx.statesBefore,
      transition: tx.id,
      handler,
      stack: err.stack ?? String(err),
    },
  };
}

/** What was thrown, as an `Error`; anything else becomes its `cause`. */
export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error });
}
