/** Version of the wire protocol. What an older version lacks is optional. */
export const PROTOCOL_VERSION = 2;

/** Versions that a server takes: also those of files that were written before. */
export const PROTOCOL_VERSIONS: readonly number[] = [1, PROTOCOL_VERSION];

/** Bounds on everything that arrives from the network. */
export const LIMITS = {
  /** UTF-16 units of one frame. */
  frame: 4_000_000,
  /** Messages of one frame. */
  messages: 10_000,
  /** States of one schema. */
  states: 10_000,
  /** Transitions of one batch. */
  batch: 20_000,
  /** Items of any other list. */
  list: 10_000,
  /** Times of one machine that run, and states that one of them adds. */
  timers: 1000,
  /** UTF-16 units of one string. */
  text: 10_000,
  /** Errors that caused one another. */
  causes: 5,
  /** Mutations that wait. */
  queue: 0xffff_ffff,
  /** Milliseconds before or after 1970: the moments that a date can have. */
  time: 8.64e15,
} as const;

/** One state of a schema; relations are lists of state indexes. */
export interface WireState {
  /** Whether the machine activates it by itself. */
  readonly auto?: boolean;
  /** Whether it may be called again while it is active. */
  readonly multi?: boolean;
  /** Whether each call of it has a context of its own: `multi: "latest"`. Since version 2. */
  readonly latest?: boolean;
  /** Whether it lasts for its transition only. Since version 2. */
  readonly event?: boolean;
  /** Index of a state and after how many ms of an activation it is added, in turn. Since version 2. */
  readonly timeouts?: readonly number[];
  /** States that it implies. */
  readonly add?: readonly number[];
  /** States that it blocks. */
  readonly remove?: readonly number[];
  /** States that it needs. */
  readonly require?: readonly number[];
  /** States whose handlers run before its own. */
  readonly after?: readonly number[];
}

/** A machine introduces itself; sent again after a reconnect and with a new schema. */
export interface Hello {
  /** Kind of the message. */
  readonly kind: "hello";
  /** The machine's number within this connection. */
  readonly machine: number;
  /** The sender's {@linkcode PROTOCOL_VERSION}. */
  readonly version: number;
  /** The machine's id. */
  readonly id: string;
  /** Made up once per machine: tells a reconnect from another machine of the same id. */
  readonly instance: string;
  /** The parent machine's id. */
  readonly parent: string | null;
  /** Free labels. */
  readonly tags: readonly string[];
  /** Names of all states, in the order of their indexes. */
  readonly names: readonly string[];
  /** The states, in the same order. */
  readonly states: readonly WireState[];
  /** The ticks at this moment, in the same order. */
  readonly ticks: readonly number[];
  /** Named groups of states. */
  readonly groups: Readonly<Record<string, readonly number[]>>;
  /** How many transitions the sender has sent so far, jumps not counted. */
  readonly sent?: number;
  /** Whether arguments are sent. Since version 2. */
  readonly args?: boolean;
}

/** The kinds of steps; the wire has their index in this list. */
export const STEP_KINDS = [
  "requested",
  "add",
  "remove",
  "require",
  "enter",
  "exit",
  "touch",
  "handler",
  "cancel",
] as const;

/** A step: kind, state (-1: Any), other state of the relation (-1: none), handler ("": none). */
export type WireStep = readonly [kind: number, state: number, by: number, handler: string];

/** The kinds of mutations; `jump`: ticks moved without a recorded transition. */
export const TRANSITION_TYPES = ["add", "remove", "set", "jump"] as const;

/** An error. Since version 2. */
export interface WireError {
  /** Its name. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
  /** Its stack. */
  readonly stack?: string;
  /** What caused it. */
  readonly cause?: WireError;
}

