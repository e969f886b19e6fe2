/**
 * The states of a machine.
 *
 * Not expressed by the schema:
 *
 * - Start the machine by add(["Stopped"])
 * - Event PLAY: PLAY is an event state, PLAYState does what is said below for the states that are active, of each region for the innermost one
 * - Event STOP: STOP is an event state, STOPState does what is said below for the states that are active, of each region for the innermost one
 * - Event FAST: FAST is an event state, FASTState does what is said below for the states that are active, of each region for the innermost one
 * - The machine is done in Ended: dispose of it then
 * - The machine's context: keep such data in the handlers' object
 * - Stopped, event PLAY, while it is active: add(["Playing", "PlayingNormal"])
 * - Playing, event STOP, while it is active: add(["Stopped"]); if mayStop holds, asked in StoppedEnter; it does beep
 * - Playing invokes sound: start it in PlayingState, with event.signal
 * - PlayingNormal, event FAST, while it is active: add(["Playing", "PlayingFast"])
 * - Ended.entry: say belongs into EndedState
 *
 * @module
 */
// #region states, made by gen: it keeps relations when it runs again
import { defineSchema, type StateHandlers, type StatesOf } from "@asyncmachine/asyncmachine";

/** The states, in order, with their relations. */
export const schema = defineSchema({
  Stopped: { remove: ["Playing", "Ended"] },
  Playing: { add: ["PlayingNormal"], remove: ["Stopped", "Ended"], timeouts: { Stopped: 60000 } },
  PlayingNormal: { remove: ["PlayingFast"], require: ["Playing"] },
  PlayingFast: { remove: ["PlayingNormal"], require: ["Playing"] },
  Ended: { remove: ["Stopped", "Playing"] },
  PLAY: { event: true, require: ["Stopped"] },
  STOP: { event: true, require: ["Playing"] },
  FAST: { event: true, require: ["PlayingNormal"] },
});

/** The states with the types of their arguments. */
export type States = StatesOf<typeof schema>;

/** The names of the states. */
export const names = {
  Stopped: "Stopped",
  Playing: "Playing",
  PlayingNormal: "PlayingNormal",
  PlayingFast: "PlayingFast",
  Ended: "Ended",
  PLAY: "PLAY",
  STOP: "STOP",
  FAST: "FAST",
} as const;

/** The name of a state. */
export type Name = keyof typeof names;

/** Groups of states. */
export const groups = {} satisfies Record<string, readonly Name[]>;

/** The handlers of Stopped. */
export type StoppedHandlers = StateHandlers<States, "Stopped">;

/** The handlers of Playing. */
export type PlayingHandlers = StateHandlers<States, "Playing">;

/** The handlers of PlayingNormal. */
export type PlayingNormalHandlers = StateHandlers<States, "PlayingNormal">;

/** The handlers of PlayingFast. */
export type PlayingFastHandlers = StateHandlers<States, "PlayingFast">;

/** The handlers of Ended. */
export type EndedHandlers = StateHandlers<States, "Ended">;

/** The handlers of PLAY. */
export type PLAYHandlers = StateHandlers<States, "PLAY">;

/** The handlers of STOP. */
export type STOPHandlers = StateHandlers<States, "STOP">;

/** The handlers of FAST. */
export type FASTHandlers = StateHandlers<States, "FAST">;
// #endregion states
