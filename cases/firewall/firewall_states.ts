/**
 * The states of the firewall itself.
 *
 * @module
 */
import { args, defineSchema, exclusive, type StatesOf } from "../../mod.ts";

/** How long it stays on its guard after the last sign of a flood, in milliseconds. */
const CALM = 2000;

const phases = exclusive({
  Listening: {},
  Draining: {},
  Stopped: {},
});

/** The states. */
export const schema = defineSchema({
  ...phases,
  // Most places for half-open flows are taken: headers get a quarter of their time. Each new sign of it
  // starts the time anew, because the state is multi.
  UnderAttack: { multi: true, require: ["Listening"], timeouts: { Calm: CALM } },
  Calm: { event: true, remove: ["UnderAttack"] },
  Refused: { event: true, args: args<{ address: string; why: string }>() },
  Banning: { event: true, args: args<{ address: string }>() },
});

/** State → arguments. */
export type FirewallStates = StatesOf<typeof schema>;
