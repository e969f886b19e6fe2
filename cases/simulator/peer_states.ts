/** A peer's 17 states: its identity, its connection, and what it does in topics. */
import { args, defineSchema, type StatesOf } from "@asyncmachine/asyncmachine";

type OfTopic = { topic: string };

export const schema = defineSchema({
  Start: {},
  /** It would look for peers in a table of hashes; here all have the same rendezvous. */
  IsDHT: {},
  Ready: { auto: true, require: ["Start", "Connected"] },

  IdentityReady: { remove: ["GenIdentity"] },
  GenIdentity: { auto: true, require: ["Start"], remove: ["IdentityReady"] },

  BootstrapsConnected: {},
  /** Its host has a peer. What is only implied gives way, so `Connecting` must not remove `Connected`. */
  EventHostConnected: { event: true, require: ["Start"], add: ["Connected"] },
  Connected: { remove: ["Connecting", "Disconnecting"] },
  Connecting: { auto: true, require: ["Start", "IdentityReady"], remove: ["Disconnecting"] },
  Disconnecting: { remove: ["Connected", "Connecting", "EventHostConnected"] },

  JoiningTopic: { event: true, require: ["Connected"], args: args.required<OfTopic>() },
  TopicJoined: {
    event: true,
    require: ["Connected"],
    add: ["FwdToSim"],
    args: args.required<OfTopic>(),
  },
  LeavingTopic: { event: true, require: ["Connected"], args: args.required<OfTopic>() },
  TopicLeft: {
    event: true,
    require: ["Connected"],
    add: ["FwdToSim"],
    args: args.required<OfTopic>(),
  },
  SendingMsgs: {
    event: true,
    require: ["Connected"],
    args: args.required<OfTopic & { count: number }>(),
  },
  MsgsSent: {
    event: true,
    require: ["Connected"],
    add: ["FwdToSim"],
    args: args.required<OfTopic & { count: number }>(),
  },
  /** The simulator is told that its figures have changed. */
  FwdToSim: { event: true },
});

/** The states with their arguments. */
export type PeerStates = StatesOf<typeof schema>;
