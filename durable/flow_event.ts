import type {
  AddErrOptions,
  Context,
  HandlerEvent,
  MachineOf,
  Mutation,
  Mutations,
  MutationSource,
  Result,
  Transition,
  WaitOptions,
} from "../mod.ts";
import type { FlowInside, FlowPart, OnceCall } from "./kind.ts";
import { checkArgs } from "./stored_args.ts";

type States = string | readonly string[];

/** What an event needs of its flow. */
export interface EventSide {
  /** What handlers see of it. */
  readonly inside: FlowInside;
  /** Calls `fn` once for this key. */
  once(event: FlowEvent, name: string, fn: (call: OnceCall) => unknown): Promise<unknown>;
  /** Whether the result is there. */
  done(event: FlowEvent, name: string): boolean;
  /** There is something to store. */
  touch(): unknown;
  /**
   * Checks that the flow's data can be stored.
   *
   * @throws {TypeError} If they cannot.
   */
  checkData(): void;
  /** Somebody may wait for the end of this state's activation. */
  contextTaken(state: string): void;
}

/** What handlers of flows receive: the event of the machine, and what flows add to it. */
export class FlowEvent implements HandlerEvent, FlowPart {
  readonly #event: HandlerEvent;
  readonly #side: EventSide;
  /** The state that the handler belongs to; `Any` for those of all. */
  readonly state: string;
  /** The tick of that state when its handler was due. */
  readonly tick: number;
  /** Whether the handler may act. */
  readonly acts: boolean;

  /** Puts them together. */
  constructor(event: HandlerEvent, side: EventSide, state: string, tick: number, acts: boolean) {
    this.#event = event;
    this.#side = side;
    this.state = state;
    this.tick = tick;
    this.acts = acts;
  }

  get flow(): FlowInside {
    return this.#side.inside;
  }

  get key(): string {
    const { kind, id } = this.#side.inside;
    return `${kind}/${id}/${this.state}/${this.tick}`;
  }

  once<R>(name: string, fn: (call: OnceCall) => R | Promise<R>): Promise<R> {
    return this.#side.once(this, name, fn) as Promise<R>;
  }

  done(name: string): boolean {
    return this.#side.done(this, name);
  }

  get name(): string {
    return this.#event.name;
  }

  get transition(): Transition {
    return this.#event.transition;
  }

  get machine(): MachineOf<Record<string, unknown>> {
    return this.#event.machine;
  }

  get args(): Record<string, unknown> {
    return this.#event.args;
  }

  get mutation(): Mutation {
    return this.#event.mutation;
  }

  get context(): Context {
    this.#side.contextTaken(this.state);
    return this.#event.context;
  }

  get signal(): AbortSignal {
    this.#side.contextTaken(this.state);
    return this.#event.signal;
  }

  get expired(): boolean {
    return this.#event.expired;
  }

  get source(): MutationSource {
    return this.#event.source;
  }

  get resumed(): boolean {
    return this.#event.resumed;
  }

  with<T>(other: MachineOf<T>): Mutations<T> {
    return this.#event.with(other);
  }

  add(states: States, args?: unknown): Result {
    this.#check(states, args);
    return this.#event.add(states as never, args as never);
  }

  remove(states: States, args?: unknown): Result {
    this.#check(states, args);
    return this.#event.remove(states as never, args as never);
  }

  set(states: States, args?: unknown): Result {
    this.#check(states, args);
    return this.#event.set(states as never, args as never);
  }

  toggle(states: States, args?: unknown): Result {
    this.#check(states, args);
    return this.#event.toggle(states as never, args as never);
  }

  addErr(error: unknown, options?: AddErrOptions): Result {
    if (options?.args !== undefined) checkArgs("Exception", options.args);
    return this.#event.addErr(error, options as never);
  }

  ask(state: string, args?: unknown, options?: WaitOptions): Promise<never> {
    this.#check(state, args);
    return this.#event.ask(state as never, args as never, options) as Promise<never>;
  }

  #check(states: States, args: unknown): void {
    if (args !== undefined) checkArgs(states, args);
    this.#side.checkData();
  }

  addAfter(ms: number, states: States, args?: unknown): void {
    if (args !== undefined) checkArgs(states, args);
    this.#event.addAfter(ms, states as never, args as never);
    this.#side.touch(); // nothing else may happen before the process ends
  }

  sleep(ms: number): Promise<void> {
    return this.#event.sleep(ms);
  }
}
