import type { AnyMachine, Transition } from "../../machine/mod.ts";
import { RELATIONS, type Schema } from "../../relations/mod.ts";
import type { Watcher } from "../binding.ts";
import { CollectedMetric, type MetricDescription, type Sample } from "./collected_metric.ts";
import type { MetricsRegistry } from "./metrics_registry.ts";
import { Counts, DURATION_BUCKETS, MachineCounter } from "./machine_counts.ts";

/** The label of what exceeds the limit of per-state series. */
export const OVERFLOW = "_overflow";

/** How a machine is to be measured. */
export interface Wishes {
  /** The `machine` label. */
  readonly label: string;
  /** How long queue sizes are averaged, in milliseconds. */
  readonly interval: number;
  /** Whether each state is shown. */
  readonly states: boolean;
}

/** All that has the same `machine` label. */
class Group {
  readonly shared: { readonly machine: string };
  readonly counts: Counts = new Counts();
  /** Who measures which machine. The first one of each counts, so that nothing counts twice. */
  readonly machines: Map<AnyMachine, Claim[]> = new Map();
  interval = 0;
  windowStart: number = performance.now();
  /** A machine has ended, and no scrape has seen its last counts yet. */
  owed = false;

  constructor(label: string) {
    this.shared = { machine: label };
  }
}

/** What one binding measures of one machine. */
class Claim implements Watcher {
  readonly group: Group;
  readonly machine: AnyMachine;
  readonly states: boolean;
  readonly #release: (claim: Claim, disposed: boolean) => void;
  /** Given to one claim at a time. */
  counter: MachineCounter | null;

  constructor(
    group: Group,
    machine: AnyMachine,
    states: boolean,
    counter: MachineCounter | null,
    release: (claim: Claim, disposed: boolean) => void,
  ) {
    this.group = group;
    this.machine = machine;
    this.states = states;
    this.counter = counter;
    this.#release = release;
  }

  begun(): void {
    this.counter?.begin();
  }

  handler(): void {
    this.counter?.handler();
  }

  dropped(): void {
    this.counter?.drop();
  }

  ended(tx: Transition): void {
    this.counter?.end(tx);
  }

  schemaChanged(): void {
    this.counter?.readSchema();
  }

  left(disposed: boolean): void {
    this.#release(this, disposed);
  }
}

const NO_LABELS = {};
const TRANSITION_LABELS = [
  { result: "executed", auto: "false" },
  { result: "executed", auto: "true" },
  { result: "canceled", auto: "false" },
  { result: "canceled", auto: "true" },
];
const BUCKET_LABELS = [...DURATION_BUCKETS, "+Inf"].map((le) => ({ le }));

const exporters = new WeakMap<MetricsRegistry, Exporter>();

/** The metrics of all machines that are bound to one registry. */
export class Exporter {
  /** How many series of single states there may be. */
  stateLimit = 1000;
  readonly #registry: MetricsRegistry;
  readonly #groups: Map<string, Group> = new Map();
  readonly #metrics: readonly CollectedMetric[];

  /** The exporter of a registry, made with the first machine that is bound to it. */
  static of(registry: MetricsRegistry): Exporter {
    let exporter = exporters.get(registry);
    if (!exporter) exporters.set(registry, exporter = new Exporter(registry));
    return exporter;
  }

