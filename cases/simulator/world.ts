import type { Machine } from "@asyncmachine/asyncmachine";
import { type DirectNetwork, directNetwork } from "../pubsub/links/direct.ts";
import { MemoryRendezvous } from "../pubsub/discovery/rendezvous.ts";
import type { PeerStates } from "./peer_states.ts";
import type { Topic } from "./topic.ts";

/** A peer, as the world knows it. */
export interface KnownPeer {
  readonly id: string;
  readonly machine: Machine<PeerStates>;
  /** The topics that it has joined, or is joining. */
  readonly subscriptions: ReadonlyMap<string, unknown>;
  /** Leaves everything, and ends. */
  stop(): Promise<void>;
}

/** A message, and who has to receive it: the peers that had joined when it was sent. */
export interface SentMessage {
  readonly topic: string;
  readonly from: string;
  readonly at: number;
  readonly expected: ReadonlySet<string>;
  readonly received: Set<string>;
  verified: boolean;
}

/** What is there: peers, topics and messages, in the order in which they came. */
export class World {
  readonly network: DirectNetwork = directNetwork();
  readonly rendezvous = new MemoryRendezvous();
  readonly peers = new Map<string, KnownPeer>();
  readonly topics = new Map<string, Topic>();
  /** Friends of each peer, both ways. */
  readonly friends = new Map<string, Set<string>>();
  /** The last messages, by their text. */
  readonly messages = new Map<string, SentMessage>();
  /** Messages that arrived, and that did not. */
  readonly counts = { received: 0, missing: 0, sent: 0 };
  #messages = 0;

  /** Peers that can do something. */
  ready(): KnownPeer[] {
    return [...this.peers.values()].filter(({ machine }) => machine.is("Ready"));
  }

  /** Notes a message before it is sent; its text says which one it is. */
  note(topic: Topic, from: string): string {
    const text = `m${++this.#messages}`;
    this.counts.sent++;
    this.messages.set(text, {
      topic: topic.id,
      from,
      at: Date.now(),
      expected: new Set([...topic.peers].filter((peer) => peer !== from)),
      received: new Set(),
      verified: false,
    });
    topic.sent();
    return text;
  }

  /** Counts who has received what was sent `after` ms ago or earlier; who left meanwhile does not count. */
  verify(after: number): number {
    let missing = 0;
    for (const message of this.messages.values()) {
      if (message.verified || Date.now() - message.at < after) continue;
      message.verified = true;
      const topic = this.topics.get(message.topic);
      for (const peer of message.expected) {
        if (topic === undefined || !topic.peers.has(peer)) continue;
        if (message.received.has(peer)) this.counts.received++;
        else missing++;
      }
    }
    this.counts.missing += missing;
    return missing;
  }
}
