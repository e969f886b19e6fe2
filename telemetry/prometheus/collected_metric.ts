import type { MetricsRegistry } from "./metrics_registry.ts";

/** One line of a metric. */
export interface Sample {
  /** The labels of this line. */
  readonly labels: Readonly<Record<string, string | number>>;
  /** Labels that many lines have in common: formatted once. */
  readonly sharedLabels: Readonly<Record<string, string | number>>;
  /** The value. */
  readonly value: number;
  /** The name, where it is not the metric's (`…_bucket`). */
  readonly metricName?: string;
}

/** What a metric is, besides its samples. */
export interface MetricDescription {
  /** The name. */
  readonly name: string;
  /** What it tells. */
  readonly help: string;
  /** Its kind. */
  readonly type: "counter" | "gauge" | "histogram";
}

/**
 * A metric whose samples are made when somebody scrapes. Incrementing a `Counter` of prom-client
 * costs 200 ns and more for its labels; ours are plain numbers until they are asked for.
 */
export class CollectedMetric {
  /** The name; registries for OpenMetrics cut `_total` off. */
  name: string;
  /** The kind; registries for OpenMetrics ask for it. */
  readonly type: MetricDescription["type"];
  readonly #description: MetricDescription;
  readonly #samples: () => Sample[];

  constructor(description: MetricDescription, samples: () => Sample[]) {
    this.name = description.name;
    this.type = description.type;
    this.#description = description;
    this.#samples = samples;
  }

  /** What a registry's `metrics()` reads. */
  getForPromString(): Promise<object> {
    const { help } = this.#description;
    const values = this.#samples();
    return Promise.resolve({ name: this.name, help, type: this.type, values, aggregator: "sum" });
  }

  /** What a registry's `getMetricsAsJSON()` reads. */
  async get(): Promise<object> {
    const read = await this.getForPromString() as { values: Sample[] };
    const values = read.values.map(({ labels, sharedLabels, ...value }) => ({
      ...value,
      labels: { ...sharedLabels, ...labels },
    }));
    return { ...read, values };
  }

  /** Does nothing: what a machine did cannot be undone. */
  reset(): void {}

  /** Whether a registry has it. */
  isIn(registry: MetricsRegistry): boolean {
    return registry.getSingleMetric(this.#description.name) === this;
  }

  /**
   * Joins a registry.
   *
   * @throws {Error} If the registry has another metric of that name.
   */
  register(registry: MetricsRegistry): void {
    // OpenMetrics registries change `name`, but not the key that they know it by.
    this.name = this.#description.name;
    // Registries only call the methods above; prom-client's types name its own four classes.
    registry.registerMetric(this as never);
  }

  /** Leaves a registry, if it is still there. */
  unregister(registry: MetricsRegistry): void {
    if (this.isIn(registry)) registry.removeSingleMetric(this.#description.name);
  }
}
