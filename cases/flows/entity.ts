/**
 * An account that lives for years: an entity that takes updates, each refused or stored with its answer.
 *
 * `Deposit` and `Withdraw` are events: `Enter` says whether they may be, their handler changes the data, and
 * whoever asks has the answer when it is stored. There is no history to grow: ticks and data are the state.
 */
import { args, exclusive, returns } from "../../mod.ts";
import { defineFlow } from "../../durable/mod.ts";

type Amount = { cents: number; id: string };

/** How many of the last updates are remembered, so that one that is sent again is not made twice. */
const REMEMBERED = 100;

/** Open → Closed when nothing is left. */
export const account = defineFlow({
  schema: {
    ...exclusive({ Open: {}, Closed: {} }),
    Deposit: { event: true, args: args.required<Amount>(), returns: returns<number>() },
    Withdraw: { event: true, args: args.required<Amount>(), returns: returns<number>() },
  },
  data: (owner: string) => ({ owner, cents: 0, seen: [] as string[] }),
  start: "Open",
  ends: ["Closed"],
  tags: ({ owner }) => [owner],
  handlers: {
    DepositEnter: (e) => Number.isInteger(e.args.cents) && e.args.cents > 0,
    WithdrawEnter: (e) => Number.isInteger(e.args.cents) && e.args.cents > 0,
    DepositState(e) {
      const { data } = e.flow;
      if (!data.seen.includes(e.args.id)) {
        data.cents += e.args.cents;
        data.seen = [...data.seen, e.args.id].slice(-REMEMBERED);
      }
      return data.cents;
    },
    WithdrawState(e) {
      const { data } = e.flow;
      if (!data.seen.includes(e.args.id)) {
        if (data.cents < e.args.cents) return -1; // the balance of now, not of when it was asked
        data.cents -= e.args.cents;
        data.seen = [...data.seen, e.args.id].slice(-REMEMBERED);
      }
      return data.cents;
    },
  },
});
