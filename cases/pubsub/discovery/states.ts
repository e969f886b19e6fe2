/** The 10 states of discovery. Poll, refresh, refreshed go round; a topic's work is a multi state. */
import { args, defineSchema, returns } from "@asyncmachine/asyncmachine";

/** One advertisement of a topic, from its start to its stop; its calls are the same one's. */
export interface Advertisement {
  /** How often it failed in a row. */
  failed: number;
}

export const schema = defineSchema({
  Start: { add: ["PollTimer"] },
  PollTimer: {
    require: ["Start"],
    remove: ["RefreshingDiscoveries"],
    timeouts: { RefreshingDiscoveries: 1000 },
  },
  RefreshingDiscoveries: {
    require: ["Start"],
    remove: ["PollTimer", "DiscoveriesRefreshed"],
    // A rendezvous that does not answer must not end the polling.
    timeouts: { DiscoveriesRefreshed: 10_000 },
  },
  DiscoveriesRefreshed: {
    require: ["Start"],
    add: ["PollTimer"],
    remove: ["RefreshingDiscoveries"],
  },

  DiscoveringTopic: {
    multi: true,
    require: ["Start"],
    args: args.required<{ topic: string }>(),
    returns: returns<number>(),
  },
  TopicDiscovered: {
    multi: true,
    require: ["DiscoveringTopic"],
    args: args.required<{ topic: string; found: number }>(),
  },
  BootstrappingTopic: {
    multi: true,
    require: ["Start"],
    args: args.required<{ topic: string; peers: number; signal: AbortSignal }>(),
    // An error is an answer, too: a rejection would end the activation that all flows share.
    returns: returns<number | Error>(),
  },
  TopicBootstrapped: {
    multi: true,
    require: ["BootstrappingTopic"],
    args: args.required<{ topic: string; peers: number }>(),
  },
  AdvertisingTopic: {
    multi: true,
    require: ["Start"],
    args: args.required<{ topic: string; again?: Advertisement }>(),
    returns: returns<void>(),
  },
  StopAdvertisingTopic: {
    multi: true,
    require: ["Start"],
    args: args.required<{ topic: string }>(),
    returns: returns<void>(),
  },
});
