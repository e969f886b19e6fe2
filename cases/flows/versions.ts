/**
 * A flow whose code changes while it sleeps: the new schema takes over what the old one left.
 *
 * Names of states and of `once` are what is stored, so they are the interface. `migrate` turns the ticks
 * of the old states into those of the new ones; without it such a flow is left alone, with a reason.
 */
import { exclusive } from "../../mod.ts";
import { defineFlow } from "../../durable/mod.ts";

/** As it was: one state for the address and the payment. */
export const signupOld = defineFlow({
  schema: exclusive({ Asking: { timeouts: { Over: 86_400_000 } }, Welcome: {}, Over: {} }),
  data: (name: string) => ({ name }),
  start: "Asking",
  ends: ["Welcome", "Over"],
  handlers: {},
});

/** As it is: first the address, then the payment; the data has an address. */
export const signup = defineFlow({
  schema: exclusive({
    AskingAddress: { timeouts: { Over: 86_400_000 } },
    AskingPayment: {},
    Welcome: {},
    Over: {},
  }),
  data: (name: string) => ({ name, address: "" }),
  start: "AskingAddress",
  ends: ["Welcome", "Over"],
  migrate({ names, ticks }, saved) {
    const tick = (name: string) => ticks[names.indexOf(name)] ?? 0;
    saved.data = { address: "", ...saved.data as { name: string } };
    return {
      AskingAddress: tick("Asking"),
      AskingPayment: 0,
      Welcome: tick("Welcome"),
      Over: tick("Over"),
    };
  },
  handlers: {},
});
