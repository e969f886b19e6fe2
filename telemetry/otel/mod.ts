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
import { context, trace, type Tracer as OtelTracer } from "@opentelemetry/api";
import type { AnyMachine, Mutation } from "../../machine/mod.ts";
import { bindTracer, type TracerBinding } from "../binding.ts";
import { Causes } from "./span_causes.ts";
import { MachineSpans, type SpanSettings } from "./machine_spans.ts";

export type { AnyMachine, Mutation, MutationSource } from "../../machine/mod.ts";
export type { TracerBinding } from "../binding.ts";

/** What is traced. */
export interface OtelOptions {
  /** The name that spans are made under: `trace.getTracer(name)`. @default {"asyncmachine"} */
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
   * makes of them. They may hold what others must not see. @default {false}
   */
  readonly args?: boolean | readonly string[] | ((mutation: Mutation) => Record<string, unknown>);
}

/** Traces a machine and its children, those made later too, until the binding is undone. */
export function traceMachine(machine: AnyMachine, options: OtelOptions = {}): TracerBinding {
  const tracer: OtelTracer = trace.getTracer(options.tracerName ?? "asyncmachine");
  const settings: SpanSettings = {
    tracer,
    shows: stateFilter(options.states),
    transitions: options.transitions ?? true,
    auto: options.auto ?? true,
    argsOf: argsFilter(options.args ?? false),
  };
  const causes = new Causes();
  const all = new Map<AnyMachine, MachineSpans>();
  const end = (one: AnyMachine) => {
    all.get(one)?.end();
    all.delete(one);
  };
  return bindTracer(machine, {
    machineInit(one) {
      const parent = one.parent === null ? undefined : all.get(one.parent);
      all.set(one, new MachineSpans(one, parent?.context, settings, causes));
    },
    machineDispose: end,
    machineRemoved: end,
    schemaChange: (one) => all.get(one)?.readSchema(),
    mutationQueued: (_, mutation) => causes.queued(mutation, trace.getSpan(context.active())),
    transitionInit(tx) {
      if (!tx.check) all.get(tx.machine)?.init(tx);
    },
    wrapHandler(tx, handler, call) {
      const spans = tx.check ? undefined : all.get(tx.machine);
      return spans ? spans.call(tx, handler, call) : call();
    },
    handlerEnd(tx, handler, error) {
      if (tx.check) return;
      if (error !== undefined) causes.thrown(tx, error);
      all.get(tx.machine)?.handled(handler, error);
    },
    handlerRejected(tx, handler, error, expired) {
      causes.thrown(tx, error);
      all.get(tx.machine)?.rejected(handler, error, expired);
    },
    transitionEnd(tx) {
      if (!tx.check) all.get(tx.machine)?.ended(tx);
    },
  });
}

function stateFilter(states: OtelOptions["states"]): (state: string) => boolean {
  if (states === undefined) return () => true;
  if (typeof states === "function") return states;
  if (states instanceof RegExp) return (state) => state.search(states) !== -1;
  return (state) => states.includes(state);
}

function argsFilter(
  args: Exclude<OtelOptions["args"], undefined>,
): ((mutation: Mutation) => Record<string, unknown>) | null {
  if (args === false) return null;
  if (args === true) return (mutation) => mutation.args;
  if (typeof args === "function") return args;
  return (mutation) =>
    Object.fromEntries(
      args.flatMap((name) => name in mutation.args ? [[name, mutation.args[name]]] : []),
    );
}
