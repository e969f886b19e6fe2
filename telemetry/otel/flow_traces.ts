import { ROOT_CONTEXT, trace, TraceFlags } from "@opentelemetry/api";
import type { AnyMachine, Tracer } from "../../machine/mod.ts";

/** The context of a trace that is the same for each life of a flow: after a crash it goes on. */
export function contextOfFlow(id: string): object {
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: [0, 1, 2, 3].map((seed) => hash(id, seed)).join(""),
    spanId: [4, 5].map((seed) => hash(id, seed)).join(""),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
}

/** FNV-1a, seeded, as eight hexadecimal digits that are not all zero. */
function hash(text: string, seed: number): string {
  let hash = 0x811c9dc5 ^ Math.imul(seed + 1, 0x9e3779b1);
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return ((hash >>> 0) || 1).toString(16).padStart(8, "0");
}

/** A tracer for `openFlows` that calls `begin` for the machine of each flow. */
export function forEachMachine(begin: (machine: AnyMachine) => void): Tracer {
  return { machineInit: begin };
}
