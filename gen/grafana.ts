/** What a dashboard is made for. */
export interface DashboardOptions {
  /** The machines' labels: a row for each. */
  readonly ids: readonly string[];
  /** The dashboard's title. */
  readonly name: string;
  /** The uid or the name of the Prometheus data source in Grafana. */
  readonly source: string;
}

/** A dashboard in Grafana's JSON; what it shows is read from `panels[].targets[].expr`. */
export interface Dashboard {
  /** Stays the same for the same name, so that a push replaces it. */
  readonly uid: string;
  /** The title. */
  readonly title: string;
  /** Rows and panels. */
  readonly panels: readonly DashboardPanel[];
  /** Grafana's other settings. */
  readonly [setting: string]: unknown;
}

/** A row or a panel of a dashboard. */
export interface DashboardPanel {
  /** The title. */
  readonly title: string;
  /** `row`, `timeseries` or `heatmap`. */
  readonly type: string;
  /** The queries; rows have none. */
  readonly targets?: readonly DashboardTarget[];
  /** Grafana's other settings. */
  readonly [setting: string]: unknown;
}

/** A query of a panel. */
export interface DashboardTarget {
  /** The PromQL. */
  readonly expr: string;
  /** The name of what it gives. */
  readonly legendFormat: string;
  /** Grafana's other settings. */
  readonly [setting: string]: unknown;
}

interface PanelPlan {
  readonly title: string;
  readonly unit?: string;
  readonly heatmap?: boolean;
  /** Legend → PromQL, where `$m` stands for the machine's label matcher. */
  readonly queries: Readonly<Record<string, string>>;
}

const rate = (name: string) => `rate(am_${name}_total{$m}[$__rate_interval])`;
const perTransition = (name: string) => `sum(${rate(name)}) / (sum(${rate("transitions")}) > 0)`;

const PANELS: readonly PanelPlan[] = [
  {
    title: "Transitions",
    unit: "ops",
    queries: { "{{result}}, auto {{auto}}": `sum by (result, auto) (${rate("transitions")})` },
  },
  { title: "Errors", unit: "ops", queries: { errors: rate("errors") } },
  {
    title: "Transition mutations",
    queries: {
      "queue size": "am_queue_size{$m}",
      "states added": perTransition("states_added"),
      "states removed": perTransition("states_removed"),
      "states touched": perTransition("states_touched"),
    },
  },
  {
    title: "Transition details",
    queries: {
      ticks: perTransition("ticks"),
      steps: perTransition("steps"),
      handlers: perTransition("handlers"),
    },
  },
  {
    title: "States and relations",
    queries: {
      states: "am_states{$m}",
      relations: "am_relations{$m}",
      "referenced states": "am_referenced_states{$m}",
      active: "am_states_active{$m}",
      inactive: "am_states_inactive{$m}",
    },
  },
  {
    title: "Transition time",
    unit: "s",
    queries: Object.fromEntries(
      [0.5, 0.95, 0.99].map((q) => [
        `p${q * 100}`,
        `histogram_quantile(${q}, sum by (le) (rate(am_transition_duration_seconds_bucket{$m}[$__rate_interval])))`,
      ]),
    ),
  },
  {
    title: "Average transition time",
    unit: "s",
    queries: {
      average:
        "sum(rate(am_transition_duration_seconds_sum{$m}[$__rate_interval])) / (sum(rate(am_transition_duration_seconds_count{$m}[$__rate_interval])) > 0)",
    },
  },
  {
    title: "Transition time heatmap",
    unit: "s",
    heatmap: true,
    queries: {
      "{{le}}":
        "sum by (le) (increase(am_transition_duration_seconds_bucket{$m}[$__rate_interval]))",
    },
  },
];

const HEIGHT = 8;
const WIDTH = 8;
const COLUMNS = 24 / WIDTH;

/**
 * A Grafana dashboard on the metrics of `telemetry/prometheus/mod.ts`: a row per machine.
 *
 * @throws {RangeError} If there are no ids.
 */
export function grafanaDashboard({ ids, name, source }: DashboardOptions): Dashboard {
  if (ids.length === 0) throw new RangeError("Cannot make the dashboard: no ids are given");
  const datasource = { type: "prometheus", uid: source };
  const panels: DashboardPanel[] = [];
  let y = 0;
  for (const id of ids) {
    const title = `Machine ${id}`;
    panels.push({
      id: panels.length + 1,
      type: "row",
      title,
      collapsed: false,
      gridPos: { x: 0, y: y++, w: 24, h: 1 },
      panels: [],
    });
    PANELS.forEach((plan, i) => {
      const x = (i % COLUMNS) * WIDTH;
      const gridPos = { x, y: y + Math.floor(i / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT };
      panels.push(panelOf(plan, id, panels.length + 1, gridPos, datasource));
    });
    y += Math.ceil(PANELS.length / COLUMNS) * HEIGHT;
  }
  return {
    uid: uidOf(name),
    title: name,
    tags: ["asyncmachine"],
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: "5s",
    time: { from: "now-15m", to: "now" },
    timezone: "browser",
    templating: { list: [] },
    annotations: { list: [] },
    panels,
  };
}

function panelOf(
  { title, unit, heatmap, queries }: PanelPlan,
  machine: string,
  id: number,
  gridPos: object,
  datasource: object,
): DashboardPanel {
  const matcher = `machine=${promString(machine)}`;
  return {
    id,
    type: heatmap ? "heatmap" : "timeseries",
    title,
    datasource,
    gridPos,
    fieldConfig: { defaults: { unit: unit ?? "short", min: 0 }, overrides: [] },
    options: heatmap
      ? { calculate: false, yAxis: { unit: "s" }, legend: { show: true } }
      : { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi" } },
    targets: Object.entries(queries).map(([legendFormat, expr], i) => ({
      refId: String.fromCharCode(65 + i),
      datasource,
      expr: expr.replaceAll("$m", () => matcher),
      legendFormat,
      format: heatmap ? "heatmap" : "time_series",
    })),
  };
}

/** A string as PromQL reads it, without the signs by which Grafana would find its own variables. */
function promString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll("$", "\\x24").replaceAll(
    "[[",
    "\\x5b\\x5b",
  );
}

/** At most 40 characters of those that Grafana allows. */
function uidOf(name: string): string {
  let hash = 5381;
  for (const char of name) hash = (Math.imul(hash, 33) ^ char.codePointAt(0)!) >>> 0;
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 30);
  return `${slug}-${hash.toString(36)}`;
}