  constructor(registry: MetricsRegistry) {
    this.#registry = registry;
    this.#metrics = this.#describe().map(([description, samples]) =>
      new CollectedMetric(description, samples)
    );
  }

  /**
   * Takes the metrics into the registry, again if it was cleared meanwhile.
   *
   * @throws {Error} If the registry has other metrics of these names.
   */
  register(): void {
    const missing = this.#metrics.filter((metric) => !metric.isIn(this.#registry));
    for (const { name } of missing) {
      if (this.#registry.getSingleMetric(name) !== undefined) {
        throw new Error(
          `Cannot bind the machine: its registry has another metric named "${name}", take another registry`,
        );
      }
    }
    for (const metric of missing) metric.register(this.#registry);
  }

  /** Measures a machine for one more binding. */
  claim(machine: AnyMachine, { label, interval, states }: Wishes): Watcher {
    this.register();
    let group = this.#groups.get(label);
    if (!group) this.#groups.set(label, group = new Group(label));
    group.interval = interval;
    let claims = group.machines.get(machine);
    if (!claims) group.machines.set(machine, claims = []);
    const counter = claims.length === 0 ? new MachineCounter(machine, group.counts) : null;
    const claim = new Claim(group, machine, states, counter, this.#release);
    claims.push(claim);
    return claim;
  }

  /**
   * A binding no longer measures a machine. The series of one that has ended go once the next scrape
   * has seen its last counts; of one that lives on at once, unless others share its label.
   */
  readonly #release = (claim: Claim, disposed: boolean): void => {
    const { group, machine, counter } = claim;
    const others = group.machines.get(machine)!.filter((other) => other !== claim);
    if (others.length > 0) {
      if (counter) others[0].counter = counter;
      group.machines.set(machine, others);
      return;
    }
    group.machines.delete(machine);
    if (disposed) group.owed = true;
    else if (group.machines.size === 0 && !group.owed) this.#groups.delete(group.shared.machine);
    if (this.#groups.size === 0) {
      this.#metrics.forEach((metric) => metric.unregister(this.#registry));
    }
  };

  /** The first metric of a scrape: series that have been seen for the last time go. */
  #beginScrape(): void {
    for (const [label, group] of this.#groups) {
      if (group.machines.size === 0 && !group.owed) this.#groups.delete(label);
      group.owed = false;
    }
  }

  #describe(): [MetricDescription, () => Sample[]][] {
    const gauge = (
      name: string,
      help: string,
      of: (machine: AnyMachine) => number,
    ): [MetricDescription, () => Sample[]] => [
      { name, help, type: "gauge" },
      () => this.#perGroup((group) => sum(group.machines.keys(), of)),
    ];
    const counter = (
      name: string,
      help: string,
      of: (counts: Counts) => number,
    ): [MetricDescription, () => Sample[]] => [
      { name, help, type: "counter" },
      () => this.#perGroup(({ counts }) => of(counts)),
    ];
    return [
      [
        {
          name: "am_transitions_total",
          help: "Transitions by result, and whether auto states caused them.",
          type: "counter",
        },
        () => this.#transitions(),
      ],
      [
        {
          name: "am_transition_duration_seconds",
          help: "How long transitions took, synchronous handlers included.",
          type: "histogram",
        },
        () => this.#durations(),
      ],
      gauge("am_states", "Registered states.", (machine) => machine.stateNames.length),
      gauge("am_relations", "Relations between states.", (machine) => relations(machine).all),
      gauge(
        "am_referenced_states",
        "States that relations refer to.",
        (machine) => relations(machine).referenced,
      ),
      gauge("am_states_active", "Active states.", (machine) => machine.activeStates().length),
      gauge(
        "am_states_inactive",
        "Inactive states.",
        (machine) => machine.stateNames.length - machine.activeStates().length,
      ),
      [
        {
          name: "am_queue_size",
          help: "Mutations that waited when a transition began, on average over the interval.",
          type: "gauge",
        },
        () => this.#perGroup(queueSize),
      ],
      counter("am_ticks_total", "Ticks that passed.", (counts) => counts.ticks),
      counter("am_states_added_total", "Activations of states.", (counts) => counts.added),
      counter("am_states_removed_total", "Deactivations of states.", (counts) => counts.removed),
      counter(
        "am_states_touched_total",
        "Calls of active multi states.",
        (counts) => counts.touched,
      ),
      counter("am_steps_total", "Steps of transitions.", (counts) => counts.steps),
      counter("am_handlers_total", "Calls of handlers.", (counts) => counts.handlers),
      counter("am_errors_total", "Errors that became Exception.", (counts) => counts.errors),
      counter(
        "am_mutations_dropped_total",
        "Mutations that waited and did not run: the machine ended, or its drain went over a limit.",
        (counts) => counts.dropped,
      ),
      [
        {
          name: "am_state_active",
          help: "Whether a state is active, for machines that were bound with states.",
          type: "gauge",
        },
        () => this.#states(),
      ],
    ];
  }

  #perGroup(value: (group: Group) => number): Sample[] {
    const samples: Sample[] = [];
    for (const group of this.#groups.values()) {
      samples.push({ labels: NO_LABELS, sharedLabels: group.shared, value: value(group) });
    }
    return samples;
  }

  #transitions(): Sample[] {
    this.#beginScrape();
    const samples: Sample[] = [];
    for (const { shared, counts } of this.#groups.values()) {
      TRANSITION_LABELS.forEach((labels, i) => {
        samples.push({ labels, sharedLabels: shared, value: counts.transitions[i] });
      });
    }
    return samples;
  }

  #durations(): Sample[] {
    const name = "am_transition_duration_seconds";
    const samples: Sample[] = [];
    for (const { shared: sharedLabels, counts } of this.#groups.values()) {
      let below = 0;
      counts.buckets.forEach((count, i) => {
        below += count;
        const labels = BUCKET_LABELS[i];
        samples.push({ labels, sharedLabels, value: below, metricName: `${name}_bucket` });
      });
      samples.push(
        { labels: NO_LABELS, sharedLabels, value: counts.durations, metricName: `${name}_sum` },
        { labels: NO_LABELS, sharedLabels, value: below, metricName: `${name}_count` },
      );
    }
    return samples;
  }

  #states(): Sample[] {
    const samples: Sample[] = [];
    let overflow = 0;
    let full = false;
    for (const { shared, machines } of this.#groups.values()) {
      const active = new Map<string, number>();
      for (const [machine, claims] of machines) {
        if (!claims.some((claim) => claim.states)) continue;
        for (const name of machine.stateNames) if (!active.has(name)) active.set(name, 0);
        for (const name of machine.activeStates()) active.set(name, active.get(name)! + 1);
      }
      for (const [state, value] of active) {
        if (samples.length < this.stateLimit) {
          samples.push({ labels: { state }, sharedLabels: shared, value });
        } else {
          full = true;
          overflow += value;
        }
      }
    }
    if (full) {
      const labels = { machine: OVERFLOW, state: OVERFLOW };
      samples.push({ labels, sharedLabels: NO_LABELS, value: overflow });
    }
    return samples;
  }
}

function sum(machines: Iterable<AnyMachine>, of: (machine: AnyMachine) => number): number {
  let total = 0;
  for (const machine of machines) total += of(machine);
  return total;
}

interface Relations {
  readonly all: number;
  readonly referenced: number;
}

const relationsOf = new WeakMap<Schema, Relations>();

function relations({ schema }: AnyMachine): Relations {
  let found = relationsOf.get(schema);
  if (!found) {
    const names = Object.values(schema).flatMap((state) =>
      RELATIONS.flatMap((relation) => state[relation] ?? [])
    );
    relationsOf.set(schema, found = { all: names.length, referenced: new Set(names).size });
  }
  return found;
}

function queueSize(group: Group): number {
  const { counts } = group;
  const size = counts.queueSamples === 0 ? 0 : counts.queued / counts.queueSamples;
  const now = performance.now();
  if (now - group.windowStart >= group.interval) {
    group.windowStart = now;
    counts.queued = counts.queueSamples = 0;
  }
  return size;
}
