/** A libp2p node for hosts: tcp on loopback, noise, yamux. */
import { identify } from "@libp2p/identify";
import type { Libp2p } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { createLibp2p } from "libp2p";

/** Starts a node on a free port of the loopback address. */
export async function startNode(): Promise<Libp2p> {
  return await createLibp2p({
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // The default takes 5 connections a second from one address: a swarm on one machine needs more.
    connectionManager: { inboundConnectionThreshold: Infinity },
    // A busy process answers pings late, and the default cuts the connection for it.
    connectionMonitor: { abortConnectionOnPingFailure: false },
    // Tells the peers which protocols the node speaks.
    services: { identify: identify() },
  });
}
