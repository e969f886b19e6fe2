import type { AnyMachine, MutationSource, Transition } from "../../mod.ts";
import { RELATIONS } from "../../relations/mod.ts";
import { cutText, errorTexts } from "../value_text.ts";
import { LONGEST } from "./frames.ts";
import {
  type Hello,
  LIMITS,
  PROTOCOL_VERSION,
  STEP_KINDS,
  type WireError,
  type WireLog,
  type WireState,
  type WireStep,
  type WireTimer,
  type WireTransition,
} from "./protocol.ts";

/** UTF-16 units of a transition above which it is sent with less. */
const LONG = 500_000;
/** Steps, and units of their handlers' names, of a transition that was too long. */
const FEW = 1000;
const SHORT = 50;
/** Units and transitions of one batch. */
const BATCH = 900_000;
/** Transitions, or log lines, of one batch. */
export const BATCHED = 500;

/** A transition that waits to be sent. */
export interface Waiting {
  /** What the machine did. */
  readonly tx: Transition;
  /** When it began, in milliseconds since the epoch. */
  readonly time: number;
  /** How long it took, in milliseconds. */
  readonly duration: number;
  /** How long it waited in the queue, in milliseconds; `undefined` if it did not. */
  readonly waited: number | undefined;
  /** How many transitions ran meanwhile. */
  readonly behind: number | undefined;
  /** How long its handlers ran, in milliseconds, in order. */
  readonly took: readonly number[];
  /** Its arguments as texts. */
  readonly args: Readonly<Record<string, string>> | undefined;
  /** The error among its arguments. */
  readonly err: WireError | undefined;
  /** Roughly the memory that it holds. */
  readonly weight: number;
}

/** What a batch says besides what is in it. */
export interface BatchHead {
  /** The machine's number. */
  readonly machine: number;
  /** Transitions that were dropped so far. */
  readonly dropped: number;
  /** Transitions that were sent so far. */
  readonly sent: number;
}

/** What a machine says of itself besides what can be seen of it. */
export interface Introduction {
  /** The machine's number. */
  readonly number: number;
  /** Made up once. */
  readonly instance: string;
  /** The ticks that were told last. */
  readonly ticks: readonly number[];
  /** Transitions that were sent so far. */
  readonly sent: number;
  /** Named groups of states. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Whether arguments are sent. */
  readonly args: boolean;
}

/** A machine's introduction. Throws a RangeError that says what of it exceeds which limit. */
export function helloText(machine: AnyMachine, about: Introduction): string {
  const names = machine.stateNames;
  if (names.length > LIMITS.states) {
    throw new RangeError(`${names.length} states, at most ${LIMITS.states} can be shown`);
  }
  const long = names.find((name) => name.length > LIMITS.text);
  if (long !== undefined) {
    throw new RangeError(
      `a state's name has ${long.length} characters, at most ${LIMITS.text} can be shown`,
    );
  }
  let related = 0;
  for (const name of names) {
    for (const relation of RELATIONS) related += machine.schema[name][relation]?.length ?? 0;
  }
  // Each needs a digit and a comma at the least: no text is made that cannot be sent.
  if (related > LONGEST / 2) {
    throw new RangeError(`${related} relations need more room than there is`);
  }
  const indexes = new Map(names.map((name, i) => [name, i]));
  const known = (list: readonly string[] | undefined) =>
    list?.flatMap((name) => indexes.get(name) ?? []);
  const states = names.map((name): WireState => {
    const { auto, multi, event, timeouts, add, remove, require, after } = machine.schema[name];
    const pairs = Object.entries(timeouts ?? {}).flatMap(([to, ms]) => {
      const index = indexes.get(to);
      return index === undefined || ms === undefined || ms === Infinity
        ? []
        : [index, Math.min(ms, LIMITS.time)];
    });
    return {
      auto: auto === undefined ? undefined : Boolean(auto),
      // Words say how exactly; the wire says whether.
      multi: multi === undefined ? undefined : Boolean(multi),
      latest: multi === "latest" || undefined,
      event: event || undefined,
      timeouts: pairs.length > 0 ? pairs : undefined,
      add: known(add),
      remove: known(remove),
      require: known(require),
      after: known(after),
    };
  });
  const groups = Object.entries(about.groups).map(([name, list]) =>
    [cutText(name, LIMITS.text), known(list)!.slice(0, LIMITS.states)] as const
  );
  const structure = {
    tags: machine.tags.slice(0, LIMITS.list).map((tag) => cutText(String(tag), LIMITS.text)),
    names,
    states,
    ticks: about.ticks,
  };
  // Groups are the first thing that one can do without.
  for (const some of [Object.fromEntries(groups), {}]) {
    const text = JSON.stringify(introduced(machine, about, { ...structure, groups: some }));
    if (text.length <= LONGEST) return text;
  }
  throw new RangeError(
    `its states and relations need more than the ${LONGEST} characters that can be shown`,
  );
}

