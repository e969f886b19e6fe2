import { functionsOf } from "../machine/mod.ts";
import type { HandlerEvent } from "../mod.ts";
import { type EventSide, FlowEvent } from "./flow_event.ts";
import type { FlowMachine } from "./flow_machine.ts";

/** How a flow calls its handlers. */
export interface CallSide extends EventSide {
  /** Calls a handler when the running transition is stored; one of an activation only while that lasts. */
  call(event: FlowEvent, lasting: boolean, fn: () => unknown): unknown;
  /** The tick that a handler had which is called again though its state is not active. */
  tickOf(handler: string): number | undefined;
}

type Fn = (this: unknown, event: unknown) => unknown;

/** Where a machine's handlers find its flow. */
export function sideOf(event: HandlerEvent): CallSide {
  return (event.machine as unknown as FlowMachine).side as unknown as CallSide;
}

/**
 * The handlers of a kind as its machines bind them: those that act are called once their transition is
 * stored, those that negotiate at once. Functions that are no handlers are left as they are.
 */
export function flowHandlers(
  handlers: object,
  states: readonly string[],
  events: ReadonlySet<string>,
): object {
  const acting = new Map<string, { readonly state: string; readonly lasting: boolean }>();
  for (const state of states) {
    acting.set(`${state}State`, { state, lasting: !events.has(state) });
    acting.set(`${state}End`, { state, lasting: false });
  }
  acting.set("AnyState", { state: "Any", lasting: false });
  const bound: Record<string, Fn> = {};
  for (const [name, fn] of functionsOf(handlers)) {
    const acts = acting.get(name);
    bound[name] = acts === undefined
      ? negotiating(handlers, fn)
      : final(handlers, fn, acts.state, acts.lasting);
  }
  return bound;
}

function final(self: object, fn: Fn, state: string, lasting: boolean): Fn {
  return (e) => {
    const event = e as HandlerEvent;
    const side = sideOf(event);
    const tick = !lasting && event.resumed ? side.tickOf(event.name) : undefined;
    const seen = new FlowEvent(event, side, state, tick ?? tickNow(event, state), true);
    return side.call(seen, lasting, () => fn.call(self, seen));
  };
}

function tickNow({ machine }: HandlerEvent, state: string): number {
  return state === "Any" ? machine.timeSum() : machine.tick(state);
}

function negotiating(self: object, fn: Fn): Fn {
  return (e) => {
    const event = e as HandlerEvent;
    return fn.call(
      self,
      new FlowEvent(event, sideOf(event), "Any", event.machine.timeSum(), false),
    );
  };
}
