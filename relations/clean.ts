import { isObject, shown } from "./checks.ts";
import { SchemaError, suggestion } from "./errors.ts";
import { RELATIONS, type Schema, type State } from "./schema.ts";

const FIELDS: readonly string[] = [
  ...RELATIONS,
  "auto",
  "multi",
  "event",
  "timeouts",
  "args",
  "returns",
];

/** Names that handlers of every state have: a state that gives them a second meaning is refused. */
const ANY_HANDLERS = ["AnyEnter", "AnyState"];

/**
 * Checks the form of a schema, and says as a text what it says: equal texts, equal meaning.
 *
 * @throws {SchemaError} If something has the wrong type, or a name cannot be one.
 */
export function checkSchema(schema: Schema): string {
  checkPlain(schema, "the schema");
  let text = "";
  for (const name of Object.keys(schema)) {
    if (isMoved(name)) {
      throw new SchemaError(
        `${JSON.stringify(name)} cannot be a state: JavaScript ${
          name === "__proto__" ? "swallows such a key" : "moves such keys to the front"
        }, choose a name`,
      );
    }
    const state = schema[name];
    checkPlain(state, `State ${JSON.stringify(name)}`);
    text += `${quoted(name)}{`;
    for (const field in state) {
      const value = state[field as keyof State];
      if (value === undefined) continue;
      text += `${field}${fieldText(name, field, value)}`;
    }
    text += "}";
  }
  return text;
}

/** What a field says; throws when it has the wrong type. */
function fieldText(name: string, field: string, value: unknown): string {
  if ((RELATIONS as readonly string[]).includes(field)) {
    if (!Array.isArray(value)) {
      throw new SchemaError(`${name}.${field} is not a list of state names: it is ${shown(value)}`);
    }
    let text = "";
    for (const other of value) {
      if (typeof other !== "string") throw wrong(name, field, other, "names of states");
      text += quoted(other);
    }
    return text;
  }
  switch (field) {
    case "multi":
      if (value === "latest") return value;
      // falls through
    case "auto":
    case "event":
      if (typeof value !== "boolean") throw wrong(name, field, value, "true or false");
      return String(value);
    case "timeouts":
      checkPlain(value, `${name}.timeouts`);
      return Object.entries(value as object).map(([to, ms]) => quoted(to) + timeText(name, to, ms))
        .join("");
    case "args":
    case "returns":
      checkPlain(value, `${name}.${field}`);
      return (value as { required?: boolean }).required === true ? "!" : "";
    default:
      throw new SchemaError(
        `Unknown field ${JSON.stringify(field)} in ${name}${suggestion(field, FIELDS)}`,
      );
  }
}

function timeText(name: string, to: string, ms: unknown): string {
  if (ms !== undefined && (typeof ms !== "number" || !(ms >= 0))) {
    throw wrong(name, `timeouts.${to}`, ms, "milliseconds from 0 up");
  }
  return `${ms};`;
}

function wrong(name: string, field: string, value: unknown, expected: string): SchemaError {
  return new SchemaError(`${name}.${field} is ${shown(value)}, expected ${expected}`);
}

/** A name so that texts of several names are different texts. */
function quoted(name: string): string {
  return `${name.length}:${name}`;
}

function isMoved(name: string): boolean {
  return name === "__proto__" || name === "" ||
    /^(?:0|[1-9]\d{0,9})$/.test(name) && +name < 2 ** 32 - 1;
}

/** A plain object, of whatever realm: `{ __proto__: {} }` is none. */
function checkPlain(value: unknown, what: string): void {
  const proto = isObject(value) ? Object.getPrototypeOf(value) : undefined;
  if (proto === null || isObject(proto) && Object.getPrototypeOf(proto) === null) return;
  throw new SchemaError(
    `${what} is ${shown(value)}, expected an object${isObject(value) ? " without a class" : ""}`,
  );
}

/**
 * The states of a checked schema with `Exception`: no duplicates, no self-references, `add` wins over
 * `remove`, no timeouts that are off.
 *
 * @throws {SchemaError} If it names an unknown state or contradicts itself.
 */
export function cleanStates(schema: Schema): Record<string, State> {
  const known = new Set(Object.keys(schema)).add("Exception");
  const states: Record<string, State> = {};
  for (const name of known) {
    const given = Object.hasOwn(schema, name) ? schema[name] : { multi: true };
    states[name] = cleanState(name, given, known);
  }
  for (const name of known) checkState(name, states);
  for (const handler of ANY_HANDLERS) checkHandlerName(handler, known);
  return states;
}

function cleanState(name: string, given: State, known: ReadonlySet<string>): State {
  const state: { -readonly [K in keyof State]: State[K] } = { ...given };
  for (const relation of RELATIONS) {
    const list = given[relation];
    if (list === undefined) continue;
    for (const other of list) checkName(other, `${name}.${relation}`, known);
    const others = list.length < 2 ? list : [...new Set(list)];
    state[relation] = others.includes(name)
      ? others.filter((other) => other !== name)
      : [...others];
  }
  if (state.remove && state.add) {
    const added = new Set(state.add);
    state.remove = state.remove.filter((other) => !added.has(other));
  }
  if (given.timeouts) {
    for (const to of Object.keys(given.timeouts)) checkName(to, `${name}.timeouts`, known);
    state.timeouts = Object.fromEntries(
      Object.entries(given.timeouts).filter(([, ms]) => ms !== undefined && ms !== Infinity),
    );
  }
  return state;
}

function checkName(name: string, where: string, known: ReadonlySet<string>): void {
  if (known.has(name)) return;
  throw new SchemaError(
    `Unknown state ${JSON.stringify(name)} in ${where}${suggestion(name, known)}`,
  );
}

/** Contradictions in a state and with the states that it names. */
function checkState(name: string, states: Readonly<Record<string, State>>): void {
  const { auto, multi, event, timeouts = {}, add = [], require = [], remove, args } = states[name];
  const title = `State ${JSON.stringify(name)}`;
  const removed = new Set(remove);
  const contradiction = require.find((other) => removed.has(other));
  if (contradiction !== undefined) {
    throw new SchemaError(`${title} requires and removes ${JSON.stringify(contradiction)}`);
  }
  const durations = Object.keys(timeouts);
  if (event && (multi || auto || durations.length > 0)) {
    throw new SchemaError(
      `${title} is an event, which lasts for its transition only: it cannot be multi, auto or have timeouts`,
    );
  }
  if (durations.includes(name) && !multi) {
    throw new SchemaError(`${title} names itself in timeouts, which only a multi state can`);
  }
  if (auto && args?.required) {
    throw new SchemaError(`${title} is auto, but its calls must pass arguments`);
  }
  for (const other of [...add, ...durations]) {
    if (!states[other].args?.required) continue;
    throw new SchemaError(
      `${title} adds ${JSON.stringify(other)} without the arguments that its calls must pass`,
    );
  }
}

function checkHandlerName(handler: string, known: ReadonlySet<string>): void {
  const suffix = handler.slice(3);
  const own = known.has("Any") ? `"Any" (${suffix})` : undefined;
  const pair = Array.from({ length: handler.length - 1 }, (_, i) => i + 1)
    .find((i) => known.has(handler.slice(0, i)) && known.has(handler.slice(i)));
  if (own === undefined && pair === undefined) return;
  throw new SchemaError(
    `The handler name ${handler} would mean two things: it belongs to every state and to the state ${
      own ?? `"${handler.slice(0, pair)}" (to "${handler.slice(pair)}")`
    }; rename it`,
  );
}
