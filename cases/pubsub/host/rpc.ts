/** Frames to what they say, and back, by the RPC codec of gossipsub; hostile input ends here. */
import { createHash } from "node:crypto";
import { RPC } from "@libp2p/gossipsub/message";

/** What a host takes from others. */
export interface Limits {
  /** Bytes of a frame. */
  frame: number;
  /** Subscriptions, and messages, in one RPC. */
  entries: number;
  /** Characters of a topic's name. */
  topic: number;
  /** Topics of one peer. */
  topicsPerPeer: number;
  /** Peers. */
  peers: number;
  /** Message ids remembered. */
  seen: number;
  /** Messages that a link may fail to take before it is closed. */
  dropped: number;
}

/** The limits of a host that is told no others. */
export const LIMITS: Readonly<Limits> = {
  frame: 1 << 20,
  entries: 1000,
  topic: 256,
  topicsPerPeer: 1000,
  peers: 1000,
  seen: 20_000,
  dropped: 1000,
};

/** A message on its way. */
export interface Message {
  /** What makes it the same as another. */
  readonly id: string;
  /** Its topic. */
  readonly topic: string;
  /** What it says. */
  readonly data: Uint8Array;
  /** Who handed it on; `""` when the host itself published it. */
  readonly peer: string;
  /** It names an author or has a signature, which these hosts do not check and so do not take. */
  readonly signed: boolean;
}

/** One change of what a peer subscribes to. */
export interface TopicChange {
  /** The topic. */
  readonly topic: string;
  /** Whether the peer subscribes to it. */
  readonly on: boolean;
}

/** What one frame says. */
export interface Rpc {
  /** Whose frame it is. */
  readonly peer: string;
  /** Changes of subscriptions; a hello is the list of all. */
  readonly changes: readonly TopicChange[];
  /** Messages. */
  readonly messages: readonly Message[];
}

/** Makes the id of a message. */
export type MessageId = (topic: string, data: Uint8Array) => string;

/** The SHA-256 of topic and data. */
export const hashOf: MessageId = (topic, data) =>
  createHash("sha256").update(topic).update("\0").update(data).digest("base64");

const NO_CHANGES: readonly TopicChange[] = [];
const NO_DATA = new Uint8Array(0);

/** Reads a peer's frame; throws an error that says what is wrong with it. */
export function readRpc(
  frame: Uint8Array,
  { peer, limits, messageId }: { peer: string; limits: Limits; messageId: MessageId },
): Rpc {
  if (frame.length > limits.frame) {
    throw new RangeError(`A frame of ${frame.length} bytes, more than ${limits.frame}`);
  }
  const { subscriptions, messages } = RPC.decode(frame, {
    limits: { subscriptions: limits.entries, messages: limits.entries },
  });
  const changes = subscriptions.length === 0 ? NO_CHANGES : subscriptions.map((one) => {
    const topic = one.topic ?? "";
    if (!isTopic(topic, limits)) throw new RangeError("A subscription to no proper topic");
    return { topic, on: one.subscribe === true };
  });
  return {
    peer,
    changes,
    messages: messages.map((one) => {
      const data = one.data ?? NO_DATA;
      return {
        id: messageId(one.topic, data),
        topic: one.topic,
        data,
        peer,
        signed: one.from !== undefined || one.seqno !== undefined || one.signature !== undefined ||
          one.key !== undefined,
      };
    }),
  };
}

/** Whether a topic's name is one. */
export function isTopic(topic: string, limits: Limits): boolean {
  return topic.length > 0 && topic.length <= limits.topic;
}

/** Bytes of a frame around a message's topic and data, at most. */
const AROUND = 24;

/** Whether a message's frame is within the limit, so that no peer takes offence. */
export function fits({ topic, data }: Message, limits: Limits): boolean {
  return data.length + 3 * topic.length + AROUND <= limits.frame;
}

/** A frame that carries one message. */
export function messageFrame({ topic, data }: Message): Uint8Array {
  return RPC.encode({ subscriptions: [], messages: [{ topic, data }] });
}

/** A frame that carries changes of subscriptions. */
export function changesFrame(changes: readonly TopicChange[]): Uint8Array {
  return RPC.encode({
    subscriptions: changes.map(({ topic, on }) => ({ topic, subscribe: on })),
    messages: [],
  });
}
