import { Chain } from "./chain.ts";
import { checkDelay, delay } from "./delay.ts";
import { resolvers } from "./resolvers.ts";

/**
 * How long something is valid: a node of the tree machine → state activation → children.
 *
 * A context ends once, with everything below it: a state's when the state deactivates, the
 * machine's on disposal, a child's when it is ended or its parent ends. A child of a context that
 * has ended is born expired. `signal` is an `AbortSignal` made on first use, so contexts that
 * nobody listens to cost a small object and no more.
 */
export class Context {
  /** The context that ends this one; `null` for a root. */
  readonly parent: Context | null;
  readonly #label: string;
  #expired: boolean;
  #reason: unknown;
  #controller: AbortController | null = null;
  #children: Set<Context> | null = null;
  #onEnd: Chain<() => void> | null = null;

  /**
   * Makes a context, valid unless its parent has ended.
   *
   * @param label What the context stands for, used in the abort reason.
   * @param parent The context that ends this one.
   */
  constructor(label: string, parent: Context | null = null) {
    this.#label = label;
    this.parent = parent;
    this.#expired = parent !== null && parent.expired;
    if (this.#expired) this.#reason = parent!.reason;
    else if (parent) (parent.#children ??= new Set()).add(this);
  }

  /** Whether the context has ended. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Why the context ended: an `AbortError` or what `end` was given; undefined while it is valid. */
  get reason(): unknown {
    if (this.#expired && this.#reason === undefined) {
      this.#reason = new DOMException(`${this.#label} has ended`, "AbortError");
    }
    return this.#reason;
  }

  /** Aborts when the context ends. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#expired) this.#controller.abort(this.reason);
    }
    return this.#controller.signal;
  }

  /** How many valid contexts are directly below this one. */
  get childCount(): number {
    return this.#children?.size ?? 0;
  }

  /** A context that ends with this one, or earlier by its own `end`. */
  child(label: string = `A child of ${this.#label}`): Context {
    return new Context(label, this);
  }

  /**
   * Resolves after so many milliseconds; rejects with the context's reason when it ends first, at once
   * if it has ended. Leaves nothing behind, and does no harm when nobody awaits it.
   *
   * @throws {RangeError} If the time is no number from 0 up.
   */
  sleep(ms: number): Promise<void> {
    checkDelay(ms);
    const { promise, resolve, reject } = resolvers<void>();
    const cancel = this.#expired ? () => {} : delay(ms, () => {
      forget();
      resolve();
    });
    const forget = this.onEnd(() => {
      cancel();
      reject(this.reason);
    });
    return promise;
  }

  /** Calls `fn` when the context ends, at once if it has ended; returns what takes it back. */
  onEnd(fn: () => void): () => void {
    if (this.#expired) {
      fn();
      return () => {};
    }
    const ends = this.#onEnd ??= new Chain();
    const link = ends.add(fn);
    return () => ends.remove(link);
  }

  /** Ends this context and all below it, children first. */
  end(reason?: unknown): void {
    if (this.#expired) return;
    if (this.parent !== null) this.parent.#children?.delete(this);
    // All are marked before anybody is told: who listens finds the whole tree ended.
    const ended: Context[] = [this];
    for (let i = 0; i < ended.length; i++) {
      const context = ended[i];
      context.#expired = true;
      context.#reason = reason;
      for (const child of context.#children ?? []) ended.push(child);
      context.#children = null;
    }
    for (let i = ended.length - 1; i >= 0; i--) ended[i].#tell();
  }

  #tell(): void {
    const ends = this.#onEnd;
    this.#onEnd = null;
    for (const link of ends?.links() ?? []) {
      if (link.linked) link.value(); // one may take back another
    }
    this.#controller?.abort(this.reason);
  }
}
