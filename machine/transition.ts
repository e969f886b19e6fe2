import type { Time } from "../clock/mod.ts";
import {
  enterOrder,
  keep,
  kept,
  type KeptSet,
  members,
  resolve,
  type StateSet,
} from "../relations/mod.ts";
import type { AnyMachine, Step, Transition } from "./any_machine.ts";
import type { Ask } from "./ask.ts";
import type { Mutation, MutationSource, Result } from "./mutation.ts";
import type { Plan } from "./plan.ts";
import type { Call } from "./plans.ts";
import { printAs } from "./printing.ts";

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

/** Whose transition it is. */
export interface TransitionOwner {
  readonly machine: AnyMachine;
  readonly active: StateSet;
}

/** An activation that has failed: it ends with the transition that adds `Exception`. */
export interface Failed {
  /** The state. */
  readonly name: string;
  /** Which of its activations. */
  readonly activation: number;
}

/**
 * A mutation, and its processing: what waits in the queue, and what handlers and tracers see. It keeps
 * nothing of the transition that caused it but the source's names, so that endless chains don't leak.
 */
export class TransitionRecord implements Transition {
  // One is made per transition with handlers: fields that are declared only, and none with `#`,
  // because the engine makes such objects several times faster.

  /** Whose it is. */
  declare readonly owner: TransitionOwner;
  /** What is to happen; made anew when the schema or the handlers have changed meanwhile. */
  declare call: Call;
  /** What the relations and the bound handlers make of it; null until its turn has come. */
  declare plan: Plan<Call> | null;
  /** The active states before; null until its turn has come. */
  declare activeBefore: KeptSet | null;
  /** What is recorded on demand. */
  declare trace: Trace | null;
  /** The transition's number within its machine, from 1; 0 while it is queued. */
  declare id: number;
  /** The arguments, empty when none were given. */
  declare readonly args: Readonly<Record<string, unknown>>;
  /** Whether it is a dry run. */
  declare readonly check: boolean;
  /** The outcome; `queued` until it is known. */
  declare result: Result;
  /** Who made the mutation. */
  declare readonly source: MutationSource | null;
  /** What hardly any transition has. */
  declare private rare: { ask: Ask | null; failed: Failed | null } | null;
  /** Always there: a collection that finds no instance makes V8 drop its optimized code. */
  static readonly #kept: TransitionRecord = new TransitionRecord(null!, null!, undefined, null);

  constructor(
    owner: TransitionOwner,
    call: Call,
    args: unknown,
    source: MutationSource | null,
    check = false,
  ) {
    this.owner = owner;
    this.call = call;
    this.plan = null;
    this.activeBefore = null;
    this.id = 0;
    this.args = (args as Record<string, unknown> | undefined) ?? NO_ARGS;
    this.check = check;
    this.result = "queued";
    this.trace = null;
    this.source = source;
    this.rare = null;
  }

  /** Who waits for the answer. */
  get ask(): Ask | null {
    return this.rare === null ? null : this.rare.ask;
  }

  set ask(ask: Ask | null) {
    if (ask !== null) this.rare = { ask, failed: this.failed };
  }

  /** What has failed and leaves with it. */
  get failed(): Failed | null {
    return this.rare === null ? null : this.rare.failed;
  }

  set failed(failed: Failed | null) {
    this.rare = { ask: this.ask, failed };
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

  /** What is only recorded on demand. */
  record(): Trace {
    return this.trace ??= new Trace();
  }

  /** Its turn has come. */
  begin(id: number): void {
    this.id = id;
    this.activeBefore = keep(this.owner.active);
  }

  /** It was made after the plan had been applied. */
  applied(plan: Plan<Call>): void {
    const { active } = this.owner;
    plan.flip(active);
    this.activeBefore = keep(active);
    plan.flip(active);
  }

  /** The active set before; the present one until the transition has started. */
  get before(): StateSet {
    return this.activeBefore === null ? this.owner.active : kept(this.activeBefore);
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

  /** Whether arguments were given. */
  get hasArgs(): boolean {
    return this.args !== NO_ARGS;
  }

  /** The machine. */
  get machine(): AnyMachine {
    return this.owner.machine;
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
    const call = this.plan?.call ?? this.call; // an auto mutation may have been accepted in part
    const excluded = this.failed === null
      ? []
      : [this.call.plans.schema.indexes.get(this.failed.name)!];
    const { schema } = call.plans;
    const scope = { excluded };
    const { target } = resolve(schema, this.before, call.called, call.type, undefined, scope);
    return this.#names(enterOrder(schema, target));
  }

  /** The states that leave, in the order of their handlers. */
  get exits(): readonly string[] {
    return this.#names(this.plan?.resolution.exits ?? []);
  }

  /** The states that enter, called multi states included, in the order of their handlers. */
  get enters(): readonly string[] {
    return this.#names(this.plan?.resolution.enters ?? []);
  }

  #names(states: readonly number[]): string[] {
    return states.map((state) => this.call.plans.schema.names[state]);
  }
}

printAs(
  TransitionRecord,
  ({ id, type, calledStates, result }) => `Transition ${id}: ${type} ${calledStates} ${result}`,
);
