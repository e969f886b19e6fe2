/**
 * The debugger: collects what machines do and shows it. As a program:
 *
 *     deno run -A dbg/main.ts
 *
 * As a module it gives the parts: the store, the pure model, the server and the files.
 *
 * @module
 */
export { exportFile, importFile } from "./files.ts";
export * from "./model/mod.ts";
export {
  DIALOG,
  FOCUSED,
  groups,
  PLAYING,
  schema,
  type SessionMove,
  type SessionStates,
  VIEWS,
} from "./schema.ts";
export { Session, type SessionOptions, type SessionState } from "./session.ts";
export type * from "../telemetry/debugger/protocol.ts";
export {
  type ClientSummary,
  listClients,
  type LogText,
  showMachine,
  type ShownMachine,
  type ShownRow,
  type ShownTimer,
} from "./reports.ts";
export { type DebuggerServer, type ServerOptions, startServer } from "./server.ts";

if (import.meta.main) {
  const { run } = await import("./cli.ts");
  Deno.exit(await run(Deno.args));
}
