import { type ArgsOf, Machine } from "@asyncmachine/asyncmachine";
import { trackHistory } from "@asyncmachine/asyncmachine/telemetry/history";
import { gaugesLine } from "./metrics.ts";
import { Peer, type PeerOwner } from "./peer.ts";
import { Random } from "./random.ts";
import { schema, type SimStates } from "./sim_states.ts";
import { PEAK, Topic } from "./topic.ts";
import { World } from "./world.ts";

/** What happens from time to time, and after how many seconds. */
export const FREQUENCIES = {
  AddRandomFriend: 2,
  JoinRandomTopic: 2,
  JoinFriendsTopic: 4,
  MsgRandomTopic: 3,
  AddPeer: 3,
  RemovePeer: 50,
  AddTopic: 3,
  RemoveTopic: 80,
  PeakRandTopic: 10,
  GC: 100,
} as const;

/** What may be at most, or at least. */
export const LIMITS = {
  /** Peers at the start; with fewer, none is removed. */
  startPeers: 10,
  peers: 30,
  startTopics: 10,
  topics: 20,
  topicsOfPeer: 15,
  peersOfTopic: PEAK,
  friends: 10,
  messages: 100,
};

/** Messages are looked for so many ms after they were sent. */
const VERIFY_AFTER = 100;

/** Settings of a simulator. */
export interface SimulatorOptions {
  /** Where chance begins. */
  readonly seed: number;
  /** Limits that differ. */
  readonly limits?: Partial<typeof LIMITS> | undefined;
  /** Told what happens, with the ms since the start. */
  readonly onTrace?: ((line: string) => void) | undefined;
}

/** What a run has come to. */
export interface Outcome {
  readonly sent: number;
  readonly received: number;
  readonly missing: number;
  /** What is left after the end: nothing, if all is well. */
  readonly left: Readonly<Record<"peers" | "links" | "machines" | "timers", number>>;
}

type Event = keyof typeof FREQUENCIES;

/** Grows and shrinks a network of peers that send messages to topics. */
export class Simulator implements PeerOwner {
  readonly machine: Machine<SimStates>;
  readonly world = new World();
  readonly limits: typeof LIMITS;
  readonly #random: Random;
  readonly #onTrace: ((line: string) => void) | undefined;
  readonly #began = Date.now();
  readonly #leaving = new Set<Promise<void>>();
  #peers = 0;
  #topics = 0;

  constructor({ seed, limits, onTrace }: SimulatorOptions) {
    this.limits = { ...LIMITS, ...limits };
    this.#random = new Random(seed);
    this.#onTrace = onTrace;
    this.machine = new Machine(schema, { id: "sim" });
    this.#bind();
  }

  /** Begins. */
  start(): void {
    this.machine.add("Start");
  }

