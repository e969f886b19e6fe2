import type { Context } from "../clock/mod.ts";
import type { MutationType } from "../relations/mod.ts";
import type { Core } from "./core.ts";
import type { HandlerEvent } from "./handler_event.ts";
import type { MachineOf, Mutations } from "./machine_of.ts";
import {
  type AddErrOptions,
  type Mutation,
  type MutationOrigin,
  type MutationSource,
  type Result,
  submit,
  type Submittable,
} from "./mutation.ts";
import { printAs } from "./printing.ts";
import type { TransitionRecord } from "./transition.ts";
import type { WaitOptions } from "./wait_options.ts";

type States = string | readonly string[];

interface Made {
  /** Whether the handler is called for an activation that came by an import. */
  readonly resumed: boolean;
  context: Context | null;
  source: MutationSource | null;
}

/** What handlers receive, see {@linkcode HandlerEvent}, which has the types. */
export class Event implements MutationOrigin, HandlerEvent {
  /** The handler's name. */
  declare readonly name: string;
  /** The transition that the handler is part of. */
  declare readonly transition: TransitionRecord;
  // One event is made per handler call: fields that are declared only, and none with `#`, because the
  // engine makes such objects several times faster.
  /** The state whose activation it acts for, by its index then; -1 for none. */
  declare readonly state: number;
  /** That activation. */
  declare readonly activation: number;
  /** What only some events are asked for. */
  declare private made: Made | null;
  /** Always there: a collection that finds no instance makes V8 drop its optimized code. */
  static readonly #kept: Event = new Event(null!, null!, "", -1);

  constructor(
    core: Core,
    transition: TransitionRecord,
    name: string,
    state: number,
    resumed = false,
  ) {
    this.transition = transition;
    this.name = name;
    this.state = state;
    this.activation = state === -1 ? 0 : core.clock.activation(state);
    this.made = resumed ? { resumed, context: null, source: null } : null;
  }

  /** The owner of its transition. */
  private get core(): Core {
    return this.transition.owner as Core;
  }

  get resumed(): boolean {
    return this.made !== null && this.made.resumed;
  }

  private make(): Made {
    return this.made ??= { resumed: false, context: null, source: null };
  }

  get machine(): MachineOf<Record<string, unknown>> {
    return this.core.machine as unknown as MachineOf<Record<string, unknown>>;
  }

  get args(): Record<string, unknown> {
    return this.transition.args;
  }

  get mutation(): Mutation {
    return this.transition;
  }

  get context(): Context {
    const made = this.make();
    return made.context ??= this.contextNow();
  }

  private contextNow(): Context {
    const { core, state } = this;
    if (state === -1) return core.contexts.own;
    const index = this.index;
    return this.expired ? core.contexts.expired(index) : core.stateContext(index);
  }

  get signal(): AbortSignal {
    return this.context.signal;
  }

  get expired(): boolean {
    const { core } = this;
    return core.disposed ||
      (this.state !== -1 && core.clock.activation(this.index) !== this.activation);
  }

  /** The state's present index: the schema may have been replaced since. */
  get index(): number {
    const { schema } = this.transition.call.plans;
    const present = this.core.schema;
    return schema === present ? this.state : present.indexes.get(schema.names[this.state])!;
  }

  get source(): MutationSource {
    return this.make().source ??= {
      machineId: this.core.id,
      transition: this.transition.id,
      handler: this.name,
    };
  }

  add(states: States, args?: unknown): Result {
    return this.core.mutate("add", states, args, this);
  }

  remove(states: States, args?: unknown): Result {
    return this.core.mutate("remove", states, args, this);
  }

  set(states: States, args?: unknown): Result {
    return this.core.mutate("set", states, args, this);
  }

  toggle(states: States, args?: unknown): Result {
    return this.core.mutate(this.core.is(states) ? "remove" : "add", states, args, this);
  }

  addErr(error: unknown, options?: AddErrOptions): Result {
    return this.core.addErr(error, options, this);
  }

  ask(state: string, args?: unknown, options?: WaitOptions): Promise<never> {
    return this.core.ask(state, args, options, this) as Promise<never>; // typed by the interface
  }

  with<T>(other: MachineOf<T>): Mutations<T> {
    return new Through(
      other as unknown as Submittable & MachineOf<T>,
      this,
    ) as unknown as Mutations<T>;
  }

  addAfter(ms: number, states: States, args?: unknown): void {
    const { source, activation } = this;
    if (this.expired) return;
    this.core.addAfter(ms, states, args, {
      state: this.state === -1 ? -1 : this.index,
      activation,
      source,
    });
  }

  sleep(ms: number): Promise<void> {
    return this.context.sleep(ms);
  }
}

printAs(Event, ({ name, transition }) => `HandlerEvent ${name} of transition ${transition.id}`);

/** The mutations of a machine through the event of a handler of another. */
class Through {
  readonly #machine: Submittable & { is(states: States): boolean };
  readonly #origin: MutationOrigin;

  constructor(machine: Submittable & { is(states: never): boolean }, origin: MutationOrigin) {
    if (typeof machine?.[submit] !== "function") {
      throw new TypeError(`${String(machine)} is no machine whose mutations can have a source`);
    }
    this.#machine = machine as Submittable & { is(states: States): boolean };
    this.#origin = origin;
  }

  #submit(type: MutationType, states: States, args: unknown): Result {
    return this.#machine[submit](type, states, args, this.#origin);
  }

  add(states: States, args?: unknown): Result {
    return this.#submit("add", states, args);
  }

  remove(states: States, args?: unknown): Result {
    return this.#submit("remove", states, args);
  }

  set(states: States, args?: unknown): Result {
    return this.#submit("set", states, args);
  }

  toggle(states: States, args?: unknown): Result {
    return this.#submit(this.#machine.is(states) ? "remove" : "add", states, args);
  }

  addErr(error: unknown, options?: AddErrOptions): Result {
    const states = options?.state === undefined ? "Exception" : [options.state, "Exception"];
    return this.#submit("add", states, { ...options?.args, err: error });
  }
}
