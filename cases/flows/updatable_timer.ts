/**
 * A deadline that can be moved, days away, over restarts.
 *
 * Each call of `Deadline` is an activation of its own (`multi: "latest"`): the timer that belonged to the
 * one before goes with it.
 */
import { args, exclusive } from "../../mod.ts";
import { defineFlow } from "../../durable/mod.ts";

/** Waiting → Fired at the deadline, or Stopped. */
export const reminder = defineFlow({
  schema: {
    ...exclusive({ Waiting: {}, Fired: {}, Stopped: {} }),
    Deadline: { multi: "latest", require: ["Waiting"], args: args.required<{ at: number }>() },
  },
  data: (at: number) => ({ at, moved: 0 }),
  start: "Waiting",
  ends: ["Fired", "Stopped"],
  handlers: {
    WaitingState(e) {
      if (!e.resumed) e.add("Deadline", { at: e.flow.data.at });
    },
    DeadlineState(e) {
      if (e.resumed) return; // the timer was kept
      const { data } = e.flow;
      if (data.at !== e.args.at) data.moved++;
      data.at = e.args.at;
      e.addAfter(Math.max(0, e.args.at - Date.now()), "Fired");
    },
  },
});
