/** One swarm of js gossipsub nodes and of our hosts: does everybody get everything? */
import { type GossipSub, gossipsub, type Message } from "@libp2p/gossipsub";
import { identify } from "@libp2p/identify";
import type { Libp2p } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { createLibp2p } from "libp2p";
import type { Host, HostOptions } from "../host/host.ts";
import { libp2pLinks } from "../links/libp2p.ts";
import { startNode } from "../links/node.ts";

const TOPIC = "news";

/** A member of the swarm, whatever it is. */
interface Member {
  readonly node: Libp2p;
  readonly got: Map<string, number>;
  publish(data: Uint8Array): Promise<unknown>;
  /** The peers of which it knows that they subscribe. */
  subscribers(): Promise<string[]>;
  stop(): Promise<void>;
}

/** What came of a run. */
export interface InteropResult {
  /** Messages published. */
  readonly messages: number;
  /** For each gossipsub node, how many different messages it got. */
  readonly gossipsub: readonly number[];
  /** For each of our hosts. */
  readonly hosts: readonly number[];
  /** Messages that somebody got twice. */
  readonly twice: number;
}

const textOf = (data: Uint8Array) => new TextDecoder().decode(data);

function note(got: Map<string, number>, data: Uint8Array) {
  const text = textOf(data);
  got.set(text, (got.get(text) ?? 0) + 1);
}

async function startGossipsub(): Promise<Member> {
  const node = await createLibp2p({
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: Infinity },
    connectionMonitor: { abortConnectionOnPingFailure: false },
    services: {
      identify: identify(),
      pubsub: gossipsub({
        globalSignaturePolicy: "StrictNoSign",
        fallbackToFloodsub: true,
        emitSelf: true,
        // Else more than ten peers of one address are ignored, without a word.
        scoreParams: { IPColocationFactorWeight: 0 },
      }),
    },
  });
  const pubsub = node.services.pubsub as GossipSub;
  const got = new Map<string, number>();
  pubsub.addEventListener("message", (event: CustomEvent<Message>) => note(got, event.detail.data));
  pubsub.subscribe(TOPIC);
  return {
    node,
    got,
    publish: (data) => pubsub.publish(TOPIC, data),
    subscribers: () => Promise.resolve(pubsub.getSubscribers(TOPIC).map(String)),
    stop: async () => await node.stop(),
  };
}

async function startHost(id: string, make: (options: HostOptions) => Host): Promise<Member> {
  const node = await startNode();
  const host = make({ id, links: await libp2pLinks(node) });
  const got = new Map<string, number>();
  await host.subscribe(TOPIC, ({ data }) => note(got, data));
  return {
    node,
    got,
    publish: (data) => host.publish(TOPIC, data),
    subscribers: () => host.peers(TOPIC),
    async stop() {
      await host.stop();
      await node.stop();
    },
  };
}

async function until(condition: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const end = Date.now() + ms;
  while (!await condition()) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/** Runs `each` gossipsub nodes and `each` hosts of a kind; all publish in turn. */
export async function interop(
  { each, messages, make }: {
    each: number;
    messages: number;
    make: (options: HostOptions) => Host;
  },
): Promise<InteropResult> {
  const members = await Promise.all(
    Array.from(
      { length: 2 * each },
      (_, index) => index % 2 === 0 ? startGossipsub() : startHost(`ps-${index}`, make),
    ),
  );
  try {
    // Three links each: to the next, and to two farther ones.
    for (const [index, { node }] of members.entries()) {
      for (const step of [1, 3, 7]) {
        const other = members[(index + step) % members.length].node;
        if (other !== node) await node.dial(other.getMultiaddrs());
      }
    }
    const known = async ({ node, subscribers }: Member) => {
      const peers = new Set(await subscribers());
      return node.getPeers().every((peer) => peers.has(peer.toString()));
    };
    const ready = () => Promise.all(members.map(known)).then((all) => all.every(Boolean));
    if (!await until(ready, 30_000)) throw new Error("The swarm did not come together");

    for (let index = 0; index < messages; index++) {
      await members[index % members.length].publish(
        new TextEncoder().encode(`${index} ${crypto.randomUUID()}`),
      );
    }
    await until(() => members.every(({ got }) => got.size >= messages), 30_000);
    const sizes = members.map(({ got }) => got.size);
    return {
      messages,
      gossipsub: sizes.filter((_, index) => index % 2 === 0),
      hosts: sizes.filter((_, index) => index % 2 === 1),
      twice: members.flatMap(({ got }) => [...got.values()]).filter((count) => count > 1).length,
    };
  } finally {
    await Promise.all(members.map(({ stop }) => stop()));
  }
}
