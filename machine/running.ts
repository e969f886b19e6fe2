import type { AnyMachine } from "./any_machine.ts";
import type { Ask } from "./ask.ts";
import type { StateSet } from "../relations/mod.ts";
import type { MutationSource } from "./mutation.ts";
import type { Plan } from "./plan.ts";
import type { Call } from "./plans.ts";
import type { Handling } from "./source.ts";
import { TransitionRecord } from "./transition.ts";

/**
 * The transition that a machine runs: reused from one to the next, so that those whose handlers don't look
 * cost no object. `record()` makes the object that handlers and tracers see, once it is needed.
 */
export class Running implements Handling {
  /** The mutation until its relations are resolved; then the plan has it. */
  call: Call | null = null;
  /** What is done; null until the relations are resolved, and between transitions. */
  plan: Plan<Call> | null = null;
  /** The arguments. */
  args: unknown = undefined;
  /** Whether it is a dry run. */
  check = false;
  /** Whether ticks have moved. */
  applied = false;
  /** Whether handlers are called without anything around them: nobody watches, limits or asks. */
  plain = true;
  /** Its number. */
  id = 0;
  /** Who waits for the answer. */
  ask: Ask | null = null;
  /** The slot of the handler that runs; -1 between handlers. A number costs less to keep than a handler. */
  slot = -1;
  /** What ran when the drain began, of whatever machine: the source of its first mutation. */
  outer: Handling | null = null;
  /** Whether this is the drain's first transition, started without a record. */
  first = true;
  /** How deep machines are nested. */
  depth = 1;
  readonly #owner: { readonly machine: AnyMachine; readonly active: StateSet; readonly id: string };
  #tx: TransitionRecord | null = null;
  #source: MutationSource | null = null;

  constructor(
    owner: { readonly machine: AnyMachine; readonly active: StateSet; readonly id: string },
  ) {
    this.#owner = owner;
  }

  /** A transition begins; with a record if it has been in the queue or is watched. */
  begin(call: Call, args: unknown, id: number, tx: TransitionRecord | null): void {
    this.call = call;
    this.args = args;
    this.id = id;
    this.applied = false;
    this.#tx = tx;
    if (tx !== null) tx.begin(id);
  }

  /** One whose plan is known begins, without a record. */
  beginPlanned(plan: Plan<Call>, args: unknown, id: number): void {
    this.plan = plan;
    this.args = args;
    this.id = id;
    this.applied = false;
  }

  /** It is over. */
  end(): void {
    this.plan = null;
    if (this.args !== undefined) this.args = undefined;
    if (this.call !== null || this.#tx !== null) this.#forget();
  }

  #forget(): void {
    this.call = null;
    this.ask = null;
    this.#tx = null;
  }

  /** Whether a transition runs. */
  get active(): boolean {
    return this.plan !== null || this.call !== null;
  }

  /** It runs within another machine's, or not. */
  nest(outer: Handling | null): void {
    this.outer = outer;
    this.depth = outer === null ? 1 : outer.depth + 1;
  }

  /** Its record, if one was needed so far. */
  get recorded(): TransitionRecord | null {
    return this.#tx;
  }

  /** Whether it has a record, or somebody who waits for its outcome. */
  get isSeen(): boolean {
    return this.#tx !== null || this.ask !== null;
  }

  /** What handlers and tracers see of it; made on first use. */
  record(): TransitionRecord {
    if (this.#tx !== null) return this.#tx;
    const source = this.first && this.outer !== null ? this.outer.source : null;
    const tx = new TransitionRecord(
      this.#owner,
      this.plan?.call ?? this.call!,
      this.args,
      source,
      this.check,
    );
    tx.begin(this.id);
    tx.plan = this.plan;
    if (this.applied) tx.applied(this.plan!);
    return this.#tx = tx;
  }

  /**
   * The running handler, as the source of mutations; one object per transition and handler. Between
   * transitions that of the machine in whose handler the drain began.
   */
  get source(): MutationSource | null {
    const { slot, id } = this;
    if (slot === -1) return this.active ? null : this.outer?.source ?? null;
    const { plans } = this.plan?.call ?? this.call!; // a handler that is resumed has no plan
    const handler = plans.handlers.names[slot];
    const known = this.#source;
    if (known !== null && known.transition === id && known.handler === handler) return known;
    return this.#source = { machineId: this.#owner.id, transition: id, handler };
  }
}
