/**
 * The states of one TCP flow, as a firewall between the two ends sees it.
 *
 * @module
 */
import { args, defineSchema, type StatesOf } from "../../mod.ts";

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

/** What packets there are; those from the end that was opened to begin with Reply, others may come from both. */
export type PacketKind =
  | "Syn"
  | "ReplySyn"
  | "SynAck"
  | "ReplySynAck"
  | "Ack"
  | "ReplyAck"
  | "Fin"
  | "Rst";

/** At most one of them is active: each removes the others. */
const allBut = (place: Place): Place[] => PLACES.filter((one) => one !== place);

/** By which packet a flow comes into a place, or stays there; none when the firewall decides. */
const by = args<{ by: PacketKind }>();

/** The states. */
export const schema = defineSchema({
  SynSent: { args: by, add: ["HalfOpen"], remove: allBut("SynSent") },
  SynBoth: { args: by, add: ["HalfOpen"], remove: allBut("SynBoth") },
  SynReceived: { args: by, add: ["HalfOpen"], remove: allBut("SynReceived") },
  Established: { args: by, remove: [...allBut("Established"), "HalfOpen"] },
  FinWait: { args: by, remove: [...allBut("FinWait"), "HalfOpen"] },
  CloseWait: { args: by, remove: allBut("CloseWait") },
  LastAck: { args: by, remove: allBut("LastAck") },
  TimeWait: { args: by, remove: allBut("TimeWait") },
  Closed: {
    args: by,
    remove: [...allBut("Closed"), "HalfOpen"],
    after: ["TimedOut", "Evicted", "Cut"],
  },

  // The handshake is not over: such flows are counted, and the oldest of them makes room.
  HalfOpen: {},

  // Why the firewall has closed it.
  TimedOut: { require: ["Closed"] },
  Evicted: { require: ["Closed"] },
  Cut: { require: ["Closed"] },
});

/** State → arguments. */
export type FlowStates = StatesOf<typeof schema>;
