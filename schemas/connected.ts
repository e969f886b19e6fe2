import type { Schema } from "../relations/mod.ts";

/** The states of {@linkcode connected}. */
export interface ConnectedStates {
  /** A connection is being made. */
  Connecting: unknown;
  /** There is a connection. */
  Connected: unknown;
  /** The connection is being closed. */
  Disconnecting: unknown;
  /** There is no connection, and none is being made. */
  Disconnected: unknown;
}

/** A connection: four states of which at most one is active. */
export const connected: Schema<ConnectedStates> = {
  Connecting: { remove: ["Connected", "Disconnecting", "Disconnected"] },
  Connected: { remove: ["Connecting", "Disconnecting", "Disconnected"] },
  Disconnecting: { remove: ["Connecting", "Connected", "Disconnected"] },
  Disconnected: { remove: ["Connecting", "Connected", "Disconnecting"] },
};