/** Introduces a machine that cannot be shown, so that one sees that it is there, and why. */
export function standInText(machine: AnyMachine, about: Introduction, reason: string): string {
  return JSON.stringify(introduced(machine, about, {
    tags: [cutText(`left out: ${reason}`, LIMITS.text)],
    names: ["Exception"],
    states: [{ multi: true }],
    ticks: [0],
    groups: {},
  }));
}

type Structure = Pick<Hello, "tags" | "names" | "states" | "ticks" | "groups">;

function introduced(machine: AnyMachine, about: Introduction, structure: Structure): Hello {
  return {
    kind: "hello",
    machine: about.number,
    version: PROTOCOL_VERSION,
    id: cutText(machine.id, LIMITS.text),
    instance: about.instance,
    parent: machine.parent === null ? null : cutText(machine.parent.id, LIMITS.text),
    sent: about.sent,
    args: about.args,
    ...structure,
  };
}

/** The ticks that changed, as pairs of index and tick; `told` moves on to them. */
function changes(to: readonly number[], told: number[]): number[] {
  const pairs: number[] = [];
  for (let i = 0; i < to.length; i++) {
    if (told[i] !== to[i]) pairs.push(i, told[i] = to[i]);
  }
  return pairs;
}

/** Says that ticks moved without a transition; null if none did. `told` moves on. */
export function jumpText(
  to: readonly number[],
  told: number[],
  time: number,
  lost: number,
): string | null {
  const ticks = changes(to, told);
  if (ticks.length === 0) return null;
  const jump: WireTransition = {
    id: 0,
    type: "jump",
    called: [],
    ticks,
    accepted: true,
    queue: 0,
    time: moment(time),
    duration: 0,
    lost,
  };
  return JSON.stringify(jump);
}

/**
 * A transition, and before it a jump if the ticks moved without one. `told` are the ticks that the
 * debugger knows; they move on.
 */
export function transitionTexts(
  { tx, time, duration, waited, behind, took, args, err }: Waiting,
  told: number[],
  lost: number,
): string[] {
  const jump = jumpText(tx.timeBefore, told, time, lost);
  const { type, refusedBy } = tx;
  const source = tx.source ?? thrownIn(tx);
  const wire: WireTransition = {
    id: tx.id,
    type: type === "eval" ? "set" : type,
    called: tx.called.slice(0, LIMITS.states),
    ticks: changes(tx.timeAfter, told),
    accepted: tx.accepted,
    queue: Math.min(tx.queueLength, LIMITS.queue),
    time: moment(time),
    duration: Math.max(moment(duration), 0),
    auto: tx.auto || undefined,
    check: tx.check || undefined,
    steps: stepsOf(tx, LIMITS.list * 2, LIMITS.text),
    args,
    source: source
      ? [
        cutText(source.machineId, LIMITS.text),
        source.transition,
        cutText(source.handler, LIMITS.text),
      ]
      : undefined,
    refusedBy: refusedBy === null ? undefined : cutText(refusedBy, LIMITS.text),
    timeout: tx.source?.timeout === undefined ? undefined : cutText(tx.source.timeout, LIMITS.text),
    waited: waited === undefined ? undefined : micro(waited),
    behind,
    took: took.length > 0 ? took.slice(0, LIMITS.list).map(micro) : undefined,
    err,
  };
  const text = JSON.stringify(wire);
  const fits = text.length <= LONG ? text : JSON.stringify({
    ...wire,
    steps: stepsOf(tx, FEW, SHORT),
    took: undefined,
    args: args && { "…": "too long" },
  });
  return jump === null ? [fits] : [jump, fits];
}

