import { Clock, Context, isActiveTick } from "../clock/mod.ts";
import {
  type CompiledSchema,
  contains,
  erase,
  indexOf,
  keep,
  type KeptSet,
  type MutationType,
  setOf,
  type StateSet,
} from "../relations/mod.ts";
import type { Bindings } from "./bindings.ts";
import { HandlerTimeoutError, QueueLimitError } from "./errors.ts";
import type { BoundHandler } from "./handlers.ts";
import type { Machine } from "./machine.ts";
import type { AddErrOptions, Mutation, MutationOrigin, Result } from "./mutation.ts";
import type { Observer } from "./observer.ts";
import { type Call, Plan, type Plans, plansFor } from "./plans.ts";
import { Queue } from "./queue.ts";
import type { Subscriptions } from "./subscriptions.ts";
import type { Step } from "./tracer.ts";
import { runTransition, toError, Transition, tryTransition } from "./transition.ts";

/** Why a mutation was canceled outside of relations and handlers. */
export type Refusal = "disposed" | "expired" | "queueLimit" | "dryRun";

/** A function that waits for its turn between transitions. */
export interface EvalRequest extends Mutation {
  /** Runs it and settles its promise. */
  readonly run: () => void;
}

/*
 * The bits of `mode`. While it is 0, mutations without handlers take the short way: nobody can
 * see anything of them but ticks and promises.
 */
const BUSY = 1;
const OBSERVED = 2;
const DISPOSED = 4;
const CONTEXTS = 8;
const QUERIES = 16;
const INCONSISTENT = 32;

const NO_EVALS = Object.freeze({});

let machinesMade = 0;

/** The moving parts of a machine: its ticks, its queue, and the loop that runs transitions. */
export class Engine {
  /** The public face. */
  readonly machine: Machine<Record<string, unknown>>;
  /** The current schema. */
  schema: CompiledSchema;
  /** The plans for the schema and the names of the bound handlers. */
  plans: Plans;
  /** The bound handlers by slot. */
  handlers: readonly (BoundHandler | null)[] = [];
  /** All bindings, made with the first one. */
  bindings: Bindings | null = null;
  /** The logical clocks. */
  readonly clock: Clock;
  /** The active states: those with an odd tick. */
  readonly active: StateSet;
  /** Tracers and logging; null while nobody watches. */
  observer: Observer | null = null;
  /** Pending waits, made with the first one. */
  subscriptions: Subscriptions | null = null;
  /** Whether throws become the Exception state. */
  catchErrors = true;
  /** Whether errors are printed. */
  printErrors = true;
  /** What a synchronous handler may take, in milliseconds. */
  handlerTimeout = Infinity;
  /** How many mutations may wait. */
  queueLimit = 1000;
  /** The last error. */
  err: Error | null = null;
  /** What was canceled last: a transition, or a reason that needs none. */
  canceled: Transition | Plan | Refusal | null = null;
  /** The active states against which a plan was canceled. */
  canceledBefore: KeptSet = 0;
  /** Handlers are called without anything around them. */
  plainCalls = true;
  /** What runs: a transition, or a plan for which nobody has needed a transition so far. */
  #running: Transition | Plan | null = null;
  #args: unknown = undefined;
  #applied = false;
  #mode = 0;
  #id: string | null;
  #queue: Queue<Transition | EvalRequest> | null = null;
  #contexts: Map<number, Context> | null = null;
  #context: Context | null = null;
  #barred: Set<number> | null = null;
  #thrown: { error: unknown } | null = null;
  #transitions = 0;
  readonly #parentContext: Context | null;

  constructor(
    machine: Machine<Record<string, unknown>>,
    schema: CompiledSchema,
    id: string | undefined,
    parent: Engine | null,
  ) {
    this.machine = machine;
    this.schema = schema;
    this.plans = plansFor(schema, []);
    const ticks: number[] = [];
    for (let i = 0; i < schema.names.length; i++) ticks.push(0);
    this.clock = new Clock(ticks);
    this.active = setOf(schema.names.length, []);
    this.#id = id ?? null;
    this.#parentContext = parent === null ? null : parent.context;
  }

