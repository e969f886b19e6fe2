/** A topic's states, set from counters; the fifth is `Exception`. No handler: they are there to be seen. */
import { defineSchema } from "@asyncmachine/asyncmachine";

export const schema = defineSchema({
  Stale: { auto: true },
  HasPeers: {},
  /** There was a message within the last minute. */
  Active: { remove: ["Stale"] },
  /** At least ten peers. */
  Peaking: { require: ["HasPeers"], remove: ["Stale"] },
});