/** One transition. Ticks are changes only, never whole states. */
export interface WireTransition {
  /** Number within its machine; 0 for a jump. */
  readonly id: number;
  /** The mutation. */
  readonly type: typeof TRANSITION_TYPES[number];
  /** Indexes of the called states. */
  readonly called: readonly number[];
  /** State index and its new tick, in turn. */
  readonly ticks: readonly number[];
  /** Whether it was executed. */
  readonly accepted: boolean;
  /** Mutations waiting behind it. */
  readonly queue: number;
  /** When it began, in ms since the epoch. */
  readonly time: number;
  /** How long it took, in ms. */
  readonly duration: number;
  /** Whether an auto state caused it. */
  readonly auto?: boolean;
  /** Whether it was a dry run. */
  readonly check?: boolean;
  /** What happened to which state. */
  readonly steps?: readonly WireStep[];
  /** Arguments, as the program's mapper gives them. */
  readonly args?: Readonly<Record<string, string>>;
  /**
   * Where the mutation came from: machine id, transition, handler (empty for a timeout or a pipe); of
   * an error, since version 2, where it was thrown.
   */
  readonly source?: readonly [machine: string, transition: number, handler: string];
  /** The handler that refused or threw. */
  readonly refusedBy?: string;
  /** Transitions that were dropped right before; only with a jump. */
  readonly lost?: number;
  /** The state whose activation has lasted, if a timeout made the mutation. Since version 2. */
  readonly timeout?: string;
  /** How long it waited in the queue, in ms. Since version 2. */
  readonly waited?: number;
  /** How many transitions ran meanwhile. Since version 2. */
  readonly behind?: number;
  /** How long its handlers ran, in ms, in the order of their steps. Since version 2. */
  readonly took?: readonly number[];
  /** The error among its arguments. Since version 2. */
  readonly err?: WireError;
}

/** A line of the log: the transition that ran, or the last one; time; level; text. */
export type WireLog = readonly [after: number, time: number, level: number, text: string];

/** A time that runs: for which state's activation (-1: the machine), which states it adds, and when. */
export type WireTimer = readonly [state: number, adds: readonly number[], due: number];

/** Transitions of a machine, oldest first. */
export interface Batch {
  /** Kind of the message. */
  readonly kind: "batch";
  /** The machine's number within this connection. */
  readonly machine: number;
  /** Transitions that the sender has dropped so far. */
  readonly dropped: number;
  /** How many it had sent before this batch, jumps not counted: tells what was lost on the way. */
  readonly sent?: number;
  /** The transitions. */
  readonly transitions: readonly WireTransition[];
  /** Lines of the log. */
  readonly logs: readonly WireLog[];
  /** The times that run now, by due time; only if they are others than before. */
  readonly timers?: readonly WireTimer[];
}

/** The machine has been disposed. */
export interface Dispose {
  /** Kind of the message. */
  readonly kind: "dispose";
  /** The machine's number within this connection. */
  readonly machine: number;
}

/** Everything that a machine sends. A frame is a JSON list of messages. */
export type WireMessage = Hello | Batch | Dispose;

/** A frame that does not follow the protocol. */
export class ProtocolError extends Error {
  /** The error's name. */
  override readonly name = "ProtocolError";
}

/** Opens one frame: its messages, which {@linkcode parseMessage} has to check one by one. */
export function parseFrame(frame: unknown): readonly unknown[] {
  if (typeof frame !== "string") throw new ProtocolError("Frame is not text");
  if (frame.length > LIMITS.frame) throw new ProtocolError("Frame is too long");
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    throw new ProtocolError("Frame is not JSON");
  }
  check(value, "frame", LIMITS.messages, () => {});
  return value as readonly unknown[];
}

/** Checks one message. `statesOf` has how many states a machine said hello with, 0 before. */
export function parseMessage(value: unknown, statesOf: (machine: number) => number): WireMessage {
  const message = record(value, "message");
  const machine = count(message.machine, "machine");
  if (message.kind === "hello") return hello(message, machine);
  if (message.kind !== "batch" && message.kind !== "dispose") {
    throw new ProtocolError("Kind of message is unknown");
  }
  const states = statesOf(machine);
  if (states === 0) throw new ProtocolError("The first message has to be hello");
  if (message.kind === "dispose") return { kind: "dispose", machine };
  count(message.dropped, "dropped");
  if (message.sent !== undefined) count(message.sent, "sent");
  check(message.transitions, "transitions", LIMITS.batch, (item) => transition(item, states));
  check(message.logs, "logs", LIMITS.batch, logLine);
  if (message.timers !== undefined) {
    check(message.timers, "timers", LIMITS.timers, (item) => timer(item, states));
  }
  return message as unknown as Batch;
}