  /** The id; one is made up on first use. */
  get id(): string {
    return this.#id ??= `m${++machinesMade}-${
      Math.random().toString(36).slice(2, 8).padEnd(6, "0")
    }`;
  }

  /** Whether the machine has ended. */
  get disposed(): boolean {
    return (this.#mode & DISPOSED) !== 0;
  }

  /** Whether a transition or the drain of the queue is under way. */
  get busy(): boolean {
    return (this.#mode & BUSY) !== 0;
  }

  /** The transition that is running, dry runs included; made on first use. */
  get transition(): Transition | null {
    const running = this.#running;
    if (!(running instanceof Plan)) return running;
    const tx = new Transition(this, running.call, this.#args, null);
    tx.begin(this.#transitions);
    tx.plan = running;
    if (this.#applied) tx.applied(running);
    return this.#running = tx;
  }

  // --- mutations -------------------------------------------------------------

  /** Runs a mutation, or queues it while a transition runs. */
  mutate(
    type: MutationType,
    states: string | readonly string[],
    args?: unknown,
    event: MutationOrigin | null = null,
  ): Result {
    const call = this.callOf(type, states);
    if (this.#mode !== 0 || event !== null) return this.#submit(call, args, event);
    const plan = call.plan(this.active);
    return plan.silent ? this.#runSilently(plan, args) : this.#runUnwatched(plan, args);
  }

  /** Like `#drain`, but nobody watches: a transition is only made when a handler wants its event. */
  #runUnwatched(plan: Plan, args: unknown): Result {
    let result: Result;
    this.#mode = BUSY;
    this.#running = plan;
    this.#args = args;
    this.#applied = false;
    this.#transitions++;
    try {
      result = runTransition(this, plan);
      if (this.#running !== plan || result !== "executed") this.#conclude(this.transition!, result);
      this.#running = null;
      if (this.subscriptions !== null) this.#notify(plan, result, args);
      if (this.#queue !== null) this.#runQueue();
    } finally {
      this.#mode &= ~BUSY;
      this.#running = null;
      this.#args = undefined;
      this.#barred = null;
    }
    if (this.#followed) this.#queueEnded();
    return result;
  }

  /** Nobody watches, nothing is called: ticks, waits and auto states are all that there is. */
  #runSilently(plan: Plan, args: unknown): Result {
    if (!plan.accepted) {
      this.canceledBefore = keep(this.active);
      this.canceled = plan;
      return "canceled";
    }
    if (plan.changes) this.#applySilently(plan, args);
    return "executed";
  }

  #applySilently(plan: Plan, args: unknown): void {
    this.clock.advance(plan.once, plan.twice);
    plan.flip(this.active);
    const { subscriptions } = this;
    if (subscriptions !== null && subscriptions.size > 0) subscriptions.notify(plan, args);
    const call = this.plans.nextAuto(this.active);
    if (call !== null) {
      const next = call.plan(this.active);
      if (!next.silent) {
        this.#drain(new Transition(this, call, undefined, null));
      } else if (next.accepted) {
        this.clock.advance(next.once, next.twice);
        next.flip(this.active);
        if (subscriptions !== null && subscriptions.size > 0) {
          subscriptions.notify(next, undefined);
        }
      }
    }
    subscriptions?.queueEnded();
  }

