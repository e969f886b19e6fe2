/** What a pubsub host is, however it is made. */
import type { Links } from "./links.ts";
import type { Limits, Message, MessageId } from "./rpc.ts";

/** Takes the messages of a topic. One that throws is reported to `onError` and harms nobody. */
export type Receive = (message: Message) => void;

/** Tells whether a message may be delivered and handed on. Only reads; a throw means no. */
export type Validate = (message: Message) => boolean;

/** One subscription; a topic may have several. */
export interface Subscription {
  /** Its topic. */
  readonly topic: string;
  /** Ends it; the last one of a topic is announced to the peers. */
  cancel(): Promise<void>;
}

/** A pubsub host that floods: who subscribes to a topic hands its messages on. */
export interface Host {
  /** Its name. */
  readonly id: string;
  /**
   * Hands a message to all peers that subscribe to the topic, and to the host's own subscriptions.
   * Resolves with the number of peers that took it; rejects with a {@link HostRefusedError} when the
   * host has no peers or has stopped, nobody else subscribes to the topic, or the message was seen.
   */
  publish(topic: string, data: Uint8Array): Promise<number>;
  /** Subscribes to a topic; without `receive` its messages are only handed on (a relay). */
  subscribe(topic: string, receive?: Receive): Promise<Subscription>;
  /** The peers, or those that subscribe to a topic. */
  peers(topic?: string): Promise<string[]>;
  /** The topics that the host subscribes to. */
  topics(): Promise<string[]>;
  /** Checks the messages of a topic from now on; one function a topic. */
  addValidator(topic: string, validate: Validate): Promise<void>;
  /** Ends the checks of a topic. */
  removeValidator(topic: string): Promise<void>;
  /** Closes the link to a peer and takes none from it any more. */
  blacklist(peer: string): Promise<void>;
  /** Closes all links. What is asked afterwards is refused. */
  stop(): Promise<void>;
  /** What happened so far. */
  readonly counts: Readonly<Counts>;
}

/** What a host counts. */
export interface Counts {
  /** Messages published. */
  published: number;
  /** Messages that peers handed on; what was not received of them was seen before, or invalid. */
  handed: number;
  /** Messages of others that were new and valid. */
  received: number;
  /** Messages that a peer's full link did not take. */
  dropped: number;
  /** Links that were closed because of what the peer did. */
  errors: number;
}

/** How a host is made. */
export interface HostOptions {
  /** Its name, also that of its machine. */
  readonly id: string;
  /** Its network. */
  readonly links: Links;
  /** What makes two messages the same; by default the SHA-256 of topic and data. */
  readonly messageId?: MessageId;
  /** Limits that differ from the default. */
  readonly limits?: Partial<Limits>;
  /** Told what receivers and validators throw, and why links are closed. */
  readonly onError?: (error: Error) => void;
}

/** A host said no. */
export class HostRefusedError extends Error {
  /** The class's name. */
  override readonly name = "HostRefusedError";

  /** Says which host refuses what, and why. */
  constructor(host: string, what: string, why: string) {
    super(`Host ${host} cannot ${what}: ${why}`);
  }
}
