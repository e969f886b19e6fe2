import { register } from "prom-client";
import { CollectedMetric, type MetricDescription } from "./collected_metric.ts";
import type { MetricsRegistry } from "./metrics_registry.ts";

/** What is read of the flows that `openFlows` of `./durable` gave. */
export interface CountedFlows {
  /** What they have done since they were opened. */
  readonly stats: {
    readonly started: number;
    readonly resumed: number;
    readonly done: number;
    readonly failed: number;
    readonly commits: number;
    readonly storeErrors: number;
    readonly live: number;
    readonly asleep: number;
    readonly lag: number;
  };
}

/** How flows are measured. */
export interface FlowMetricsOptions {
  /** Where the metrics go. @default {register} the default registry of `prom-client` */
  readonly registry?: MetricsRegistry | undefined;
  /** The `flows` label: tells several `openFlows` of one process apart. @default {"flows"} */
  readonly label?: string | undefined;
}

const FLOW_METRICS = {
  started: ["am_flows_started_total", "counter", "Flows that were started"],
  resumed: ["am_flows_resumed_total", "counter", "Flows that were taken over"],
  done: ["am_flows_done_total", "counter", "Flows that were finished without an error"],
  failed: ["am_flows_failed_total", "counter", "Flows that were finished with an error"],
  commits: ["am_flow_commits_total", "counter", "Commits of flows"],
  storeErrors: ["am_flow_store_errors_total", "counter", "Attempts to store that failed"],
  live: ["am_flows_live", "gauge", "Flows in memory"],
  asleep: ["am_flows_asleep", "gauge", "Flows that wait for their time, not in memory"],
  lag: ["am_flow_store_lag_seconds", "gauge", "How long the last batch waited to be stored"],
} as const;

const bound = new WeakMap<MetricsRegistry, Map<string, CountedFlows>>();

/**
 * Measures durable flows until it is undone.
 *
 * @throws {Error} If other flows are measured under this label, or the registry has other metrics of the
 * same names.
 */
export function bindFlows(flows: CountedFlows, options: FlowMetricsOptions = {}): Disposable {
  const { registry = register, label = "flows" } = options;
  let all = bound.get(registry);
  if (all === undefined) {
    all = new Map();
    const measured = all;
    for (const [name, [metric, type, help]] of Object.entries(FLOW_METRICS)) {
      const description: MetricDescription = { name: metric, type, help };
      const scale = name === "lag" ? 1000 : 1;
      new CollectedMetric(description, () =>
        [...measured].map(([flows, { stats }]) => ({
          labels: {},
          sharedLabels: { flows },
          value: stats[name as keyof typeof FLOW_METRICS] / scale,
        }))).register(registry);
    }
    bound.set(registry, all);
  }
  if (all.has(label)) throw new Error(`Cannot bind the flows: "${label}" names others already`);
  all.set(label, flows);
  const measured = all;
  return { [Symbol.dispose]: () => void measured.delete(label) };
}
