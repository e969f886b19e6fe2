import { exclusive } from "@asyncmachine/asyncmachine";
import { defineFlow } from "@asyncmachine/asyncmachine/durable";

/** Does a step in the world outside. */
export type Step = (name: string, key: string, signal: AbortSignal) => Promise<void>;

/** A report: fetched, rendered, sent. */
export const reportOf = (step: Step) =>
  defineFlow({
    schema: exclusive({ Fetching: {}, Rendering: {}, Sending: {}, Sent: {} }),
    data: (input: { name: string }) => ({ ...input, done: 0 }),
    start: "Fetching",
    ends: ["Sent"],
    handlers: {
      async FetchingState(e) {
        await e.once("fetch", ({ key, signal }) => step("fetch", key, signal));
        e.flow.data.done++;
        e.add("Rendering");
      },
      async RenderingState(e) {
        await e.once("render", ({ key, signal }) => step("render", key, signal));
        e.flow.data.done++;
        e.add("Sending");
      },
      async SendingState(e) {
        await e.once("send", ({ key, signal }) => step("send", key, signal));
        e.flow.data.done++;
        e.add("Sent");
      },
    },
  });
