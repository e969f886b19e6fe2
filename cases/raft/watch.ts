/** What `--watch` adds to a node: the debugger, metrics and traces. Loaded only then. */
import { debugEnv } from "../../telemetry/mod.ts";
import { traceMachine } from "../../telemetry/otel/mod.ts";
import { bindMachine, metricsHandler } from "../../telemetry/prometheus/mod.ts";
import type { RaftNode } from "./node.ts";

/**
 * Shows a node, and its peers while it leads: in the debugger at `AM_DBG_ADDR`, at `/metrics`, and by
 * OpenTelemetry where a provider is (`OTEL_DENO=true`).
 */
export function watch({ machine }: RaftNode): (request: Request) => Response | Promise<Response> {
  bindMachine(machine, { states: true });
  traceMachine(machine);
  return metricsHandler();
}

/** Before the machines are made. */
export function watchAll(): void {
  debugEnv();
}
