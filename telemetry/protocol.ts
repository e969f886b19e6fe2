/** Version of the wire protocol; a server refuses others. */
export const PROTOCOL_VERSION = 1;

/** Bounds on everything that arrives from the network. */
export const LIMITS = {
  /** UTF-16 units of one frame. */
  frame: 4_000_000,
  /** States of one schema. */
  states: 10_000,
  /** Transitions of one batch. */
  batch: 10_000,
  /** Items of any other list. */
  list: 10_000,
  /** UTF-16 units of one string. */
  text: 10_000,
} as const;

/** A machine introduces itself; sent again after every reconnect. */
export interface Hello {
  /** Kind of the message. */
  readonly kind: "hello";
  /** The sender's {@linkcode PROTOCOL_VERSION}. */
  readonly version: number;
  /** The machine's id. */
  readonly id: string;
  /** The parent machine's id. */
  readonly parent: string | null;
  /** Free labels. */
  readonly tags: readonly string[];
  /** Names of all states, in the order of their indexes. */
  readonly states: readonly string[];
}

/** One transition. Ticks are changes only, never whole states. */
export interface WireTransition {
  /** Unique within its machine. */
  readonly id: string;
  /** The mutation. */
  readonly type: "add" | "remove" | "set";
  /** Indexes of the called states. */
  readonly called: readonly number[];
  /** State index and its new tick, in turn. */
  readonly ticks: readonly number[];
  /** Whether it was executed. */
  readonly accepted: boolean;
  /** Whether an auto state caused it. */
  readonly auto: boolean;
  /** Mutations waiting behind it. */
  readonly queue: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** Transitions of the machine that said hello, oldest first. */
export interface Batch {
  /** Kind of the message. */
  readonly kind: "batch";
  /** Transitions that the sender has dropped so far. */
  readonly dropped: number;
  /** The transitions. */
  readonly transitions: readonly WireTransition[];
}

/** The machine has been disposed. */
export interface Dispose {
  /** Kind of the message. */
  readonly kind: "dispose";
}

/** Everything that a machine sends. */
export type Message = Hello | Batch | Dispose;

/** A frame that does not follow the protocol. */
export class ProtocolError extends Error {
  /** The error's name. */
  override readonly name = "ProtocolError";
}

/** Reads one frame. `states` is the length of the sender's last hello, 0 before it. */
export function parseMessage(frame: string, states: number): Message {
  if (frame.length > LIMITS.frame) throw new ProtocolError("Frame is too long");
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    throw new ProtocolError("Frame is not JSON");
  }
  const message = record(value, "message");
  if (message.kind === "hello") return hello(message);
  if (message.kind !== "batch" && message.kind !== "dispose") {
    throw new ProtocolError("Kind of message is unknown");
  }
  if (states === 0) throw new ProtocolError("The first message has to be hello");
  if (message.kind === "dispose") return { kind: "dispose" };
  return {
    kind: "batch",
    dropped: count(message.dropped, "dropped"),
    transitions: list(
      message.transitions,
      "transitions",
      LIMITS.batch,
      (item) => transition(item, states),
    ),
  };
}

function hello(message: Record<string, unknown>): Hello {
  if (message.version !== PROTOCOL_VERSION) {
    throw new ProtocolError(`Protocol version has to be ${PROTOCOL_VERSION}`);
  }
  const states = list(message.states, "states", LIMITS.states, (item) => text(item, "state"));
  if (states.length === 0) throw new ProtocolError(`"states" is empty`);
  if (new Set(states).size !== states.length) throw new ProtocolError(`"states" has duplicates`);
  return {
    kind: "hello",
    version: PROTOCOL_VERSION,
    id: text(message.id, "id"),
    parent: message.parent === null ? null : text(message.parent, "parent"),
    tags: list(message.tags, "tags", LIMITS.list, (item) => text(item, "tag")),
    states,
  };
}

function transition(value: unknown, states: number): WireTransition {
  const tx = record(value, "transition");
  const { type } = tx;
  if (type !== "add" && type !== "remove" && type !== "set") {
    throw new ProtocolError(`"type" is not a mutation`);
  }
  const ticks = list(tx.ticks, "ticks", LIMITS.states * 2, (item) => count(item, "tick"));
  if (ticks.length % 2 !== 0) throw new ProtocolError(`"ticks" has to hold pairs`);
  for (let i = 0; i < ticks.length; i += 2) index(ticks[i], states);
  if (typeof tx.time !== "number") throw new ProtocolError(`"time" is not a number`);
  return {
    id: text(tx.id, "id"),
    type,
    called: list(tx.called, "called", LIMITS.states, (item) => index(item, states)),
    ticks,
    accepted: flag(tx.accepted, "accepted"),
    auto: flag(tx.auto, "auto"),
    queue: count(tx.queue, "queue"),
    time: tx.time,
  };
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError(`"${name}" is not an object`);
  }
  return value as Record<string, unknown>;
}

function list<T>(value: unknown, name: string, max: number, read: (item: unknown) => T): T[] {
  if (!Array.isArray(value)) throw new ProtocolError(`"${name}" is not a list`);
  if (value.length > max) throw new ProtocolError(`"${name}" is too long`);
  return value.map((item) => read(item));
}

function text(value: unknown, name: string): string {
  if (typeof value !== "string") throw new ProtocolError(`"${name}" is not a string`);
  if (value.length > LIMITS.text) throw new ProtocolError(`"${name}" is too long`);
  return value;
}

function count(value: unknown, name: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw new ProtocolError(`"${name}" is not a count`);
  }
  return value as number;
}

function index(value: unknown, states: number): number {
  const state = count(value, "state index");
  if (state >= states) throw new ProtocolError(`State index ${state} is out of range`);
  return state;
}

function flag(value: unknown, name: string): boolean {
  if (typeof value !== "boolean") throw new ProtocolError(`"${name}" is not a boolean`);
  return value;
}