function hello(message: Record<string, unknown>, machine: number): Hello {
  const version = message.version as number;
  if (!PROTOCOL_VERSIONS.includes(version)) {
    throw new ProtocolError(`Protocol version has to be one of ${PROTOCOL_VERSIONS.join(", ")}`);
  }
  const names = list(message.names, "names", LIMITS.states, (item) => text(item, "name"));
  if (names.length === 0) throw new ProtocolError(`"names" is empty`);
  if (new Set(names).size !== names.length) throw new ProtocolError(`"names" has duplicates`);
  const size = names.length;
  const states = list(message.states, "states", LIMITS.states, (item) => state(item, size));
  const ticks = list(message.ticks, "ticks", LIMITS.states, (item) => count(item, "tick"));
  if (states.length !== size || ticks.length !== size) {
    throw new ProtocolError(`"names", "states" and "ticks" differ in length`);
  }
  const groups: Record<string, number[]> = {};
  for (const [name, members] of Object.entries(record(message.groups, "groups"))) {
    Object.defineProperty(groups, text(name, "group"), {
      value: list(members, "group", LIMITS.states, (item) => index(item, size)),
      enumerable: true,
    });
  }
  return {
    kind: "hello",
    machine,
    version,
    id: text(message.id, "id"),
    instance: text(message.instance, "instance"),
    parent: message.parent === null ? null : text(message.parent, "parent"),
    tags: list(message.tags, "tags", LIMITS.list, (item) => text(item, "tag")),
    names,
    states,
    ticks,
    groups,
    ...(message.sent !== undefined && { sent: count(message.sent, "sent") }),
    ...(message.args !== undefined && { args: flag(message.args, "args") }),
  };
}

/** Only what is known is taken over: what else is there would be kept as long as the machine. */
function state(value: unknown, size: number): WireState {
  const item = record(value, "state");
  const found: Record<string, unknown> = {};
  for (const name of ["auto", "multi", "latest", "event"]) {
    if (item[name] !== undefined) found[name] = flag(item[name], name);
  }
  for (const relation of ["add", "remove", "require", "after"]) {
    if (item[relation] === undefined) continue;
    found[relation] = list(item[relation], relation, LIMITS.states, (other) => index(other, size));
  }
  if (item.timeouts !== undefined) {
    const timeouts = list(item.timeouts, "timeouts", LIMITS.states * 2, (one) => duration(one));
    if (timeouts.length % 2 !== 0) throw new ProtocolError(`"timeouts" has to hold pairs`);
    for (let i = 0; i < timeouts.length; i += 2) index(timeouts[i], size);
    found.timeouts = timeouts;
  }
  return found;
}

function timer(value: unknown, states: number): void {
  if (!Array.isArray(value) || value.length !== 3) throw new ProtocolError(`"timer" is wrong`);
  if (value[0] !== -1) index(value[0], states);
  check(value[1], "timer", LIMITS.timers, (item) => index(item, states));
  moment(value[2], "due time");
}

