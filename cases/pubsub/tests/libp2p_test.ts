/** The hosts over libp2p, tcp and noise, and beside gossipsub. */
import { assertEquals } from "@std/assert";
import type { Libp2p } from "@libp2p/interface";
import type { Host } from "../host/host.ts";
import { interop } from "../interop/swarm.ts";
import { libp2pLinks } from "../links/libp2p.ts";
import { startNode } from "../links/node.ts";
import { bytes, type MakeHost, testTwins, textOf, until } from "./twins.ts";

interface Peer {
  readonly node: Libp2p;
  readonly host: Host;
  readonly name: string;
  readonly got: string[];
}

/** A host on a node of its own, which subscribes to "t". */
async function start(make: MakeHost, id: string): Promise<Peer> {
  const node = await startNode();
  const host = make({ id, links: await libp2pLinks(node) });
  const got: string[] = [];
  await host.subscribe("t", ({ data }) => void got.push(textOf(data)));
  return { node, host, got, name: node.peerId.toString() };
}

async function stop(...peers: Peer[]) {
  await Promise.all(peers.map(({ host }) => host.stop()));
  await Promise.all(peers.map(({ node }) => node.stop()));
}

const knows = async (peer: Peer, other: Peer) => (await peer.host.peers("t")).includes(other.name);

const link = (a: Peer, b: Peer) => a.node.dial(b.node.getMultiaddrs());

testTwins("a message crosses two links of tcp and noise", async (make) => {
  const [a, b, c] = await Promise.all(["a", "b", "c"].map((id) => start(make, id)));
  await link(a, b);
  await link(c, b);
  await until("the links", async () => await knows(a, b) && await knows(b, c) && await knows(c, b));
  await a.host.publish("t", bytes("x"));
  await until("the message", () => c.got.length > 0);
  assertEquals([a.got, b.got, c.got], [["x"], ["x"], ["x"]]);
  await stop(a, b, c);
});

testTwins("gossipsub nodes and hosts in one swarm all get everything, once", async (make) => {
  const result = await interop({ each: 3, messages: 30, make });
  assertEquals(result, {
    messages: 30,
    gossipsub: [30, 30, 30],
    hosts: [30, 30, 30],
    twice: 0,
  });
});
