import { Machine, type MachineOptions, type StatesOf } from "@asyncmachine/asyncmachine";
import { schema } from "./topic_states.ts";

/** How long after a message a topic is active, in milliseconds. */
const ACTIVE = 60_000;
/** How many peers make a peak. */
export const PEAK = 10;

/** A topic, as the simulator knows it. */
export class Topic {
  /** Its machine. */
  readonly machine: Machine<StatesOf<typeof schema>>;
  /** Who has joined. */
  readonly peers = new Set<string>();
  #lastMessage = -Infinity;

  constructor(readonly id: string, options: Pick<MachineOptions, "parent">) {
    this.machine = new Machine(schema, { ...options, id: `sim-t-${id}` });
    this.update();
  }

  /** A message was sent. */
  sent(): void {
    this.#lastMessage = Date.now();
    this.update();
  }

  /** Sets the states from the counters. */
  update(): void {
    const { machine, peers } = this;
    if (peers.size > 0) machine.add("HasPeers");
    else machine.remove("HasPeers");
    if (peers.size >= PEAK) machine.add("Peaking");
    else machine.remove("Peaking");
    if (Date.now() - this.#lastMessage < ACTIVE) machine.add("Active");
    else machine.remove("Active");
    if (!machine.any("Active", "Peaking")) machine.add("Stale");
  }
}
