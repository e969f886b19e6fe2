/** What is needed of a `Registry` of `prom-client`, whichever version of it made it. */
export interface MetricsRegistry {
  /** The media type of `metrics()`. */
  readonly contentType: string;
  /** All metrics as text. */
  metrics(): Promise<string>;
  /** Takes a metric in; throws when its name is taken. */
  registerMetric(metric: never): void;
  /** The metric of a name, if there is one. */
  getSingleMetric(name: string): unknown;
  /** Forgets a metric. */
  removeSingleMetric(name: string): void;
}
