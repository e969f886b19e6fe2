/**
 * Signals that come before anybody is ready for them: none is lost, and all are worked on in their order.
 *
 * A signal puts its message into the data, which is stored with it. `Working` takes one after the other; it
 * begins when there is something to do and the flow is ready, and ends when nothing waits.
 */
import { args, exclusive } from "../../mod.ts";
import { defineFlow } from "../../durable/mod.ts";

/** What is done with a message; the same key may come again. */
export type Work = (text: string, key: string) => Promise<void>;

/** Starting → Ready; `Signal` at any time; `Closing` → Closed when nothing waits any more. */
export const inboxOf = (prepare: () => Promise<void>, work: Work) =>
  defineFlow({
    schema: {
      ...exclusive({ Starting: {}, Ready: {}, Closed: {} }),
      Signal: { event: true, args: args.required<{ text: string }>() },
      Working: { require: ["Ready"] },
      Closing: {},
    },
    data: () => ({ waiting: [] as string[], done: 0 }),
    start: "Starting",
    ends: ["Closed"],
    handlers: {
      async StartingState(e) {
        await prepare();
        e.add(["Ready", "Working"]);
      },
      SignalEnter: (e) => e.machine.not("Closing"),
      SignalState(e) {
        e.flow.data.waiting.push(e.args.text);
        e.add("Working"); // canceled while nobody is ready
      },
      async WorkingState(e) {
        const { data } = e.flow;
        while (data.waiting.length > 0) {
          await e.once(`message ${data.done}`, ({ key }) => work(data.waiting[0], key));
          data.waiting.shift();
          data.done++;
          await e.flow.committed();
        }
        // Nothing can come between the look and the end: the next signal begins `Working` anew.
        e.remove("Working");
      },
      WorkingEnd(e) {
        if (e.machine.is("Closing")) e.add("Closed");
      },
      ClosingState(e) {
        if (e.machine.not("Working")) e.add("Closed");
      },
    },
  });
