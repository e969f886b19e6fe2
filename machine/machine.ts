import { type Context, isActiveTick } from "../clock/mod.ts";
import {
  type ArgsOf,
  type ArgsParam,
  compileSchema,
  contains,
  indexOf,
  members,
  type MutationType,
  type Schema,
  SchemaError,
  type StateNames,
} from "../relations/mod.ts";
import type { AnyMachine, Tracer, Transition } from "./any_machine.ts";
import { type Binding, Bindings } from "./bindings.ts";
import { Engine } from "./engine.ts";
import { EvalTimeoutError, MachineDisposedError } from "./errors.ts";
import { explainCanceled, type Explanation } from "./explain.ts";
import type { Handlers, HandlersObject, NamedHandler } from "./handler_types.ts";
import { type HandlerFunction, handlerFunctions } from "./handlers.ts";
import { type ArgsMapper, levelNumber, LOG_LEVELS, type Logger, type LogLevel } from "./logging.ts";
import type { AddErrOptions, IsQueuedOptions, Mutation, Result } from "./mutation.ts";
import { Observer } from "./observer.ts";
import { plansFor } from "./plans.ts";
import { exportTime, importTime, type MachineTime } from "./restore.ts";
import { type Condition, Subscriptions } from "./subscriptions.ts";
import type { WaitOptions } from "./wait_options.ts";
import { printAs } from "./printing.ts";
import { globalTracers } from "./tracer.ts";

/** Settings of a new machine. */
export interface MachineOptions<S = Record<string, unknown>> {
  /** Names the machine in logs, errors and the debugger. @default a generated one */
  readonly id?: string | undefined;
  /** Disposes this machine with itself, ends its contexts, and shares its inheritable tracers. */
  readonly parent?: AnyMachine | undefined;
  /** Disposes the machine when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Bound at once; for pairs of states (`FooBar`) use `bindHandlers`. */
  readonly handlers?: Handlers<S, Machine<S>> | undefined;
  /** A synchronous handler that takes longer, in milliseconds, is an error. @default {Infinity} */
  readonly handlerTimeout?: number | undefined;
  /** How many mutations may wait. @default {1000} */
  readonly queueLimit?: number | undefined;
  /** How much is logged. @default {"nothing"} */
  readonly logLevel?: LogLevel | undefined;
  /** Takes the log lines. @default `console.log` with the start of the id */
  readonly logger?: Logger | undefined;
  /** Which arguments are logged, see {@linkcode argsMapper}. @default none */
  readonly logArgs?: ArgsMapper | undefined;
  /** Observers, present from `machineInit` on. */
  readonly tracers?: readonly Tracer[] | undefined;
  /** Free-form labels. */
  readonly tags?: readonly string[] | undefined;
  /** What handlers throw becomes the Exception state; else it is thrown out of the mutation. @default {true} */
  readonly catchErrors?: boolean | undefined;
  /** Prints errors by `console.error`. @default {true} */
  readonly printErrors?: boolean | undefined;
}

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
export class Machine<S = Record<string, unknown>> implements AnyMachine, Disposable {
  readonly #engine: Engine;
  #details: Details | null = null;

  /**
   * Makes a machine with all states inactive.
   *
   * @param schema All states, in order. Compiled once per object; don't change it afterwards.
   * @param options Settings.
   * @throws {SchemaError} If the schema contradicts itself.
   */
  constructor(schema: Schema<S>, options?: MachineOptions<NoInfer<S>>) {
    const self = this as unknown as Machine<Record<string, unknown>>;
    const parent = options?.parent instanceof Machine ? options.parent : null;
    const parentEngine = parent === null ? null : (parent as Machine<S>).#engine;
    if (parentEngine?.disposed) throw new MachineDisposedError(parentEngine.id, "add a child");
    this.#engine = new Engine(self, compileSchema(schema), options?.id, parentEngine);
    if (options !== undefined) this.#configure(options as MachineOptions<S>);
    if (globalTracers.size > 0) globalTracers.forEach((tracer) => this.addTracer(tracer));
  }

