import {
  type AddErrOptions,
  type Binding,
  type Context,
  Machine,
  type MachineOptions,
  type MutationOrigin,
  type MutationType,
  type Result,
  type Schema,
  type StateWaitOptions,
  submit,
  type SubscribeOptions,
  type Tracer,
  type Unsubscribe,
  type WaitOptions,
} from "../mod.ts";
import { checkArgs } from "./stored_args.ts";

type States = string | readonly string[];
type S = Record<string, unknown>;

/** What a flow's machine tells its flow. */
export interface MachineSide {
  /** Whether the flow is finished: its machine is disposed, but what holds is still true. */
  readonly finished: boolean;
  /** Whether it has come to its end: nothing changes any more. */
  readonly blocked: boolean;
  /**
   * Checks that the flow's data can be stored.
   *
   * @throws {TypeError} If they cannot.
   */
  checkData(): void;
  /** Something hangs on the machine: it must not be put away. */
  attached(): void;
}

/** The machine of a flow: what it is called with must be JSON. */
export class FlowMachine extends Machine<S> {
  /** Its flow. */
  readonly side: MachineSide;

  /** Makes it, with the handlers bound. */
  constructor(schema: Schema, options: MachineOptions, side: MachineSide) {
    super(schema, options as MachineOptions<S, Machine<S>>);
    this.side = side;
  }

  // --- arguments ---------------------------------------------------------------------

  override add(states: States, args?: unknown): Result {
    this.#check(states, args);
    if (this.side.blocked) return "canceled";
    return super.add(states as never, args as never);
  }

  override remove(states: States, args?: unknown): Result {
    this.#check(states, args);
    if (this.side.blocked) return "canceled";
    return super.remove(states as never, args as never);
  }

  override set(states: States, args?: unknown): Result {
    this.#check(states, args);
    if (this.side.blocked) return "canceled";
    return super.set(states as never, args as never);
  }

  override toggle(states: States, args?: unknown): Result {
    this.#check(states, args);
    if (this.side.blocked) return "canceled";
    return super.toggle(states as never, args as never);
  }

  override addErr(error: unknown, options?: AddErrOptions): Result {
    if (options?.args !== undefined) checkArgs("Exception", options.args);
    if (this.side.blocked) return "canceled";
    return super.addErr(error, options as never);
  }

  override ask(state: string, args?: unknown, options?: WaitOptions): Promise<never> {
    this.#check(state, args);
    return super.ask(state as never, args as never, options) as Promise<never>;
  }

  override [submit](
    type: MutationType,
    states: States,
    args: unknown,
    from: MutationOrigin,
  ): Result {
    this.#check(states, args);
    if (this.side.blocked) return "canceled";
    return super[submit](type, states, args, from);
  }

  #check(states: States, args: unknown): void {
    if (args !== undefined) checkArgs(states, args);
    this.side.checkData();
  }

  // --- what holds at the end is true afterwards -------------------------------------------

  override when(states: States, options?: StateWaitOptions): Promise<void> {
    if (this.#is(() => this.is(states as never))) return Promise.resolve();
    return super.when(states as never, options);
  }

  override whenNot(states: States, options?: StateWaitOptions): Promise<void> {
    if (this.#is(() => this.not(states as never))) return Promise.resolve();
    return super.whenNot(states as never, options);
  }

  override whenAny<const N extends string>(
    states: readonly N[],
    options?: StateWaitOptions,
  ): Promise<N> {
    const active = this.disposed && this.side.finished
      ? states.find((state) => this.is(state))
      : undefined;
    return active === undefined
      ? super.whenAny(states, options) as Promise<N>
      : Promise.resolve(active);
  }

  override whenErr(options?: WaitOptions): Promise<void> {
    if (this.#is(() => this.isErr())) return Promise.resolve();
    return super.whenErr(options);
  }

  #is(holds: () => boolean): boolean {
    return this.disposed && this.side.finished && holds();
  }

  // --- what hangs on it ------------------------------------------------------------------------

  override stateContext(state: string): Context {
    this.side.attached();
    return super.stateContext(state as never);
  }

  override subscribe(fn: never, options?: SubscribeOptions): Unsubscribe {
    this.side.attached();
    return super.subscribe(fn, options);
  }

  override on(name: never, fn: never, options?: { readonly signal?: AbortSignal }): Binding {
    this.side.attached();
    return super.on(name, fn, options);
  }

  override onDispose(fn: () => void, options?: { readonly signal?: AbortSignal }): Binding {
    this.side.attached();
    return super.onDispose(fn, options);
  }

  override addTracer(tracer: Tracer): void {
    this.side?.attached(); // not yet there while the machine is made
    super.addTracer(tracer);
  }
}
