/**
 * Shows machines in the debugger.
 *
 * @module
 */
export { DEFAULT_URL } from "./debugger/address.ts";
export type { ShownArgs } from "./debugger/argument_texts.ts";
export { connectDebugger, debugAll, debugEnv } from "./debugger/client.ts";
export type { DebuggerConnection, DebuggerOptions } from "./debugger/connection.ts";
