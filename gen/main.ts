/**
 * gen: typed states files, handler stubs, diagrams, checks and imports. As a program:
 *
 *     deno run -A gen/main.ts states-file Foo,Bar
 *
 * As a module it gives the functions behind the commands, which need no permissions.
 *
 * @module
 */
export {
  type Diagram,
  type DiagramEdge,
  diagramOf,
  type DiagramOptions,
  type DiagramState,
  mermaid,
  svg,
} from "../diagram/mod.ts";
export { type CheckReport, checkSchema, type Finding, type FindingKind } from "./check.ts";
export type { ExploreOptions } from "./explore.ts";
export {
  type Dashboard,
  type DashboardOptions,
  type DashboardPanel,
  type DashboardTarget,
  grafanaDashboard,
} from "./grafana.ts";
export { pushDashboard } from "./grafana_push.ts";
export { handlersFile, type HandlersFileOptions } from "./handlers_file.ts";
export { type Imported, importOriginal } from "./import_original.ts";
export { importXState } from "./import_xstate.ts";
export {
  checkNames,
  InputError,
  parseRelations,
  parseSchema,
  parseStates,
  pascalCase,
  type StateSpec,
} from "./states.ts";
export { INHERITABLE, statesFile, type StatesFileOptions } from "./states_file.ts";

if (import.meta.main) {
  const { run } = await import("./cli.ts");
  Deno.exit(await run(Deno.args));
}