  /** Ends everything, and looks whether something is left. */
  async stop(): Promise<Outcome> {
    const { world, machine } = this;
    machine.remove("Start");
    world.verify(0);
    await Promise.all([...world.peers.keys()].map((id) => this.#remove(id)));
    await Promise.all(this.#leaving);
    for (const topic of world.topics.values()) topic.machine.dispose();
    const machines = machine.children.length;
    await machine.disposeAsync();
    const left = {
      peers: world.peers.size,
      links: world.network.size,
      machines,
      timers: machine.timers().length,
    };
    return { ...world.counts, left };
  }

  /** Notes what happened. */
  trace(line: string): void {
    this.#onTrace?.(`${Date.now() - this.#began} ${line}`);
  }

  /** Some peers to connect to. */
  pickPeers(count: number, except: string): string[] {
    const others = this.world.ready().map(({ id }) => id).filter((id) => id !== except);
    // The first two find each other before anybody is ready.
    const from = others.length > 0
      ? others
      : [...this.world.peers.keys()].filter((id) => id !== except);
    const picked = Array.from({ length: count }, () => this.#random.one(from));
    return [...new Set(picked.filter((id) => id !== undefined))];
  }

  #bind(): void {
    const { machine, world, limits } = this;
    const history = trackHistory(machine, { max: 1_000 });
    machine.bindHandlers({
      StartState: (e) => {
        for (let i = 0; i < limits.startPeers; i++) e.add("AddPeer");
        for (let i = 0; i < limits.startTopics; i++) e.add("AddTopic");
        e.add("Heartbeat");
      },
      HeartbeatState: (e) => {
        for (const topic of world.topics.values()) topic.update();
        for (const [event, seconds] of Object.entries(FREQUENCIES)) {
          const pause = seconds * 1_000 * this.#random.between(0.75, 1.25);
          if (history.activatedRecently(event, pause)) continue;
          const args = this.#choose(event as Event);
          if (args !== null) e.add(event as "AddPeer", args);
        }
      },
      AddPeerEnter: () => world.peers.size < limits.peers,
      AddPeerState: () => {
        const id = `p${++this.#peers}`;
        world.friends.set(id, new Set());
        world.peers.set(id, new Peer(id, this));
        this.trace(`peer ${id}`);
      },
      RemovePeerEnter: ({ args: { peer } }) =>
        world.peers.size > limits.startPeers && world.peers.has(peer),
      RemovePeerState: (e) => {
        const left = this.#remove(e.args.peer);
        this.#leaving.add(left);
        return left.finally(() => this.#leaving.delete(left));
      },
      AddTopicEnter: () => world.topics.size < limits.topics,
      AddTopicState: (e) => {
        const topic = new Topic(`t${++this.#topics}`, { parent: e.machine });
        world.topics.set(topic.id, topic);
        this.trace(`topic ${topic.id}`);
      },
      RemoveTopicEnter: ({ args: { topic } }) =>
        world.topics.size > limits.startTopics && world.topics.has(topic),
      RemoveTopicState: (e) => {
        const topic = world.topics.get(e.args.topic)!;
        world.topics.delete(topic.id);
        for (const peer of topic.peers) {
          e.with(world.peers.get(peer)!.machine).add("LeavingTopic", { topic: topic.id });
        }
        topic.machine.dispose();
        this.trace(`no topic ${topic.id}`);
      },
      PeakRandTopicEnter: ({ args: { topic } }) => world.topics.has(topic),
      PeakRandTopicState: (e) => {
        for (const peer of world.ready()) e.with(peer.machine).add("JoiningTopic", e.args);
      },
      AddRandomFriendEnter: ({ args: { peer, friend } }) => {
        const [one, other] = [world.friends.get(peer), world.friends.get(friend)];
        return one !== undefined && other !== undefined && peer !== friend && !one.has(friend) &&
          one.size < limits.friends && other.size < limits.friends;
      },
      AddRandomFriendState: (e) => {
        const { peer, friend } = e.args;
        world.friends.get(peer)!.add(friend);
        world.friends.get(friend)!.add(peer);
        world.network.connect(peer, friend);
        this.trace(`${peer} is a friend of ${friend}`);
      },
      JoinRandomTopicState: (e) => this.#join(e, e.args),
      JoinFriendsTopicState: (e) => this.#join(e, e.args),
      MsgRandomTopicEnter: ({ args: { peer, topic } }) =>
        world.topics.get(topic)?.peers.has(peer) === true,
      MsgRandomTopicState: (e) => {
        const { peer, topic, count } = e.args;
        this.trace(`${peer} sends ${count} to ${topic}`);
        e.with(world.peers.get(peer)!.machine).add("SendingMsgs", { topic, count });
        e.addAfter(VERIFY_AFTER, "VerifyMsgsRecv");
      },
      VerifyMsgsRecvState: () => {
        const missing = world.verify(VERIFY_AFTER);
        if (missing > 0) this.trace(`${missing} messages are missing`);
      },
      GCState: () => {
        const old = [...world.messages].filter(([, { verified }]) => verified);
        old.slice(0, Math.max(0, old.length - limits.messages)).forEach(([text]) =>
          world.messages.delete(text)
        );
      },
      RefreshMetricsState: () => {},
      ExceptionState: (e) => this.trace(`error ${e.args.err}`),
    });
  }

  #join(
    e: { with: (machine: Peer["machine"]) => { add: Peer["machine"]["add"] } },
    { peer, topic }: { peer: string; topic: string },
  ): void {
    const found = this.world.peers.get(peer);
    if (found !== undefined) e.with(found.machine).add("JoiningTopic", { topic });
  }

  /** What it happens to, by chance; `null` when there is nothing. Whether it may is negotiated. */
  #choose(event: Event): ArgsOf<SimStates, "AddPeer"> | null {
    const { world } = this;
    const random = this.#random;
    const peer = random.one(world.ready());
    const topic = random.one([...world.topics.values()]);
    switch (event) {
      case "AddPeer":
      case "AddTopic":
      case "GC":
        return {};
      case "RemovePeer":
        return peer === undefined ? null : { peer: peer.id };
      case "RemoveTopic":
      case "PeakRandTopic":
        return topic === undefined ? null : { topic: topic.id };
      case "AddRandomFriend": {
        const friend = random.one(world.ready());
        return peer === undefined || friend === undefined
          ? null
          : { peer: peer.id, friend: friend.id };
      }
      case "JoinRandomTopic":
        return peer === undefined || topic === undefined
          ? null
          : { peer: peer.id, topic: topic.id };
      case "JoinFriendsTopic": {
        const friend = peer && random.one([...world.friends.get(peer.id) ?? []]);
        const joined = friend &&
          random.one([...world.peers.get(friend)?.subscriptions.keys() ?? []]);
        return peer === undefined || !joined ? null : { peer: peer.id, topic: joined };
      }
      case "MsgRandomTopic": {
        const busy = [...world.topics.values()].filter(({ peers }) => peers.size > 1);
        const to = random.one(busy);
        const from = to && random.one([...to.peers]);
        return to === undefined || from === undefined
          ? null
          : { peer: from, topic: to.id, count: 1 + Math.floor(random.between(0, 5)) };
      }
    }
  }

  async #remove(id: string): Promise<void> {
    const { world } = this;
    const peer = world.peers.get(id);
    if (peer === undefined) return;
    world.peers.delete(id);
    for (const friend of world.friends.get(id) ?? []) world.friends.get(friend)?.delete(id);
    world.friends.delete(id);
    this.trace(`no peer ${id}`);
    await peer.stop();
  }

  /** The gauges in a line. */
  toString(): string {
    return gaugesLine(this.world);
  }
}
