/**
 * An answer before the end: a transfer says at once whether it was accepted, and goes on for hours.
 *
 * `Submit` is asked; its answer is given when the check is stored. What follows is another state's work.
 */
import { args, exclusive, returns } from "../../mod.ts";
import { defineFlow, retry } from "../../durable/mod.ts";

/** What the flow needs of the world outside. */
export interface Transfers {
  check(to: string, cents: number): Promise<boolean>;
  /** The same key sends once. */
  send(to: string, cents: number, key: string): Promise<void>;
}

/** New → Accepted → Settled, or Refused. */
export const transferOf = (transfers: Transfers) =>
  defineFlow({
    schema: {
      ...exclusive({ New: {}, Accepted: {}, Settled: {}, Refused: {} }),
      Submit: {
        event: true,
        args: args.required<{ to: string; cents: number }>(),
        returns: returns<"accepted" | "refused">(),
      },
    },
    data: () => ({ to: "", cents: 0 }),
    start: "New",
    ends: ["Settled", "Refused"],
    handlers: {
      SubmitEnter: (e) => e.machine.is("New") && e.args.cents > 0,
      async SubmitState(e) {
        const { data } = e.flow;
        [data.to, data.cents] = [e.args.to, e.args.cents];
        const good = await transfers.check(data.to, data.cents);
        e.add(good ? "Accepted" : "Refused");
        return good ? "accepted" : "refused";
      },
      async AcceptedState(e) {
        const { to, cents } = e.flow.data;
        await e.once("send", ({ key, signal }) =>
          retry(() =>
            transfers.send(to, cents, key), { signal, attempts: 100, max: 600_000 }));
        e.add("Settled");
      },
    },
  });
