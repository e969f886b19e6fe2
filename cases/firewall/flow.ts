import { type AnyMachine, type Handlers, Machine } from "../../mod.ts";
import { type FlowStates, type Place, PLACES, schema } from "./flow_states.ts";
import { IDLE, type Timed } from "./timer_wheel.ts";

/** The machine of one flow, with its place in the timer wheel: one object, since there are many. */
export class Flow extends Machine<FlowStates> implements Timed {
  /** Who talks to whom; also the machine's id. */
  readonly key: string;
  /** When it is given up unless something happens, in epoch milliseconds. */
  due = 0;
  /** The wheel's. */
  slot = IDLE;
  /** The wheel's. */
  before: Timed | null = null;
  /** The wheel's. */
  behind: Timed | null = null;

  /** A flow without a packet; handlers are shared by all flows of a table, so that one costs little. */
  constructor(key: string, handlers: FlowHandlers, parent?: AnyMachine) {
    super(schema, { id: key, handlers, printErrors: false, parent });
    this.key = key;
  }

  /** Where the flow is; `null` before its first packet. */
  get place(): Place | null {
    for (const place of PLACES) if (this.is(place)) return place;
    return null;
  }
}

/** Handlers of a flow's machine. */
export type FlowHandlers = Handlers<FlowStates, Machine<FlowStates>>;

/**
 * What packets do to a flow. Negotiation says whether a packet may pass: what it refuses is dropped and
 * changes nothing. The final handlers move the flow. Pure: no clock, no network.
 */
export const packetHandlers = {
  // A SYN for a connection that lives passes: the other end answers it itself.
  SynState(e) {
    const lives = e.machine.any(
      "SynBoth",
      "SynReceived",
      "Established",
      "FinWait",
      "CloseWait",
      "LastAck",
    );
    if (!lives) e.add("SynSent");
  },
  ReplySynEnter: (e) => e.machine.any("SynSent", "SynBoth", "TimeWait"),
  ReplySynState(e) {
    if (e.machine.is("SynSent")) e.add("SynBoth");
    else if (e.machine.is("TimeWait")) e.add("SynSent");
  },
  // The opener answers a SYN only when both have sent one.
  SynAckEnter: (e) => e.machine.any("SynBoth", "SynReceived"),
  SynAckState: (e) => e.add("SynReceived"),
  ReplySynAckState(e) {
    if (e.machine.any("SynSent", "SynBoth")) e.add("SynReceived");
  },
  // Nobody has answered the SYN yet: there is nothing to acknowledge.
  AckEnter: (e) => !e.machine.any("SynSent", "SynBoth"),
  AckState(e) {
    if (e.machine.is("SynReceived")) e.add("Established");
    else if (e.machine.is("FinWait")) e.add("CloseWait");
    else if (e.machine.is("LastAck")) e.add("TimeWait");
  },
  ReplyAckState(e) {
    if (e.machine.is("FinWait")) e.add("CloseWait");
    else if (e.machine.is("LastAck")) e.add("TimeWait");
  },
  FinEnter: (e) => !e.machine.any("SynSent", "SynBoth"),
  FinState(e) {
    if (e.machine.any("SynReceived", "Established")) e.add("FinWait");
    else if (e.machine.any("FinWait", "CloseWait")) e.add("LastAck");
  },
  RstState: (e) => e.add("Closed"),
  TimedOutState: (e) => e.add("Closed"),
  EvictedState: (e) => e.add("Closed"),
  CutState: (e) => e.add("Closed"),
} satisfies FlowHandlers;
