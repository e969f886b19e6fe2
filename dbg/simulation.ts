/**
 * A network of peers that talk about topics, for the demo: a machine per peer and one for the
 * network, their parent. The same seed does the same.
 *
 * @module
 */
import { Machine, type Obligatory, type Schema } from "../mod.ts";

/** The states of a peer. */
interface PeerStates {
  Start: unknown;
  Connecting: unknown;
  Connected: unknown;
  Disconnecting: unknown;
  Disconnected: unknown;
  Ready: unknown;
  TopicJoining: { readonly topic: string };
  TopicJoined: { readonly topic: string };
  TopicLeaving: unknown;
  MsgSending: { readonly topic: string; readonly bytes: number } | Obligatory;
  MsgReceived: { readonly from: string } | Obligatory;
  HasMsgs: unknown;
  Gossiping: unknown;
  Exception: { readonly err: Error };
}

const CONNECTION = ["Connecting", "Connected", "Disconnecting", "Disconnected"] as const;
const TOPIC = ["TopicJoining", "TopicJoined", "TopicLeaving"] as const;

/** The groups of a peer's states. */
const peerGroups = { Connection: CONNECTION, Topic: TOPIC };

const peerSchema: Schema<PeerStates> = {
  Start: {},
  Connecting: { require: ["Start"], remove: CONNECTION },
  Connected: { require: ["Start"], remove: CONNECTION },
  Disconnecting: { remove: CONNECTION },
  Disconnected: { auto: true, remove: CONNECTION },
  Ready: { auto: true, require: ["Start", "Connected"] },
  TopicJoining: { require: ["Connected"], remove: TOPIC },
  TopicJoined: { require: ["Connected"], remove: TOPIC },
  TopicLeaving: { require: ["Connected"], remove: [...TOPIC, "HasMsgs"] },
  MsgSending: { multi: true, require: ["TopicJoined"] },
  MsgReceived: { multi: true, require: ["TopicJoined"], add: ["HasMsgs"] },
  HasMsgs: { require: ["TopicJoined"] },
  Gossiping: { auto: true, require: ["TopicJoined", "HasMsgs"], after: ["HasMsgs"] },
  Exception: { multi: true, remove: ["Connecting", "TopicJoining"] },
};

interface NetworkStates {
  Start: unknown;
  PeersConnected: unknown;
  RoundDone: unknown;
}

const networkSchema: Schema<NetworkStates> = {
  Start: {},
  PeersConnected: { require: ["Start"] },
  RoundDone: { multi: true, require: ["Start"] },
};

/** A message that is too big to be sent, in bytes. */
const TOO_BIG = 900;

/** How big the simulation is. */
export interface SimulationOptions {
  /** All machines, the network's included. @default {120} */
  readonly machines?: number;
  /** How often each peer does something. @default {40} */
  readonly rounds?: number;
  /** Where the peers' choices start. @default {1} */
  readonly seed?: number;
  /** Called with the network's machine, before it has children and does anything. */
  readonly onStart?: (network: Machine<NetworkStates>, groups: typeof peerGroups) => void;
}

/** Runs the network, a round per task; the machines stay, until the network's is disposed. */
export async function simulate(options: SimulationOptions = {}): Promise<Machine<NetworkStates>> {
  const { machines = 120, rounds = 40 } = options;
  const random = generator(options.seed ?? 1);
  const network = new Machine(networkSchema, { id: "network" });
  options.onStart?.(network, peerGroups);
  network.add("Start");
  const peers: Machine<PeerStates>[] = Array.from(
    { length: machines - 1 },
    (_, n) => peer(`peer-${n + 1}`, network, () => peers[Math.floor(random() * peers.length)]),
  );
  for (const one of peers) one.add("Start");
  network.add("PeersConnected");
  for (let round = 0; round < rounds; round++) {
    for (const one of peers) act(one, random);
    network.add("RoundDone");
    await new Promise((next) => setTimeout(next, 0));
  }
  return network;
}

function peer(
  id: string,
  parent: Machine<NetworkStates>,
  neighbor: () => Machine<PeerStates>,
): Machine<PeerStates> {
  const machine = new Machine(peerSchema, { id, parent, printErrors: false });
  machine.bindHandlers({
    MsgSendingEnter: (e) => e.args.bytes < TOO_BIG,
    MsgSendingState: () => {
      neighbor().add("MsgReceived", { from: id });
      machine.remove("MsgSending");
    },
    MsgReceivedState: () => void machine.remove("MsgReceived"),
  });
  return machine;
}

function act(machine: Machine<PeerStates>, random: () => number): void {
  const dice = random();
  const topic = `topic-${Math.floor(random() * 3)}`;
  if (machine.isErr()) machine.remove("Exception");
  if (dice < 0.03) machine.addErr(new Error("connection reset"));
  else if (dice < 0.08) machine.add("Disconnecting");
  else if (dice < 0.13) machine.canAdd("TopicLeaving");
  else if (machine.is("Disconnecting")) machine.add("Disconnected");
  else if (machine.is("Connecting")) machine.add("Connected");
  else if (machine.not("Connected")) machine.add("Connecting");
  else if (machine.is("TopicJoining")) machine.add("TopicJoined", { topic });
  else if (machine.not("TopicJoined")) machine.add("TopicJoining", { topic });
  else if (dice > 0.95) machine.add("TopicLeaving");
  else machine.add("MsgSending", { topic, bytes: Math.floor(random() * 1000) });
}

/** Numbers in [0, 1), the same for the same seed: a linear congruential generator. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
