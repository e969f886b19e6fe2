/*
 * Longer than other files: it is the one place that knows all parts of a machine, puts them together and
 * implements what they see of each other (`core.ts`). Each part's rule stands in the part's own file.
 */
import { Chain, checkDelay, Clock, type Context, delay, type Link } from "../clock/mod.ts";
import {
  checkObject,
  type CompiledSchema,
  contains,
  erase,
  indexOf,
  keep,
  type KeptSet,
  type MutationType,
  setOf,
  type StateSet,
  wrongType,
} from "../relations/mod.ts";
import type { AnyMachine, Step } from "./any_machine.ts";
import { Ask } from "./ask.ts";
import { Bindings, type HandlerSet } from "./bindings.ts";
import { Contexts } from "./contexts.ts";
import type { Core, PendingHandler } from "./core.ts";
import { Drain } from "./drain.ts";
import { explainCanceled } from "./explain.ts";
import type { Explanation, Refusal } from "./explanation.ts";
import { exceptionOf } from "./failures.ts";
import type { AddErrOptions, MutationOrigin, MutationSource, Result } from "./mutation.ts";
import type { Observer } from "./observer.ts";
import type { Plan } from "./plan.ts";
import type { Call } from "./plans.ts";
import type { Running } from "./running.ts";
import { Signals } from "./signals.ts";
import { running as innermost } from "./source.ts";
import type { Subscribers } from "./subscribers.ts";
import { printError, toError } from "./thrown.ts";
import { type TimeoutTable, type Timer, Timers } from "./timers.ts";
import { type Failed, TransitionRecord } from "./transition.ts";
import { checkWaitOptions, type StateWaitOptions, type WaitOptions } from "./wait_options.ts";
import type { Condition } from "./waiter.ts";
import { rejected, Waits } from "./waits.ts";

/*
 * The bits of `mode`. While it is 0, a mutation without handlers takes the short cut: nobody can see
 * more of it than ticks and promises.
 */
/** Somebody watches. Set and cleared by `setObserver`. */
const OBSERVED = 2;
/** The machine is over. Set by `dispose`, never cleared. */
const DISPOSED = 4;
/** States have contexts. Set by `stateContext`, cleared when the last of them has ended. */
const CONTEXTS = 8;
/** Functions wait for a condition: they may do anything. Set and cleared by `setQueries`. */
const QUERIES = 16;
/** The active states may contradict the relations. Set by `undo` and imports, cleared by `apply`. */
const INCONSISTENT = 32;
/** Handlers were bound or unbound. Set by the bindings, cleared when the set is taken anew. */
const REBOUND = 64;
/** Somebody has subscribed. Set and cleared by `subscribe`. */
const SUBSCRIBED = 128;
/** Activations have timeouts. Set by `setTimers`. */
const TIMED = 256;
/** Handlers may only take so long. Set by `setHandlerTimeout`. */
const LIMITED = 512;

let machinesMade = 0;

/** The moving parts of a machine, put together: its ticks, and the way into its queue. */
export class Engine implements Core {
  /** The public face; set by it. */
  machine!: AnyMachine;
  schema: CompiledSchema;
  readonly clock: Clock;
  readonly active: StateSet;
  readonly contexts: Contexts;
  readonly bindings: Bindings;
  observer: Observer | null = null;
  /** Pending waits, made with the first one. */
  waits: Waits | null = null;
  /** Who is told of all changes, made with the first one. */
  subscribers: Subscribers | null = null;
  /** The times that run, made when the schema has some or the first is added. */
  timers: Timers | null = null;
  catchErrors = true;
  printErrors = true;
  handlerTimeout = Infinity; // set by setHandlerTimeout
  queueLimit = 1000;
  drainLimit = 1_000_000;
  /** What comes after the running drain; set by `whenAtRest`. */
  onRest: (() => void) | null = null;
  /** The last error. */
  err: Error | null = null;
  /** The error of the present activation of Exception. */
  activeError: Error | null = null;
  #handlers: HandlerSet;
  #drain: Drain | null = null;
  #signals: Signals | null = null;
  /** What was canceled last, with the active states if it is a call. */
  #canceled: TransitionRecord | Refusal | Call | null = null;
  #canceledBefore: KeptSet = 0;
  /** The asynchronous handlers that go on. */
  #pending: Chain<PendingHandler> | null = null;
  /** Activations that came by an import and are to be resumed: state name → activation. */
  #imported: Map<string, number> | null = null;
  #savedTimers: readonly Timer[] = [];
  #mode = 0;
  #id: string | null;
  /** How many transitions have run; the number of the last one. */
  transitions = 0;

