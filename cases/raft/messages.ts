/** What nodes say to each other, and the check of what comes from the network. */
import type { Entry, Position, Snapshot } from "./log.ts";
import { type Command, MAX_CONTENTS, MAX_KEY, MAX_VALUE } from "./register.ts";

/** A candidate asks for a vote. */
export interface VoteRequest {
  readonly kind: "vote";
  readonly term: number;
  readonly from: number;
  /** The end of the candidate's log. */
  readonly end: Position;
}

/** A leader sends entries, or none to be heard. */
export interface AppendRequest {
  readonly kind: "append";
  readonly term: number;
  readonly from: number;
  /** The place that the entries follow. */
  readonly after: Position;
  readonly entries: readonly Entry[];
  /** Up to where the leader knows entries to be committed. */
  readonly commit: number;
}

/** A leader sends its snapshot in place of entries that it has no more. */
export interface InstallRequest {
  readonly kind: "install";
  readonly term: number;
  readonly from: number;
  readonly snapshot: Snapshot;
}

/** What a node is asked. */
export type Message = VoteRequest | AppendRequest | InstallRequest;

/** What it answers. */
export interface Reply {
  readonly term: number;
  /** The vote is given; the entries or the snapshot are stored. */
  readonly ok: boolean;
  /** If entries did not fit: up to where they may fit. */
  readonly index: number;
}

/** Calls other nodes. `answered` may be called late, twice, or never. */
export interface Transport {
  call(to: number, message: Message, answered: (reply: Reply) => void): void;
}

/** Input that is not what it should be. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** Entries in a message. */
export const MAX_BATCH = 100;

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown, what: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new InputError(`${what}: expected an object`);
}

function whole(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new InputError(`${what}: expected a whole number from 0 up`);
}

function text(value: unknown, max: number, what: string): string {
  if (typeof value === "string" && value.length <= max) return value;
  throw new InputError(`${what}: expected a text of at most ${max} characters`);
}

/** Takes a command over. @throws {InputError} If it is none. */
export function parseCommand(value: unknown): Command {
  const { op, session, seq, key, value: put } = fields(value, "The command");
  if (op === "open") return { op };
  if (op === "get") return { op, key: text(key, MAX_KEY, "The key") };
  if (op !== "put") throw new InputError(`The command's op: expected "open", "get" or "put"`);
  return {
    op,
    session: whole(session, "The session"),
    seq: whole(seq, "The number of the write"),
    key: text(key, MAX_KEY, "The key"),
    value: text(put, MAX_VALUE, "The value"),
  };
}

/** Takes an entry over. @throws {InputError} If it is none. */
export function parseEntry(value: unknown): Entry {
  const { term, command } = fields(value, "The entry");
  return {
    term: whole(term, "The entry's term"),
    command: command === null ? null : parseCommand(command),
  };
}

/** Takes a place over. @throws {InputError} If it is none. */
export function parsePosition(value: unknown): Position {
  const { index, term } = fields(value, "The position");
  return { index: whole(index, "The index"), term: whole(term, "The position's term") };
}

/** Takes a snapshot over. @throws {InputError} If it is none. */
export function parseSnapshot(value: unknown): Snapshot {
  const { state } = fields(value, "The snapshot");
  const longest = 10 * MAX_CONTENTS; // quotes, escapes and sessions come on top
  return { ...parsePosition(value), state: text(state, longest, "The snapshot's state") };
}

/** Takes a message of another node over. @throws {InputError} If it is none. */
export function parseMessage(value: unknown): Message {
  const all = fields(value, "The message");
  const { kind } = all;
  const head = { term: whole(all.term, "The term"), from: whole(all.from, "The sender") };
  if (kind === "vote") return { kind, ...head, end: parsePosition(all.end) };
  if (kind === "install") return { kind, ...head, snapshot: parseSnapshot(all.snapshot) };
  if (kind !== "append") {
    throw new InputError(`The message's kind: expected "vote", "append" or "install"`);
  }
  if (!Array.isArray(all.entries) || all.entries.length > MAX_BATCH) {
    throw new InputError(`The entries: expected a list of at most ${MAX_BATCH}`);
  }
  return {
    kind,
    ...head,
    after: parsePosition(all.after),
    entries: all.entries.map(parseEntry),
    commit: whole(all.commit, "The commit"),
  };
}

/** Takes a reply over. @throws {InputError} If it is none. */
export function parseReply(value: unknown): Reply {
  const { term, ok, index } = fields(value, "The reply");
  return { term: whole(term, "The term"), ok: ok === true, index: whole(index, "The index") };
}
