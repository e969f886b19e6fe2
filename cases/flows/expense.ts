/**
 * An expense that a person approves, within a week.
 *
 * Waiting for a person is a state, and the time limit is its `timeouts`. An answer is the next state: it may
 * only enter while the question is open, so a second answer, or a late one, is refused.
 */
import { args, exclusive } from "../../mod.ts";
import { defineFlow, retry } from "../../durable/mod.ts";

/** How long a person has to answer. */
export const LIMIT = 7 * 24 * 3_600_000;

/** What the flow needs of the world outside. */
export interface Bank {
  /** Pays; the same key pays once. */
  pay(amount: number, key: string, signal: AbortSignal): Promise<string>;
}

/** Waiting → Approved → Paid, or Rejected; nothing for a week → Expired. */
export const expenseOf = (bank: Bank) =>
  defineFlow({
    schema: exclusive({
      Waiting: { timeouts: { Expired: LIMIT } },
      Approved: { args: args.required<{ by: string }>() },
      Paid: {},
      Rejected: { args: args.required<{ by: string }>() },
      Expired: {},
    }),
    data: (input: { amount: number; who: string }) => ({ ...input, by: "", receipt: "" }),
    start: "Waiting",
    ends: ["Paid", "Rejected", "Expired"],
    tags: ({ who }) => [who],
    handlers: {
      ApprovedEnter: (e) => e.machine.is("Waiting"),
      RejectedEnter: (e) => e.machine.is("Waiting"),
      async ApprovedState(e) {
        const { data } = e.flow;
        data.by = e.args.by;
        data.receipt = await e.once("pay", ({ key, signal }) =>
          retry(() => bank.pay(data.amount, key, signal), { signal }));
        e.add("Paid");
      },
      RejectedState(e) {
        e.flow.data.by = e.args.by;
      },
    },
  });
