/**
 * Shows machines in the debugger.
 *
 * @module
 */
export {
  connectDebugger,
  debugEnv,
  type DebuggerConnection,
  type DebuggerOptions,
  DEFAULT_URL,
} from "./client.ts";
