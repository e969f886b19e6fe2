import { Machine } from "@asyncmachine/asyncmachine";
import { pipe } from "@asyncmachine/asyncmachine/pipes";
import { createDiscovery, type Discovery } from "../pubsub/discovery/discovery.ts";
import type { Subscription } from "../pubsub/host/host.ts";
import { createHost, type MachineHost } from "../pubsub/host/machine_host.ts";
import { type PeerStates, schema } from "./peer_states.ts";
import type { SimStates } from "./sim_states.ts";
import type { KnownPeer, World } from "./world.ts";

/** How long a peer looks for others of a topic that it joins, in milliseconds. */
const BOOTSTRAP = 5_000;
/** Links that a new peer makes by itself. */
const BOOTSTRAPS = 2;

/** What peers are told of, and ask for. */
export interface PeerOwner {
  readonly world: World;
  readonly machine: Machine<SimStates>;
  readonly limits: { readonly topicsOfPeer: number; readonly peersOfTopic: number };
  /** Some peers to connect to. */
  pickPeers(count: number, except: string): string[];
  /** Notes what happened. */
  trace(line: string): void;
}

/** A peer: its machine, its host and what finds others for it. */
export class Peer implements KnownPeer {
  readonly machine: Machine<PeerStates>;
  /** The topics that it has joined, or is joining. */
  readonly subscriptions = new Map<string, Subscription | null>();
  readonly #owner: PeerOwner;
  #host: MachineHost | null = null;
  #discovery: Discovery | null = null;

  constructor(readonly id: string, owner: PeerOwner) {
    this.#owner = owner;
    this.machine = new Machine(schema, { id: `sim-${id}`, parent: owner.machine });
    this.#bind();
    this.machine.add("Start");
  }

  #bind(): void {
    const { world, limits } = this.#owner;
    const { subscriptions } = this;
    this.machine.bindHandlers({
      GenIdentityState: (e) => void e.add("IdentityReady"),
      ConnectingState: (e) => {
        this.#open();
        for (const peer of this.#owner.pickPeers(BOOTSTRAPS, this.id)) {
          world.network.connect(this.id, peer);
        }
        e.add("BootstrapsConnected");
      },
      JoiningTopicEnter: ({ args: { topic } }) => {
        const found = world.topics.get(topic);
        return found !== undefined && !subscriptions.has(topic) &&
          subscriptions.size < limits.topicsOfPeer && found.peers.size < limits.peersOfTopic;
      },
      JoiningTopicState: async (e) => {
        const { topic } = e.args;
        const [host, discovery] = [this.#host!, this.#discovery!];
        subscriptions.set(topic, null);
        const receive = ({ data }: { data: Uint8Array }) => this.#received(data);
        subscriptions.set(topic, await host.subscribe(topic, receive));
        await discovery.advertise(topic);
        const others = world.topics.get(topic)?.peers.size ?? 0;
        if (others > 0) {
          await discovery.bootstrap(topic, { signal: e.signal, timeout: BOOTSTRAP });
        }
        e.add("TopicJoined", { topic });
      },
      TopicJoinedState: (e) => {
        const topic = world.topics.get(e.args.topic);
        if (topic === undefined) return void e.add("LeavingTopic", e.args); // it is gone meanwhile
        topic.peers.add(this.id);
        topic.update();
        this.#owner.trace(`${this.id} joined ${topic.id}`);
      },
      LeavingTopicEnter: ({ args: { topic } }) => subscriptions.get(topic) instanceof Object,
      LeavingTopicState: async (e) => {
        const { topic } = e.args;
        await this.#leave(topic);
        e.add("TopicLeft", { topic });
      },
      TopicLeftState: (e) => this.#owner.trace(`${this.id} left ${e.args.topic}`),
      SendingMsgsEnter: ({ args: { topic } }) => {
        const found = world.topics.get(topic);
        return found !== undefined && found.peers.has(this.id) && found.peers.size > 1;
      },
      SendingMsgsState: async (e) => {
        const { topic, count } = e.args;
        for (let i = 0; i < count; i++) {
          const found = world.topics.get(topic);
          if (found === undefined) return;
          const text = world.note(found, this.id);
          await this.#host!.publish(topic, new TextEncoder().encode(text));
        }
        e.add("MsgsSent", { topic, count });
      },
      FwdToSimState: (e) => void e.with(this.#owner.machine).add("RefreshMetrics"),
    });
  }

  #open(): void {
    const { world } = this.#owner;
    const { id, machine } = this;
    const onError = (error: Error) => this.#owner.trace(`${id} error ${error.message}`);
    const links = world.network.links(id);
    const host = this.#host = createHost({ id, links, onError, machine: { parent: machine } });
    this.#discovery = createDiscovery({
      id: `${id}-disc`,
      host,
      rendezvous: world.rendezvous,
      self: () => ({ id, addresses: [] }),
      connect: (peer) => Promise.resolve(world.network.connect(id, peer.id)),
      onError,
      machine: { parent: machine },
    });
    pipe(host.machine, { HasPeers: { to: "EventHostConnected", keep: true } }, machine);
  }

  #received(data: Uint8Array): void {
    const message = this.#owner.world.messages.get(new TextDecoder().decode(data));
    message?.received.add(this.id);
  }

  async #leave(topic: string): Promise<void> {
    const subscription = this.subscriptions.get(topic);
    this.subscriptions.delete(topic);
    const found = this.#owner.world.topics.get(topic);
    found?.peers.delete(this.id);
    found?.update();
    await this.#discovery?.stopAdvertising(topic);
    await subscription?.cancel();
  }

  /** Leaves everything, and ends. */
  async stop(): Promise<void> {
    for (const topic of [...this.subscriptions.keys()]) await this.#leave(topic);
    this.machine.add("Disconnecting");
    await this.#discovery?.stop();
    await this.#host?.stop();
    await this.machine.disposeAsync();
  }
}
