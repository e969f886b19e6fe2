/*
 * Longer than other files: the public face of a machine with its documentation, a line or two of code per
 * member. What they do stands behind: `engine.ts`; the reading half is `reading.ts`.
 */
import { checkDelay } from "../clock/mod.ts";
import {
  type ArgsOf,
  type ArgsParam,
  checkFunction,
  checkNames,
  checkObject,
  compileSchema,
  indexOf,
  type MutationType,
  type ReturnsOf,
  type Schema,
  SchemaError,
  type StateNames,
  textOf,
  wrongType,
} from "../relations/mod.ts";
import type { AnyMachine, Tracer, Transition } from "./any_machine.ts";
import type { Binding, HandlerFunction } from "./bindings.ts";
import { Engine } from "./engine.ts";
import { MachineDisposedError } from "./errors.ts";
import { evaluate } from "./evaluate.ts";
import { explainCanceled } from "./explain.ts";
import type { Explanation } from "./explanation.ts";
import type { HandlersObject, NamedHandler } from "./handler_types.ts";
import { type ArgsMapper, levelNumber, LOG_LEVELS, type Logger, type LogLevel } from "./logging.ts";
import type { AskParams } from "./machine_of.ts";
import type { Change, OneOrMore, SubscribeOptions, Unsubscribe } from "./machine_with.ts";
import {
  type AddErrOptions,
  type IsQueuedOptions,
  type Mutation,
  type MutationOrigin,
  type Result,
  submit,
  type Submittable,
} from "./mutation.ts";
import { Observer } from "./observer.ts";
import {
  checkHandlers,
  checkOptions,
  checkTracer,
  type MachineOptions,
  timeoutsOf,
} from "./options.ts";
import { printAs } from "./printing.ts";
import { Reading } from "./reading.ts";
import { exportTime, type MachineTime, type Migration, ticksOf } from "./restore.ts";
import { resume, type ResumeOptions } from "./resume.ts";
import { checkSignal } from "./signals.ts";
import { Subscribers } from "./subscribers.ts";
import type { Timer } from "./timers.ts";
import { settled } from "./settled.ts";
import { globalTracers } from "./tracer.ts";
import type { WaitOptions } from "./wait_options.ts";

const NO_TAGS: readonly string[] = [];

/**
 * A state machine in which many states are active at the same time.
 *
 * @example Usage
 * ```ts
 * import { Machine } from "@asyncmachine/asyncmachine";
 * import { assertEquals } from "@std/assert";
 *
 * const machine = new Machine({
 *   Downloading: { remove: ["Downloaded"] },
 *   Downloaded: { remove: ["Downloading"] },
 * });
 * machine.bindHandlers({
 *   async DownloadingState(e) {
 *     await Promise.resolve(e.signal);
 *     e.add("Downloaded");
 *   },
 * });
 * machine.add("Downloading");
 * await machine.when("Downloaded");
 * assertEquals(machine.toStringAll(), "(Downloaded:1)[Downloading:2 Exception:0]");
 * ```
 */
