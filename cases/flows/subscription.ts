/**
 * A subscription: a trial, then a charge each month, for as long as it is wanted and paid.
 *
 * A month is an activation of `Period`. Being late with the money is a state with a time limit, and
 * cancelling takes effect at the end of what was paid for.
 */
import { args, exclusive } from "../../mod.ts";
import { defineFlow, nextRun } from "../../durable/mod.ts";

const DAY = 24 * 3_600_000;
/** How long the trial is. */
export const TRIAL = 30 * DAY;
/** How long a missing payment is waited for. */
export const GRACE = 14 * DAY;

/** What the flow needs of the world outside. */
export interface Billing {
  /** Whether the money came; the same key charges once. */
  charge(customer: string, cents: number, key: string): Promise<boolean>;
  /** Tells the customer. */
  tell(customer: string, what: string, key: string): Promise<void>;
}

/** When the month ends that begins now: the first of the next one. */
export function endOfPeriod(): number {
  return nextRun("0 0 1 * *")!.getTime();
}

/** Trial → Charging → Active → Charging …; not paid → PastDue → Ended; `Cancel` → Ended with the period. */
export const subscriptionOf = (billing: Billing) =>
  defineFlow({
    schema: {
      ...exclusive({
        Trial: { timeouts: { Charging: TRIAL } },
        Charging: {},
        Active: {},
        PastDue: {},
        Ended: {},
      }),
      // Lasts while it is tried again and again: the time limit is for all of it.
      Owing: { timeouts: { Ended: GRACE } },
      // It stays until the period that was paid for is over.
      Canceled: {},
      SetPrice: { event: true, args: args.required<{ cents: number }>() },
    },
    data: (input: { customer: string; cents: number }) => ({ ...input, charged: 0, months: 0 }),
    start: "Trial",
    ends: ["Ended"],
    tags: ({ customer }) => [customer],
    handlers: {
      SetPriceState(e) {
        e.flow.data.cents = e.args.cents;
      },
      async ChargingState(e) {
        const { data } = e.flow;
        if (e.machine.is("Canceled")) return void e.add("Ended");
        const { customer, cents } = data;
        const paid = await e.once("charge", ({ key }) => billing.charge(customer, cents, key));
        if (!paid) return void e.add(["PastDue", "Owing"]);
        e.remove("Owing");
        data.charged += cents;
        data.months++;
        e.add("Active");
      },
      ActiveState(e) {
        if (!e.resumed) e.addAfter(endOfPeriod() - Date.now(), "Charging");
      },
      async PastDueState(e) {
        const { customer } = e.flow.data;
        await e.once("tell", ({ key }) => billing.tell(customer, "the payment failed", key));
        for (;;) {
          await e.sleep(3 * DAY);
          e.add("Charging");
        }
      },
      async EndedState(e) {
        const { customer } = e.flow.data;
        await e.once("tell", ({ key }) => billing.tell(customer, "it has ended", key));
      },
    },
  });
