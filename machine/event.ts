import type { Context } from "../clock/mod.ts";
import type { ArgsOf, StateNames } from "../relations/mod.ts";
import type { AddErrOptions, Machine } from "./machine.ts";
import type { Engine } from "./engine.ts";
import type { Mutation, MutationSource, Result } from "./mutation.ts";
import type { Transition } from "./transition.ts";

/**
 * What a handler receives. Mutations made through it carry their source for tracers, and are
 * `canceled` once its context has expired, so that a late asynchronous result changes nothing.
 */
export class HandlerEvent<S = Record<string, unknown>, Args = Record<string, unknown>> {
  /** The handler's name. */
  readonly name: string;
  /** The transition that the handler is part of. */
  readonly transition: Transition;
  readonly #state: number;
  readonly #tick: number;
  /** Set at once for multi states, whose ticks don't tell one activation from the next. */
  #context: Context | null;

  /** @ignore */
  constructor(transition: Transition, name: string, state: number) {
    const engine: Engine = transition.engine;
    this.transition = transition;
    this.name = name;
    this.#state = state;
    this.#tick = state === -1 ? 0 : engine.ticks[state];
    this.#context = state !== -1 && engine.schema.multi[state] ? engine.stateContext(state) : null;
  }

  /** The machine. */
  get machine(): Machine<S> {
    return this.transition.engine.machine as Machine<S>;
  }

  /** The mutation's arguments; empty when it has none. */
  get args(): Args {
    return this.transition.args as Args;
  }

  /** The mutation that is being processed. */
  get mutation(): Mutation {
    return this.transition;
  }

  /** In `FooState` the context of Foo's activation, elsewhere the machine's. */
  get context(): Context {
    if (this.#context) return this.#context;
    const { engine } = this.transition;
    if (this.#state === -1) return engine.context;
    return this.#context = engine.ticks[this.#state] === this.#tick
      ? engine.stateContext(this.#state)
      : engine.expiredContext(this.#state);
  }

  /** Aborts when the context ends. */
  get signal(): AbortSignal {
    return this.context.signal;
  }

  /** Whether the context has ended. */
  get expired(): boolean {
    if (this.#context) return this.#context.expired;
    const { engine } = this.transition;
    return engine.disposed || (this.#state !== -1 && engine.ticks[this.#state] !== this.#tick);
  }

  /** Like `machine.add`, with a source, and canceled after the context's end. */
  add<const N extends StateNames<S>>(states: N | readonly N[], args?: ArgsOf<S, N>): Result {
    return this.transition.engine.mutate("add", states, args, this);
  }

  /** Like `machine.remove`, with a source, and canceled after the context's end. */
  remove<const N extends StateNames<S>>(states: N | readonly N[], args?: ArgsOf<S, N>): Result {
    return this.transition.engine.mutate("remove", states, args, this);
  }

  /** Like `machine.set`, with a source, and canceled after the context's end. */
  set<const N extends StateNames<S>>(states: N | readonly N[], args?: ArgsOf<S, N>): Result {
    return this.transition.engine.mutate("set", states, args, this);
  }

  /** Like `machine.toggle`, with a source, and canceled after the context's end. */
  toggle<const N extends StateNames<S>>(states: N | readonly N[], args?: ArgsOf<S, N>): Result {
    const { engine } = this.transition;
    return engine.mutate(engine.is(states) ? "remove" : "add", states, args, this);
  }

  /** Like `machine.addErr`, with a source, and canceled after the context's end. */
  addErr(error: unknown, options?: AddErrOptions<StateNames<S>>): Result {
    return this.transition.engine.addErr(error, options, this);
  }

  /** Where mutations made through this event come from. */
  get source(): MutationSource {
    return {
      machineId: this.transition.engine.id,
      transition: this.transition.id,
      handler: this.name,
    };
  }
}
