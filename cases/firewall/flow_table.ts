import type { AnyMachine } from "../../mod.ts";
import { Flow, type FlowHandlers } from "./flow.ts";
import type { PacketKind, Place } from "./flow_states.ts";
import { IDLE, TimerWheel, type TimerWheelOptions } from "./timer_wheel.ts";

/** How long a flow may stay where it is without a packet, in milliseconds. */
export type Patience = Readonly<Record<Place, number>>;

/** What connection trackers usually grant. */
export const PATIENCE: Patience = {
  SynSent: 120_000,
  SynBoth: 120_000,
  SynReceived: 60_000,
  Established: 5 * 24 * 3_600_000,
  FinWait: 120_000,
  CloseWait: 60_000,
  LastAck: 30_000,
  TimeWait: 120_000,
  Closed: 10_000,
};

/** Settings of a table. */
export interface FlowTableOptions {
  /** What the states of flows do. @default nothing */
  readonly handlers?: FlowHandlers | undefined;
  /** @default {PATIENCE} */
  readonly patience?: Patience;
  /** How many flows there may be. @default {100_000} */
  readonly flows?: number;
  /** How many of them may be half-open: the oldest makes room. @default {1000} */
  readonly halfOpen?: number;
  /** The machine that shows the flows to whoever watches it. @default none */
  readonly parent?: AnyMachine | undefined;
  /** How the time limits are kept. */
  readonly wheel?: TimerWheelOptions;
  /** Is told of a flow that has left the table. */
  readonly onGone?: (flow: Flow) => void;
}

/** All flows by key, with their limits in number and in time. */
export class FlowTable {
  readonly #flows: Map<string, Flow> = new Map();
  /** In the order in which they began. */
  readonly #halfOpen: Set<Flow> = new Set();
  readonly #wheel: TimerWheel<Flow>;
  readonly #handlers: FlowHandlers | undefined;
  readonly #patience: Patience;
  readonly #limits: { readonly flows: number; readonly halfOpen: number };
  readonly #parent: AnyMachine | undefined;
  readonly #onGone: (flow: Flow) => void;

  /** An empty table. */
  constructor(options: FlowTableOptions) {
    const { halfOpen = 1000, flows = 100_000 } = options;
    this.#wheel = new TimerWheel((flow) => this.end(flow, "TimedOut"), options.wheel);
    this.#limits = { flows, halfOpen };
    this.#patience = options.patience ?? PATIENCE;
    this.#parent = options.parent;
    this.#onGone = options.onGone ?? (() => {});
    this.#handlers = options.handlers;
  }

  /** How many flows there are. */
  get size(): number {
    return this.#flows.size;
  }

  /** How many are half-open. */
  get halfOpen(): number {
    return this.#halfOpen.size;
  }

  /** How many time limits run. */
  get waiting(): number {
    return this.#wheel.size;
  }

  /** The flow of a key. */
  get(key: string): Flow | undefined {
    return this.#flows.get(key);
  }

  /** All flows. */
  values(): IterableIterator<Flow> {
    return this.#flows.values();
  }

  /**
   * A new flow, after the oldest half-open ones have made room; `null` when the table is full of flows
   * that are established.
   */
  open(key: string): Flow | null {
    while (this.#halfOpen.size >= this.#limits.halfOpen || this.#flows.size >= this.#limits.flows) {
      const [oldest] = this.#halfOpen;
      if (oldest === undefined) return null;
      this.end(oldest, "Evicted");
    }
    const flow = new Flow(key, this.#handlers, this.#parent);
    this.#flows.set(key, flow);
    return flow;
  }

  /** Gives a flow a packet; whether it may pass. One that does gives the flow time. */
  packet(flow: Flow, kind: PacketKind): boolean {
    const before = flow.place;
    if (!flow.packet(kind)) return false;
    const { place } = flow;
    // What its states do may have taken it out.
    if (place === null || flow.over) return true;
    if (place !== before) this.#count(flow);
    this.extend(flow, this.#patience[place], place !== before);
    return true;
  }

  #count(flow: Flow): void {
    if (flow.is("HalfOpen")) this.#halfOpen.add(flow);
    else this.#halfOpen.delete(flow);
  }

  /** Gives a flow so many milliseconds from now on; `sooner` when this may be less than it had. */
  extend(flow: Flow, ms: number, sooner = false): void {
    if (flow.over) return;
    const due = Date.now() + ms;
    sooner &&= due < flow.due;
    flow.due = due;
    if (sooner || flow.slot === IDLE) this.#wheel.put(flow);
  }

  /** Ends a flow and takes it out. */
  end(flow: Flow, how: "TimedOut" | "Evicted" | "Cut"): void {
    flow.add(["Closed", how]);
    this.delete(flow);
  }

  /** Takes a flow out. */
  delete(flow: Flow): void {
    if (flow.over) return;
    flow.over = true;
    this.#flows.delete(flow.key);
    this.#halfOpen.delete(flow);
    this.#wheel.take(flow);
    // Its states have neither contexts nor waits: only who watches it has to hear that it is over.
    if (this.#parent) flow.dispose();
    this.#onGone(flow);
  }

  /** Ends all flows. */
  clear(): void {
    for (const flow of [...this.#flows.values()]) this.end(flow, "Cut");
    this.#wheel.close();
  }
}
