/** The host as a machine: every decision is a relation or a negotiation handler. */
import {
  Machine,
  MachineDisposedError,
  type MachineOptions,
  RefusedError,
  type StatesOf,
} from "@asyncmachine/asyncmachine";
import { type Host, type HostOptions, HostRefusedError, type Receive } from "./host.ts";
import type { Receiver } from "./links.ts";
import { fits, isTopic, type Rpc } from "./rpc.ts";
import { schema } from "./states.ts";
import { Tables } from "./tables.ts";

/** After so many ms a change of subscriptions is told again to those whose links did not take it. */
const ANNOUNCE_AGAIN = 100;

/** Options of the host's machine: parent, tracers, log. */
export type HostMachineOptions = Pick<
  MachineOptions,
  "parent" | "tracers" | "tags" | "logLevel" | "logger"
>;

/** A host whose machine can be looked at. */
export interface MachineHost extends Host {
  /** The machine: wait for its states, trace it, show it in the debugger. */
  readonly machine: Machine<StatesOf<typeof schema>>;
}

/** Makes a host and lets its links listen. */
export function createHost(options: HostOptions & { machine?: HostMachineOptions }): MachineHost {
  const tables = new Tables(options);
  const { counts, links, limits } = tables;
  const machine = new Machine(schema, {
    ...options.machine,
    id: options.id,
    printErrors: false,
    // A busy host's receivers may publish a lot in one go.
    queueLimit: 100_000,
  });

  machine.bindHandlers({
    ExceptionState: (e) => tables.report(e.args.err),
    StoppingState() {
      for (const peer of tables.peers.keys()) links.close(peer);
    },

    PeerNewStreamEnter: ({ args: { peer } }) =>
      !tables.peers.has(peer) && !tables.blacklist.has(peer) && tables.peers.size < limits.peers,
    PeerNewStreamState(e) {
      const { peer } = e.args;
      tables.peers.set(peer, new Set());
      e.add("HasPeers");
      if (!tables.sendHello(peer)) {
        e.add("PeerError", { peer, error: new Error(`Peer ${peer} took no hello`) });
      }
    },
    PeerCloseStreamEnter: ({ args: { peer } }) => tables.peers.has(peer),
    PeerCloseStreamState(e) {
      tables.forget(e.args.peer);
      if (tables.peers.size === 0) e.remove("HasPeers");
    },
    PeerErrorEnter: ({ args: { peer } }) => tables.peers.has(peer),
    PeerErrorState(e) {
      const { peer, error } = e.args;
      counts.errors++;
      tables.report(error);
      links.close(peer);
      e.add("PeerCloseStream", { peer });
    },
    BlacklistPeerState(e) {
      const { peer } = e.args;
      tables.blacklist.add(peer);
      links.close(peer);
      e.add("PeerCloseStream", { peer });
    },
    GetPeersState: (e) => tables.listPeers(e.args.topic),

    AddSubscriptionEnter: ({ args: { topic } }) =>
      isTopic(topic, limits) &&
      (tables.subscriptions.has(topic) || tables.subscriptions.size < limits.topicsPerPeer),
    AddSubscriptionState(e) {
      const { topic, receive } = e.args;
      const receivers = tables.subscriptions.get(topic);
      if (receivers !== undefined) receivers.add(receive);
      else {
        tables.subscriptions.set(topic, new Set([receive]));
        e.add("AnnouncingTopic", { topic, peers: tables.listPeers() });
      }
      return { topic, cancel: () => asked("cancel", unsubscribe(topic, receive)) };
    },
    RemoveSubscriptionEnter: ({ args: { topic, receive } }) =>
      tables.subscriptions.get(topic)?.has(receive) === true,
    RemoveSubscriptionState(e) {
      const { topic, receive } = e.args;
      const receivers = tables.subscriptions.get(topic)!;
      receivers.delete(receive);
      if (receivers.size === 0) {
        tables.subscriptions.delete(topic);
        e.add("AnnouncingTopic", { topic, peers: tables.listPeers() });
      }
      return true;
    },
    AnnouncingTopicState(e) {
      const { topic, peers } = e.args;
      const late = tables.announce(topic, peers);
      if (late.length === 0) e.add("TopicAnnounced", { topic });
      else e.addAfter(ANNOUNCE_AGAIN, "AnnouncingTopic", { topic, peers: late });
    },
    GetTopicsState: () => [...tables.subscriptions.keys()],

    PublishMessageEnter: ({ args }) =>
      !tables.seen.has(args.id) && isTopic(args.topic, limits) && fits(args, limits) &&
      tables.countSubscribers(args.topic) > 0,
    PublishMessageState(e) {
      counts.published++;
      const count = tables.countSubscribers(e.args.topic);
      tables.seen.add(e.args.id);
      const late = tables.forward(e.args);
      for (const peer of late) dropped(peer);
      tables.deliver(e.args);
      return count - late.length;
    },
    PeerTopicsEnter: ({ args: { peer } }) => tables.peers.has(peer),
    PeerTopicsState(e) {
      const { peer, changes } = e.args;
      tables.change(peer, changes);
      if ((tables.peers.get(peer)?.size ?? 0) > limits.topicsPerPeer) {
        e.add("PeerError", { peer, error: new RangeError(`Peer ${peer} has too many topics`) });
      }
    },
    MessageReceivedEnter: ({ args }) =>
      !tables.seen.has(args.id) && tables.peers.has(args.peer) && !args.signed &&
      isTopic(args.topic, limits) &&
      tables.validates(args),
    MessageReceivedState(e) {
      counts.received++;
      tables.seen.add(e.args.id);
      for (const peer of tables.forward(e.args)) dropped(peer);
      tables.deliver(e.args);
    },

    AddValidatorState(e) {
      tables.validators.set(e.args.topic, e.args.validate);
      return true;
    },
    RemoveValidatorState: (e) => tables.validators.delete(e.args.topic),
  });

  function dropped(peer: string) {
    if (tables.drop(peer) <= limits.dropped) return;
    machine.add("PeerError", { peer, error: new Error(`Peer ${peer} takes nothing`) });
  }

  const receiver: Receiver = {
    connected(peer) {
      const result = machine.add("PeerNewStream", { peer });
      if (result === "canceled" && !tables.peers.has(peer)) links.close(peer);
    },
    disconnected: (peer) => void machine.add("PeerCloseStream", { peer }),
    incoming(peer, frame) {
      let rpc: Rpc;
      try {
        rpc = tables.read(peer, frame);
      } catch (error) {
        return void machine.add("PeerError", { peer, error: error as Error });
      }
      if (rpc.changes.length > 0) machine.add("PeerTopics", { peer, changes: rpc.changes });
      for (const message of rpc.messages) machine.add("MessageReceived", message);
    },
    failed: (peer, error) => void machine.add("PeerError", { peer, error }),
  };

  /** What the machine refuses is the host's refusal. */
  async function asked<T>(what: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof RefusedError) {
        throw new HostRefusedError(options.id, what, error.explanation?.message ?? error.message);
      }
      if (error instanceof MachineDisposedError) {
        throw new HostRefusedError(options.id, what, "it has stopped");
      }
      throw error;
    }
  }

  const unsubscribe = async (topic: string, receive: Receive) => {
    await machine.ask("RemoveSubscription", { topic, receive });
  };
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    if (!machine.disposed) await machine.ask("Stopping");
    await links.stop();
    await machine.disposeAsync();
  };

  // Its parent may end it.
  machine.onDispose(() => void links.stop());
  machine.add("Start");
  links.listen(receiver);
  return {
    id: options.id,
    machine,
    counts,
    publish: (topic, data) =>
      asked("publish", machine.ask("PublishMessage", tables.own(topic, data))),
    subscribe: (topic, receive = () => {}) =>
      asked("subscribe", machine.ask("AddSubscription", { topic, receive })),
    peers: (topic) => asked("list peers", machine.ask("GetPeers", { topic })),
    topics: () => asked("list topics", machine.ask("GetTopics")),
    async addValidator(topic, validate) {
      await asked("add a validator", machine.ask("AddValidator", { topic, validate }));
    },
    async removeValidator(topic) {
      await asked("remove a validator", machine.ask("RemoveValidator", { topic }));
    },
    async blacklist(peer) {
      await asked("blacklist", machine.ask("BlacklistPeer", { peer }));
    },
    stop: () => stopped ??= stop(),
  };
}
