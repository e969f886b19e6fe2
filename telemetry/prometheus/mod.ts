/**
 * Metrics of machines for Prometheus, in a registry of `prom-client`, so that they stand beside an
 * application's own.
 *
 * @example Usage
 * ```ts
 * import { Machine } from "@asyncmachine/asyncmachine";
 * import { bindMachine, metricsHandler } from "@asyncmachine/asyncmachine/telemetry/prometheus";
 * import { assertMatch } from "@std/assert";
 *
 * const machine = new Machine({ Foo: {} }, { id: "worker" });
 * using _ = bindMachine(machine);
 * machine.add("Foo");
 *
 * const handler = metricsHandler(); // Deno.serve(handler)
 * const response = await handler(new Request("http://localhost/metrics"));
 * assertMatch(await response.text(), /am_states_added_total\{machine="worker"\} 1/);
 * ```
 *
 * @module
 */
import { register } from "prom-client";
import type { AnyMachine } from "../../machine/mod.ts";
import { type TracerBinding, watchMachines } from "../binding.ts";
import { Exporter } from "./exporter.ts";
import type { MetricsRegistry } from "./metrics_registry.ts";

export { bindFlows, type CountedFlows, type FlowMetricsOptions } from "./flow_metrics.ts";
export type { AnyMachine } from "../../machine/mod.ts";
export type { TracerBinding } from "../binding.ts";
export type { MetricsRegistry } from "./metrics_registry.ts";

/** How a machine is measured. */
export interface PrometheusOptions {
  /** Where the metrics go. @default {register} the default registry of `prom-client` */
  readonly registry?: MetricsRegistry;
  /**
   * For how many milliseconds `am_queue_size` is averaged; the queue is always empty between
   * transitions, when it is scraped. @default {15_000}
   */
  readonly interval?: number;
  /**
   * The `machine` label. Machines with the same label are summed up: so that many short-lived
   * machines need few series. @default {(machine) => machine.id}
   */
  readonly label?: (machine: AnyMachine) => string;
  /** Shows each state as `am_state_active`, one series per machine and state. @default {false} */
  readonly states?: boolean;
  /**
   * How many series of single states the registry may have; the states beyond that are summed up
   * in one with the labels `_overflow`. Counts for the whole registry, the last call that gives it
   * wins. @default {1000}
   */
  readonly maxStates?: number;
}

/**
 * Measures a machine and its children, those made later too, until the binding is undone. What is
 * bound several times counts once per label.
 *
 * @throws {RangeError} If an option is out of range.
 * @throws {Error} If the registry has other metrics of the same names.
 */
export function bindMachine(machine: AnyMachine, options: PrometheusOptions = {}): TracerBinding {
  const { interval = 15_000, label = (one) => one.id, states = false, maxStates } = options;
  if (!(interval >= 0)) throw new RangeError(`Cannot bind the machine: interval is ${interval}`);
  if (maxStates !== undefined && !(maxStates >= 0)) {
    throw new RangeError(`Cannot bind the machine: maxStates is ${maxStates}`);
  }
  const exporter = Exporter.of(options.registry ?? register);
  const claim = (one: AnyMachine) =>
    exporter.claim(one, { label: String(label(one)), interval, states });
  const binding = watchMachines(machine, claim, { steps: true });
  if (maxStates !== undefined) exporter.stateLimit = maxStates;
  return binding;
}

/**
 * Answers scrapes: a handler for `Deno.serve` and every other server that speaks fetch.
 *
 * @param registry Whose metrics. The default registry of `prom-client` unless given.
 */
export function metricsHandler(
  registry: MetricsRegistry = register,
): (request: Request) => Promise<Response> {
  return async ({ method }) => {
    if (method !== "GET" && method !== "HEAD") {
      return new Response("Method not allowed\n", { status: 405, headers: { allow: "GET, HEAD" } });
    }
    const text = await registry.metrics();
    return new Response(method === "HEAD" ? null : text, {
      headers: { "content-type": registry.contentType },
    });
  };
}

/** What is pushed, and as whose. */
export interface PushOptions {
  /** The job that the metrics belong to. */
  readonly job: string;
  /** More labels that tell this process from others of the job, for example its instance. */
  readonly grouping?: Readonly<Record<string, string>>;
  /** Where the metrics are. @default {register} the default registry of `prom-client` */
  readonly registry?: MetricsRegistry;
  /** Ends the request. */
  readonly signal?: AbortSignal;
}

/**
 * Pushes all metrics of a registry to a Pushgateway, in place of what was pushed as the same job and
 * grouping before. For jobs that end before anybody would scrape them.
 *
 * @param url The gateway's address, for example `http://localhost:9091`.
 * @throws {Error} If the gateway refuses.
 */
export async function pushMetrics(url: string | URL, options: PushOptions): Promise<void> {
  const { job, grouping = {}, registry = register, signal } = options;
  const path = [["job", job], ...Object.entries(grouping)].map(([name, value]) => {
    // A value in base64 may hold slashes, and be empty.
    return `${name}@base64/${base64url(value) || "="}`;
  });
  const base = String(url).replace(/\/+$/, "");
  const response = await fetch(`${base}/metrics/${path.join("/")}`, {
    method: "PUT",
    headers: { "content-type": registry.contentType },
    body: await registry.metrics(),
    signal,
  });
  const answer = await response.text();
  if (!response.ok) {
    throw new Error(
      `Cannot push metrics to ${base}: it answered ${response.status} ${answer.trim()}`,
    );
  }
}

function base64url(text: string): string {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