  #submit(call: Call, args: unknown, event: MutationOrigin | null): Result {
    if (this.disposed) return this.#cancel("disposed");
    if (event !== null && event.expired) return this.#cancel("expired");
    if (this.transition?.check) return this.#cancel("dryRun");
    if (!this.busy) {
      if (call.type === "remove" && !call.called.some((state) => contains(this.active, state))) {
        return "executed";
      }
      return this.#drain(new Transition(this, call, args, event));
    }
    const queue = this.#queue ??= new Queue();
    if (args === undefined && !call.multi && this.transition !== null && isSame(queue.last, call)) {
      return "queued";
    }
    if (queue.size >= this.queueLimit) {
      this.report(new QueueLimitError(`${call.type} ${call.names.join(", ")}`, this.queueLimit));
      return this.#cancel("queueLimit");
    }
    const tx = new Transition(this, call, args, event);
    queue.push(tx);
    this.observer?.queued(tx);
    return "queued";
  }

  #cancel(why: Refusal): Result {
    this.canceled = why;
    return "canceled";
  }

  /** Runs a transition and then the queue; the result is the first one's. */
  #drain(first: Transition): Result {
    this.#mode |= BUSY;
    let result: Result;
    try {
      result = this.#run(first);
      this.#runQueue();
    } finally {
      this.#mode &= ~BUSY;
      this.#barred = null;
    }
    this.#queueEnded();
    return result;
  }

  #runQueue(): void {
    const queue = this.#queue;
    if (queue === null) return;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (next instanceof Transition) this.#run(next);
      else next.run();
    }
  }

  #run(tx: Transition): Result {
    if (this.disposed) return tx.result = this.#cancel("disposed");
    const outer = this.transition;
    // The schema or the handlers may have changed since it was queued.
    if (tx.call.plans !== this.plans) tx = this.#renewed(tx);
    this.#running = tx;
    tx.begin(++this.#transitions);
    let result: Result;
    try {
      this.observer?.init(tx);
      const plan = tx.plan = this.planOf(tx.call);
      if (plan.accepted) this.observer?.start(tx);
      result = tx.check ? tryTransition(this, plan) : runTransition(this, plan);
    } finally {
      this.#running = outer;
    }
    this.#conclude(tx, result);
    if (!tx.check) this.#notify(tx.plan!, result, tx.args);
    return result;
  }

  #conclude(tx: Transition, result: Result): void {
    tx.result = result;
    if (result === "canceled") this.canceled = tx;
    this.observer?.end(tx);
  }

  #notify(plan: Plan, result: Result, args: unknown): void {
    const { subscriptions } = this;
    if (subscriptions === null || subscriptions.size === 0) return;
    subscriptions.notify(plan, result === "executed" ? args : undefined);
  }

  /** The same request for the present schema and handlers. */
  #renewed(tx: Transition): Transition {
    const { auto, type, names } = tx.call;
    const call = auto
      ? this.plans.auto(names.map((name) => indexOf(this.schema, name)))
      : this.plans.list(type, names);
    return new Transition(this, call, tx.args, tx.event, tx.check);
  }

  /** What the mutation would be by now; changes nothing. */
  dryRun(type: MutationType, states: string | readonly string[], args?: unknown): Transition {
    const call = this.callOf(type, states);
    const tx = new Transition(this, call, args, null, true);
    if (this.disposed) {
      tx.result = "canceled";
      return tx;
    }
    if (this.transition?.check) {
      // Handlers of a dry run must not start another: relations alone answer.
      tx.result = this.planOf(call).accepted ? "executed" : "canceled";
      return tx;
    }
    const mode = this.#mode;
    const { canceled } = this;
    this.#mode |= BUSY;
    try {
      this.#run(tx);
    } finally {
      this.#mode = (this.#mode & ~BUSY) | (mode & BUSY);
      this.canceled = canceled;
    }
    if ((mode & BUSY) === 0) this.#afterwards();
    return tx;
  }

  /** Runs what got into the queue although no transition was under way. */
  #afterwards(): void {
    if (this.#queue !== null && this.#queue.size > 0) {
      this.#mode |= BUSY;
      try {
        this.#runQueue();
      } finally {
        this.#mode &= ~BUSY;
        this.#barred = null;
      }
      this.#queueEnded();
    } else {
      this.#throwPending();
    }
  }

  /** Whether somebody waits for the end of the queue. */
  get #followed(): boolean {
    return this.observer !== null || this.subscriptions !== null || this.#thrown !== null;
  }

  #queueEnded(): void {
    this.observer?.queueEnded();
    this.subscriptions?.queueEnded();
    this.#throwPending();
  }

  #throwPending(): void {
    if (this.#thrown === null) return;
    const { error } = this.#thrown;
    this.#thrown = null;
    throw error;
  }

  /** Calls `fn` between transitions: at once when idle, else before everything that waits. */
  evaluate(run: () => void): void {
    const request: EvalRequest = {
      type: "eval",
      calledStates: [],
      args: NO_EVALS,
      auto: false,
      source: null,
      run,
    };
    if (this.busy) {
      (this.#queue ??= new Queue()).unshift(request);
      this.observer?.queued(request);
      return;
    }
    this.#mode |= BUSY;
    try {
      run();
    } finally {
      this.#mode &= ~BUSY;
    }
    this.#afterwards();
  }

  /** The call of the given states. */
  callOf(type: MutationType, states: string | readonly string[]): Call {
    return typeof states === "string"
      ? this.plans.one(type, states)
      : this.plans.list(type, states);
  }

  /** The plan of a call for the present active states. */
  planOf(call: Call): Plan {
    return (this.#mode & INCONSISTENT) === 0
      ? call.plan(this.active)
      : call.planAfresh(this.active);
  }

  /** What the relations do with a call, step by step. */
  relationStepsOf(call: Call): readonly Step[] {
    return (this.#mode & INCONSISTENT) === 0
      ? call.relationSteps(this.active)
      : call.relationStepsAfresh(this.active);
  }

  /** What waits. */
  queued(): readonly Mutation[] {
    return this.#queue?.toArray() ?? [];
  }

  // --- effects of a transition -------------------------------------------------

  /** Moves ticks and active states; the contexts of the states that left end. */
  apply(plan: Plan): void {
    this.clock.advance(plan.once, plan.twice);
    plan.flip(this.active);
    this.#applied = true;
    // Every accepted target is consistent, whatever was before.
    this.#mode &= ~INCONSISTENT;
    if (this.#contexts !== null) this.#endContexts(plan.resolution.exits);
    this.observer?.applied(plan);
  }

  /** After a throw: states that entered, or were called again, leave. */
  undo(states: readonly number[]): void {
    this.clock.advance(states, []);
    for (const state of states) erase(this.active, state);
    this.#mode |= INCONSISTENT;
    this.#endContexts(states);
  }

  /** Puts the auto mutation at the front of the queue. */
  queueAutos(): void {
    let call = this.plans.nextAuto(this.active);
    const barred = this.#barred;
    if (call !== null && barred !== null) {
      const states = call.called.filter((state) => !barred.has(state));
      call = states.length === 0 ? null : this.plans.auto(states);
    }
    if (call === null) return;
    (this.#queue ??= new Queue()).unshift(new Transition(this, call, undefined, null));
  }

  /** These auto states are not tried again before the queue is empty. */
  barAutos(states: readonly number[]): void {
    this.#barred ??= new Set();
    for (const state of states) this.#barred.add(state);
  }

  // --- errors ------------------------------------------------------------------

  /** Adds Exception, and another state, for an error. */
  addErr(error: unknown, options: AddErrOptions | undefined, event: MutationOrigin | null): Result {
    if (error === undefined || error === null) {
      throw new TypeError("Cannot add an error: none was given");
    }
    const err = toError(error);
    const states = options?.state === undefined ? ["Exception"] : [options.state, "Exception"];
    const call = this.plans.list("add", states);
    if (!this.disposed && !event?.expired && !this.transition?.check) this.#note(err);
    return this.#submit(call, { ...options?.args, err }, event);
  }

  /** Adds Exception for an asynchronous handler. */
  raise(err: Error, args: object, event: MutationOrigin): void {
    if (this.disposed) return;
    if (this.busy) return this.raiseFirst(err, args); // whatever the queue's limit
    this.#note(err);
    this.#submit(this.plans.one("add", "Exception"), args, event);
  }

  /** Puts the add of Exception at the front of the queue, whatever its limit. */
  raiseFirst(err: Error, args: object): void {
    this.#note(err);
    const tx = new Transition(this, this.plans.one("add", "Exception"), args, null);
    (this.#queue ??= new Queue()).unshift(tx);
  }

  /** Throws the error out of the mutation once the queue is empty. */
  throwLater(error: unknown): void {
    this.#thrown ??= { error };
  }

  #note(err: Error): void {
    this.err = err;
    this.report(err);
  }

  /** Prints and logs an error that changes nothing. */
  report(err: Error): void {
    this.observer?.error(err);
    if (this.printErrors) console.error(`[${this.id}]`, err);
  }

  // --- handlers ----------------------------------------------------------------

  /** The names or functions of the handlers have changed. */
  setHandlers(plans: Plans, handlers: readonly (BoundHandler | null)[]): void {
    this.plans = plans;
    this.handlers = handlers;
  }

  /** Calls a handler that somebody watches or that may only take so long. */
  callObserved(tx: Transition, handler: BoundHandler, event: unknown, state: number): unknown {
    const { observer, handlerTimeout } = this;
    const timed = handlerTimeout !== Infinity;
    observer?.handlerStart(tx, handler.name, state);
    let failure: unknown;
    let failed = false;
    let result: unknown;
    const start = timed ? performance.now() : 0;
    const call = () => handler.fn.call(handler.self, event);
    try {
      result = observer === null ? call() : observer.wrap(tx, handler.name, call);
    } catch (error) {
      [failed, failure] = [true, error];
    }
    if (timed && !failed) {
      const duration = performance.now() - start;
      if (duration > handlerTimeout) {
        [failed, failure] = [true, new HandlerTimeoutError(handler.name, duration, handlerTimeout)];
      }
    }
    observer?.handlerEnd(tx, handler.name, state, failed ? failure : undefined, result);
    if (failed) throw failure;
    return result;
  }

  /** Called when a tracer, the log level or the handler timeout changes. */
  setObserver(observer: Observer | null): void {
    this.observer = observer;
    this.plainCalls = observer === null && this.handlerTimeout === Infinity;
    this.#setMode(OBSERVED, observer !== null);
  }

  /** Whether functions wait for a condition: they may do anything. */
  setQueries(any: boolean): void {
    this.#setMode(QUERIES, any);
  }

  /** The active states may contradict the relations: plans don't hold until the next transition. */
  setInconsistent(): void {
    this.#mode |= INCONSISTENT;
  }

  #setMode(bit: number, on: boolean): void {
    this.#mode = on ? this.#mode | bit : this.#mode & ~bit;
  }

  // --- checks and contexts -------------------------------------------------------

  /** Whether all given states are active. */
  is(states: string | readonly string[]): boolean {
    if (typeof states === "string") return contains(this.active, indexOf(this.schema, states));
    for (let i = 0; i < states.length; i++) {
      if (!contains(this.active, indexOf(this.schema, states[i]))) return false;
    }
    return true;
  }

  /** The machine's own context. */
  get context(): Context {
    return this.#context ??= new Context(`Machine "${this.id}"`, this.#parentContext);
  }

  /** The context of a state's activation; born expired for an inactive state. */
  stateContext(state: number): Context {
    if (!contains(this.active, state) || this.disposed) return this.expiredContext(state);
    const contexts = this.#contexts ??= new Map();
    let context = contexts.get(state);
    if (context === undefined) {
      context = this.context.child(this.#contextLabel(state));
      contexts.set(state, context);
      this.#mode |= CONTEXTS;
    }
    return context;
  }

  /** A context that has ended. */
  expiredContext(state: number): Context {
    const context = new Context(this.#contextLabel(state));
    context.end();
    return context;
  }

  #contextLabel(state: number): string {
    return `The activation of state "${this.schema.names[state]}"`;
  }

  #endContexts(states: readonly number[]): void {
    const contexts = this.#contexts;
    if (contexts === null) return;
    for (const state of states) {
      const context = contexts.get(state);
      if (context === undefined) continue;
      contexts.delete(state);
      context.end();
    }
    if (contexts.size === 0) this.#mode &= ~CONTEXTS;
  }

  // --- schema and end --------------------------------------------------------------

  /** Replaces the schema; `index` maps old state indexes to new ones. */
  setSchema(schema: CompiledSchema, plans: Plans, index: (old: number) => number): void {
    const ticks = schema.names.map(() => 0);
    this.clock.ticks.forEach((tick, old) => ticks[index(old)] = tick);
    if (this.#contexts !== null) {
      this.#contexts = new Map([...this.#contexts].map(([old, context]) => [index(old), context]));
    }
    this.subscriptions?.reindex(index);
    this.schema = schema;
    this.plans = plans;
    this.setTicks(ticks, index);
  }

  /** Puts the ticks in place, and the active states with them. */
  setTicks(ticks: number[], index?: (old: number) => number): void {
    this.clock.replace(ticks, index);
    const active = ticks.flatMap((tick, state) => isActiveTick(tick) ? [state] : []);
    this.active.length = 0;
    this.active.push(...setOf(ticks.length, active));
    this.setInconsistent();
    const open = [...this.#contexts?.keys() ?? []];
    this.#endContexts(open.filter((state) => !contains(this.active, state)));
  }

  /** Ends everything that depends on the machine. */
  dispose(): void {
    this.#mode |= DISPOSED;
    this.#queue = null;
    this.context.end();
    this.#contexts = null;
    this.subscriptions?.dispose();
  }
}

function isSame(last: Transition | EvalRequest | undefined, call: Call): boolean {
  if (!(last instanceof Transition) || last.hasArgs || last.auto || last.type !== call.type) {
    return false;
  }
  const { called } = last;
  return called.length === call.called.length && call.called.every((s) => called.includes(s));
}
