/**
 * A rendezvous over the wire: one stream a request, one JSON frame each way. Who registers is known
 * from the connection, which noise authenticates: nobody can register, or unregister, anybody else.
 */
import type { Libp2p, Stream } from "@libp2p/interface";
import { type LengthPrefixedStream, lpStream } from "@libp2p/utils";
import { multiaddr } from "@multiformats/multiaddr";
import {
  type MemoryRendezvous,
  type PeerInfo,
  type Rendezvous,
  RendezvousError,
} from "./rendezvous.ts";

/** The protocol's name. */
export const PROTOCOL = "/asyncmachine/rendezvous/1.0.0";

/** Bytes of a request; an answer may have more. */
const REQUEST = 4096;
const ANSWER = 1 << 16;
/** Ms that one request may take. */
const TIME = 5000;
const ADDRESSES = 8;
const TEXT = 256;

type Request =
  | { readonly do: "register"; readonly topic: string; readonly addresses: readonly string[] }
  | { readonly do: "unregister" | "find"; readonly topic: string };

type Answer =
  | { readonly ttl?: number; readonly peers?: readonly PeerInfo[] }
  | { readonly error: string };

const isText = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= TEXT;

const areAddresses = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length <= ADDRESSES && value.every(isText);

function parseRequest(text: string): Request {
  const value: unknown = JSON.parse(text);
  if (typeof value === "object" && value !== null && "do" in value && "topic" in value) {
    const { do: what, topic } = value;
    if (isText(topic)) {
      if (what === "find" || what === "unregister") return { do: what, topic };
      if (what === "register" && "addresses" in value && areAddresses(value.addresses)) {
        return { do: what, topic, addresses: value.addresses };
      }
    }
  }
  throw new RendezvousError("A request is { do: register, unregister or find, topic, addresses }");
}

function parseAnswer(text: string): { ttl: number; peers: PeerInfo[] } {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new RendezvousError("No proper answer");
  if ("error" in value) throw new RendezvousError(`The rendezvous refuses: ${value.error}`);
  const ttl = "ttl" in value ? value.ttl : 0;
  const peers: unknown = "peers" in value ? value.peers : [];
  if (
    typeof ttl === "number" && ttl >= 0 && Array.isArray(peers) &&
    peers.every((one) => isText(one?.id) && areAddresses(one.addresses))
  ) return { ttl, peers: peers.map(({ id, addresses }) => ({ id, addresses })) };
  throw new RendezvousError("No proper answer");
}

const readText = async (stream: LengthPrefixedStream<Stream>, signal: AbortSignal) =>
  new TextDecoder("utf-8", { fatal: true }).decode((await stream.read({ signal })).subarray());

const writeJson = (
  stream: LengthPrefixedStream<Stream>,
  value: Request | Answer,
  signal: AbortSignal,
) => stream.write(new TextEncoder().encode(JSON.stringify(value)), { signal });

/** Serves a rendezvous on a node. Returns what ends it. */
export async function serveRendezvous(
  node: Libp2p,
  store: MemoryRendezvous,
): Promise<() => Promise<void>> {
  async function answer(request: Request, id: string): Promise<Answer> {
    if (request.do === "register") {
      return { ttl: await store.register(request.topic, { id, addresses: request.addresses }) };
    }
    if (request.do === "find") return { peers: await store.find(request.topic) };
    await store.unregister(request.topic, id);
    return {};
  }

  await node.handle(PROTOCOL, async (stream, connection) => {
    const signal = AbortSignal.timeout(TIME);
    try {
      const framed = lpStream(stream, { maxDataLength: REQUEST });
      const text = await readText(framed, signal);
      let said: Answer;
      try {
        said = await answer(parseRequest(text), connection.remotePeer.toString());
      } catch (error) {
        said = { error: error instanceof RendezvousError ? error.message : "No JSON" };
      }
      await writeJson(lpStream(stream, { maxDataLength: ANSWER }), said, signal);
      await stream.close({ signal });
    } catch (error) {
      stream.abort(error as Error); // too large, too slow, or gone
    }
  }, { maxInboundStreams: 8 });
  return () => node.unhandle(PROTOCOL);
}

/** The rendezvous that a node at `address` serves. */
export function libp2pRendezvous(node: Libp2p, address: string): Rendezvous {
  async function ask(request: Request, signal = AbortSignal.timeout(TIME)) {
    const stream = await node.dialProtocol(multiaddr(address), PROTOCOL, { signal });
    try {
      const framed = lpStream(stream, { maxDataLength: ANSWER });
      await writeJson(framed, request, signal);
      const said = parseAnswer(await readText(framed, signal));
      await stream.close({ signal });
      return said;
    } catch (error) {
      stream.abort(error as Error);
      throw error;
    }
  }
  return {
    register: async (topic, { addresses }, { signal } = {}) =>
      (await ask({ do: "register", topic, addresses: addresses.slice(0, ADDRESSES) }, signal)).ttl,
    async unregister(topic, _id, { signal } = {}) {
      await ask({ do: "unregister", topic }, signal);
    },
    find: async (topic, { signal } = {}) => (await ask({ do: "find", topic }, signal)).peers,
  };
}

/** How a node is reached. */
export const infoOf = (node: Libp2p): PeerInfo => ({
  id: node.peerId.toString(),
  addresses: node.getMultiaddrs().map(String),
});

/** Connects a node to a peer, at an address that proves to be this peer's. */
export async function dial(node: Libp2p, peer: PeerInfo, signal: AbortSignal): Promise<void> {
  const addresses = peer.addresses.map((one) => multiaddr(one))
    .filter((one) => one.getComponents().at(-1)?.value === peer.id);
  if (addresses.length === 0) {
    throw new RendezvousError(`Peer ${peer.id} has no address of its own`);
  }
  await node.dial(addresses, { signal });
}
