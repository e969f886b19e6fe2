/**
 * The states of a machine.
 *
 * Not expressed by the schema:
 *
 * - Start the machine by add(["Stopped"])
 * - The machine is done in Ended: dispose of it then
 * - The machine's context: keep such data in the handlers' object
 * - Stopped, event PLAY, while it is active: add(["Playing", "PlayingNormal"])
 * - Playing, event STOP, while it is active: add(["Stopped"]); if mayStop holds, asked in StoppedEnter; it does beep
 * - Playing, after 60000 ms: a timer in PlayingState that event.signal stops, then add(["Stopped"])
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
  Playing: { add: ["PlayingNormal"], remove: ["Stopped", "Ended"] },
  PlayingNormal: { remove: ["PlayingFast"], require: ["Playing"] },
  PlayingFast: { remove: ["PlayingNormal"], require: ["Playing"] },
  Ended: { remove: ["Stopped", "Playing"] },
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
// #endregion states
