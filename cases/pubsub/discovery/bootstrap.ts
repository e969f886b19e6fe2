/** The flow that gets one topic enough peers: a machine that lives until it has them. */
import { Machine, type MachineOptions, type StatesOf } from "@asyncmachine/asyncmachine";
import { schema } from "./bootstrap_states.ts";

/** A flow's machine. */
export type BootstrapFlow = Machine<StatesOf<typeof schema>>;

/** What a flow needs to know. */
export interface BootstrapOptions {
  readonly machine: MachineOptions<StatesOf<typeof schema>>;
  /** The peers that are enough. */
  readonly peers: number;
  /** Counts the topic's peers. */
  readonly count: () => Promise<number>;
  /** Looks for more, and connects to them. */
  readonly discover: (signal: AbortSignal) => Promise<unknown>;
}

/** Starts a flow. It ends in TopicBootstrapped, or in Exception when the host refuses to tell. */
export function startBootstrap(
  { machine: options, peers, count, discover }: BootstrapOptions,
): BootstrapFlow {
  const machine = new Machine(schema, { printErrors: false, ...options });
  machine.bindHandlers({
    async BootstrapCheckingState(e) {
      const found = await count();
      e.add(found >= peers ? "TopicBootstrapped" : "DiscoveringTopic");
    },
    async DiscoveringTopicState(e) {
      await discover(e.signal);
      e.add("BootstrapDelay");
    },
  });
  machine.add("Start");
  return machine;
}
