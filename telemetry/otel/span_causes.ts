import type { Link, Span, SpanContext } from "@opentelemetry/api";
import type { HandlerEvent, Mutation, Transition } from "../../machine/mod.ts";

/** What caused a transition, as a link to its span. */
export interface Cause {
  /** The kind: `am.link` of the link. */
  readonly kind: "source" | "auto" | "error" | "context";
  /** The other span. */
  readonly span: SpanContext;
}

/** Knows the spans of past transitions, as long as something may still come of them. */
export class Causes {
  readonly #spans: WeakMap<Transition, SpanContext> = new WeakMap();
  readonly #queued: WeakMap<Mutation, SpanContext> = new WeakMap();
  /** What threw → the span of the transition that it was thrown in. */
  readonly #thrown: WeakMap<object, SpanContext> = new WeakMap();

  /** A transition has a span. */
  started(tx: Transition, span: Span): void {
    this.#spans.set(tx, span.spanContext());
  }

  /** A mutation has to wait: what is active now is gone when its turn comes. */
  queued(mutation: Mutation, active: Span | undefined): void {
    if (active) this.#queued.set(mutation, active.spanContext());
  }

  /** A handler has thrown, at once or later. */
  thrown(tx: Transition, error: unknown): void {
    const span = this.#spans.get(tx);
    if (span && typeof error === "object" && error !== null) this.#thrown.set(error, span);
  }

  /**
   * Why a transition runs: the handler that made the mutation through its event, the transition
   * before an auto one, the one that threw, or else the span that was active.
   */
  of(tx: Transition, before: Transition | null, active: Span | undefined): Cause | null {
    const event = tx.event as HandlerEvent | null;
    const source = event && this.#spans.get(event.transition);
    if (source) return { kind: "source", span: source };
    if (tx.auto) return cause("auto", before && this.#spans.get(before));
    const { err } = tx.args;
    const thrown = typeof err === "object" && err !== null &&
      (this.#thrown.get(err) ?? this.#thrown.get((err as Error).cause as object));
    if (thrown) return { kind: "error", span: thrown };
    return cause("context", this.#queued.get(tx) ?? active?.spanContext());
  }
}

function cause(kind: Cause["kind"], span: SpanContext | null | undefined): Cause | null {
  return span ? { kind, span } : null;
}

/** A link to a span, with what it is for. */
export function linkTo(kind: string, span: SpanContext): Link {
  return { context: span, attributes: { "am.link": kind } };
}
