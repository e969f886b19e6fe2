/** A peer of a simulated network. */
import { defineSchema } from "../../../mod.ts";

const CONNECTION = ["Connected", "Connecting", "Disconnecting"] as const;

export const schema = defineSchema({
  Start: {},
  IsDHT: {},
  Ready: { auto: true, require: ["Start", "Connected"] },
  IdentityReady: { remove: ["GenIdentity"] },
  GenIdentity: { auto: true, remove: ["IdentityReady"] },
  BootstrapsConnected: {},
  EventHostConnected: { multi: true, require: ["Start"], add: ["Connected"] },
  Connected: { require: ["Start", "IdentityReady"], remove: CONNECTION },
  Connecting: { auto: true, require: ["Start", "IdentityReady"], remove: CONNECTION },
  Disconnecting: { remove: CONNECTION },
  JoiningTopic: { multi: true, require: ["Connected"] },
  TopicJoined: { multi: true, require: ["Connected"], add: ["FwdToSim"] },
  LeavingTopic: { multi: true, require: ["Connected"] },
  TopicLeft: { multi: true, require: ["Connected"], add: ["FwdToSim"] },
  SendingMsgs: { multi: true, require: ["Connected"] },
  MsgsSent: { multi: true, require: ["Connected"], add: ["FwdToSim"] },
  FwdToSim: { multi: true },
});
