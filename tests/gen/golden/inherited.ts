/**
 * The states of Server.
 *
 * @module
 */
// #region states, made by gen: it keeps relations when it runs again
import { mergeSchemas, type StateHandlers, type StatesOf } from "@asyncmachine/asyncmachine";
import { basic, connected } from "@asyncmachine/asyncmachine/schemas";

/** The states, in order, with their relations. */
export const serverSchema = mergeSchemas(basic, connected, {
  Serving: { multi: true, require: ["Ready", "Connected"] },
  Draining: { remove: ["Serving"] },
});

/** The states with the types of their arguments. */
export type ServerStates = StatesOf<typeof serverSchema>;

/** The names of the states. */
export const serverNames = {
  Start: "Start",
  Ready: "Ready",
  Healthcheck: "Healthcheck",
  Heartbeat: "Heartbeat",
  ErrNetwork: "ErrNetwork",
  ErrTimeout: "ErrTimeout",
  Connecting: "Connecting",
  Connected: "Connected",
  Disconnecting: "Disconnecting",
  Disconnected: "Disconnected",
  Serving: "Serving",
  Draining: "Draining",
} as const;

/** The name of a state. */
export type ServerName = keyof typeof serverNames;

/** Groups of states. */
export const serverGroups = {
  Work: [],
} satisfies Record<string, readonly ServerName[]>;

/** The handlers of Start. */
export type ServerStartHandlers = StateHandlers<ServerStates, "Start">;

/** The handlers of Ready. */
export type ServerReadyHandlers = StateHandlers<ServerStates, "Ready">;

/** The handlers of Healthcheck. */
export type ServerHealthcheckHandlers = StateHandlers<ServerStates, "Healthcheck">;

/** The handlers of Heartbeat. */
export type ServerHeartbeatHandlers = StateHandlers<ServerStates, "Heartbeat">;

/** The handlers of ErrNetwork. */
export type ServerErrNetworkHandlers = StateHandlers<ServerStates, "ErrNetwork">;

/** The handlers of ErrTimeout. */
export type ServerErrTimeoutHandlers = StateHandlers<ServerStates, "ErrTimeout">;

/** The handlers of Connecting. */
export type ServerConnectingHandlers = StateHandlers<ServerStates, "Connecting">;

/** The handlers of Connected. */
export type ServerConnectedHandlers = StateHandlers<ServerStates, "Connected">;

/** The handlers of Disconnecting. */
export type ServerDisconnectingHandlers = StateHandlers<ServerStates, "Disconnecting">;

/** The handlers of Disconnected. */
export type ServerDisconnectedHandlers = StateHandlers<ServerStates, "Disconnected">;

/** The handlers of Serving. */
export type ServerServingHandlers = StateHandlers<ServerStates, "Serving">;

/** The handlers of Draining. */
export type ServerDrainingHandlers = StateHandlers<ServerStates, "Draining">;
// #endregion states
