/**
 * The states of one address, as the firewall that it talks to sees it.
 *
 * @module
 */
import { args, defineSchema, type StatesOf } from "../../mod.ts";

/** The states. */
export const schema = defineSchema({
  // A flow asks to come in. Relations refuse it to those who are out, negotiation to those who have enough.
  Open: { event: true },
  Denied: { remove: ["Open"] },
  Banned: { remove: ["Open", "Suspect"] },
  // It has been a nuisance, and not yet often enough.
  Suspect: {},
  Strike: { event: true, args: args<{ why: string }>() },
  Forgiven: { event: true, remove: ["Suspect", "Banned"] },
});

/** State → arguments. */
export type AddressStates = StatesOf<typeof schema>;
