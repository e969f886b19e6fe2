/** A swarm of one kind of host, ready to publish: over direct links, or over tcp and noise. */
import type { Host, HostOptions } from "../host/host.ts";
import { createHost } from "../host/machine_host.ts";
import { createPlainHost } from "../host/plain_host.ts";
import type { Message, MessageId } from "../host/rpc.ts";
import { directNetwork } from "../links/direct.ts";
import { libp2pLinks } from "../links/libp2p.ts";
import { startNode } from "../links/node.ts";
import { seededRandom } from "../../seeded_random.ts";

/** What the hosts are linked by. */
export type LinkKind = "direct" | "tcp";

/** Which of the two hosts. */
export type Kind = "plain" | "machine";

/** The two hosts. */
export const KINDS: readonly Kind[] = ["plain", "machine"];

/** Links of one host: three to others, and as many from them, more or less. */
const DEGREE = 3;

/** A running swarm. */
export interface Swarm {
  readonly hosts: readonly Host[];
  /** Called with each delivery: which host, and what. */
  onDelivery: (host: number, message: Message) => void;
  /** What went wrong so far. */
  readonly errors: string[];
  stop(): Promise<void>;
}

/** The first 16 bytes: a payload begins with its number, and hashing is no part of the comparison. */
const firstBytes: MessageId = (_topic, data) => {
  let id = "";
  for (let at = 0; at < 16; at++) id += String.fromCharCode(data[at]);
  return id;
};

/** Pairs of hosts that are linked: a ring, and two random ones each. */
function linksOf(hosts: number, seed: number): [number, number][] {
  const random = seededRandom(seed);
  const pairs = new Set<string>();
  for (let host = 0; host < hosts; host++) {
    const others = new Set([(host + 1) % hosts]);
    while (others.size < Math.min(DEGREE, hosts - 1)) {
      const other = Math.floor(random() * hosts);
      if (other !== host) others.add(other);
    }
    for (const other of others) pairs.add([host, other].sort((a, b) => a - b).join());
  }
  return [...pairs].map((pair) => pair.split(",").map(Number) as [number, number]);
}

/** Starts a swarm whose hosts all subscribe to all topics, and know that of their neighbours. */
export async function startSwarm(
  { kind, links, hosts: count, topics, seed }: {
    kind: Kind;
    links: LinkKind;
    hosts: number;
    topics: readonly string[];
    seed: number;
  },
): Promise<Swarm> {
  const errors: string[] = [];
  const make = (options: Pick<HostOptions, "id" | "links">) =>
    (kind === "machine" ? createHost : createPlainHost)({
      ...options,
      messageId: firstBytes,
      onError: (error) => errors.push(error.message),
    });
  const pairs = linksOf(count, seed);
  const indexes = Array.from({ length: count }, (_, index) => index);
  const hosts: Host[] = [];
  let stopLinks: () => Promise<unknown>;
  if (links === "direct") {
    const network = directNetwork();
    for (const index of indexes) {
      hosts.push(make({ id: `${index}`, links: network.links(`${index}`) }));
    }
    for (const [a, b] of pairs) network.connect(`${a}`, `${b}`);
    stopLinks = () => Promise.resolve();
  } else {
    const nodes = await Promise.all(indexes.map(() => startNode()));
    for (const [index, node] of nodes.entries()) {
      hosts.push(make({ id: `ps-${index}`, links: await libp2pLinks(node) }));
    }
    for (const [a, b] of pairs) await nodes[a].dial(nodes[b].getMultiaddrs());
    stopLinks = () => Promise.all(nodes.map((node) => node.stop()));
  }
  const swarm: Swarm = {
    hosts,
    errors,
    onDelivery: () => {},
    async stop() {
      await Promise.all(hosts.map((host) => host.stop()));
      await stopLinks();
    },
  };
  for (const [index, host] of hosts.entries()) {
    for (const topic of topics) {
      await host.subscribe(topic, (message) => swarm.onDelivery(index, message));
    }
  }
  const neighbours = indexes.map((index) => pairs.filter((pair) => pair.includes(index)).length);
  const known = await Promise.all(
    hosts.map((host, index) => knows(host, topics, neighbours[index])),
  );
  if (!known.every(Boolean)) throw new Error("The swarm did not come together");
  return swarm;
}

async function knows(host: Host, topics: readonly string[], neighbours: number): Promise<boolean> {
  const end = Date.now() + 60_000;
  for (const topic of topics) {
    while ((await host.peers(topic)).length < neighbours) {
      if (Date.now() > end) return false;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  return true;
}
