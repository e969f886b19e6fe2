/** The host's 20 states. Each multi state is one case of the host's event loop. */
import { args, defineSchema, returns } from "@asyncmachine/asyncmachine";
import type { Receive, Subscription, Validate } from "./host.ts";
import type { Message, TopicChange } from "./rpc.ts";

export const schema = defineSchema({
  Start: {},
  Stopping: { remove: ["Start"] },
  HasPeers: { require: ["Start"] },
  Accepting: { auto: true, require: ["Start"] },
  Ready: { auto: true, require: ["HasPeers"] },

  PeerNewStream: {
    multi: true,
    require: ["Accepting"],
    args: args.required<{ peer: string }>(),
  },
  PeerCloseStream: { multi: true, require: ["Start"], args: args.required<{ peer: string }>() },
  PeerError: {
    multi: true,
    require: ["Start"],
    args: args.required<{ peer: string; error: Error }>(),
  },
  BlacklistPeer: { multi: true, require: ["Start"], args: args.required<{ peer: string }>() },
  GetPeers: {
    multi: true,
    require: ["Start"],
    args: args.required<{ topic: string | undefined }>(),
    returns: returns<string[]>(),
  },

  AddSubscription: {
    multi: true,
    require: ["Start"],
    args: args.required<{ topic: string; receive: Receive }>(),
    returns: returns<Subscription>(),
  },
  RemoveSubscription: {
    multi: true,
    require: ["Start"],
    args: args.required<{ topic: string; receive: Receive }>(),
    returns: returns<boolean>(),
  },
  AnnouncingTopic: {
    multi: true,
    require: ["Start"],
    args: args.required<{ topic: string; peers: readonly string[] }>(),
  },
  TopicAnnounced: {
    multi: true,
    require: ["AnnouncingTopic"],
    args: args.required<{ topic: string }>(),
  },
  GetTopics: { multi: true, require: ["Start"], returns: returns<string[]>() },

  PublishMessage: {
    multi: true,
    require: ["Ready"],
    args: args.required<Message>(),
    returns: returns<number>(),
  },
  PeerTopics: {
    multi: true,
    require: ["Accepting"],
    args: args.required<{ peer: string; changes: readonly TopicChange[] }>(),
  },
  MessageReceived: { multi: true, require: ["Accepting"], args: args.required<Message>() },

  AddValidator: {
    multi: true,
    require: ["Start"],
    args: args.required<{ topic: string; validate: Validate }>(),
    returns: returns<boolean>(),
  },
  RemoveValidator: {
    multi: true,
    require: ["Start"],
    args: args.required<{ topic: string }>(),
    returns: returns<boolean>(),
  },
});
