import {
  type Hello,
  LIMITS,
  PROTOCOL_VERSION,
  ProtocolError,
  TRANSITION_TYPES,
  type WireError,
  type WireMessage,
  type WireState,
  type WireTransition,
} from "../telemetry/debugger/protocol.ts";

/*
 * Lines that any program can write, as messages of the wire:
 *
 *     {"machine":"web","states":{"Idle":{},"Busy":{"remove":["Idle"]}}}
 *     {"machine":"web","at":1764057600000,"active":["Busy"]}
 *
 * The first line of a machine has its states: a list of names, or a schema. Each other line is what was
 * active at a moment; `type`, `called`, `accepted`, `duration`, `args`, `error`, `by` and `log` may be there.
 */

interface Told {
  readonly machine: number;
  readonly indexes: ReadonlyMap<string, number>;
  readonly states: readonly WireState[];
  readonly ticks: number[];
  transitions: number;
}

type Line = Readonly<Record<string, unknown>>;

const RELATIONS = ["add", "remove", "require", "after"] as const;
const FLAGS = ["auto", "multi", "event"] as const;

/** Whether a line of a file is such a line, and none of the wire's. */
export function isPlainLine(value: unknown): value is Line {
  return typeof value === "object" && value !== null && !("kind" in value) &&
    typeof (value as Line).machine === "string";
}

/** Makes messages of the lines of one file. */
export class PlainLines {
  readonly #machines = new Map<string, Told>();

  /**
   * The message that a line stands for.
   *
   * @throws {ProtocolError} That says what is wrong with it.
   */
  message(line: Line): WireMessage {
    const id = line.machine as string;
    if (line.states !== undefined) return this.#hello(id, line);
    const told = this.#machines.get(id);
    if (told === undefined) {
      throw new ProtocolError(`the first line of machine ${JSON.stringify(id)} has to have states`);
    }
    const transition = transitionOf(told, line);
    const { machine } = told;
    const logs = line.log === undefined
      ? []
      : [[transition.id, transition.time, 1, text(line.log)] as const];
    return { kind: "batch", machine, dropped: 0, transitions: [transition], logs };
  }

  #hello(id: string, line: Line): Hello {
    if (this.#machines.has(id)) {
      throw new ProtocolError(`machine ${JSON.stringify(id)} has its states already`);
    }
    const given = line.states as Record<string, Line> | readonly string[];
    const names = Array.isArray(given) ? given : Object.keys(object(given, "states"));
    const indexes = new Map(names.map((name, i) => [text(name), i]));
    const states = names.map((name) =>
      Array.isArray(given)
        ? {}
        : stateOf(indexes, object((given as Record<string, Line>)[name], `states.${name}`))
    );
    const machine = this.#machines.size;
    const ticks = names.map(() => 0);
    this.#machines.set(id, { machine, indexes, states, ticks, transitions: 0 });
    return {
      kind: "hello",
      machine,
      version: PROTOCOL_VERSION,
      id,
      instance: `lines-${machine}`,
      parent: typeof line.parent === "string" ? line.parent : null,
      tags: Array.isArray(line.tags) ? line.tags.map(text) : [],
      names,
      states,
      ticks: [...ticks],
      groups: {},
      args: true,
    };
  }
}

function stateOf(indexes: ReadonlyMap<string, number>, given: Line): WireState {
  const relations = RELATIONS.filter((relation) => given[relation] !== undefined)
    .map((relation) => [relation, indexesOf(indexes, given[relation], relation)]);
  const flags = FLAGS.filter((flag) => given[flag]).map((flag) => [flag, true]);
  return Object.fromEntries([...flags, ...relations]);
}

function transitionOf(told: Told, line: Line): WireTransition {
  const { indexes, states, ticks } = told;
  const type = line.type ?? "set";
  if (!(TRANSITION_TYPES as readonly unknown[]).includes(type) || type === "jump") {
    throw new ProtocolError(`type is ${JSON.stringify(type)}, expected add, remove or set`);
  }
  const active = new Set(indexesOf(indexes, line.active, "active"));
  const called = line.called === undefined
    ? [...active]
    : indexesOf(indexes, line.called, "called");
  const moved: number[] = [];
  ticks.forEach((tick, state) => {
    const again = states[state].multi && type !== "remove" && line.called !== undefined &&
      called.includes(state);
    if ((tick % 2 === 1) !== active.has(state)) ticks[state]++;
    else if (active.has(state) && again) ticks[state] += 2;
    else return;
    moved.push(state, ticks[state]);
  });
  const args = line.args === undefined ? undefined : Object.entries(object(line.args, "args"));
  return {
    id: ++told.transitions,
    type: type as WireTransition["type"],
    called,
    ticks: moved,
    accepted: line.accepted !== false,
    queue: 0,
    time: momentOf(line.at),
    duration: typeof line.duration === "number" && line.duration >= 0 ? line.duration : 0,
    ...(args &&
      { args: Object.fromEntries(args.map(([name, value]) => [text(name), shown(value)])) }),
    ...(line.error !== undefined && { err: errorOf(line.error) }),
    ...(line.by !== undefined && { source: sourceOf(object(line.by, "by")) }),
  };
}

function sourceOf(by: Line): WireTransition["source"] {
  const { machine, transition, handler = "" } = by;
  if (typeof machine === "string" && Number.isSafeInteger(transition) && Number(transition) > 0) {
    return [machine, transition as number, text(handler)];
  }
  throw new ProtocolError(
    'by has to be {"machine": its id, "transition": the number of its line, "handler": a name}',
  );
}

function errorOf(error: unknown): WireError {
  if (typeof error === "string") return { name: "Error", message: text(error) };
  const { name = "Error", message = "", stack } = object(error, "error");
  return {
    name: text(name),
    message: text(message),
    ...(stack !== undefined && { stack: text(stack) }),
  };
}

function momentOf(at: unknown): number {
  const moment = typeof at === "string" ? Date.parse(at) : at;
  if (typeof moment === "number" && Math.abs(moment) <= LIMITS.time) return moment;
  throw new ProtocolError(`at is ${JSON.stringify(at)}, expected ms since 1970 or a date`);
}

function indexesOf(
  indexes: ReadonlyMap<string, number>,
  names: unknown,
  what: string,
): readonly number[] {
  if (!Array.isArray(names)) throw new ProtocolError(`${what} is no list of states`);
  return names.map((name) => {
    const index = indexes.get(name);
    if (index !== undefined) return index;
    throw new ProtocolError(`${what} has ${JSON.stringify(name)}, which is none of the states`);
  });
}

function object(value: unknown, what: string): Line {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Line;
  throw new ProtocolError(`${what} is no object`);
}

/** Texts are cut to what the wire takes. */
function text(value: unknown): string {
  if (typeof value !== "string") throw new ProtocolError(`${JSON.stringify(value)} is no text`);
  return value.slice(0, LIMITS.text);
}

function shown(value: unknown): string {
  return (typeof value === "string" ? value : JSON.stringify(value) ?? "").slice(0, LIMITS.text);
}
