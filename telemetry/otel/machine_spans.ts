import {
  type Attributes,
  type AttributeValue,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { AnyMachine, Mutation, Transition } from "../../machine/mod.ts";
import { type Causes, linkTo } from "./span_causes.ts";

/** What is shown, and through what. */
export interface SpanSettings {
  /** Makes the spans. */
  readonly tracer: Tracer;
  /** Whether a state is shown. */
  readonly shows: (state: string) => boolean;
  /** Whether transitions are shown. */
  readonly transitions: boolean;
  /** Whether transitions of auto states are shown. */
  readonly auto: boolean;
  /** The arguments to show. */
  readonly argsOf: ((mutation: Mutation) => Record<string, unknown>) | null;
}

/** A span of an activation; its context is made with the first handler that needs it. */
interface Activation {
  readonly span: Span;
  context: Context | null;
}

/** The spans of one machine. */
export class MachineSpans {
  /** That of the machine's span, the parent of its children's. */
  readonly context: Context;
  readonly #machine: AnyMachine;
  readonly #settings: SpanSettings;
  readonly #causes: Causes;
  readonly #states: Context;
  readonly #transitions: Context;
  readonly #activations: Map<string, Activation> = new Map();
  #names: readonly string[] = [];
  #shown: readonly boolean[] = [];
  /** The running transition's span, null when it is not shown. */
  #span: Span | null = null;
  /** Its context, made with the first handler that needs it. */
  #spanContext: Context | null = null;
  /** Activations of the running transition have been opened. */
  #opened = false;
  #last: Transition | null = null;

  constructor(
    machine: AnyMachine,
    parent: Context | undefined,
    settings: SpanSettings,
    causes: Causes,
  ) {
    this.#machine = machine;
    this.#settings = settings;
    this.#causes = causes;
    // The machine's span and its two groups end at once, so that a backend shows the tree while the
    // machine still runs.
    this.context = this.#group(`mach:${machine.id}`, parent ?? ROOT_CONTEXT, {
      "am.machine.tags": [...machine.tags],
      "am.machine.parent": machine.parent?.id,
    });
    this.#states = this.#group("states", this.context, {});
    this.#transitions = this.#group("transitions", this.context, {});
    this.readSchema();
    for (const name of machine.activeStates()) {
      if (settings.shows(name)) this.#open(name, machine.tick(name), null);
    }
  }

  #group(name: string, parent: Context, attributes: Attributes): Context {
    const span = this.#settings.tracer.startSpan(name, {
      attributes: { "am.machine.id": this.#machine.id, ...attributes },
      root: parent === ROOT_CONTEXT,
    }, parent);
    span.end();
    return trace.setSpan(parent, span);
  }

  /** Called again after a change of the schema. */
  readSchema(): void {
    this.#names = [...this.#machine.stateNames];
    this.#shown = this.#names.map((name) => this.#settings.shows(name));
  }

  /** A transition was made. */
  init(tx: Transition): void {
    this.#opened = false;
    this.#span = null;
    this.#spanContext = null;
    const { transitions, auto, tracer } = this.#settings;
    if (!transitions || (tx.auto && !auto)) return;
    if (!tx.called.some((state) => this.#shown[state])) return;
    const cause = this.#causes.of(tx, this.#last, trace.getSpan(context.active()));
    const span = tracer.startSpan(
      `[${tx.type}] ${tx.calledStates.join(" ")}`,
      cause ? { links: [linkTo(cause.kind, cause.span)] } : undefined,
      this.#transitions,
    );
    this.#span = span;
    if (!span.isRecording()) return;
    this.#causes.started(tx, span);
    span.setAttributes(this.#attributesOf(tx));
  }

  #attributesOf(tx: Transition): Attributes {
    const attributes: Attributes = {
      "am.machine.id": this.#machine.id,
      "am.transition.id": tx.id,
      "am.transition.type": tx.type,
      "am.transition.called": [...tx.calledStates],
      "am.transition.auto": tx.auto,
      "am.transition.queue_size": tx.queueLength,
      "am.transition.time_before": [...tx.timeBefore],
    };
    const { source } = tx;
    if (source) {
      attributes["am.source.machine.id"] = source.machineId;
      attributes["am.source.transition.id"] = source.transition;
      attributes["am.source.handler"] = source.handler;
    }
    const args = this.#settings.argsOf?.(tx) ?? {};
    for (const [name, value] of Object.entries(args)) {
      attributes[`am.args.${name}`] = attributeOf(value);
    }
    return attributes;
  }

  /**
   * Calls a handler inside the span that it works for: `FooState` and `FooEnd` that of Foo's
   * activation, all others the transition's.
   */
  call(tx: Transition, handler: string, call: () => unknown): unknown {
    const activation = this.#activationOf(tx, handler);
    if (activation !== undefined) {
      activation.context ??= trace.setSpan(this.#states, activation.span);
      return context.with(activation.context, call);
    }
    if (this.#span === null) return call();
    this.#spanContext ??= trace.setSpan(this.#transitions, this.#span);
    return context.with(this.#spanContext, call);
  }

  #activationOf(tx: Transition, handler: string): Activation | undefined {
    if (handler.endsWith("State") && handler !== "AnyState") {
      const state = handler.slice(0, -"State".length);
      if (!this.#names.includes(state)) return undefined;
      if (!this.#opened) this.#openAll(tx, this.#machine.time());
      return this.#activations.get(state);
    }
    return handler.endsWith("End")
      ? this.#activations.get(handler.slice(0, -"End".length))
      : undefined;
  }

  /** A handler has returned or thrown. */
  handled(handler: string, error: unknown): void {
    const span = this.#span;
    if (span === null || !span.isRecording()) return;
    span.addEvent(handler);
    if (error !== undefined) this.#fail(span, error);
  }

  /** A handler's promise was rejected, maybe long after its transition. */
  rejected(handler: string, error: unknown, expired: boolean): void {
    const span = handler.endsWith("State")
      ? this.#activations.get(handler.slice(0, -"State".length))?.span
      : undefined;
    if (!span) return;
    if (expired) span.addEvent("expired", { "am.handler": handler, "am.error": String(error) });
    else this.#fail(span, error);
  }

  #fail(span: Span, error: unknown): void {
    span.recordException(error instanceof Error ? error : String(error));
    span.setStatus({
      code: SpanStatusCode.ERROR,
      message: error instanceof Error ? error.message : String(error),
    });
  }

  /** A transition is over. */
  ended(tx: Transition): void {
    const { timeBefore, timeAfter } = tx;
    if (!this.#opened && tx.result === "executed") this.#openAll(tx, timeAfter);
    for (let i = 0; i < timeAfter.length; i++) {
      if (timeAfter[i] !== timeBefore[i] && timeAfter[i] % 2 === 0) this.#close(this.#names[i], tx);
    }
    this.#last = tx;
    const span = this.#span;
    this.#span = null;
    if (span === null) return;
    if (span.isRecording()) this.#describeEnd(span, tx);
    span.end();
  }

  #describeEnd(span: Span, tx: Transition): void {
    const { timeBefore, timeAfter } = tx;
    const diff: string[] = [];
    for (const i of timeAfter.keys()) {
      const [before, after] = [timeBefore[i] % 2 === 1, timeAfter[i] % 2 === 1];
      if (before !== after) diff.push(`${after ? "+" : "-"}${this.#names[i]}`);
    }
    span.setAttributes({
      "am.transition.result": tx.result,
      "am.transition.time_after": [...timeAfter],
      "am.transition.states_diff": diff.join(" "),
    });
    if (tx.refusedBy !== null) span.setAttribute("am.transition.refused_by", tx.refusedBy);
    if (tx.type !== "remove" && tx.calledStates.includes("Exception")) {
      this.#fail(span, tx.args.err ?? "Exception");
    }
  }

  /** Opens the activations of a transition, and notes repeated calls of multi states. */
  #openAll(tx: Transition, time: readonly number[]): void {
    this.#opened = true;
    const { timeBefore } = tx;
    for (let i = 0; i < time.length; i++) {
      if (time[i] === timeBefore[i] || !this.#shown[i] || time[i] % 2 === 0) continue;
      const name = this.#names[i];
      const open = this.#activations.get(name);
      if (open === undefined) this.#open(name, time[i], tx);
      else open.span.addEvent("called again", { "am.transition.id": tx.id, "am.tick": time[i] });
    }
  }

  #open(name: string, tick: number, tx: Transition | null): void {
    const span = this.#settings.tracer.startSpan(
      name,
      this.#span?.isRecording()
        ? { links: [linkTo("transition", this.#span.spanContext())] }
        : undefined,
      this.#states,
    );
    if (span.isRecording()) {
      span.setAttributes({
        "am.machine.id": this.#machine.id,
        "am.state": name,
        "am.tick": tick,
        "am.transition.id": tx?.id,
      });
    }
    this.#activations.set(name, { span, context: null });
  }

  #close(name: string, tx: Transition): void {
    const activation = this.#activations.get(name);
    if (activation === undefined) return;
    this.#activations.delete(name);
    const { span } = activation;
    if (span.isRecording()) {
      span.setAttribute("am.transition.ended_by", tx.id);
      if (tx.result === "canceled") {
        span.setStatus({ code: SpanStatusCode.ERROR, message: `${tx.refusedBy} threw` });
      }
    }
    span.end();
  }

  /** The machine has ended, or is no longer traced. */
  end(): void {
    for (const { span } of this.#activations.values()) span.end();
    this.#activations.clear();
  }
}

function attributeOf(value: unknown): AttributeValue {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    default:
      try {
        return value instanceof Error ? String(value) : JSON.stringify(value) ?? String(value);
      } catch {
        return String(value);
      }
  }
}
