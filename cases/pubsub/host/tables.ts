/** What both hosts share: tables, and acts upon them and the links. Nothing is decided here. */
import type { Counts, HostOptions, Receive, Validate } from "./host.ts";
import type { Links } from "./links.ts";
import {
  changesFrame,
  hashOf,
  LIMITS,
  type Limits,
  type Message,
  messageFrame,
  type MessageId,
  readRpc,
  type Rpc,
  type TopicChange,
} from "./rpc.ts";
import { Seen } from "./seen.ts";

const NOBODY: readonly string[] = [];

/** The tables of one host. */
export class Tables {
  /** Peer → topics that it subscribes to. */
  readonly peers: Map<string, Set<string>> = new Map();
  /** Topic → what takes its messages. */
  readonly subscriptions: Map<string, Set<Receive>> = new Map();
  /** Topic → what checks its messages. */
  readonly validators: Map<string, Validate> = new Map();
  /** Peers that are not wanted. */
  readonly blacklist: Set<string> = new Set();
  /** Ids of messages. */
  readonly seen: Seen;
  /** Peer → messages that its link did not take. */
  readonly dropped: Map<string, number> = new Map();
  /** What happened. */
  readonly counts: Counts = {
    published: 0,
    handed: 0,
    received: 0,
    dropped: 0,
    errors: 0,
  };
  /** The host's limits. */
  readonly limits: Limits;
  /** Makes ids. */
  readonly messageId: MessageId;
  /** The host's links. */
  readonly links: Links;
  /** Takes errors. */
  readonly onError: (error: Error) => void;

  /** Empty tables. */
  constructor({ links, limits, messageId = hashOf, onError = () => {} }: HostOptions) {
    this.links = links;
    this.limits = { ...LIMITS, ...limits };
    this.seen = new Seen(this.limits.seen);
    this.messageId = messageId;
    this.onError = onError;
  }

  /** What a peer's frame says; throws when it is malformed. */
  read(peer: string, frame: Uint8Array): Rpc {
    const rpc = readRpc(frame, { peer, limits: this.limits, messageId: this.messageId });
    this.counts.handed += rpc.messages.length;
    return rpc;
  }

  /** A message of the host's own. */
  own(topic: string, data: Uint8Array): Message {
    return { id: this.messageId(topic, data), topic, data, peer: "", signed: false };
  }

  /** The number of peers that subscribe to a topic. */
  countSubscribers(topic: string): number {
    let count = 0;
    for (const topics of this.peers.values()) if (topics.has(topic)) count++;
    return count;
  }

  /** The peers, or those that subscribe to a topic. */
  listPeers(topic?: string): string[] {
    if (topic === undefined) return [...this.peers.keys()];
    return [...this.peers].filter(([, topics]) => topics.has(topic)).map(([peer]) => peer);
  }

  /** Tells one peer all topics; whether its link took it. */
  sendHello(peer: string): boolean {
    if (this.subscriptions.size === 0) return true;
    const all = [...this.subscriptions.keys()].map((topic) => ({ topic, on: true }));
    return this.links.send(peer, changesFrame(all));
  }

  /** Tells peers whether the host subscribes to a topic; returns those whose links did not take it. */
  announce(topic: string, peers: Iterable<string>): readonly string[] {
    const frame = changesFrame([{ topic, on: this.subscriptions.has(topic) }]);
    return [...peers].filter((peer) => this.peers.has(peer) && !this.links.send(peer, frame));
  }

  /** Hands a message to all who subscribe but the one it came from; returns whose links did not take it. */
  forward(message: Message): readonly string[] {
    let frame: Uint8Array | undefined;
    let late: string[] | undefined;
    for (const [peer, topics] of this.peers) {
      if (peer === message.peer || !topics.has(message.topic)) continue;
      frame ??= messageFrame(message);
      if (!this.links.send(peer, frame)) (late ??= []).push(peer);
    }
    return late ?? NOBODY;
  }

  /** Counts a message that a link did not take; returns how many it did not take so far. */
  drop(peer: string): number {
    const count = (this.dropped.get(peer) ?? 0) + 1;
    this.dropped.set(peer, count);
    this.counts.dropped++;
    return count;
  }

  /** Gives a message to the host's own subscriptions. */
  deliver(message: Message): void {
    const receivers = this.subscriptions.get(message.topic);
    if (receivers === undefined) return;
    for (const receive of receivers) {
      try {
        receive(message);
      } catch (error) {
        this.report(error);
      }
    }
  }

  /** Asks the topic's validator; one that throws says no. */
  validates(message: Message): boolean {
    try {
      return this.validators.get(message.topic)?.(message) ?? true;
    } catch (error) {
      this.report(error);
      return false;
    }
  }

  /** Notes what a peer subscribes to. */
  change(peer: string, changes: readonly TopicChange[]): void {
    const topics = this.peers.get(peer);
    if (topics === undefined) return;
    for (const { topic, on } of changes) {
      if (on) topics.add(topic);
      else topics.delete(topic);
    }
  }

  /** Forgets a peer. */
  forget(peer: string): void {
    this.peers.delete(peer);
    this.dropped.delete(peer);
  }

  /** Tells of an error. */
  report(error: unknown): void {
    try {
      this.onError(error instanceof Error ? error : new Error(String(error)));
    } catch {
      // Who listens to errors has no say in what the host does.
    }
  }
}
