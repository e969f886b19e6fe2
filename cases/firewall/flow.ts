import { type AnyMachine, type Handlers, Machine } from "../../mod.ts";
import { type FlowStates, type PacketKind, type Place, PLACES, schema } from "./flow_states.ts";
import { IDLE, type Timed } from "./timer_wheel.ts";

/** The machine of one flow, with its place in the timer wheel: one object, since there are many. */
export class Flow extends Machine<FlowStates> implements Timed {
  /** Who talks to whom; also the machine's id. */
  readonly key: string;
  /** Whether it has left its table: what comes now comes too late. */
  over = false;
  /** When it is given up unless something happens, in epoch milliseconds. */
  due = 0;
  /** The wheel's. */
  slot = IDLE;
  /** The wheel's. */
  before: Timed | null = null;
  /** The wheel's. */
  behind: Timed | null = null;

  /** A flow without a packet. Handlers are one object for all flows: what is bound once costs no more. */
  constructor(key: string, handlers?: FlowHandlers, parent?: AnyMachine) {
    super(schema, { id: key, handlers, printErrors: false, parent });
    this.key = key;
  }

  /** Where the flow is; `null` before its first packet. */
  get place(): Place | null {
    for (const place of PLACES) if (this.is(place)) return place;
    return null;
  }

  /** Gives it a packet; whether that may pass. What may not changes nothing. */
  packet(kind: PacketKind): boolean {
    const place = this.place;
    const to = leadsTo(place, kind);
    if (to === null) return false;
    return to === place || this.add(to, ARGS[kind]) !== "canceled";
  }
}

/** One object for all packets of a kind. */
const ARGS: Readonly<Record<PacketKind, { readonly by: PacketKind }>> = {
  Syn: { by: "Syn" },
  ReplySyn: { by: "ReplySyn" },
  SynAck: { by: "SynAck" },
  ReplySynAck: { by: "ReplySynAck" },
  Ack: { by: "Ack" },
  ReplyAck: { by: "ReplyAck" },
  Fin: { by: "Fin" },
  Rst: { by: "Rst" },
};

/**
 * Where a packet leads a flow, which may be where it is; `null`: the packet must not pass. A function
 * and no negotiation handler, because a machine that has run a handler is half as big again.
 */
export function leadsTo(place: Place | null, kind: PacketKind): Place | null {
  if (place === null) return kind === "Syn" ? "SynSent" : null;
  // Only one end has spoken, or both at once: nothing to acknowledge yet, and nothing to end.
  const unanswered = place === "SynSent" || place === "SynBoth";
  switch (kind) {
    case "Syn":
      // For a connection that lives it passes: the other end answers it itself.
      return place === "TimeWait" || place === "Closed" ? "SynSent" : place;
    case "ReplySyn":
      if (unanswered) return "SynBoth";
      return place === "TimeWait" ? "SynSent" : null;
    case "SynAck":
      // The opener answers a SYN only when both ends have sent one.
      return place === "SynBoth" || place === "SynReceived" ? "SynReceived" : null;
    case "ReplySynAck":
      return unanswered ? "SynReceived" : place;
    case "Ack":
      if (unanswered) return null;
      return place === "SynReceived" ? "Established" : acknowledged(place);
    case "ReplyAck":
      return acknowledged(place);
    case "Fin":
      if (unanswered) return null;
      if (place === "SynReceived" || place === "Established") return "FinWait";
      return place === "FinWait" || place === "CloseWait" ? "LastAck" : place;
    case "Rst":
      return "Closed";
  }
}

/** What an acknowledgment does to a flow that is ending. */
function acknowledged(place: Place): Place {
  if (place === "FinWait") return "CloseWait";
  return place === "LastAck" ? "TimeWait" : place;
}

/** Handlers of a flow's machine. */
export type FlowHandlers = Handlers<FlowStates, Machine<FlowStates>>;
