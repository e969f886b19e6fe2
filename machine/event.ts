import type { Context } from "../clock/mod.ts";
import type { ArgsOf, ArgsParam, StateNames } from "../relations/mod.ts";
import type { HandlerEvent as Event } from "./handler_event.ts";
import type { Machine } from "./machine.ts";
import type { AddErrOptions, Mutation, MutationSource, Result } from "./mutation.ts";
import { printAs } from "./printing.ts";
import type { Transition } from "./transition.ts";

/**
 * What a handler receives. Mutations made through it carry their source for tracers, and are
 * `canceled` once its context has expired, so that a late asynchronous result changes nothing.
 */
export class HandlerEvent<S = Record<string, unknown>, Args = Record<string, unknown>>
  implements Event<S, Args, Machine<S>> {
  /** The handler's name. */
  declare readonly name: string;
  /** The transition that the handler is part of. */
  declare readonly transition: Transition;
  // One event is made per handler call: fields that are declared only, and none with `#`, because the
  // engine makes such objects several times faster.
  declare private readonly state: number;
  declare private readonly activation: number;
  // Always there: a collection that finds no instance makes the engine drop its optimized code.
  static readonly #kept: HandlerEvent = new HandlerEvent(null!, "", -1);

  /** @ignore */
  constructor(transition: Transition, name: string, state: number) {
    this.transition = transition;
    this.name = name;
    this.state = state;
    this.activation = state === -1 ? 0 : transition.engine.clock.activation(state);
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
    const { engine } = this.transition;
    if (this.state === -1) return engine.context;
    return this.expired ? engine.expiredContext(this.index) : engine.stateContext(this.index);
  }

  /** Aborts when the context ends. */
  get signal(): AbortSignal {
    return this.context.signal;
  }

  /** Whether the context has ended. */
  get expired(): boolean {
    const { engine } = this.transition;
    return engine.disposed ||
      (this.state !== -1 && engine.clock.activation(this.index) !== this.activation);
  }

  /** The state's present index: the schema may have been replaced since. */
  private get index(): number {
    const { engine, call: { plans } } = this.transition;
    if (plans.schema === engine.schema) return this.state;
    return engine.schema.indexes.get(plans.schema.names[this.state])!;
  }

  /** Like `machine.add`, with a source, and canceled after the context's end. */
  add<const N extends StateNames<S>>(states: N | readonly N[], ...args: ArgsParam<S, N>): Result;
  add(states: string | readonly string[], args?: unknown): Result {
    return this.transition.engine.mutate("add", states, args, this);
  }

  /** Like `machine.remove`, with a source, and canceled after the context's end. */
  remove<const N extends StateNames<S>>(states: N | readonly N[], args?: ArgsOf<S, N>): Result {
    return this.transition.engine.mutate("remove", states, args, this);
  }

  /** Like `machine.set`, with a source, and canceled after the context's end. */
  set<const N extends StateNames<S>>(states: N | readonly N[], ...args: ArgsParam<S, N>): Result;
  set(states: string | readonly string[], args?: unknown): Result {
    return this.transition.engine.mutate("set", states, args, this);
  }

  /** Like `machine.toggle`, with a source, and canceled after the context's end. */
  toggle<const N extends StateNames<S>>(states: N | readonly N[], ...args: ArgsParam<S, N>): Result;
  toggle(states: string | readonly string[], args?: unknown): Result {
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

printAs(
  HandlerEvent,
  ({ name, transition }) => `HandlerEvent ${name} of transition ${transition.id}`,
);