function stepsOf(tx: Transition, most: number, length: number): WireStep[] {
  return tx.steps.slice(0, most).map(({ kind, state, by, handler }): WireStep => [
    STEP_KINDS.indexOf(kind),
    state,
    by ?? -1,
    cutText(handler ?? "", length),
  ]);
}

/** Where an error was thrown: that is what caused its transition. */
function thrownIn({ machine, args }: Transition): MutationSource | null {
  try {
    const { transition, handler } = (args.panic ?? {}) as { transition: unknown; handler: unknown };
    return Number.isSafeInteger(transition) && typeof handler === "string"
      ? { machineId: machine.id, transition: transition as number, handler }
      : null;
  } catch {
    return null; // a getter of the program's
  }
}

/** UTF-16 units of an error's texts. */
const MESSAGE = 2000;
const STACK = 5000;

/** The error among a transition's arguments, and what caused it. Never throws. */
export function errorOf(args: Transition["args"]): WireError | undefined {
  try {
    return args.err instanceof Error ? wireError(args.err, LIMITS.causes) : undefined;
  } catch {
    return undefined; // a getter, or a revoked proxy
  }
}

function wireError(error: unknown, causes: number): WireError {
  const { name, message, stack } = errorTexts(error, STACK);
  let cause: unknown;
  try {
    cause = (error as Partial<Error>).cause;
  } catch {
    // It cannot be read.
  }
  return {
    name: cutText(name, MESSAGE),
    message: cutText(message, MESSAGE),
    ...stack !== undefined && { stack },
    ...cause !== undefined && cause !== null && causes > 0 && {
      cause: wireError(cause, causes - 1),
    },
  };
}

/** Milliseconds, to the microsecond: more is noise, and takes room. */
function micro(ms: number): number {
  return Math.max(Math.round(moment(ms) * 1000) / 1000, 0);
}

/** A clock may have been put anywhere: what is no moment becomes one. */
function moment(time: number): number {
  return Math.min(Math.max(time, -LIMITS.time), LIMITS.time) || 0;
}

/** A line of the log. */
export function logText(after: number, time: number, level: number, line: string): string {
  const log: WireLog = [after, moment(time), level, cutText(line, LIMITS.text)];
  return JSON.stringify(log);
}

/** What `machine.timers()` gives, as far as machines have it. */
interface Timed {
  readonly timers?: () => readonly {
    readonly state: string;
    readonly adds: string | readonly string[];
    readonly due: number;
  }[];
}

/** The times that run: the next ones, if they are many. */
export function timersText(machine: AnyMachine): string {
  const timers = (machine as unknown as Timed).timers?.() ?? [];
  if (timers.length === 0) return NO_TIMERS;
  const indexes = (names: readonly string[]) =>
    names.slice(0, LIMITS.timers).map((name) => machine.stateNames.indexOf(name));
  return JSON.stringify(
    timers.slice(0, LIMITS.timers).map(({ state, adds, due }): WireTimer => [
      machine.stateNames.indexOf(state),
      indexes(typeof adds === "string" ? [adds] : adds),
      moment(due),
    ]),
  );
}

/** No time runs. */
export const NO_TIMERS = "[]";

/** A batch of transitions and lines that are texts already, and of timers if they have changed. */
export function batchText(
  head: BatchHead,
  transitions: readonly string[],
  logs: readonly string[],
  timers?: string,
): string {
  const { machine, dropped, sent } = head;
  return `{"kind":"batch","machine":${machine},"dropped":${dropped},"sent":${sent},` +
    `"transitions":[${transitions.join(",")}],"logs":[${logs.join(",")}]` +
    `${timers === undefined ? "" : `,"timers":${timers}`}}`;
}

/** How many of these texts fit into one batch; at least one. */
export function fitting(texts: readonly string[], from: number): number {
  let size = 0;
  let count = 0;
  while (from + count < texts.length && count < BATCHED) {
    size += texts[from + count].length + 1;
    if (count > 0 && size > BATCH) break;
    count++;
  }
  return count;
}
