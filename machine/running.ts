import type { AnyMachine } from "./any_machine.ts";
import type { Ask } from "./ask.ts";
import type { BoundHandler, HandlerTable } from "./bindings.ts";
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
  /** The mutation; null between transitions. */
  call: Call | null = null;
  /** What is done; null until the relations are resolved. */
  plan: Plan<Call> | null = null;
  /** The functions that belong to the plan. */
  table: HandlerTable = [];
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
  /** The handler that runs; null between handlers. */
  handler: BoundHandler | null = null;
  /** What ran when the drain began, of whatever machine: the source of its first mutation. */
  outer: Handling | null = null;
  /** Whether this is the drain's first transition, started without a record. */
  first = false;
  /** How deep machines are nested. */
  depth = 0;
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
    this.plan = null;
    this.args = args;
    this.id = id;
    this.applied = false;
    this.#tx = tx;
    if (tx !== null) tx.begin(id);
  }

  /** It is over. */
  end(): void {
    this.call = null;
    this.args = undefined;
    this.ask = null;
    this.#tx = null;
  }

  /** Whether a transition runs. */
  get active(): boolean {
    return this.call !== null;
  }

  /** Its record, if one was needed so far. */
  get recorded(): TransitionRecord | null {
    return this.#tx;
  }

  /** What handlers and tracers see of it; made on first use. */
  record(): TransitionRecord {
    if (this.#tx !== null) return this.#tx;
    const source = this.first && this.outer !== null ? this.outer.source : null;
    const tx = new TransitionRecord(this.#owner, this.call!, this.args, source, this.check);
    tx.begin(this.id);
    tx.plan = this.plan;
    tx.ask = this.ask;
    if (this.applied) tx.applied(this.plan!);
    return this.#tx = tx;
  }

  /** The running handler, as the source of mutations; one object per transition and handler. */
  get source(): MutationSource | null {
    const { handler, id } = this;
    if (handler === null) return null;
    const known = this.#source;
    if (known !== null && known.transition === id && known.handler === handler.name) return known;
    return this.#source = { machineId: this.#owner.id, transition: id, handler: handler.name };
  }
}
