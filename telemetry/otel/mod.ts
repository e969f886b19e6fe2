/**
 * Traces of machines for OpenTelemetry, through its API only: with `OTEL_DENO=true` Deno exports
 * them, elsewhere the SDK of your choice. The tree of spans is described in docs/telemetry.md.
 *
 * @example Usage
 * ```ts
 * import { Machine } from "@asyncmachine/asyncmachine";
 * import { traceMachine } from "@asyncmachine/asyncmachine/telemetry/otel";
 *
 * const machine = new Machine({ Fetching: {}, Fetched: { remove: ["Fetching"] } });
 * machine.bindHandlers({
 *   async FetchingState(e) {
 *     await Promise.resolve(); // spans made here are children of Fetching's span
 *     e.add("Fetched");
 *   },
 * });
 * using _ = traceMachine(machine, { args: true });
 * machine.add("Fetching");
 * await machine.when("Fetched");
 * ```
 *
 * @module
 */
import { type Context, context, trace } from "@opentelemetry/api";
import type { AnyMachine, Mutation, Tracer } from "../../machine/mod.ts";
import { type TracerBinding, watchMachines } from "../binding.ts";
import { contextOfFlow, forEachMachine } from "./flow_traces.ts";
import { MachineSpans, type SpanSettings } from "./machine_spans.ts";
import { warnIfUnseen } from "./other_api.ts";
import { argsShower } from "./shown_args.ts";
import { Causes } from "./span_causes.ts";

export type { AnyMachine, Mutation, MutationSource, Tracer } from "../../machine/mod.ts";
export type { TracerBinding } from "../binding.ts";

/** What is needed of a `Tracer` of `@opentelemetry/api`, whichever version of it made it. */
export interface SpanMaker {
  /** Starts a span. */
  startSpan(name: string, options?: object, context?: object): object;
}

/** What is needed of the `context` of `@opentelemetry/api`, whichever version it is of. */
export interface ContextKeeper {
  /** The active context. */
  active(): object;
  /** Calls `fn` with a context as the active one. */
  with(context: object, fn: () => unknown): unknown;
}

/** What is traced. */
export interface OtelOptions {
  /**
   * Makes the spans, whatever version of the API it comes from.
   * @default {trace.getTracer(tracerName)} of the provider that is registered globally
   */
  readonly tracer?: SpanMaker;
  /**
   * Knows which span is active: the application's `context`, if it uses another copy of
   * `@opentelemetry/api`. @default {context}
   */
  readonly context?: ContextKeeper;
  /** The name that spans are made under, without `tracer`. @default {"asyncmachine"} */
  readonly tracerName?: string;
  /**
   * Which states are shown: their activations, and the transitions that call at least one of them.
   * @default {all}
   */
  readonly states?: readonly string[] | RegExp | ((state: string) => boolean);
  /** Whether transitions are shown. @default {true} */
  readonly transitions?: boolean;
  /** Whether the transitions of auto states are shown. @default {true} */
  readonly auto?: boolean;
  /**
   * Whether arguments are shown, as `am.args.<name>`: all, those that are listed, or what a function
   * makes of them; 50 at most. They may hold what others must not see. @default {false}
   */
  readonly args?: boolean | readonly string[] | ((mutation: Mutation) => Record<string, unknown>);
  /**
   * How many characters an argument, or a text of an error, may have; binary data is shown as its
   * size. @default {1000}
   */
  readonly maxLength?: number;
}

/**
 * Traces a machine and its children, those made later too, until the binding is undone.
 *
 * @throws {RangeError} If `maxLength` is not a number from 1 up.
 */
export function traceMachine(machine: AnyMachine, options: OtelOptions = {}): TracerBinding {
  return traceWithin(machine, options, undefined);
}

/**
 * Traces the flows of `./durable`: an observer for `openFlows`. A flow has one trace, made from its kind and
 * id, which goes on after a crash and in other processes.
 *
 * @example Usage
 * ```ts
 * import { defineFlow, MemoryStore, openFlows } from "@asyncmachine/asyncmachine/durable";
 * import { traceFlows } from "@asyncmachine/asyncmachine/telemetry/otel";
 *
 * const kind = defineFlow({ schema: { A: {}, B: {} }, data: () => ({}), start: "A", ends: ["B"] });
 * await using flows = await openFlows(new MemoryStore(), { kind }, { tracers: [traceFlows()] });
 * ```
 *
 * @throws {RangeError} If `maxLength` is not a number from 1 up.
 */
export function traceFlows(options: OtelOptions = {}): Tracer {
  return forEachMachine((machine) => {
    traceWithin(machine, options, contextOfFlow(machine.id) as Context);
  });
}

function traceWithin(
  machine: AnyMachine,
  options: OtelOptions,
  within: Context | undefined,
): TracerBinding {
  const { maxLength = 1000, tracerName = "asyncmachine" } = options;
  if (!(maxLength >= 1)) {
    throw new RangeError(`Cannot trace the machine: maxLength is ${maxLength}, expected 1 or more`);
  }
  if (options.tracer === undefined) warnIfUnseen();
  const settings: SpanSettings = {
    tracer: (options.tracer ?? trace.getTracer(tracerName)) as SpanSettings["tracer"],
    context: (options.context ?? context) as SpanSettings["context"],
    shows: stateFilter(options.states),
    transitions: options.transitions ?? true,
    auto: options.auto ?? true,
    argsOf: argsShower(options.args ?? false, maxLength),
    limit: maxLength,
  };
  const causes = new Causes();
  const all = new Map<AnyMachine, MachineSpans>();
  return watchMachines(machine, (one) => {
    const parent = one.parent === null ? within : all.get(one.parent)?.context ?? within;
    const spans = new MachineSpans(one, parent, settings, causes, () => all.delete(one));
    all.set(one, spans);
    return spans;
  }, { wraps: true });
}

function stateFilter(states: OtelOptions["states"]): (state: string) => boolean {
  if (states === undefined) return () => true;
  if (typeof states === "function") return states;
  if (states instanceof RegExp) return (state) => state.search(states) !== -1;
  return (state) => states.includes(state);
}
