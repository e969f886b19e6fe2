import type { ModelSchema, ModelState, Operation, Program, Request, Step } from "./model.ts";
import type { Random } from "./random.ts";

const NAMES = ["A", "B", "C", "D", "E", "F", "G"];

/** How programs differ in kind: what is rare in one sort is common in another. */
interface Temper {
  readonly relations: number;
  readonly handlers: "none" | "few" | "selfs" | "many";
  readonly trouble: number;
}

function temper(random: Random): Temper {
  return {
    relations: random.one([1, 1, 2, 3]),
    handlers: random.one(["none", "few", "few", "selfs", "many"]),
    trouble: random.one([0, 1, 2, 4]),
  };
}

function state(
  random: Random,
  names: readonly string[],
  { relations }: Temper,
): ModelState {
  const made: { -readonly [K in keyof ModelState]: ModelState[K] } = {};
  if (random.once(8)) made.event = true;
  else {
    if (random.once(4)) made.auto = true;
    if (random.once(4)) made.multi = random.once(3) ? "latest" : true;
  }
  const kinds = random.some(["add", "remove", "remove", "require", "after"] as const, relations);
  for (const kind of kinds) made[kind] = random.some(names, 2, 1);
  return made;
}

function schema(random: Random, names: readonly string[], kind: Temper): ModelSchema {
  const all = random.once(3) ? [...names, "Exception"] : names;
  const made = Object.fromEntries(names.map((name) => [name, state(random, all, kind)]));
  if (random.once(8)) {
    made.Exception = random.once(2) ? { multi: true } : state(random, names, kind);
  }
  return made;
}

function request(random: Random, names: readonly string[]): Request {
  const op: Operation = random.one([
    "add",
    "add",
    "add",
    "add",
    "remove",
    "remove",
    "set",
    "toggle",
    "addErr",
    "canAdd",
    "canRemove",
    "canSet",
  ]);
  if (op === "addErr") return { op, states: random.some(names, 1) };
  const states = random.once(20) ? [] : random.some(names, 3, 1);
  if (random.once(30) && states.length > 0) states.push(states[0]);
  if (random.once(60)) states.push("Unknown");
  return random.once(5) ? { op, states, args: true } : { op, states };
}

function handlerNames(random: Random, names: readonly string[], kind: Temper["handlers"]) {
  const single = names.flatMap((name) =>
    ["Enter", "Exit", "State", "End"].map((suffix) => name + suffix)
  );
  const selfs = names.map((name) => name + name);
  const pairs = names.flatMap((from) => names.map((to) => from + to));
  const all = [...single, ...pairs, "AnyEnter", "AnyState"];
  switch (kind) {
    case "none":
      return [];
    case "few":
      return random.some(all, 4, 1);
    case "selfs":
      return [...new Set([...random.some(selfs, 3, 2), ...random.some(all, 1)])];
    case "many":
      return random.some(all, all.length, 6);
  }
}

/** A schema for later: all states stay, in another order, with others and new ones. */
function laterSchema(random: Random, names: readonly string[], kind: Temper): ModelSchema {
  const more = random.once(2) ? [...names, "N"] : [...names];
  return schema(random, random.once(2) ? random.some(more, more.length, more.length) : more, kind);
}

/** One relation, few handlers, and one request from many places: may it use a plan of another? */
function probingProgram(random: Random): Program {
  const names = NAMES.slice(0, 4 + random.below(2));
  const [from, to, called, ...others] = random.some(names, names.length, names.length);
  const relation = random.one(["after", "after", "require", "remove", "add"] as const);
  const schema = Object.fromEntries(
    names.map((name): [string, ModelState] => [name, name === from ? { [relation]: [to] } : {}]),
  );
  const handled = [from, ...others];
  const handlers = random.once(2)
    ? handled.map((name) => name + name)
    : handlerNames(random, names, random.one(["few", "selfs"]));
  const probe: Request = { op: random.one(["add", "add", "remove", "canAdd"]), states: [called] };
  const steps: Step[] = Array.from({ length: 6 }, () =>
    [
      { op: "set", states: random.some(names.filter((name) => name !== called), names.length, 1) },
      probe,
    ] as const).flat();
  return { schema, handlers, reject: [], panic: [], panicOnce: [], do: {}, steps };
}

/** A random program; its schema may contradict itself. */
export function randomProgram(random: Random): Program {
  if (random.once(8)) return probingProgram(random);
  const kind = temper(random);
  const names = NAMES.slice(0, 3 + random.below(NAMES.length - 2));
  const withException = [...names, "Exception"];
  const handlers = handlerNames(random, random.once(3) ? withException : names, kind.handlers);
  const trouble = () => random.some(handlers, kind.trouble);
  const program: Program = {
    schema: schema(random, names, kind),
    handlers,
    reject: trouble(),
    panic: random.once(2) ? trouble() : [],
    panicOnce: random.once(2) ? trouble() : [],
    do: Object.fromEntries(
      trouble().map((name) => [
        name,
        Array.from({ length: 1 + random.below(3) }, () => request(random, withException)),
      ]),
    ),
    steps: [],
  };
  const pool = random.once(3) ? withException : names;
  const steps: Step[] = [];
  for (let i = 2 + random.below(9); i > 0; i--) {
    // Repeats matter: the second time there is a plan.
    if (steps.length > 0 && random.once(4)) steps.push(random.one(steps));
    else if (random.once(14)) {
      steps.push({ op: "setSchema", schema: laterSchema(random, names, kind) });
    } else steps.push(request(random, pool));
  }
  return { ...program, steps };
}
