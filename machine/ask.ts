import { type Context, resolvers } from "../clock/mod.ts";

/** A request that waits for what `FooState` returns for this very call. */
export class Ask {
  /** The state's index in the schema as of its turn. */
  state: number;
  /** What the asker gets. */
  readonly promise: Promise<unknown>;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #over: () => Error | null;
  #settled = false;
  #called = false;
  #value: unknown = undefined;
  #thrown: { readonly error: unknown } | null = null;
  /** Gives up what the asker bounded it by. */
  release: (() => void) | null = null;

  /**
   * @param state The state's index.
   * @param over The error of a machine that is disposed, else `null`.
   */
  constructor(state: number, over: () => Error | null) {
    this.state = state;
    this.#over = over;
    const { promise, resolve, reject } = resolvers<unknown>();
    this.promise = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** A `FooState` handler returned. */
  returned(value: unknown, context: () => Context): void {
    this.#called = true;
    if (value === undefined || this.#value !== undefined) return;
    this.#value = value;
    if (typeof (value as PromiseLike<unknown> | null)?.then === "function") {
      this.#await(value as PromiseLike<unknown>, context());
    }
  }

  /** A `FooState` handler threw; one that returned before keeps its answer. */
  threw(error: unknown): void {
    if (this.#value === undefined) this.#thrown ??= { error };
  }

  /** The transition is over: answers, or returns false when no `FooState` was called for it. */
  settle(): boolean {
    if (this.#thrown !== null) this.refuse(this.#thrown.error);
    else if (!this.#called) return false;
    else if (typeof (this.#value as PromiseLike<unknown> | null)?.then !== "function") {
      this.#answer(this.#value);
    }
    return true;
  }

  /** Whether the promise has not settled yet. */
  get open(): boolean {
    return !this.#settled;
  }

  /** Rejects; does nothing when it has settled. */
  refuse(reason: unknown): void {
    if (this.#close()) this.#reject(reason);
  }

  #answer(value: unknown): void {
    if (this.#close()) this.#resolve(value);
  }

  #close(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.release?.();
    return true;
  }

  /** An asynchronous answer counts while the context lasts. */
  #await(answer: PromiseLike<unknown>, context: Context): void {
    const forget = context.onEnd(() => this.refuse(this.#over() ?? context.reason));
    answer.then(
      (value) => {
        forget();
        this.#answer(value);
      },
      (error) => {
        forget();
        this.refuse(error);
      },
    );
  }
}
