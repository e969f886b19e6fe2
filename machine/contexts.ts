import { Context } from "../clock/mod.ts";

/** Whose contexts they are. */
export interface ContextOwner {
  /** The machine's id. */
  readonly id: string;
  /** The schema, for the states' names. */
  readonly schema: { readonly names: readonly string[] };
}

/**
 * The contexts of one machine: its own, and those of its states' activations. All are made on first use;
 * whoever ends an activation calls `end`, so that this is the only place where state contexts end.
 */
export class Contexts {
  readonly #owner: ContextOwner;
  readonly #parent: Contexts | null;
  #own: Context | null = null;
  #byState: Map<number, Context> | null = null;

  constructor(owner: ContextOwner, parent: Contexts | null) {
    this.#owner = owner;
    this.#parent = parent;
  }

  /** Whether some state has a context. */
  get any(): boolean {
    return this.#byState !== null && this.#byState.size > 0;
  }

  /** The machine's own. */
  get own(): Context {
    return this.#own ??= new Context(`Machine "${this.#owner.id}"`, this.#parent?.own ?? null);
  }

  /** That of the present activation of an active state. */
  of(state: number): Context {
    const byState = this.#byState ??= new Map();
    let context = byState.get(state);
    if (context === undefined) byState.set(state, context = this.own.child(this.#label(state)));
    return context;
  }

  /** One that has ended. */
  expired(state: number): Context {
    const context = new Context(this.#label(state));
    context.end();
    return context;
  }

  #label(state: number): string {
    return `The activation of state "${this.#owner.schema.names[state]}"`;
  }

  /** The activations of these states are over. */
  end(states: readonly number[]): void {
    const byState = this.#byState;
    if (byState === null || byState.size === 0) return;
    const ended: Context[] = [];
    for (const state of states) {
      const context = byState.get(state);
      if (context === undefined) continue;
      byState.delete(state);
      ended.push(context);
    }
    for (const context of ended) context.end();
  }

  /** Moves all to new state indexes. */
  reindex(index: (old: number) => number): void {
    if (this.#byState === null) return;
    this.#byState = new Map([...this.#byState].map(([old, context]) => [index(old), context]));
  }

  /** The machine is over. */
  dispose(): void {
    this.own.end();
    this.#byState = null;
  }
}