  #configure(options: MachineOptions<S>): void {
    const engine = this.#engine;
    engine.catchErrors = options.catchErrors ?? true;
    engine.printErrors = options.printErrors ?? true;
    engine.queueLimit = options.queueLimit ?? 1000;
    engine.handlerTimeout = options.handlerTimeout ?? Infinity;
    engine.plainCalls = engine.handlerTimeout === Infinity;
    if (options.tags) this.#more.tags = [...options.tags];
    if (options.logLevel || options.logger || options.logArgs) {
      const observer = this.#more.observer ??= new Observer(engine);
      observer.level = levelNumber(options.logLevel ?? "nothing");
      observer.logger = options.logger ?? observer.logger;
      observer.mapArgs = options.logArgs ?? null;
      this.#watch(observer);
    }
    const { parent, signal } = options;
    if (parent instanceof Machine) {
      this.#more.parent = parent;
      parent.#more.children.add(this as unknown as Machine);
      for (const tracer of parent.tracers) {
        if (tracer.inheritable) this.addTracer(tracer);
      }
      parent.#engine.observer?.tell((tracer) =>
        tracer.submachine?.(parent, this as unknown as Machine)
      );
    }
    options.tracers?.forEach((tracer) => this.addTracer(tracer));
    if (options.handlers) {
      this.bindHandlers(options.handlers as HandlersObject<S, string, Machine<S>>);
    }
    if (signal) {
      const onAbort = () => this.dispose();
      if (signal.aborted) return onAbort();
      signal.addEventListener("abort", onAbort, { once: true });
      this.onDispose(() => signal.removeEventListener("abort", onAbort));
    }
  }

  get #more(): Details {
    return this.#details ??= new Details();
  }

  #watch(observer: Observer): void {
    observer.refresh();
    this.#engine.setObserver(observer.needed ? observer : null);
  }

  #states(states: readonly string[] | undefined): number[] {
    const { schema } = this.#engine;
    if (states === undefined) return schema.names.map((_, index) => index);
    return states.map((name) => indexOf(schema, name));
  }

  #list(states: string | readonly string[]): number[] {
    if (typeof states === "string") return [indexOf(this.#engine.schema, states)];
    return this.#states(states);
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
    if (type === undefined) return explainCanceled(engine, engine.canceled);
    const tx = engine.dryRun(type, states!, args);
    if (tx.result === "executed") return null;
    return explainCanceled(engine, engine.disposed ? "disposed" : tx);
  }

  // --- checks --------------------------------------------------------------------

  /** Whether all given states are active. */
  is(states: StateNames<S> | readonly StateNames<S>[]): boolean {
    return this.#engine.is(states);
  }

  /** Whether none of the given states is active. */
  not(states: StateNames<S> | readonly StateNames<S>[]): boolean {
    const { active } = this.#engine;
    return this.#list(states).every((state) => !contains(active, state));
  }

  /** Whether any of the given states, or all of any given list, is active. */
  any(...states: readonly (StateNames<S> | readonly StateNames<S>[])[]): boolean {
    return states.some((one) => this.#engine.is(one));
  }

  /** Whether `Exception` is active. */
  isErr(): boolean {
    return contains(this.#engine.active, this.#engine.schema.exception);
  }

  /** Whether the state's tick is exactly this. */
  isTick(state: StateNames<S>, tick: number): boolean {
    return this.tick(state) === tick;
  }

  /** Whether the ticks of all, or the given, states are exactly these. */
  isTime(time: readonly number[], states?: readonly StateNames<S>[]): boolean {
    const now = this.time(states);
    return now.length === time.length && now.every((tick, index) => tick === time[index]);
  }

  /** Whether a mutation of this type that calls all of these states is waiting. */
  isQueued(
    type: MutationType,
    states: StateNames<S> | readonly StateNames<S>[],
    options: IsQueuedOptions = {},
  ): boolean {
    const names = this.#list(states).map((state) => this.#engine.schema.names[state]);
    return this.queue.some((mutation) =>
      mutation.type === type && names.every((name) => mutation.calledStates.includes(name)) &&
      (!options.strict || mutation.calledStates.length === new Set(names).size) &&
      (!options.withoutArgs || Object.keys(mutation.args).length === 0)
    );
  }

  /** Whether the schema has all of these states. */
  has(states: string | readonly string[]): boolean {
    const { indexes } = this.#engine.schema;
    return (typeof states === "string" ? [states] : states).every((name) => indexes.has(name));
  }

  /** The first of the given states that is active; undefined when none is. */
  switch<const N extends StateNames<S>>(...states: readonly N[]): N | undefined {
    return states.find((state) => this.is(state));
  }

  /** Whether a transition runs: the caller is, directly or not, one of its handlers or observers. */
  get duringTransition(): boolean {
    return this.#engine.transition !== null;
  }

  // --- clocks ----------------------------------------------------------------------

  /** The state's tick: odd while active. */
  tick(state: StateNames<S>): number {
    return this.#engine.clock.ticks[indexOf(this.#engine.schema, state)];
  }

  /** The ticks of all, or the given, states, in order. */
  time(states?: readonly StateNames<S>[]): number[] {
    const { ticks } = this.#engine.clock;
    return states === undefined ? ticks.slice() : this.#states(states).map((state) => ticks[state]);
  }

  /** The sum of the ticks of all, or the given, states. */
  timeSum(states?: readonly StateNames<S>[]): number {
    return this.time(states).reduce((sum, tick) => sum + tick, 0);
  }

  /** The ticks of all, or the given, states, by name. */
  clock(states?: readonly StateNames<S>[]): Record<StateNames<S>, number> {
    const { schema, clock: { ticks } } = this.#engine;
    const entries = this.#states(states).map((state) => [schema.names[state], ticks[state]]);
    return Object.fromEntries(entries) as Record<StateNames<S>, number>;
  }

  /** Whether any state has ticked since this clock was taken. */
  changedSince(clock: Readonly<Partial<Record<StateNames<S>, number>>>): boolean {
    return Object.entries(clock).some(([state, tick]) =>
      this.tick(state as StateNames<S>) !== tick
    );
  }

  // --- contexts ----------------------------------------------------------------------

  /** Ends on disposal. */
  get context(): Context {
    return this.#engine.context;
  }

  /** Ends with the state's present activation; born expired when the state is inactive. */
  stateContext(state: StateNames<S>): Context {
    return this.#engine.stateContext(indexOf(this.#engine.schema, state));
  }

  // --- waiting -------------------------------------------------------------------------

  #wait(condition: Condition, options: WaitOptions | undefined): Promise<void> {
    const engine = this.#engine;
    return (engine.subscriptions ??= new Subscriptions(engine)).wait(condition, options);
  }

  /** Resolves when all given states are active at the same time. */
  when(states: StateNames<S> | readonly StateNames<S>[], options?: WaitOptions): Promise<void> {
    return this.#wait({ kind: "active", states: this.#list(states) }, options);
  }

  /** Resolves when all given states are inactive at the same time. */
  whenNot(states: StateNames<S> | readonly StateNames<S>[], options?: WaitOptions): Promise<void> {
    return this.#wait({ kind: "inactive", states: this.#list(states) }, options);
  }

  /** Resolves when the state is next called, and activated, with these arguments among others. */
  whenArgs<const N extends StateNames<S>>(
    state: N,
    args: Readonly<Partial<ArgsOf<S, N>>>,
    options?: WaitOptions,
  ): Promise<void> {
    return this.#wait({ kind: "args", states: this.#list(state), args: { ...args } }, options);
  }

  /** Resolves when every state has reached the tick in the same place. */
  whenTime(
    states: readonly StateNames<S>[],
    ticks: readonly number[],
    options?: WaitOptions,
  ): Promise<void> {
    if (states.length !== ticks.length) {
      throw new RangeError(`Cannot wait for ${ticks.length} ticks of ${states.length} states`);
    }
    return this.#wait({ kind: "ticks", states: this.#states(states), ticks: [...ticks] }, options);
  }

  /** Resolves when the state has ticked `n` times from now. */
  whenTicks(state: StateNames<S>, n: number, options?: WaitOptions): Promise<void> {
    return this.whenTime([state], [this.tick(state) + n], options);
  }

  /** Resolves when the state has reached the tick. */
  whenTick(state: StateNames<S>, tick: number, options?: WaitOptions): Promise<void> {
    return this.whenTime([state], [tick], options);
  }

  /** Resolves when `query` returns true for the clock; asked now and after each change. */
  whenQuery(
    query: (clock: Record<StateNames<S>, number>) => boolean,
    options?: WaitOptions,
  ): Promise<void> {
    return this.#wait({ kind: "query", states: [], query: () => query(this.clock()) }, options);
  }

  /** Resolves when `Exception` is active. */
  whenErr(options?: WaitOptions): Promise<void> {
    return this.#wait({ kind: "active", states: [this.#engine.schema.exception] }, options);
  }

  /** Resolves when no transition runs and nothing waits. */
  whenQueueEnds(options?: WaitOptions): Promise<void> {
    return this.#wait({ kind: "queueEnds", states: [] }, options);
  }

  /** Resolves when the machine is disposed. */
  whenDisposed(): Promise<void> {
    if (this.disposed) return Promise.resolve();
    return new Promise((resolve) => this.onDispose(resolve));
  }

  /** How many `when…` promises are pending. */
  get waiterCount(): number {
    return this.#engine.subscriptions?.size ?? 0;
  }

  // --- handlers ----------------------------------------------------------------------------

  /**
   * Binds handlers: the methods whose names start with an upper-case letter.
   *
   * @throws {HandlerUnknownError} If a name belongs to no state, or could mean two things.
   */
  bindHandlers<K extends PropertyKey>(handlers: HandlersObject<S, K, Machine<S>>): Binding {
    return this.#bind(handlerFunctions(handlers), handlers);
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
    const { signal } = options;
    const binding = this.#bind(new Map([[name, fn as HandlerFunction]]), undefined);
    if (!signal) return binding;
    if (signal.aborted) binding.unbind();
    signal.addEventListener("abort", binding.unbind, { once: true });
    const unbind = () => {
      signal.removeEventListener("abort", binding.unbind);
      binding.unbind();
    };
    return { ...binding, unbind, [Symbol.dispose]: unbind };
  }

  #bind(functions: ReadonlyMap<string, HandlerFunction>, self: unknown): Binding {
    const engine = this.#engine;
    return (engine.bindings ??= new Bindings(engine)).bind(functions, self);
  }

  // --- looking ---------------------------------------------------------------------------------

  /** The machine's name in logs, errors and the debugger. */
  get id(): string {
    return this.#engine.id;
  }

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

  /** The names of the active states, in order. */
  activeStates(): StateNames<S>[] {
    const { active, schema } = this.#engine;
    return members(active).map((state) => schema.names[state] as StateNames<S>);
  }

  /** The names of all states, in order. */
  get stateNames(): readonly StateNames<S>[] {
    return this.#engine.schema.names as readonly StateNames<S>[];
  }

  /** The schema, cleaned up, with `Exception`. */
  get schema(): Schema {
    return this.#engine.schema.states;
  }

  /** The mutations that wait for the running transition. */
  get queue(): readonly Mutation[] {
    return this.#engine.queued();
  }

  /** The running transition. */
  get transition(): Transition | null {
    return this.#engine.transition;
  }

  /** The last error. */
  get err(): Error | null {
    return this.#engine.err;
  }

  /** The active states with their ticks: `(Foo:1 Bar:3)`. */
  toString(): string {
    return `(${this.#text(true)})`;
  }

  /** All states with their ticks: `(Foo:1)[Bar:0 Exception:0]`. */
  toStringAll(): string {
    return `${this.toString()}[${this.#text(false)}]`;
  }

  #text(active: boolean): string {
    const { schema, clock: { ticks } } = this.#engine;
    return schema.names.map((name, state) => `${name}:${ticks[state]}`)
      .filter((_, state) => isActiveTick(ticks[state]) === active).join(" ");
  }

  /** All, or the given, states with ticks, properties and relations, on several lines. */
  inspect(states?: readonly StateNames<S>[]): string {
    const { schema, clock: { ticks } } = this.#engine;
    return this.#states(states).map((state) => {
      const name = schema.names[state];
      const { auto, multi, ...relations } = schema.states[name];
      const flags = [auto && "auto", multi && "multi"].filter((flag) => flag).map((flag) =>
        `\n  ${flag}`
      );
      const lists = (["add", "remove", "require", "after"] as const)
        .filter((relation) => relations[relation]?.length)
        .map((relation) => `\n  ${relation}: ${relations[relation]!.join(" ")}`);
      const head = `${name}: ${isActiveTick(ticks[state]) ? "active" : "inactive"} ${ticks[state]}`;
      return [head, ...flags, ...lists].join("");
    }).join("\n");
  }

  // --- other -----------------------------------------------------------------------------------

  /**
   * Calls `fn` between transitions: at once when the machine is idle, else before everything that
   * waits. Mutations made by `fn` run after it. With `timeout`, in milliseconds, the promise
   * rejects with an {@linkcode EvalTimeoutError} when `fn` had no turn by then, and `fn` never runs.
   */
  eval<T>(fn: () => T, options: WaitOptions = {}): Promise<T> {
    const { signal, timeout = Infinity } = options;
    return new Promise<T>((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.disposed) throw new MachineDisposedError(this.id, "eval a function");
      let over = false;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const finish = (settle: () => void) => {
        if (over) return;
        over = true;
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        settle();
      };
      const onAbort = () => finish(() => reject(signal!.reason));
      this.#engine.evaluate(() =>
        finish(() => {
          try {
            resolve(fn());
          } catch (error) {
            reject(error);
          }
        })
      );
      if (over) return;
      signal?.addEventListener("abort", onAbort, { once: true });
      if (timeout !== Infinity) {
        timer = setTimeout(() => finish(() => reject(new EvalTimeoutError(timeout))), timeout);
      }
    });
  }

  /**
   * Replaces the schema. All present states must stay; ticks, contexts, waits and handlers do too.
   *
   * @returns This machine, typed by the new schema.
   * @throws {SchemaError} If a state is missing, or the schema contradicts itself.
   * @throws {Error} During a transition.
   */
  setSchema<T>(schema: Schema<T>): Machine<T> {
    const engine = this.#engine;
    if (engine.busy) throw new SchemaError("Cannot set the schema: a transition is running");
    if (engine.disposed) throw new MachineDisposedError(this.id, "set the schema");
    const before = engine.schema;
    const after = compileSchema(schema);
    const missing = before.names.filter((name) => !after.indexes.has(name));
    if (missing.length > 0) {
      throw new SchemaError(
        `Cannot set the schema: the states ${missing.join(", ")} are missing from it`,
      );
    }
    const plans = plansFor(after, engine.bindings?.names() ?? []);
    engine.setSchema(after, plans, (old) => after.indexes.get(before.names[old])!);
    if (engine.bindings) engine.setHandlers(plans, engine.bindings.table(plans.handlers.names));
    engine.observer?.schemaChanged(before.states);
    return this as unknown as Machine<T>;
  }

  /** Logs a line of the program's own, at level `changes`, marked `[extern]`. */
  log(...parts: unknown[]): void {
    this.#engine.observer?.log(`[extern] ${parts.map(String).join(" ")}`, "changes");
  }

  /** How much is logged. */
  get logLevel(): LogLevel {
    return LOG_LEVELS[this.#details?.observer?.level ?? 0];
  }

  /** Sets how much is logged. */
  setLogLevel(level: LogLevel): void {
    const observer = this.#more.observer ??= new Observer(this.#engine);
    observer.level = levelNumber(level);
    this.#watch(observer);
  }

  /** Sets who takes the log lines. */
  setLogger(logger: Logger): void {
    (this.#more.observer ??= new Observer(this.#engine)).logger = logger;
  }

  /** Sets which arguments are logged; `null` = none. */
  setLogArgs(mapper: ArgsMapper | null): void {
    (this.#more.observer ??= new Observer(this.#engine)).mapArgs = mapper;
  }

  /** The observers. */
  get tracers(): readonly Tracer[] {
    return [...this.#details?.observer?.tracers ?? []];
  }

  /** Adds an observer; one that is there already is not added again. */
  addTracer(tracer: Tracer): void {
    const observer = this.#more.observer ??= new Observer(this.#engine);
    if (observer.tracers.has(tracer)) return;
    observer.tracers.add(tracer);
    this.#watch(observer);
    observer.tell((one) => {
      if (one === tracer) one.machineInit?.(this as unknown as Machine);
    });
  }

  /** Removes an observer; false if it was not there. */
  removeTracer(tracer: Tracer): boolean {
    const observer = this.#details?.observer;
    if (!observer?.tracers.delete(tracer)) return false;
    this.#watch(observer);
    return true;
  }

  /** The machine's time, to resume from with `importTime`. */
  exportTime(): MachineTime {
    return exportTime(this.#engine);
  }

  /**
   * Takes over the ticks of an exported time, without running handlers.
   *
   * @param time What `exportTime` gave.
   * @param migrate Makes the ticks for the present schema when the exported one was different.
   * @throws {SchemaError} If the schema was different and no migration is given.
   */
  importTime(
    time: MachineTime,
    migrate?: (time: MachineTime) => Readonly<Record<string, number>>,
  ): void {
    importTime(this.#engine, time, migrate);
  }

  /** Calls `fn` on disposal; at once if it has happened. */
  onDispose(fn: () => void): void {
    if (this.disposed) fn();
    else this.#more.onDispose.push(fn);
  }

  /**
   * Ends the machine: contexts end, waits reject, children are disposed of, later mutations are
   * `canceled`. During a transition no further handler is called. A second call does nothing.
   */
  dispose(): void {
    const engine = this.#engine;
    if (engine.disposed) return;
    const details = this.#details;
    for (const child of details?.children ?? []) child.dispose();
    engine.dispose();
    if (details?.parent) details.parent.#more.children.delete(this as unknown as Machine);
    for (const fn of details?.onDispose.splice(0) ?? []) {
      try {
        fn();
      } catch (error) {
        engine.report(error instanceof Error ? error : new Error(String(error)));
      }
    }
    engine.observer?.tell((tracer) => tracer.machineDispose?.(this as unknown as Machine));
    engine.bindings?.clear();
  }

  /** Whether the machine has been disposed. */
  get disposed(): boolean {
    return this.#engine.disposed;
  }

  /** Disposes of the machine at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** What most machines don't have; kept apart so that they don't pay for it. */
class Details {
  parent: Machine | null = null;
  readonly children: Set<Machine> = new Set();
  tags: readonly string[] = NO_TAGS;
  observer: Observer | null = null;
  readonly onDispose: (() => void)[] = [];
}

printAs(Machine, (machine) => `Machine ${machine.id} ${machine.toStringAll()}`);
