import type { Context } from "../clock/mod.ts";
import { MachineDisposedError, RefusedError } from "./errors.ts";
import type { Explanation } from "./explanation.ts";

/** Whose request it is. */
export interface AskOwner {
  /** The machine's id. */
  readonly id: string;
  /** Whether the machine has ended. */
  readonly disposed: boolean;
}

/** A request that waits for what `FooState` returns for this very call. */
export class Ask {
  // One is made per request: its fields are declared only, which is faster.
  /** Who is asked. */
  declare private readonly owner: AskOwner;
  /** The state's name. */
  declare private readonly name: string;
  /** The state's index in the schema as of its turn. */
  declare state: number;
  /** What the asker gets. */
  declare readonly promise: Promise<unknown>;
  declare private resolve: (value: unknown) => void;
  declare private reject: (reason: unknown) => void;
  /** Whether the promise has not settled yet. */
  declare open: boolean;
  declare private called: boolean;
  declare private value: unknown;
  declare private thrown: { readonly error: unknown } | null;
  /** Gives up what the asker bounded it by. */
  declare release: (() => void) | null;
  /** Takes back that the end of a context rejects. */
  declare private outlive: (() => void) | null;

  constructor(owner: AskOwner, name: string, state: number) {
    this.owner = owner;
    this.name = name;
    this.state = state;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.open = true;
    this.called = false;
    this.value = undefined;
    this.thrown = null;
    this.release = null;
    this.outlive = null;
  }

  /** A `FooState` handler returned. */
  returned(value: unknown): void {
    this.called = true;
    if (this.value === undefined) this.value = value;
  }

  /** A `FooState` handler threw; one that returned before keeps its answer. */
  threw(error: unknown): void {
    if (this.value === undefined) this.thrown ??= { error };
  }

  /** Whether a handler's promise is to be the answer; from now on it counts while the context lasts. */
  awaits(promise: PromiseLike<unknown>, event: { readonly context: Context }): boolean {
    if (this.value !== promise || this.outlive !== null) return false;
    const { context } = event;
    this.outlive = context.onEnd(() => this.ended(context.reason));
    return true;
  }

  /** The transition is over: answers, or returns false when no `FooState` was called for it. */
  settle(): boolean {
    if (this.thrown !== null) this.refuse(this.thrown.error);
    else if (!this.called) return false;
    else if (this.outlive === null) this.answer(this.value);
    return true;
  }

  /** Resolves; does nothing when it has settled. */
  answer(value: unknown): void {
    if (this.close()) this.resolve(value);
  }

  /** Rejects; does nothing when it has settled. */
  refuse(reason: unknown): void {
    if (!this.close()) return;
    this.promise.catch(() => {}); // a request that nobody awaits must not crash the process
    this.reject(reason);
  }

  /** Rejects, since nobody will answer. */
  unanswered(explanation: Explanation | null): void {
    if (this.open) this.ended(new RefusedError(this.owner.id, this.name, explanation));
  }

  /** Rejects with the reason, unless the machine's end is the reason of all. */
  private ended(reason: unknown): void {
    const { disposed, id } = this.owner;
    this.refuse(disposed ? new MachineDisposedError(id, `answer for ${this.name}`) : reason);
  }

  private close(): boolean {
    if (!this.open) return false;
    this.open = false;
    this.release?.();
    this.outlive?.();
    return true;
  }
}