export class Machine<S = Record<string, unknown>> extends Reading<S>
  implements AnyMachine, Submittable, Disposable, AsyncDisposable {
  readonly #engine: Engine;
  #details: Details | null = null;

  /**
   * Makes a machine with all states inactive.
   *
   * @param schema All states, in order. Don't change the object afterwards.
   * @param options Settings.
   * @throws {SchemaError} If the schema contradicts itself.
   * @throws {TypeError} If an option has the wrong type.
   * @throws {HandlerUnknownError} If a name in `options.handlers` belongs to no state.
   */
  constructor(schema: Schema<S>, options?: MachineOptions<NoInfer<S>, Machine<S>>) {
    if (options !== undefined) checkOptions(options as unknown as MachineOptions);
    const parent = parentOf(options?.parent);
    const compiled = compileSchema(schema);
    const engine = new Engine(compiled, options?.id, parent === null ? null : parent.#engine);
    super(engine);
    this.#engine = engine;
    engine.machine = this;
    const timeouts = timeoutsOf(compiled, options?.timeouts as MachineOptions["timeouts"]);
    if (timeouts !== null) engine.setTimers(timeouts);
    if (options?.timeouts) this.#more.timeouts = options.timeouts as MachineOptions["timeouts"];
    if (options !== undefined) this.#configure(options as MachineOptions<S, Machine<S>>, parent);
    globalTracers.forEach((tracer) => this.addTracer(tracer));
    if (options?.signal) this.#follow(options.signal);
  }

  /** Nothing is announced before all that can fail has been done. */
  #configure(options: MachineOptions<S, Machine<S>>, parent: Machine | null): void {
    const engine = this.#engine;
    engine.catchErrors = options.catchErrors ?? true;
    engine.printErrors = options.printErrors ?? true;
    engine.queueLimit = options.queueLimit ?? 1000;
    engine.drainLimit = options.drainLimit ?? 1_000_000;
    engine.setHandlerTimeout(options.handlerTimeout ?? Infinity);
    if (options.tags) this.#more.tags = [...options.tags];
    if (options.handlers) engine.bindings.bindObject(options.handlers);
    if (options.logLevel || options.logger || options.logArgs) {
      const observer = this.#observer;
      observer.level = levelNumber(options.logLevel ?? "nothing");
      observer.logger = options.logger ?? observer.logger;
      observer.mapArgs = options.logArgs ?? null;
      this.#watch(observer);
    }
    if (parent !== null) this.#join(parent);
    options.tracers?.forEach((tracer) => this.addTracer(tracer));
  }

  #join(parent: Machine): void {
    this.#more.parent = parent;
    parent.#more.children.add(this as unknown as Machine);
    for (const tracer of parent.tracers) {
      if (tracer.inheritable) this.addTracer(tracer);
    }
    parent.#engine.observer?.tell((tracer) => tracer.submachine?.(parent, this));
  }

  #follow(signal: AbortSignal): void {
    const onAbort = () => this.dispose();
    if (signal.aborted) onAbort();
    else this.#engine.signals.on(signal, onAbort);
  }

  get #more(): Details {
    return this.#details ??= new Details();
  }

  get #observer(): Observer {
    return this.#more.observer ??= new Observer(this.#engine);
  }

  #watch(observer: Observer): void {
    observer.refresh();
    this.#engine.setObserver(observer.needed ? observer : null);
  }

  // --- mutations ---------------------------------------------------------------

  /**
   * Activates states.
   *
   * @throws {StateUnknownError} If there is no such state.
   */
  add<const N extends StateNames<S>>(states: N | readonly N[], ...args: ArgsParam<S, N>): Result;
  add(states: string | readonly string[], args?: unknown): Result {
    return this.#engine.mutate("add", states, args);
  }

  /**
   * Deactivates states.
   *
   * @throws {StateUnknownError} If there is no such state.
   */
  remove<const N extends StateNames<S>>(states: N | readonly N[], args?: ArgsOf<S, N>): Result {
    return this.#engine.mutate("remove", states, args);
  }

  /**
   * Makes exactly these states active, and what they imply.
   *
   * @throws {StateUnknownError} If there is no such state.
   */
  set<const N extends StateNames<S>>(states: N | readonly N[], ...args: ArgsParam<S, N>): Result;
  set(states: string | readonly string[], args?: unknown): Result {
    return this.#engine.mutate("set", states, args);
  }

  /**
   * Removes the states if all of them are active now, else adds them.
   *
   * @throws {StateUnknownError} If there is no such state.
   */
  toggle<const N extends StateNames<S>>(states: N | readonly N[], ...args: ArgsParam<S, N>): Result;
  toggle(states: string | readonly string[], args?: unknown): Result {
    const type = this.#engine.is(states) ? "remove" : "add";
    return this.#engine.mutate(type, states, args);
  }

  /**
   * Adds the `Exception` state with `{ err }`; anything but an `Error` becomes its `cause`.
   *
   * @throws {TypeError} If no error is given.
   * @throws {StateUnknownError} If there is no state `options.state`.
   */
  addErr(error: unknown, options?: AddErrOptions<StateNames<S>>): Result {
    return this.#engine.addErr(error, options, null);
  }

  /** Whether an add would be executed now: asks relations and negotiation, changes nothing. */
  canAdd<const N extends StateNames<S>>(
    states: N | readonly N[],
    ...args: ArgsParam<S, N>
  ): boolean;
  canAdd(states: string | readonly string[], args?: unknown): boolean {
    return this.#can("add", states, args);
  }

  /** Whether a remove would be executed now: asks relations and negotiation, changes nothing. */
  canRemove<const N extends StateNames<S>>(states: N | readonly N[], args?: ArgsOf<S, N>): boolean {
    return this.#can("remove", states, args);
  }

  /** Whether a set would be executed now: asks relations and negotiation, changes nothing. */
  canSet<const N extends StateNames<S>>(
    states: N | readonly N[],
    ...args: ArgsParam<S, N>
  ): boolean;
  canSet(states: string | readonly string[], args?: unknown): boolean {
    return this.#can("set", states, args);
  }

  #can(type: MutationType, states: string | readonly string[], args: unknown): boolean {
    return this.#engine.dryRun(type, states, args).result === "executed";
  }

  /**
   * Why the last canceled mutation was canceled; with a mutation: why it would be, tried as a dry
   * run. `null` when nothing was, or would be, canceled.
   */
  explain(): Explanation | null;
  /** Why this mutation would be canceled. */
  explain<const T extends MutationType, const N extends StateNames<S>>(
    type: T,
    states: N | readonly N[],
    ...args: T extends "remove" ? [args?: ArgsOf<S, N> | undefined] : ArgsParam<S, N>
  ): Explanation | null;
  explain(
    type?: MutationType,
    states?: string | readonly string[],
    args?: unknown,
  ): Explanation | null {
    const engine = this.#engine;
    if (type === undefined) return engine.explanation();
    checkType(type);
    const tx = engine.dryRun(type, states!, args);
    if (tx.result === "executed") return null;
    return explainCanceled(engine.disposed ? "disposed" : tx);
  }

  /**
   * Adds one state and resolves with what its `FooState` handlers returned for this very call: of the
   * bindings in order the first value that is not undefined. Bounded by `timeout` and `signal`, which end
   * the waiting only. One that nobody awaits never crashes the process.
   *
   * Rejects with a {@linkcode RefusedError} when no `FooState` was called for it, with the handler's error
   * when that threw, with the context's reason when the activation ends before an asynchronous answer.
   *
   * @throws {StateUnknownError} If there is no such state.
   */
  ask<const N extends StateNames<S>>(
    state: N,
    ...rest: AskParams<S, N>
  ): Promise<ReturnsOf<S, N>>;
  ask(state: string, args?: unknown, options?: WaitOptions): Promise<unknown> {
    return this.#engine.ask(state, args, options, null);
  }

  /** @ignore Mutations with an origin: of events of other machines, and of pipes. */
  [submit](
    type: MutationType,
    states: string | readonly string[],
    args: unknown,
    origin: MutationOrigin,
  ): Result {
    return this.#engine.mutate(type, states, args, origin);
  }

  /** Whether a transition runs: the caller is, directly or not, one of its handlers or observers. */
  get duringTransition(): boolean {
    return this.#engine.inTransition;
  }

  /** Whether a mutation of this type that calls all of these states is waiting. */
  isQueued(
    type: MutationType,
    states: OneOrMore<StateNames<S>>,
    options: IsQueuedOptions = {},
  ): boolean {
    const { schema } = this.#engine;
    checkType(type);
    const list = typeof states === "string" ? [states] : states;
    checkNames("states", list);
    const names = list.map((name) => schema.names[indexOf(schema, name)]);
    return this.queue.some((mutation) =>
      mutation.type === type && names.every((name) => mutation.calledStates.includes(name)) &&
      (!options.strict || mutation.calledStates.length === new Set(names).size) &&
      (!options.withoutArgs || Object.keys(mutation.args).length === 0)
    );
  }

  // --- subscriptions ---------------------------------------------------------------

  /**
   * Calls `fn` once after each transition that ticked anything, and after imports, schema changes and the
   * disposal, until it is taken back. The machine counts as busy meanwhile: mutations made in `fn` are
   * queued, so that calls never nest. What `fn` throws is reported and breaks nothing.
   *
   * @example Usage
   * ```ts
   * import { Machine } from "@asyncmachine/asyncmachine";
   * import { assertEquals } from "@std/assert";
   *
   * const machine = new Machine({ On: {}, Off: {} });
   * const seen: string[] = [];
   * using _ = machine.subscribe(({ cause, changed }) => seen.push(`${cause} ${changed}`));
   * machine.add("On");
   * assertEquals(seen, ["transition On"]);
   * ```
   */
  subscribe(
    fn: (change: Change<StateNames<S>, Machine<S>>) => void,
    options: SubscribeOptions<StateNames<S>> = {},
  ): Unsubscribe {
    checkFunction("the subscriber", fn);
    const engine = this.#engine;
    checkObject("options", options);
    if (options.states !== undefined) checkNames("states", options.states);
    options.states?.forEach((name) => indexOf(engine.schema, name));
    if (engine.disposed) return Object.assign(() => {}, { [Symbol.dispose]: () => {} });
    return (engine.subscribers ??= new Subscribers(engine)).subscribe(
      fn as (change: Change) => void,
      options,
    );
  }

  // --- handlers ----------------------------------------------------------------------------

  /**
   * Binds handlers: the functions of an object or class instance whose names are exactly handlers'.
   *
   * @throws {HandlerUnknownError} If a name is capitalised and belongs to no state, is a handler's but
   * for the case of its first letter, or could mean two things.
   */
  bindHandlers<K extends PropertyKey>(handlers: HandlersObject<S, K, Machine<S>>): Binding {
    checkHandlers(handlers);
    return this.#engine.bindings.bindObject(handlers);
  }

  /**
   * Binds one handler.
   *
   * @throws {HandlerUnknownError} If the name belongs to no state, or could mean two things.
   */
  on<const K extends string>(
    name: K,
    fn: NamedHandler<S, K, Machine<S>>,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Binding {
    if (typeof name !== "string") throw wrongType("name", name, "a handler's name");
    checkFunction(`the handler ${name}`, fn);
    checkObject("options", options);
    const { signal } = options;
    checkSignal(signal);
    const binding = this.#engine.bindings.bindOne(name, fn as HandlerFunction);
    return signal === undefined ? binding : this.#bounded(binding, signal);
  }

  /** The same, taken back when the signal aborts. */
  #bounded(binding: Binding, signal: AbortSignal): Binding {
    const { signals } = this.#engine;
    const unbind = () => {
      signals.off(signal, unbind);
      binding.unbind();
    };
    if (signal.aborted) unbind();
    else if (!this.disposed) signals.on(signal, unbind);
    return { names: binding.names, unbind, [Symbol.dispose]: unbind };
  }

  // --- looking ---------------------------------------------------------------------------------

  /** The machine that this one belongs to. */
  get parent(): AnyMachine | null {
    return this.#details?.parent ?? null;
  }

  /** The machines that belong to this one. */
  get children(): readonly AnyMachine[] {
    return [...this.#details?.children ?? []];
  }

  /** Free-form labels. */
  get tags(): readonly string[] {
    return this.#details?.tags ?? NO_TAGS;
  }

  /** The names of the asynchronous handlers that have not settled yet. */
  get runningHandlers(): readonly string[] {
    return this.#engine.pending.map(({ name }) => name);
  }

  /** The mutations that wait for the running transition. */
  get queue(): readonly Mutation[] {
    return this.#engine.drain.waiting;
  }

  /** The running transition. */
  get transition(): Transition | null {
    const engine = this.#engine;
    return engine.inTransition ? engine.running.record() : null;
  }

  /** The last error. */
  get err(): Error | null {
    return this.#engine.err;
  }

  // --- time -------------------------------------------------------------------------------

  /** The times that run, by due time: timeouts of the schema, and what `e.addAfter` has added. */
  timers(): Timer[] {
    return this.#engine.timers?.list() ?? [];
  }

  /** The machine's time, to resume from with `importTime` and `resume`. Plain JSON. */
  exportTime(): MachineTime {
    return exportTime(this.#engine);
  }

  /**
   * Takes over the ticks of an exported time. A state whose tick differs begins or ends an activation:
   * contexts end, waits, tracers and subscribers are told. Runs no handler and arms no timer: see `resume`.
   *
   * @param time What `exportTime` gave.
   * @param migrate Makes the ticks for the present schema when the exported one was different.
   * @throws {SchemaError} If the schema was different and no migration is given, if something in the time
   * is wrong, or during a transition. Then nothing has changed.
   * @throws {MachineDisposedError} If the machine is disposed.
   */
  importTime(time: MachineTime, migrate?: Migration): void {
    const engine = this.#engine;
    if (engine.disposed) throw new MachineDisposedError(engine.id, "import a time");
    if (!engine.open) {
      throw new SchemaError("Cannot import the time: a transition is running");
    }
    if (migrate !== undefined) checkFunction("migrate", migrate);
    const ticks = ticksOf(engine.schema, time, migrate);
    engine.setTicks(ticks, time.timers ?? []);
  }

  /**
   * Goes on with the work of the activations that came by `importTime` and were not resumed yet: calls
   * their `FooState` handlers again (`e.resumed` is true, ticks stay), in the order of handlers, and lets
   * their timeouts run with the time that was left. A throw is a failure that comes later.
   *
   * @throws {TypeError} If a state whose calls must pass arguments has none in `args`; nothing is called.
   * @throws {SchemaError} During a transition.
   */
  resume(options: ResumeOptions<S> = {}): void {
    resume(this.#engine, options as ResumeOptions);
  }

  // --- other -----------------------------------------------------------------------------------

  /**
   * Calls `fn` between transitions: at once when the machine is idle, else when its turn comes, first in
   * first out with the mutations that wait. Mutations made by `fn` run after it. With `timeout`, in
   * milliseconds, the promise rejects with an {@linkcode EvalTimeoutError} when `fn` had no turn by then,
   * and `fn` never runs.
   */
  eval<T>(fn: () => T, options: WaitOptions = {}): Promise<T> {
    checkFunction("what is to be evaluated", fn);
    return evaluate(this.#engine, fn, options);
  }

  /**
   * Replaces the schema. All present states must stay; ticks, contexts, waits, handlers and what is queued
   * do too, and timeouts that stay keep their due time.
   *
   * @returns This machine, typed by the new schema.
   * @throws {SchemaError} If a state is missing, the schema contradicts itself, or during a transition.
   * @throws {MachineDisposedError} If the machine is disposed.
   */
  setSchema<T>(schema: Schema<T>): Machine<T> {
    const engine = this.#engine;
    if (!engine.open) {
      throw new SchemaError("Cannot set the schema: a transition is running");
    }
    if (engine.disposed) throw new MachineDisposedError(engine.id, "set the schema");
    const after = compileSchema(schema);
    const missing = engine.schema.names.filter((name) => !after.indexes.has(name));
    if (missing.length > 0) {
      throw new SchemaError(
        `Cannot set the schema: the states ${missing.join(", ")} are missing from it`,
      );
    }
    engine.setSchema(after, timeoutsOf(after, this.#details?.timeouts));
    return this as unknown as Machine<T>;
  }

  /** Logs a line of the program's own, at level `changes`, marked `[extern]`. */
  log(...parts: unknown[]): void {
    this.#engine.observer?.log(`[extern] ${parts.map(textOf).join(" ")}`, "changes");
  }

  /** How much is logged. */
  get logLevel(): LogLevel {
    return LOG_LEVELS[this.#details?.observer?.level ?? 0];
  }

  /**
   * Sets how much is logged.
   *
   * @throws {RangeError} If there is no such level.
   */
  setLogLevel(level: LogLevel): void {
    const number = levelNumber(level);
    this.#observer.level = number;
    this.#watch(this.#observer);
  }

  /** Sets who takes the log lines. */
  setLogger(logger: Logger): void {
    checkFunction("the logger", logger);
    this.#observer.logger = logger;
  }

  /** Sets which arguments are logged; `null` = none. */
  setLogArgs(mapper: ArgsMapper | null): void {
    if (mapper !== null) checkFunction("the mapper", mapper);
    this.#observer.mapArgs = mapper;
  }

  /** The observers. */
  get tracers(): readonly Tracer[] {
    return [...this.#details?.observer?.tracers ?? []];
  }

  /**
   * Adds an observer; one that is there already is not added again.
   *
   * @throws {RangeError} If its log level is unknown.
   */
  addTracer(tracer: Tracer): void {
    checkTracer(tracer);
    const observer = this.#observer;
    if (observer.tracers.has(tracer)) return;
    observer.tracers.add(tracer);
    this.#watch(observer);
    observer.tell((one) => {
      if (one === tracer) one.machineInit?.(this);
    });
  }

  /** Removes an observer; false if it was not there. */
  removeTracer(tracer: Tracer): boolean {
    const observer = this.#details?.observer;
    if (!observer?.tracers.delete(tracer)) return false;
    this.#watch(observer);
    return true;
  }

  // --- end -------------------------------------------------------------------------------------

  /** Calls `fn` on disposal, at once if it has happened, unless it is taken back. */
  onDispose(fn: () => void, options: { readonly signal?: AbortSignal | undefined } = {}): Binding {
    checkFunction("what is to be called on disposal", fn);
    const { signal } = options;
    checkSignal(signal);
    const entry = { fn };
    const unbind = () => void this.#details?.onDispose.delete(entry);
    const binding: Binding = { names: [], unbind, [Symbol.dispose]: unbind };
    if (this.disposed) fn();
    else if (!signal?.aborted) this.#more.onDispose.add(entry);
    return signal === undefined ? binding : this.#bounded(binding, signal);
  }

  /**
   * Ends the machine: children are disposed of, contexts end, waits and what is queued reject, later
   * mutations are `canceled`. During a transition no further handler is called; `FooEnd` never is: what
   * has to be cleaned up hangs on signals. A second call does nothing.
   */
  dispose(): void {
    const engine = this.#engine;
    if (engine.disposed) return;
    engine.close();
    const details = this.#details;
    for (const child of details?.children ?? []) this.#attempt(() => child.dispose());
    const parent = details?.parent;
    if (parent) parent.#more.children.delete(this as unknown as Machine);
    this.#attempt(() => engine.dispose());
    for (const { fn } of details?.onDispose ?? []) this.#attempt(fn);
    details?.onDispose.clear();
    const last = () => {
      engine.observer?.tell((tracer) => tracer.machineDispose?.(this));
      engine.bindings.clear();
    };
    if (engine.busy) engine.whenAtRest(last);
    else last();
  }

  /** What fails on the way out keeps nothing from ending. */
  #attempt(fn: () => void): void {
    try {
      fn();
    } catch (error) {
      this.#engine.failed(error);
    }
  }

  /**
   * Disposes of the machine, then resolves when the asynchronous handlers that ran have settled; after
   * `timeout` milliseconds it rejects with a `TimeoutError` that names those still running. A handler
   * must not await it: it would wait for itself.
   */
  async disposeAsync(options: { readonly timeout?: number | undefined } = {}): Promise<void> {
    checkObject("options", options);
    const { timeout = Infinity } = options;
    checkDelay(timeout);
    this.dispose();
    await settled(this.#engine, timeout);
  }

  /** Disposes of the machine at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Disposes of the machine at the end of an `await using` block, and waits for its handlers. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.disposeAsync();
  }
}

/**
 * Checks a type of mutation.
 *
 * @throws {TypeError} If there is none of that name.
 */
function checkType(type: unknown): void {
  if (type === "add" || type === "remove" || type === "set") return;
  throw wrongType("type", type, "add, remove or set");
}

/**
 * The parent as a machine of this copy of the library.
 *
 * @throws {TypeError} If it is none.
 */
function parentOf(parent: AnyMachine | null | undefined): Machine | null {
  if (parent === undefined || parent === null) return null;
  if (!(parent instanceof Machine)) {
    throw new TypeError("parent is no Machine of this copy of the library");
  }
  if (parent.disposed) throw new MachineDisposedError(parent.id, "add a child");
  return parent as Machine;
}

/** What most machines don't have; kept apart so that they don't pay for it. */
class Details {
  parent: Machine | null = null;
  readonly children: Set<Machine> = new Set();
  tags: readonly string[] = NO_TAGS;
  /** What replaces timeouts of the schema, whichever it is. */
  timeouts: MachineOptions["timeouts"] = undefined;
  observer: Observer | null = null;
  readonly onDispose: Set<{ readonly fn: () => void }> = new Set();
}

// Wrappers that observe objects (Vue's `ref`) leave machines as they are.
Object.defineProperty(Machine.prototype, "__v_skip", { value: true });

printAs(Machine, (machine) => `Machine ${machine.id} ${machine.toStringAll()}`);