function transition(value: unknown, states: number): void {
  const tx = record(value, "transition");
  count(tx.id, "id");
  if (!TRANSITION_TYPES.includes(tx.type as "add")) {
    throw new ProtocolError(`"type" is not a mutation`);
  }
  check(tx.called, "called", LIMITS.states, (item) => index(item, states));
  check(tx.ticks, "ticks", LIMITS.states * 2, (item) => count(item, "tick"));
  const ticks = tx.ticks as number[];
  if (ticks.length % 2 !== 0) throw new ProtocolError(`"ticks" has to hold pairs`);
  for (let i = 0; i < ticks.length; i += 2) index(ticks[i], states);
  flag(tx.accepted, "accepted");
  index(tx.queue, LIMITS.queue + 1, "queue");
  moment(tx.time, "time");
  duration(tx.duration);
  if (tx.auto !== undefined) flag(tx.auto, "auto");
  if (tx.check !== undefined) flag(tx.check, "check");
  if (tx.steps !== undefined) {
    check(tx.steps, "steps", LIMITS.list * 2, (item) => step(item, states));
  }
  if (tx.args !== undefined) {
    const args = Object.entries(record(tx.args, "args"));
    check(args, "args", LIMITS.list, () => {});
    for (const [name, value] of args) {
      text(name, "argument's name");
      text(value, "argument");
    }
  }
  if (tx.source !== undefined) {
    const source = tx.source;
    if (!Array.isArray(source) || source.length !== 3) throw new ProtocolError(`"source" is wrong`);
    text(source[0], "source machine");
    count(source[1], "source transition");
    text(source[2], "source handler");
  }
  if (tx.refusedBy !== undefined) text(tx.refusedBy, "refusedBy");
  if (tx.lost !== undefined) count(tx.lost, "lost");
  if (tx.timeout !== undefined) text(tx.timeout, "timeout");
  if (tx.waited !== undefined) duration(tx.waited, "waited");
  if (tx.behind !== undefined) count(tx.behind, "behind");
  if (tx.took !== undefined) check(tx.took, "took", LIMITS.list * 2, (item) => duration(item));
  if (tx.err !== undefined) errorOf(tx.err, LIMITS.causes);
}

function errorOf(value: unknown, causes: number): void {
  const error = record(value, "err");
  text(error.name, "err's name");
  text(error.message, "err's message");
  if (error.stack !== undefined) text(error.stack, "err's stack");
  if (error.cause === undefined) return;
  if (causes === 0) throw new ProtocolError(`"err" has too many causes`);
  errorOf(error.cause, causes - 1);
}

function step(value: unknown, states: number): void {
  if (!Array.isArray(value) || value.length !== 4) throw new ProtocolError(`"step" is wrong`);
  index(value[0], STEP_KINDS.length);
  if (value[1] !== -1) index(value[1], states);
  if (value[2] !== -1) index(value[2], states);
  text(value[3], "handler");
}

function logLine(value: unknown): void {
  if (!Array.isArray(value) || value.length !== 4) throw new ProtocolError(`"log" is wrong`);
  count(value[0], "log transition");
  moment(value[1], "log time");
  index(value[2], 5);
  text(value[3], "log text");
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

/** Like `list`, for what need not be copied. */
function check(value: unknown, name: string, max: number, read: (item: unknown) => unknown): void {
  if (!Array.isArray(value)) throw new ProtocolError(`"${name}" is not a list`);
  if (value.length > max) throw new ProtocolError(`"${name}" is too long`);
  for (let i = 0; i < value.length; i++) read(value[i]);
}

function text(value: unknown, name: string): string {
  if (typeof value !== "string") throw new ProtocolError(`"${name}" is not a string`);
  if (value.length > LIMITS.text) throw new ProtocolError(`"${name}" is too long`);
  // Half a surrogate pair is no text: it cannot stand in an address, for example.
  return value.toWellFormed();
}

/** A number of milliseconds that a date can have: all that is shown of time builds on that. */
function moment(value: unknown, name: string): number {
  if (typeof value !== "number") throw new ProtocolError(`"${name}" is not a number`);
  if (!(Math.abs(value) <= LIMITS.time)) throw new ProtocolError(`"${name}" is no possible time`);
  return value;
}

function duration(value: unknown, name = "duration"): number {
  if (moment(value, name) < 0) throw new ProtocolError(`"${name}" is negative`);
  return value as number;
}

function count(value: unknown, name: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw new ProtocolError(`"${name}" is not a count`);
  }
  return value as number;
}

function index(value: unknown, size: number, name = "index"): number {
  const found = count(value, name);
  if (found >= size) throw new ProtocolError(`"${name}" ${found} is out of range`);
  return found;
}

function flag(value: unknown, name: string): boolean {
  if (typeof value !== "boolean") throw new ProtocolError(`"${name}" is not a boolean`);
  return value;
}