  constructor(schema: CompiledSchema, id: string | undefined, parent: Engine | null) {
    this.schema = schema;
    this.clock = new Clock(schema.names.map(() => 0));
    this.active = setOf(schema.names.length, []);
    this.#id = id ?? null;
    this.contexts = new Contexts(this, parent === null ? null : parent.contexts);
    this.bindings = new Bindings(this);
    this.#handlers = this.bindings.set;
  }

  rebound(): void {
    this.#mode |= REBOUND;
  }

  get handlers(): HandlerSet {
    if ((this.#mode & REBOUND) === 0) return this.#handlers;
    this.#mode &= ~REBOUND;
    return this.#handlers = this.bindings.set;
  }

  /** The id; one is made up on first use. */
  get id(): string {
    return this.#id ??= `m${++machinesMade}-${
      Math.random().toString(36).slice(2, 8).padEnd(6, "0")
    }`;
  }

  get disposed(): boolean {
    return (this.#mode & DISPOSED) !== 0;
  }

  get busy(): boolean {
    return this.#drain !== null && this.#drain.busy;
  }

  get running(): Running {
    return this.drain.running;
  }

  /** Whether schema and ticks may be replaced now: nothing runs but a function given to `eval`. */
  get open(): boolean {
    return !this.busy || (this.drain.evaluating && !this.inTransition);
  }

  /** Whether a transition runs. */
  get inTransition(): boolean {
    return this.#drain !== null && this.#drain.running.active;
  }

  get signals(): Signals {
    return this.#signals ??= new Signals();
  }

  get drain(): Drain {
    return this.#drain ?? this.#makeDrain();
  }

  #makeDrain(): Drain {
    this.#drain = new Drain(this);
    this.#attend();
    return this.#drain;
  }

  /** Called when somebody begins to wait, watch, subscribe or run a time. */
  #attend(): void {
    if (this.#drain === null) return;
    this.#drain.attended = this.waits !== null || this.observer !== null || this.timers !== null ||
      this.subscribers !== null || this.onRest !== null;
  }

  /** How many mutations wait. */
  get waiting(): number {
    return this.#drain === null ? 0 : this.#drain.size;
  }

  // --- mutations -------------------------------------------------------------

  /**
   * Runs a mutation, or queues it while a drain runs. The one short cut stands here: a mutation that
   * calls no handler, while nobody watches, only moves ticks and settles waits.
   */
  mutate(
    type: MutationType,
    states: string | readonly string[],
    args?: unknown,
    origin: MutationOrigin | null = null,
  ): Result {
    if (args !== undefined) args = checkedArgs(args);
    const drain = this.#drain;
    if (this.#mode !== 0 || origin !== null || (drain !== null && drain.busy)) {
      return this.#submit(this.callOf(type, states), args, origin, null);
    }
    const call = typeof states === "string"
      ? this.#handlers.plans.one(type, states)
      : this.callOf(type, states);
    const plan = call.plan(this.active);
    if (!plan.silent) {
      return call.needsArgs === -1 && innermost() === null
        ? this.drain.startPlanned(plan, args, this.#handlers.table)
        : this.#submit(call, args, null, null);
    }
    if (plan.changes || type !== "remove") this.transitions++;
    if (!plan.accepted) {
      this.canceledBy(call);
      return "canceled";
    }
    if (plan.changes) this.#moveTicks(plan, args);
    return "executed";
  }

  #moveTicks(plan: Plan<Call>, args: unknown): void {
    this.clock.advance(plan.once, plan.twice);
    plan.flip(this.active);
    const { waits } = this;
    if (waits !== null && waits.size > 0) {
      waits.notify(plan.once, plan.twice, plan.resolution.enters, args);
    }
    if (plan.autosFollow) this.#moveAutos();
    if (waits !== null) waits.queueEnded();
  }

  /** The auto mutation that follows; with handlers, or an event, the drain has a way for all of them. */
  #moveAutos(): void {
    const call = this.#handlers.plans.nextAuto(this.active);
    if (call === null) return;
    const next = call.plan(this.active);
    if (!next.silent) return void this.drain.start(call, undefined, null);
    this.transitions++;
    if (!next.accepted) return;
    this.clock.advance(next.once, next.twice);
    next.flip(this.active);
    const { waits } = this;
    if (waits !== null && waits.size > 0) {
      waits.notify(next.once, next.twice, next.resolution.enters, undefined);
    }
  }

  #submit(call: Call, args: unknown, origin: MutationOrigin | null, ask: Ask | null): Result {
    checkRequired(call, args);
    if (this.disposed) return this.#refuse("disposed");
    if (origin !== null && origin.expired) return this.#refuse("expired");
    if (this.busy) {
      if (this.running.check && this.running.active) return this.#refuse("dryRun");
      return this.drain.push(call, args, origin?.source ?? innermost()?.source ?? null, ask);
    }
    if (
      ask === null && call.type === "remove" && !call.called.some((s) => contains(this.active, s))
    ) {
      return "executed";
    }
    const outer = innermost();
    if (outer !== null || origin !== null) return this.#submitNested(call, args, origin, ask);
    return this.drain.start(call, args, ask);
  }

  /** While a transition of another machine runs, or with a source that has to be kept. */
  #submitNested(call: Call, args: unknown, origin: MutationOrigin | null, ask: Ask | null): Result {
    const tooDeep = this.drain.tooDeep(call.type, call.names);
    if (tooDeep !== null) {
      this.note(tooDeep);
      this.runNext(exceptionOf(this, tooDeep));
      return this.#refuse("drainLimit");
    }
    if (origin === null) return this.drain.start(call, args, ask);
    const tx = new TransitionRecord(this, call, args, origin.source);
    tx.ask = ask;
    this.runNext(tx);
    return tx.result;
  }

  #refuse(why: Refusal): Result {
    this.canceledBy(why);
    return "canceled";
  }

  canceledBy(why: TransitionRecord | Call | Refusal): void {
    this.#canceled = why;
    if (typeof why === "object" && !(why instanceof TransitionRecord)) {
      this.#canceledBefore = keep(this.active);
    }
  }

  explanation(): Explanation | null {
    const canceled = this.#canceled;
    return explainCanceled(
      canceled === null || typeof canceled === "string" || canceled instanceof TransitionRecord
        ? canceled
        : { call: canceled, before: this.#canceledBefore },
    );
  }

  runNext(tx: TransitionRecord): void {
    if (!this.disposed) this.between(() => this.drain.unshift(tx));
  }

  /** Runs something between transitions; what it queues runs next, when the machine is idle: at once. */
  between(fn: () => void): void {
    if (this.busy) fn();
    else this.drain.between(fn);
  }

  queueFirst(tx: TransitionRecord): void {
    this.drain.unshift(tx);
  }

  barAutos(states: readonly number[]): void {
    this.drain.bar(states);
  }

  throwLater(error: unknown): void {
    this.drain.throwLater(error);
  }

  /** What the mutation would be by now; changes nothing. */
  dryRun(type: MutationType, states: string | readonly string[], args?: unknown): TransitionRecord {
    if (args !== undefined) args = checkedArgs(args);
    return this.drain.dryRun(this.callOf(type, states), args);
  }

  ask(
    state: string,
    args: unknown,
    options: WaitOptions | undefined,
    origin: MutationOrigin | null,
  ): Promise<unknown> {
    if (args !== undefined) args = checkedArgs(args);
    if (options !== undefined) checkWaitOptions(options);
    const call = this.handlers.plans.one("add", state);
    const signal = options?.signal;
    if (signal?.aborted) return rejected(signal.reason);
    const ask = new Ask(this, state, call.called[0]);
    const result = this.#submit(call, args, origin, ask);
    // Before it became a transition: by disposal, an expired context, a limit, a dry run.
    if (ask.open && result === "canceled") ask.unanswered(this.explanation());
    if (options !== undefined && ask.open) this.#limitAsk(ask, state, options);
    return ask.promise;
  }

  #limitAsk(ask: Ask, state: string, { signal, timeout = Infinity }: WaitOptions): void {
    const { signals } = this;
    const onAbort = () => ask.refuse(signal!.reason);
    if (signal) signals.on(signal, onAbort);
    const cancel = delay(timeout, () => {
      const said =
        `Machine "${this.id}" did not answer for ${state} within ${timeout} ms; active: ${this.machine}`;
      ask.refuse(new DOMException(said, "TimeoutError"));
    });
    ask.release = () => {
      if (signal) signals.off(signal, onAbort);
      cancel();
    };
  }

  /** The call of the given states. */
  callOf(type: MutationType, states: string | readonly string[]): Call {
    const { plans } = this.handlers;
    if (typeof states === "string") return plans.one(type, states);
    checkStates(states);
    return plans.list(type, states);
  }

  renewed(call: Call): Call {
    const { plans } = this.handlers;
    if (plans === call.plans) return call;
    const indexes = () => call.names.map((name) => indexOf(this.schema, name));
    if (call.forced) return plans.leave(indexes());
    return call.auto ? plans.auto(indexes()) : plans.list(call.type, call.names);
  }

  planOf(call: Call, failed: Failed | null): Plan<Call> {
    if (failed !== null && !call.forced) {
      const state = this.schema.indexes.get(failed.name)!;
      const lasts = this.clock.activation(state) === failed.activation;
      return call.freshPlan(this.active, lasts ? [state] : []);
    }
    return (this.#mode & INCONSISTENT) === 0 ? call.plan(this.active) : call.freshPlan(this.active);
  }

  relationStepsOf(call: Call): readonly Step[] {
    return (this.#mode & INCONSISTENT) === 0
      ? call.relationSteps(this.active)
      : call.freshSteps(this.active);
  }

  // --- effects of a transition -------------------------------------------------

  apply(plan: Plan<Call>, args: unknown): void {
    this.clock.advance(plan.once, plan.twice);
    plan.flip(this.active);
    if (this.#mode !== 0 || plan.rare) this.#applied(plan, args);
  }

  /** What only some machines and plans have to do when ticks have moved. */
  #applied(plan: Plan<Call>, args: unknown): void {
    const { exits, enters } = plan.resolution;
    // Every accepted target is consistent, whatever was before.
    this.#mode &= ~INCONSISTENT;
    this.clock.renew(plan.renewed);
    if (plan.raises) this.activeError = (args as { err?: Error } | undefined)?.err ?? null;
    if (this.timers !== null) this.timers.changed(exits, enters);
    if ((this.#mode & CONTEXTS) !== 0) {
      this.#endContexts(exits);
      this.#endContexts(plan.renewed);
    }
    if (this.observer !== null) this.observer.applied(plan);
  }

  undo(states: readonly number[]): void {
    this.clock.advance(states, []);
    for (const state of states) erase(this.active, state);
    this.#mode |= INCONSISTENT;
    if (this.timers !== null) this.timers.changed(states, []);
    this.#endContexts(states);
  }

  #endContexts(states: readonly number[]): void {
    this.contexts.end(states);
    this.#setMode(CONTEXTS, this.contexts.any);
  }

  /** Whether somebody has subscribed. */
  get subscribed(): boolean {
    return (this.#mode & SUBSCRIBED) !== 0;
  }

  notify(plan: Plan<Call>, result: Result, args: unknown, tx: TransitionRecord | null): void {
    const { waits } = this;
    if (waits !== null && waits.size > 0) {
      const { renewed, twice } = plan;
      const called = result === "executed" ? plan.resolution.enters : null;
      waits.notify(plan.once, renewed.length === 0 ? twice : [...twice, ...renewed], called, args);
    }
    if (tx === null || !plan.changes) return;
    const changed = [...plan.once, ...plan.twice, ...plan.renewed].sort((a, b) => a - b);
    this.subscribers!.tell("transition", changed, tx);
  }

  /** A change that is no transition: waits and subscribers are told as of one. */
  notifyOutside(cause: "import" | "schema", changed: readonly number[]): void {
    const { waits, subscribers } = this;
    if (waits !== null && waits.size > 0) waits.notify(changed, [], null, undefined);
    if (subscribers !== null && subscribers.size > 0) subscribers.tell(cause, changed, null);
  }

  drained(): void {
    if (this.timers !== null) this.timers.arm();
    this.observer?.queueEnded();
    if (this.waits !== null) this.waits.queueEnded();
    const { onRest } = this;
    this.onRest = null;
    onRest?.();
  }

  /** Calls `fn` when the running drain is over. */
  whenAtRest(fn: () => void): void {
    this.onRest = fn;
    this.#attend();
  }

  // --- errors ------------------------------------------------------------------

  addErr(
    error: unknown,
    options: AddErrOptions | undefined,
    origin: MutationOrigin | null,
  ): Result {
    if (error === undefined || error === null) {
      throw new TypeError("Cannot add an error: none was given");
    }
    const err = toError(error);
    checkObject("options", options);
    const { state, args } = options ?? {};
    if (args !== undefined) checkedArgs(args);
    const call = this.handlers.plans.list(
      "add",
      state === undefined ? ["Exception"] : [state, "Exception"],
    );
    const dry = this.running.check && this.running.active;
    if (!this.disposed && !origin?.expired && !dry) this.note(err);
    return this.#submit(call, { ...args, err }, origin, null);
  }

  note(err: Error): void {
    this.err = err;
    this.report(err);
  }

  report(err: Error): void {
    this.observer?.error(err);
    if (this.printErrors) printError(`[${this.id}]`, err);
  }

  /** What a subscriber or a callback of the end has thrown: it changes nothing. */
  failed(error: unknown): void {
    this.report(toError(error));
  }

  handlerStarted(promise: PromiseLike<unknown>, name: string): Link<PendingHandler> {
    return (this.#pending ??= new Chain()).add({ promise, name });
  }

  handlerSettled(handler: Link<PendingHandler>): void {
    this.#pending!.remove(handler);
  }

  /** The asynchronous handlers that go on. */
  get pending(): readonly PendingHandler[] {
    return this.#pending === null ? [] : this.#pending.links().map(({ value }) => value);
  }

  // --- time ------------------------------------------------------------------------

  /** Makes the timers, with the timeouts of the schema as the machine's options have them. */
  setTimers(table: TimeoutTable): void {
    this.timers = new Timers(this, table);
    this.#mode |= TIMED;
    this.#attend();
  }

  addAfter(
    ms: number,
    states: string | readonly string[],
    args: unknown,
    bound: { readonly state: number; readonly activation: number; readonly source: MutationSource },
  ): void {
    checkDelay(ms);
    if (args !== undefined) args = checkedArgs(args);
    checkRequired(this.callOf("add", states), args);
    if (this.timers === null) this.setTimers(this.schema.names.map(() => []));
    this.timers!.add(ms, states, args, bound);
  }

  timedOut(
    adds: string | readonly string[],
    args: unknown,
    source: MutationSource,
    ms: number,
  ): void {
    const isError = adds === "Exception" && source.timeout !== undefined;
    const call = this.callOf("add", adds);
    const given = isError
      ? {
        err: new DOMException(
          `State ${source.timeout} of machine "${this.id}" lasted ${ms} ms`,
          "TimeoutError",
        ),
      }
      : args;
    if (isError) this.note((given as { err: Error }).err);
    this.runNext(new TransitionRecord(this, call, given, source));
  }

  // --- modes -------------------------------------------------------------------------

  /** Sets what a synchronous handler may take. */
  setHandlerTimeout(ms: number): void {
    this.handlerTimeout = ms;
    this.#setMode(LIMITED, ms !== Infinity);
  }

  /** Called when a tracer or the log level changes. */
  setObserver(observer: Observer | null): void {
    this.observer = observer;
    this.#setMode(OBSERVED, observer !== null);
    this.#attend();
  }

  setQueries(any: boolean): void {
    this.#setMode(QUERIES, any);
  }

  setSubscribed(any: boolean): void {
    this.#setMode(SUBSCRIBED, any);
    this.#attend();
  }

  #setMode(bit: number, on: boolean): void {
    this.#mode = on ? this.#mode | bit : this.#mode & ~bit;
  }

  // --- checks and contexts -------------------------------------------------------

  is(states: string | readonly string[]): boolean {
    if (typeof states === "string") return contains(this.active, indexOf(this.schema, states));
    checkStates(states);
    for (let i = 0; i < states.length; i++) {
      if (!contains(this.active, indexOf(this.schema, states[i]))) return false;
    }
    return true;
  }

  isActive(state: number): boolean {
    return contains(this.active, state);
  }

  stateContext(state: number): Context {
    if (!contains(this.active, state) || this.disposed) return this.contexts.expired(state);
    this.#mode |= CONTEXTS;
    return this.contexts.of(state);
  }

  /** A promise of a condition. */
  wait(condition: Condition, options: StateWaitOptions | undefined): Promise<unknown> {
    if (this.waits === null) {
      this.waits = new Waits(this);
      this.#attend();
    }
    return this.waits.wait(condition, options);
  }

  /** How many promises are pending. */
  get waiters(): number {
    return this.waits === null ? 0 : this.waits.size;
  }

  // --- schema, time and end --------------------------------------------------------

  /** Replaces the schema: everything that stands on indexes of states moves with it. */
  setSchema(schema: CompiledSchema, timeouts: TimeoutTable | null): void {
    const before = this.schema;
    const index = (old: number) => schema.indexes.get(before.names[old])!;
    this.clock.reindex(schema.names.length, index);
    this.contexts.reindex(index);
    this.waits?.reindex(index);
    this.schema = schema;
    this.#setActive();
    this.bindings.schemaChanged();
    if (this.timers !== null || timeouts !== null) {
      if (this.timers === null) this.setTimers(timeouts!.map(() => []));
      this.timers!.setSchema(timeouts ?? schema.names.map(() => []), index);
    }
    this.between(() => {
      this.observer?.schemaChanged(before.states);
      this.notifyOutside("schema", []);
    });
  }

  /** Puts other ticks in place; contexts end and begin with the activations. */
  setTicks(ticks: readonly number[], timers: readonly Timer[]): void {
    const before = this.clock.ticks;
    const changed = this.clock.replace(ticks);
    this.#setActive();
    this.timers?.changed(changed, []);
    // What an earlier import brought, and this one leaves as it is, is still to be resumed.
    const earlier = new Map(
      [...this.#imported ?? []].filter(([name]) =>
        !changed.includes(this.schema.indexes.get(name)!)
      ),
    );
    this.#imported = new Map([
      ...earlier,
      ...changed.filter((state) => contains(this.active, state))
        .map((state) => [this.schema.names[state], this.clock.activation(state)] as const),
    ]);
    this.#savedTimers = [
      ...this.#savedTimers.filter(({ state }) => earlier.has(state)),
      ...timers.filter(({ state }) => !earlier.has(state)),
    ];
    if (changed.includes(this.schema.exception)) this.activeError = null;
    this.between(() => {
      this.#endContexts(changed);
      this.observer?.imported(before);
      this.notifyOutside("import", changed);
    });
  }

  /** The states whose present activation came by an import and was not resumed yet. */
  takeImported(): number[] {
    const imported = [...this.#imported ?? []].flatMap(([name, activation]) => {
      const state = this.schema.indexes.get(name)!;
      return this.clock.activation(state) === activation ? [state] : [];
    });
    this.#imported = null;
    return imported.sort((a, b) => a - b);
  }

  /** They are still to be resumed. */
  putBackImported(states: readonly number[]): void {
    this.#imported = new Map(
      states.map((state) => [this.schema.names[state], this.clock.activation(state)]),
    );
  }

  /** Lets the times of resumed activations run. */
  resumeTimers(states: readonly number[]): void {
    const saved = this.#savedTimers;
    this.#savedTimers = [];
    if (this.timers === null && saved.length > 0) this.setTimers(this.schema.names.map(() => []));
    this.timers?.resume(states, saved);
  }

  /** The active states are those with an odd tick, whether the relations allow it or not. */
  #setActive(): void {
    const { ticks } = this.clock;
    const active = [...ticks.keys()].filter((state) => ticks[state] % 2 === 1);
    this.active.splice(0, this.active.length, ...setOf(ticks.length, active));
    this.#mode |= INCONSISTENT;
  }

  /** No mutation runs any more. */
  close(): void {
    this.#mode |= DISPOSED;
  }

  /** Ends everything that depends on the machine. */
  dispose(): void {
    this.timers?.dispose();
    this.contexts.dispose();
    this.#drain?.dispose();
    this.waits?.dispose();
    this.subscribers?.tell("dispose", [], null);
    this.subscribers?.clear();
    this.#signals?.clear();
  }
}

/** Arguments are an object, or none. */
function checkedArgs(args: unknown): unknown {
  if (typeof args === "object") return args ?? undefined;
  throw wrongType("args", args, "an object");
}

/** Some calls must pass arguments. */
function checkRequired({ type, needsArgs, plans: { schema } }: Call, args: unknown): void {
  if (needsArgs === -1 || args !== undefined) return;
  throw new TypeError(`Cannot ${type} ${schema.names[needsArgs]}: its calls must pass arguments`);
}

/** States are a name or a list of names. */
function checkStates(states: unknown): asserts states is readonly string[] {
  if (!Array.isArray(states)) throw wrongType("states", states, "a name or a list of names");
}
