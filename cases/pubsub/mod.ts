/**
 * A pubsub host as a machine, its network, and what finds peers for it. See README.md.
 *
 * @module
 */
export type { Counts, Host, HostOptions, Receive, Subscription, Validate } from "./host/host.ts";
export { HostRefusedError } from "./host/host.ts";
export type { Links, Receiver } from "./host/links.ts";
export { createHost, type HostMachineOptions, type MachineHost } from "./host/machine_host.ts";
export { hashOf, LIMITS, type Limits, type Message, type MessageId } from "./host/rpc.ts";
export { schema as hostSchema } from "./host/states.ts";
export { type DirectNetwork, directNetwork } from "./links/direct.ts";
export { FLOODSUB, libp2pLinks, type Libp2pLinksOptions } from "./links/libp2p.ts";
export { startNode } from "./links/node.ts";
export { createDiscovery, type Discovery, type DiscoveryOptions } from "./discovery/discovery.ts";
export { dial, infoOf, libp2pRendezvous, serveRendezvous } from "./discovery/libp2p_rendezvous.ts";
export {
  MemoryRendezvous,
  type PeerInfo,
  type Rendezvous,
  RendezvousError,
  type RendezvousLimits,
} from "./discovery/rendezvous.ts";
export { schema as bootstrapSchema } from "./discovery/bootstrap_states.ts";
export { schema as discoverySchema } from "./discovery/states.ts";
