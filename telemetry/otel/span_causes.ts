import type { Link, Span, SpanContext } from "@opentelemetry/api";
import type { Mutation, Transition } from "../../machine/mod.ts";

/** What caused a transition, as a link to its span. */
export interface Cause {
  /** The kind: `am.link` of the link. */
  readonly kind: "source" | "auto" | "error" | "context";
  /** The other span. */
  readonly span: SpanContext;
}

/** How many transitions are remembered beside those that opened what is still active. */
const RECENT = 10_000;

/** Knows the spans of past transitions, as long as something may still come of them. */
export class Causes {
  /** Machine and transition → its span, the oldest first. */
  readonly #recent: Map<string, SpanContext> = new Map();
  /** The same, of transitions whose activations last: their handlers may still be at work. */
  readonly #open: Map<string, { readonly span: SpanContext; activations: number }> = new Map();
  readonly #queued: WeakMap<Mutation, SpanContext> = new WeakMap();
  /** What threw → the span of the transition that it was thrown in. */
  readonly #thrown: WeakMap<object, SpanContext> = new WeakMap();

  /** A transition has a span. */
  started(tx: Transition, span: Span): void {
    const key = keyOf(tx.machine.id, tx.id);
    this.#recent.delete(key);
    this.#recent.set(key, span.spanContext());
    if (this.#recent.size > RECENT) this.#recent.delete(this.#recent.keys().next().value!);
  }

  /** An activation that a transition opened lasts until the returned function is called. */
  opened(tx: Transition): () => void {
    const key = keyOf(tx.machine.id, tx.id);
    const span = this.#recent.get(key);
    if (span === undefined) return () => {};
    const open = this.#open.get(key) ?? { span, activations: 0 };
    open.activations++;
    this.#open.set(key, open);
    return () => {
      if (--open.activations === 0) this.#open.delete(key);
    };
  }

  /** A mutation has to wait: what is active now is gone when its turn comes. */
  queued(mutation: Mutation, active: Span | undefined): void {
    if (active) this.#queued.set(mutation, active.spanContext());
  }

  /** A handler has thrown, at once or later. */
  thrown(tx: Transition, error: unknown): void {
    const span = this.#of(tx.machine.id, tx.id);
    if (span && isObject(error)) this.#thrown.set(error, span);
  }

  /**
   * Why a transition runs: the handler that made the mutation, the transition before an auto one, the
   * one that threw, or else the span that was active.
   */
  of(tx: Transition, before: Transition | null, active: Span | undefined): Cause | null {
    const { source } = tx;
    const made = source && this.#of(source.machineId, source.transition);
    if (made) return { kind: "source", span: made };
    if (tx.auto) return cause("auto", before && this.#of(before.machine.id, before.id));
    const thrown = this.#thrownAs(errorOf(tx));
    if (thrown) return { kind: "error", span: thrown };
    return cause("context", this.#queued.get(tx) ?? active?.spanContext());
  }

  #of(machineId: string, transition: number): SpanContext | undefined {
    const key = keyOf(machineId, transition);
    return this.#recent.get(key) ?? this.#open.get(key)?.span;
  }

  #thrownAs(error: unknown): SpanContext | undefined {
    if (!isObject(error)) return undefined;
    const span = this.#thrown.get(error);
    if (span) return span;
    try {
      // What is no error is wrapped in one.
      const { cause } = error as { readonly cause?: unknown };
      return isObject(cause) ? this.#thrown.get(cause) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** The error that a mutation was given, if it can be read. */
export function errorOf(tx: Transition): unknown {
  try {
    return tx.args.err;
  } catch {
    return undefined;
  }
}

function keyOf(machineId: string, transition: number): string {
  return `${transition} ${machineId}`;
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function cause(kind: Cause["kind"], span: SpanContext | null | undefined): Cause | null {
  return span ? { kind, span } : null;
}

/** A link to a span, with what it is for. */
export function linkTo(kind: string, span: SpanContext): Link {
  return { context: span, attributes: { "am.link": kind } };
}
