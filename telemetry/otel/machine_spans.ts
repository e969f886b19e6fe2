import {
  type Attributes,
  type AttributeValue,
  type Context,
  type ContextAPI,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { AnyMachine, Mutation, Transition } from "../../machine/mod.ts";
import type { Watcher } from "../binding.ts";
import { cutText, errorTexts } from "../value_text.ts";
import { type Causes, errorOf, linkTo } from "./span_causes.ts";

/** What is shown, and through what. */
export interface SpanSettings {
  /** Makes the spans. */
  readonly tracer: Tracer;
  /** Knows which span is active. */
  readonly context: Pick<ContextAPI, "active" | "with">;
  /** Whether a state is shown. */
  readonly shows: (state: string) => boolean;
  /** Whether transitions are shown. */
  readonly transitions: boolean;
  /** Whether transitions of auto states are shown. */
  readonly auto: boolean;
  /** The arguments to show. */
  readonly argsOf: ((mutation: Mutation) => [string, AttributeValue][]) | null;
  /** How long texts of errors may be. */
  readonly limit: number;
}

/** How long the name of a span may be: it has the called states, which may be many. */
const NAME_LENGTH = 200;

/** A span of an activation; its context is made with the first handler that needs it. */
interface Activation {
  readonly span: Span;
  context: Context | null;
  /** The state's tick when it was activated or last called. */
  tick: number;
  /** Tells that it is over. */
  readonly closed: () => void;
}

/** The spans of one machine. */
export class MachineSpans implements Watcher {
  /** That of the machine's span, the parent of its children's. */
  readonly context: Context;
  readonly #machine: AnyMachine;
  readonly #settings: SpanSettings;
  readonly #causes: Causes;
  readonly #states: Context;
  readonly #transitions: Context;
  readonly #activations: Map<string, Activation> = new Map();
  readonly #onLeave: () => void;
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
    onLeave: () => void,
  ) {
    this.#machine = machine;
    this.#settings = settings;
    this.#causes = causes;
    this.#onLeave = onLeave;
    // The machine's span and its two groups end at once, so that a backend shows the tree while the
    // machine still runs.
    this.context = this.#group(`mach:${machine.id}`, parent ?? ROOT_CONTEXT, {
      "am.machine.tags": [...machine.tags],
      "am.machine.parent": machine.parent?.id,
    });
    this.#states = this.#group("states", this.context, {});
    this.#transitions = this.#group("transitions", this.context, {});
    this.schemaChanged();
    this.timeMoved();
  }

  #group(name: string, parent: Context, attributes: Attributes): Context {
    const span = this.#settings.tracer.startSpan(cutText(name, NAME_LENGTH), {
      attributes: { "am.machine.id": this.#machine.id, ...attributes },
      root: parent === ROOT_CONTEXT,
    }, parent);
    span.end();
    return trace.setSpan(parent, span);
  }

  /** @inheritdoc */
  schemaChanged(): void {
    this.#names = [...this.#machine.stateNames];
    this.#shown = this.#names.map((name) => this.#settings.shows(name));
    for (const [name, activation] of this.#activations) {
      if (!this.#names.includes(name)) this.#end(name, activation);
    }
  }

  /** The activations are those of the present ticks; no transition has led there. */
  timeMoved(): void {
    const time = this.#machine.time();
    this.#names.forEach((name, i) => {
      const open = this.#activations.get(name);
      if (open?.tick === time[i]) return;
      if (open) this.#end(name, open);
      if (this.#shown[i] && time[i] % 2 === 1) this.#open(name, time[i], null);
    });
  }

  /** @inheritdoc */
  queued(mutation: Mutation): void {
    this.#causes.queued(mutation, trace.getSpan(this.#settings.context.active()));
  }

  /** @inheritdoc */
  begun(tx: Transition): void {
    this.#opened = false;
    this.#span = null;
    this.#spanContext = null;
    const { transitions, auto, tracer, context } = this.#settings;
    if (!transitions || (tx.auto && !auto)) return;
    if (!tx.called.some((state) => this.#shown[state])) return;
    const cause = this.#causes.of(tx, this.#last, trace.getSpan(context.active()));
    const span = tracer.startSpan(
      cutText(`[${tx.type}] ${tx.calledStates.slice(0, NAME_LENGTH).join(" ")}`, NAME_LENGTH),
      cause ? { links: [linkTo(cause.kind, cause.span)] } : undefined,
      this.#transitions,
    );
    this.#span = span;
    if (!span.isRecording()) return;
    this.#causes.started(tx, span);
    span.setAttributes(this.#attributesOf(tx));
    for (const [name, value] of this.#settings.argsOf?.(tx) ?? []) span.setAttribute(name, value);
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
      if (source.timeout !== undefined) attributes["am.source.timeout"] = source.timeout;
    }
    return attributes;
  }

  /**
   * Calls a handler inside the span that it works for: `FooState` and `FooEnd` that of Foo's
   * activation, all others the transition's.
   */
  call(tx: Transition, handler: string, call: () => unknown): unknown {
    let within: Context | null = null;
    try {
      within = this.#contextFor(tx, handler);
    } catch {
      // What fails in making spans must not keep the handler from its work; it fails again where it
      // is reported.
    }
    return within === null ? call() : this.#settings.context.with(within, call);
  }

  #contextFor(tx: Transition, handler: string): Context | null {
    const activation = this.#activationOf(tx, handler);
    if (activation !== undefined) {
      return activation.context ??= trace.setSpan(this.#states, activation.span);
    }
    if (this.#span === null) return null;
    return this.#spanContext ??= trace.setSpan(this.#transitions, this.#span);
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

  /** @inheritdoc */
  handled(tx: Transition, handler: string, error: unknown): void {
    if (error !== undefined) this.#causes.thrown(tx, error);
    const span = this.#span;
    if (span === null || !span.isRecording()) return;
    span.addEvent(handler);
    if (error !== undefined) this.#fail(span, error);
  }

  /** @inheritdoc */
  rejected(tx: Transition, handler: string, error: unknown, expired: boolean): void {
    this.#causes.thrown(tx, error);
    const span = handler.endsWith("State")
      ? this.#activations.get(handler.slice(0, -"State".length))?.span
      : undefined;
    if (!span) return;
    if (!expired) return this.#fail(span, error);
    const { name, message } = errorTexts(error, this.#settings.limit);
    span.addEvent("expired", { "am.handler": handler, "am.error": `${name}: ${message}` });
  }

  #fail(span: Span, error: unknown): void {
    const texts = errorTexts(error, this.#settings.limit);
    span.recordException({ ...texts });
    span.setStatus({ code: SpanStatusCode.ERROR, message: texts.message });
  }

  /** @inheritdoc */
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
      this.#fail(span, errorOf(tx) ?? "Exception");
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
      else {
        open.tick = time[i];
        open.span.addEvent("called again", { "am.transition.id": tx.id, "am.tick": time[i] });
      }
    }
  }

  #open(name: string, tick: number, tx: Transition | null): void {
    const from = tx && this.#span?.isRecording() ? this.#span.spanContext() : null;
    const span = this.#settings.tracer.startSpan(
      cutText(name, NAME_LENGTH),
      from ? { links: [linkTo("transition", from)] } : undefined,
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
    const closed = from ? this.#causes.opened(tx!) : () => {};
    this.#activations.set(name, { span, context: null, tick, closed });
  }

  #close(name: string, tx: Transition): void {
    const activation = this.#activations.get(name);
    if (activation === undefined) return;
    const { span } = activation;
    if (span.isRecording()) {
      span.setAttribute("am.transition.ended_by", tx.id);
      if (tx.result === "canceled") {
        span.setStatus({ code: SpanStatusCode.ERROR, message: `${tx.refusedBy} threw` });
      }
    }
    this.#end(name, activation);
  }

  #end(name: string, { span, closed }: Activation): void {
    this.#activations.delete(name);
    closed();
    span.end();
  }

  /** @inheritdoc */
  left(): void {
    for (const [name, activation] of this.#activations) this.#end(name, activation);
    this.#span?.end();
    this.#span = null;
    this.#onLeave();
  }
}
