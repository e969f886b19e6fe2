/** The simulator's 14 states. What happens from time to time is an event: it lasts for its transition. */
import { args, defineSchema, type StatesOf } from "@asyncmachine/asyncmachine";

/** What happens to a peer. */
type OfPeer = { peer: string };
/** What happens to a topic. */
type OfTopic = { topic: string };

export const schema = defineSchema({
  Start: {},
  /** Calls itself each second. */
  Heartbeat: { multi: true, require: ["Start"], timeouts: { Heartbeat: 1_000 } },
  AddPeer: { event: true, require: ["Start"] },
  RemovePeer: { event: true, require: ["Start"], args: args.required<OfPeer>() },
  AddTopic: { event: true, require: ["Start"] },
  RemoveTopic: { event: true, require: ["Start"], args: args.required<OfTopic>() },
  PeakRandTopic: { event: true, require: ["Start"], args: args.required<OfTopic>() },
  AddRandomFriend: {
    event: true,
    require: ["Start"],
    args: args.required<OfPeer & { friend: string }>(),
  },
  GC: { event: true, require: ["Start"] },
  JoinRandomTopic: { event: true, require: ["Start"], args: args.required<OfPeer & OfTopic>() },
  JoinFriendsTopic: { event: true, require: ["Start"], args: args.required<OfPeer & OfTopic>() },
  MsgRandomTopic: {
    event: true,
    require: ["Start"],
    args: args.required<OfPeer & OfTopic & { count: number }>(),
  },
  VerifyMsgsRecv: { event: true, require: ["Start"] },
  RefreshMetrics: { event: true, require: ["Start"] },
});

/** The states with their arguments. */
export type SimStates = StatesOf<typeof schema>;
