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

  /** Ends this context and all below it, children first. */
  end(reason?: unknown): void {
    if (this.#expired) return;
    this.#expired = true;
    this.#reason = reason;
    if (this.parent !== null) this.parent.#children?.delete(this);
    const children = this.#children;
    this.#children = null;
    if (children) {
      for (const child of children) child.end(reason);
    }
    this.#controller?.abort(this.reason);
  }
}
