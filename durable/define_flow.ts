import { Machine, type Schema, SchemaError, StateUnknownError } from "../mod.ts";
import { flowHandlers } from "./flow_handlers.ts";
import type { AnyFlowKind, FlowHandlerOf, FlowKind, FlowParts } from "./kind.ts";

/**
 * Defines a kind of flow: a machine whose life survives the process. Types its handlers.
 *
 * @example Usage
 * ```ts
 * import { defineFlow, MemoryStore, openFlows } from "@asyncmachine/asyncmachine/durable";
 * import { assertEquals } from "@std/assert";
 *
 * const order = defineFlow({
 *   schema: { Placed: {}, Paid: { remove: ["Placed"] }, Shipped: { remove: ["Paid"] } },
 *   data: (input: { item: string }) => ({ ...input, receipt: "" }),
 *   start: "Placed",
 *   ends: ["Shipped"],
 *   handlers: {
 *     async PlacedState(e) {
 *       e.flow.data.receipt = await e.once("pay", ({ key }) => `paid with ${key}`);
 *       e.add("Paid");
 *     },
 *     PaidState: (e) => void e.add("Shipped"),
 *   },
 * });
 * const flows = await openFlows(new MemoryStore(), { order });
 * const flow = await flows.start("order", "1", { item: "tea" });
 * const data = await flow.result();
 * assertEquals(data, { item: "tea", receipt: "paid with order/1/Placed/1/pay" });
 * await flows.close();
 * ```
 *
 * @throws {SchemaError} If the schema, or what begins and ends the flow, contradicts itself.
 * @throws {HandlerUnknownError} If a handler belongs to no state.
 */
export function defineFlow<S, D, H extends PropertyKey = never, I = undefined>(
  kind: FlowParts<S, D, I> & {
    /** What it does, as for `bindHandlers`. */
    readonly handlers?: { readonly [P in H]?: NoInfer<FlowHandlerOf<S, P, D>> } | undefined;
  },
): FlowKind<S, D, I> {
  const { schema, data, start, ends, handlers = {}, tags, migrate } = kind;
  const states = new Machine(schema as Schema).stateNames;
  for (const name of [start, ...ends]) {
    if (!states.includes(name)) throw new StateUnknownError(String(name), states);
  }
  if (ends.length === 0) throw new SchemaError("Cannot define a flow: no state ends it");
  for (const [name, fn] of Object.entries({ data, tags, migrate })) {
    if (fn === undefined && name !== "data" || typeof fn === "function") continue;
    throw new TypeError(`Cannot define a flow: ${name} is ${typeof fn}, expected a function`);
  }
  const defined: FlowKind<S, D, I> = {
    schema: schema as Schema,
    start,
    ends,
    parts: {
      data: data as (input: unknown) => unknown,
      handlers,
      tags: tags as ((data: unknown) => readonly string[]) | undefined,
      migrate,
    },
  };
  planOf("", defined); // says what is wrong now
  return defined;
}

/** A kind, prepared to make machines. */
export interface KindPlan {
  /** Its name. */
  readonly name: string;
  /** What it is made of. */
  readonly kind: AnyFlowKind;
  /** What its machines bind. */
  readonly handlers: object;
  /** Its schema's hash. */
  readonly hash: string;
  /** All states, in order. */
  readonly states: readonly string[];
  /** The same, as JSON texts. */
  readonly quoted: readonly string[];
  /** The states whose handlers go on after a crash. */
  readonly resumed: ReadonlySet<string>;
  /** Whether its schema has timeouts. */
  readonly timed: boolean;
  /** Whether the state that begins it declares arguments. */
  readonly startTakesInput: boolean;
}

/** Prepares a kind. */
export function planOf(name: string, kind: AnyFlowKind): KindPlan {
  const machine = new Machine(kind.schema);
  const states = machine.stateNames;
  const events = new Set(states.filter((state) => kind.schema[state]?.event));
  const handlers = flowHandlers(kind.parts.handlers, states, events);
  machine.bindHandlers(handlers as never);
  const plan = {
    name,
    kind,
    handlers,
    hash: machine.exportTime().schemaHash,
    states,
    quoted: states.map((state) => JSON.stringify(state)),
    resumed: new Set(states.filter((state) => `${state}State` in handlers)),
    timed: states.some((state) => kind.schema[state]?.timeouts !== undefined),
    startTakesInput: kind.schema[kind.start]?.args !== undefined,
  };
  machine.dispose();
  return plan;
}
