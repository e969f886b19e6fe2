/** The 5 states of one topic's bootstrap: check, discover, wait, check … until there are enough peers. */
import { defineSchema } from "@asyncmachine/asyncmachine";

export const schema = defineSchema({
  Start: { add: ["BootstrapChecking"] },
  BootstrapChecking: {
    require: ["Start"],
    remove: ["DiscoveringTopic", "BootstrapDelay", "TopicBootstrapped"],
  },
  DiscoveringTopic: {
    require: ["Start"],
    remove: ["BootstrapChecking", "BootstrapDelay", "TopicBootstrapped"],
    // A rendezvous that does not answer ends in another try.
    timeouts: { BootstrapDelay: 5000 },
  },
  BootstrapDelay: {
    require: ["Start"],
    remove: ["BootstrapChecking", "DiscoveringTopic", "TopicBootstrapped"],
    timeouts: { BootstrapChecking: 100 },
  },
  TopicBootstrapped: {
    require: ["Start"],
    remove: ["BootstrapChecking", "DiscoveringTopic", "BootstrapDelay"],
  },
});
