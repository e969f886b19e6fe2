/** Links over libp2p: one outbound stream a peer, frames with their length before them. */
import type { Connection, Libp2p, PeerId, Stream } from "@libp2p/interface";
import { LengthPrefixedDecoder } from "@libp2p/utils";
import { encode } from "it-length-prefixed";
import type { Links, Receiver } from "../host/links.ts";
import { LIMITS } from "../host/rpc.ts";

/** The protocol that the hosts speak. */
export const FLOODSUB = "/floodsub/1.0.0";

/** So often a stream that breaks while its connection stands is opened again. */
const OPEN_AGAIN = 3;

/** So many ms a connection gets to say goodbye. */
const GOODBYE = 1000;

/** How links are made. */
export interface Libp2pLinksOptions {
  /** The protocol's name. */
  readonly protocol?: string;
  /** Bytes of a frame that is taken. */
  readonly frame?: number;
  /** Bytes that may wait for a peer before its link counts as full. */
  readonly queue?: number;
}

/** What is known of one peer. */
interface Link {
  readonly peer: PeerId;
  /** The host's own stream to it. */
  out?: Stream;
  /** The peer's stream; a later one replaces it. */
  in?: Stream;
  /** Resolves when the host knows the peer; frames wait for that. */
  readonly up: PromiseWithResolvers<void>;
  opened: number;
}

/** Puts a host on a node of libp2p, which is the caller's to start and to stop. */
export async function libp2pLinks(
  node: Libp2p,
  { protocol = FLOODSUB, frame = LIMITS.frame, queue = 1 << 20 }: Libp2pLinksOptions = {},
): Promise<Links> {
  const links = new Map<string, Link>();
  const closing = new Set<Promise<void>>();
  let receiver: Receiver | undefined;
  let stopped = false;

  const isCurrent = (link: Link) => links.get(link.peer.toString()) === link;

  function linkTo(peer: PeerId, opened = 0): Link {
    const name = peer.toString();
    let link = links.get(name);
    if (link === undefined) {
      link = { peer, up: Promise.withResolvers(), opened };
      // Nobody may be waiting when a link ends before it was up.
      link.up.promise.catch(() => {});
      links.set(name, link);
      void open(link);
    }
    return link;
  }

  /** Opens the own stream; a peer that has none to offer is left alone. */
  async function open(link: Link) {
    const connection = node.getConnections(link.peer).find(({ status }) => status === "open");
    try {
      if (connection === undefined || link.opened > OPEN_AGAIN) throw new Error("No connection");
      link.opened++;
      const out = await connection.newStream(protocol);
      if (stopped || !isCurrent(link)) return out.abort(new Error("The link has ended"));
      link.out = out;
      out.addEventListener("close", () => lost(link, out));
      if (out.status !== "open") return lost(link, out);
      tellUp(link);
    } catch (error) {
      drop(link, error as Error);
    }
  }

  function tellUp(link: Link) {
    if (receiver === undefined || link.out === undefined || !isCurrent(link)) return;
    receiver.connected(link.peer.toString());
    link.up.resolve();
  }

  /** The own stream is gone. If another connection stands, a new link begins, with a hello. */
  function lost(link: Link, out: Stream) {
    if (link.out !== out || !isCurrent(link)) return;
    drop(link, new Error("The stream has ended"));
    if (stopped || link.opened > OPEN_AGAIN) return;
    if (node.getConnections(link.peer).some(({ status }) => status === "open")) {
      linkTo(link.peer, link.opened);
    }
  }

  /** Forgets a link, and tells the host if it knew it. */
  function drop(link: Link, error: Error) {
    if (!isCurrent(link)) return;
    links.delete(link.peer.toString());
    link.up.reject(error);
    link.in?.abort(error);
    if (link.out === undefined) return;
    // A stream may break while the host sends.
    queueMicrotask(() => receiver?.disconnected(link.peer.toString()));
  }

  async function hangUp(connection: Connection) {
    try {
      await connection.close({ signal: AbortSignal.timeout(GOODBYE) });
    } catch (error) {
      connection.abort(error as Error);
    }
  }

  async function read(stream: Stream, link: Link) {
    const name = link.peer.toString();
    try {
      // A hello may come before the own stream is open, and a host knows its peers by those.
      await link.up.promise;
      const decoder = new LengthPrefixedDecoder({ maxDataLength: frame, maxBufferSize: 8 * frame });
      for await (const chunk of stream) {
        for (const one of decode(decoder, chunk)) {
          if (!isCurrent(link) || link.in !== stream) return;
          receiver?.incoming(name, one);
        }
      }
    } catch (error) {
      stream.abort(error as Error);
      if (error instanceof NoFrameError && isCurrent(link)) receiver?.failed(name, error);
    }
  }

  await node.handle(protocol, (stream, connection) => {
    if (stopped) return stream.abort(new Error("The host has stopped"));
    const link = linkTo(connection.remotePeer);
    link.in?.abort(new Error("A later stream replaces this one"));
    link.in = stream;
    void read(stream, link);
  });
  const topology = await node.register(protocol, {
    onConnect: (peer) => void (stopped || linkTo(peer)),
    onDisconnect(peer) {
      const link = links.get(peer.toString());
      if (link !== undefined && node.getConnections(peer).length === 0) {
        drop(link, new Error("The peer has left"));
      }
    },
  });

  const close = (peer: string) => {
    const link = links.get(peer);
    if (link === undefined) return;
    links.delete(peer);
    link.up.reject(new Error("The host has closed the link"));
    for (const connection of node.getConnections(link.peer)) {
      const done = hangUp(connection).finally(() => closing.delete(done));
      closing.add(done);
    }
  };

  return {
    listen(one) {
      receiver = one;
      for (const link of links.values()) queueMicrotask(() => tellUp(link));
    },
    send(peer, bytes) {
      const out = links.get(peer)?.out;
      if (out === undefined || out.writeBufferLength + bytes.length > queue) return false;
      try {
        out.send(encode.single(bytes));
        return true;
      } catch {
        return false; // it is closing: its event comes
      }
    },
    close,
    async stop() {
      stopped = true;
      receiver = undefined;
      node.unregister(topology);
      for (const peer of [...links.keys()]) close(peer);
      await Promise.all(closing);
      if (node.status === "started") await node.unhandle(protocol);
    },
  };
}

/** What a peer sent has no proper length. */
class NoFrameError extends Error {
  override readonly name = "NoFrameError";
}

/** The frames of a chunk; a wrong length is a {@link NoFrameError}. */
function* decode(
  decoder: LengthPrefixedDecoder,
  chunk: Parameters<LengthPrefixedDecoder["decode"]>[0],
): Generator<Uint8Array> {
  const frames = decoder.decode(chunk);
  while (true) {
    let next: ReturnType<typeof frames.next>;
    try {
      next = frames.next();
    } catch (error) {
      throw new NoFrameError(`Not a frame: ${(error as Error).message}`, { cause: error });
    }
    if (next.done === true) return;
    yield next.value.subarray();
  }
}
