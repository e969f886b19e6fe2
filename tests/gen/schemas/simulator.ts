/** A simulator of peers and topics. */
import { defineSchema } from "../../../mod.ts";

export const schema = defineSchema({
  Start: {},
  Heartbeat: { multi: true, require: ["Start"] },
  AddPeer: { require: ["Start"] },
  RemovePeer: { require: ["Start"] },
  AddTopic: { require: ["Start"] },
  RemoveTopic: { require: ["Start"] },
  PeakRandTopic: { require: ["Start"] },
  AddRandomFriend: { require: ["Start"] },
  GC: { require: ["Start"] },
  JoinRandomTopic: { require: ["Start"] },
  JoinFriendsTopic: { require: ["Start"] },
  MsgRandomTopic: { require: ["Start"] },
  VerifyMsgsRecv: { require: ["Start"] },
  RefreshMetrics: { require: ["Start"] },
});
