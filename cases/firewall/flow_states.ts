/**
 * The states of one TCP flow, as a firewall between the two ends sees it.
 *
 * @module
 */
import { defineSchema, type StatesOf } from "../../mod.ts";

/** Where a flow can be: one of these is active once it is tracked. The most frequent one is first. */
export const PLACES = [
  "Established",
  "SynSent",
  "SynReceived",
  "FinWait",
  "CloseWait",
  "LastAck",
  "TimeWait",
  "Closed",
  "SynBoth",
] as const;

/** One of the exclusive states. */
export type Place = typeof PLACES[number];

/** At most one of them is active: each removes the others. */
const allBut = (place: Place): Place[] => PLACES.filter((one) => one !== place);

/** What can only happen to a flow that is known. */
const known = { event: true, require: ["Tracked"] } as const;

/** The states. */
export const schema = defineSchema({
  SynSent: { add: ["HalfOpen"], remove: allBut("SynSent") },
  SynBoth: { add: ["HalfOpen"], remove: allBut("SynBoth") },
  SynReceived: { add: ["HalfOpen"], remove: allBut("SynReceived") },
  Established: { remove: [...allBut("Established"), "HalfOpen"] },
  FinWait: { remove: [...allBut("FinWait"), "HalfOpen"] },
  CloseWait: { remove: allBut("CloseWait") },
  LastAck: { remove: allBut("LastAck") },
  TimeWait: { remove: allBut("TimeWait") },
  Closed: { remove: [...allBut("Closed"), "HalfOpen"] },

  // The handshake is not over: such flows are counted, and the oldest of them makes room.
  HalfOpen: {},
  // Only a SYN begins a flow: every other packet requires that one was seen.
  Tracked: {},

  // Packets. Those from the end that was opened to begin with Reply; Fin and Rst may come from both.
  Syn: { event: true, add: ["Tracked"] },
  ReplySyn: known,
  SynAck: known,
  ReplySynAck: known,
  Ack: known,
  ReplyAck: known,
  Fin: known,
  Rst: known,

  // What the firewall does to a flow.
  TimedOut: known,
  Evicted: known,
  Cut: known,
});

/** State → arguments. */
export type FlowStates = StatesOf<typeof schema>;

/** The states that are packets. */
export type PacketState =
  | "Syn"
  | "ReplySyn"
  | "SynAck"
  | "ReplySynAck"
  | "Ack"
  | "ReplyAck"
  | "Fin"
  | "Rst";
