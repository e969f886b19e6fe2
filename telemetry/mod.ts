/**
 * Shows machines in the debugger.
 *
 * @module
 */
export {
  connectDebugger,
  debugAll,
  debugEnv,
  type DebuggerConnection,
  type DebuggerOptions,
  DEFAULT_URL,
} from "./debugger/client.ts";
