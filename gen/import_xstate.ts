import type { State } from "../relations/mod.ts";
import type { Imported } from "./import_original.ts";
import { checkNames, InputError, pascalCase } from "./states.ts";
import {
  called,
  invokeName,
  listOf,
  type Raw,
  readTree,
  type XNode,
  type XTransition,
} from "./xstate_tree.ts";

/** What is said elsewhere, or says nothing that could be lost. */
const KNOWN = new Set([
  ...["id", "key", "type", "initial", "states", "on", "after", "always", "onDone", "invoke"],
  ...["entry", "exit", "tags", "context", "history", "target", "transitions", "order"],
]);

/**
 * A schema from an XState 5 machine: from `machine.config`, or from what `JSON.stringify(machine)`
 * gives. Siblings exclude each other, a nested state requires its parent, a parent adds its initial
 * state, all regions of a parallel one are added; delays are timeouts, events are event states. What
 * has no twin is told in the notes.
 *
 * @throws {InputError} If it is no such machine.
 */
export function importXState(value: unknown): Imported {
  const nodes = readTree(value);
  const [root, ...states] = nodes;
  const schema: Record<string, State> = {};
  for (const node of states) if (node.type !== "history") schema[node.name] = relationsOf(node);
  const notes: string[] = [];
  const followUp: FollowUp = (name, state) => {
    if (Object.hasOwn(schema, name)) {
      throw new InputError(`Cannot import the machine: two states are "${name}"`);
    }
    schema[name] = state;
  };
  if (isPrinted(root.raw)) {
    notes.push(
      "The JSON of a machine has no context and no `always`: import its config if there are some",
    );
  }
  notes.push(`Start the machine by ${addOf(entered(root, []))}`);
  notes.push(...eventStates(nodes, schema));
  for (const node of nodes) {
    notes.push(...eventsOf(node), ...delaysOf(node, schema, followUp), ...invokesOf(node));
    notes.push(...alwaysOf(node, followUp), ...doneOf(node, followUp), ...partsOf(node));
  }
  const tags = new Set(states.flatMap(({ raw }) => listOf(raw.tags).map(String)));
  for (const tag of tags) {
    const tagged = states.filter(({ raw }) => listOf(raw.tags).map(String).includes(tag));
    const list = tagged.map(({ name }) => JSON.stringify(name)).join(", ");
    notes.push(`Tag ${tag}: ask by machine.any(${list})`);
  }
  return { schema, notes };
}

/** Adds a state that carries what happens. */
type FollowUp = (name: string, state: State) => void;

/** Whether it is what a machine prints, not its config. */
function isPrinted(root: Raw): boolean {
  return Array.isArray(root.transitions) && Array.isArray(root.entry);
}

function relationsOf(node: XNode): State {
  const real = (nodes: readonly XNode[]) =>
    nodes.filter(({ type }) => type !== "history").map(({ name }) => name);
  const parent = node.parent!;
  const add = node.type === "parallel" ? real(node.children) : [];
  if (node.initial) add.push(...path(node.initial, node).map(({ name }) => name));
  const remove = parent.type === "parallel"
    ? []
    : real(parent.children).filter((name) => name !== node.name);
  return {
    ...add.length > 0 ? { add } : {},
    ...remove.length > 0 ? { remove } : {},
    ...parent.parent === null ? {} : { require: [parent.name] },
  };
}

/** From below `above` down to the node. */
function path(node: XNode, above: XNode | null): XNode[] {
  const nodes: XNode[] = [];
  for (let at: XNode | null = node; at !== above && at !== null; at = at.parent) nodes.unshift(at);
  return nodes;
}

/** All states that are entered below a node when these are the targets, from the outside in. */
function entered(node: XNode, targets: readonly XNode[]): XNode[] {
  const below = (child: XNode) => targets.filter((target) => path(target, null).includes(child));
  const go = (child: XNode) => [child, ...entered(child, below(child))];
  const aimed = node.children.filter((child) =>
    below(child).length > 0 && child.type !== "history"
  );
  if (node.type === "parallel") {
    return node.children.filter(({ type }) => type !== "history").flatMap(go);
  }
  if (aimed.length > 0) return aimed.flatMap(go);
  const history = node.children.find((child) => targets.includes(child));
  const fallback = history?.transitions.flatMap(({ targets }) => targets) ?? [];
  if (fallback.length > 0) return entered(node, fallback);
  return node.initial ? entered(node, [node.initial]) : [];
}

/** Below which node states are left and entered. */
function domainOf({ source, targets, raw }: XTransition): XNode {
  const isWithin = (node: XNode) => path(node, null).includes(source);
  if (raw.reenter !== true && targets.every(isWithin)) return source;
  let domain: XNode = source.parent ?? source;
  while (
    domain.parent &&
    !targets.every((target) => target !== domain && path(target, null).includes(domain))
  ) {
    domain = domain.parent;
  }
  return domain;
}

/** The call that does what a transition does: the whole path, as what is active adds nothing. */
function callOf(transition: XTransition): string {
  if (transition.targets.length === 0) return "no change";
  const domain = domainOf(transition);
  const history = transition.targets.find(({ type }) => type === "history");
  const call = addOf([...path(domain, null).slice(1), ...entered(domain, transition.targets)]);
  if (!history) return call;
  const depth = history.raw.history === "deep" ? "states below it" : "child";
  return `${call} the first time, then what was the last ${depth} of ${called(history.parent!)}: ` +
    "keep it in their State handlers";
}

function addOf(nodes: readonly XNode[]): string {
  return `add(${JSON.stringify(nodes.map(({ name }) => name)).replaceAll(",", ", ")})`;
}

/** What a transition needs and does besides. */
function besides({ raw, targets }: XTransition): string {
  const { guard, actions, reenter, target: _, ...rest } = raw;
  const first = targets[0]?.name;
  const asked = first ? `in ${first}Enter` : "before";
  const lost = Object.keys(rest).filter((key) => !TRANSITION_KEYS.has(key));
  return [
    guard === undefined ? "" : `; if ${named(guard)} holds, asked ${asked}`,
    listOf(actions).length === 0 ? "" : `; it does ${listOf(actions).map(named).join(", ")}`,
    reenter === true
      ? "; it reenters: what is active has to be removed first, as an add of it does nothing"
      : "",
    lost.length === 0 ? "" : `; its ${lost.join(", ")}: there is no such thing here`,
  ].join("");
}

const TRANSITION_KEYS = new Set(["source", "eventType", "event", "delay"]);

function lines(transitions: readonly XTransition[]): string {
  return transitions.map((one) => callOf(one) + besides(one)).join("; or else ");
}

function byName(node: XNode, kind: XTransition["kind"]): Map<string, XTransition[]> {
  return Map.groupBy(node.transitions.filter((one) => one.kind === kind), ({ on }) => on);
}

function eventsOf(node: XNode): string[] {
  const where = node.parent === null ? "" : `, while it is active`;
  return [...byName(node, "event")].map(([event, list]) =>
    `${called(node)}, event ${event}${where}: ${lines(list)}`
  );
}

/** An event state for each event that can have a name; what they do is in the notes of the nodes. */
function eventStates(nodes: readonly XNode[], schema: Record<string, State>): string[] {
  const events = Map.groupBy(
    nodes.flatMap(({ transitions }) => transitions.filter(({ kind }) => kind === "event")),
    ({ on }) => on,
  );
  return [...events].flatMap(([event, transitions]) => {
    const name = eventName(event, Object.keys(schema));
    if (name === undefined) return [];
    const sources = [...new Set(transitions.map(({ source }) => source))];
    const alone = sources.length === 1 && sources[0].parent !== null;
    schema[name] = { event: true, ...alone ? { require: [sources[0].name] } : {} };
    return [
      `Event ${event}: ${name} is an event state, ${name}State does what is said below for the ` +
      "states that are active, of each region for the innermost one",
    ];
  });
}

/** The name of an event's state; undefined when it can't have one. */
function eventName(event: string, taken: readonly string[]): string | undefined {
  for (const suffix of ["", " event"]) {
    try {
      const name = pascalCase(event + suffix);
      checkNames([...taken, name]);
      return name;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return undefined;
}

function delaysOf(node: XNode, schema: Record<string, State>, followUp: FollowUp): string[] {
  const timeouts: Record<string, number> = {};
  const notes = [...byName(node, "after")].flatMap(([delay, list]) => {
    const ms = delay.trim() === "" ? NaN : Number(delay);
    const after = ms >= 0 ? `${ms} ms` : `the delay ${delay}`;
    if (node.parent === null) {
      return [`${called(node)}, after ${after}: a timer from its start on, then ${lines(list)}`];
    }
    const target = ms >= 0 ? timeoutTarget(list, schema) : undefined;
    if (target !== undefined && !Object.hasOwn(timeouts, target)) {
      timeouts[target] = ms;
      return [];
    }
    const name = pascalCase(
      `${node.name} after ${delay.replaceAll(/[^\p{L}\p{N}]+/gu, " point ")}`,
    );
    followUp(name, { event: true, require: [node.name] });
    const guarded = list.every(({ raw }) => raw.guard !== undefined);
    const asks = guarded ? `${name}Enter asks whether a guard holds, ` : "";
    const starts = ms >= 0 ? "" : `${node.name}State does e.addAfter(${delay}, "${name}"), `;
    if (ms >= 0) timeouts[name] = ms;
    return [
      `${called(node)}, after ${after}: ${name} is an event state, ${starts}${asks}` +
      `${name}State does ${lines(list)}`,
    ];
  });
  if (Object.keys(timeouts).length > 0) schema[node.name] = { ...schema[node.name], timeouts };
  return notes;
}

/** The one state whose add is all that a delay does; undefined when it does more, or asks first. */
function timeoutTarget(
  [first]: readonly XTransition[],
  schema: Readonly<Record<string, State>>,
): string | undefined {
  const { source, targets } = first;
  const domain = domainOf(first);
  if (besides(first) !== "" || targets.length === 0 || domain.type !== "compound") return undefined;
  if (targets.some(({ type }) => type === "history")) return undefined;
  const [top, ...below] = entered(domain, targets);
  // What is active already is not entered by an add.
  if (path(source, null).includes(top)) return undefined;
  const implied = new Set([top.name]);
  for (const name of implied) for (const other of schema[name].add ?? []) implied.add(other);
  const all = below.every(({ name }) => implied.has(name)) && implied.size === below.length + 1;
  return all ? top.name : undefined;
}

function invokesOf(node: XNode): string[] {
  const notes = listOf(node.raw.invoke).map((invoke) => {
    const {
      src,
      id: _,
      onDone: _done,
      onError: _error,
      onSnapshot: _snapshot,
      type: _type,
      ...rest
    } = invoke as Raw;
    const more = Object.keys(rest).length > 0 ? `, with its ${Object.keys(rest).join(", ")}` : "";
    const what = typeof src === "string" ? src : invokeName(invoke as Raw);
    return `${called(node)} invokes ${what}${more}: start it in ${
      stateHandler(node)
    }, with event.signal`;
  });
  for (
    const [kind, when] of [["invoke-done", "is done"], ["invoke-error", "fails"], [
      "snapshot",
      "changes",
    ]] as const
  ) {
    for (const [name, list] of byName(node, kind)) {
      notes.push(
        `${called(node)}, when ${name} ${when}: ${lines(list)} by the event of ${
          stateHandler(node)
        }`,
      );
    }
  }
  return notes;
}

function stateHandler(node: XNode): string {
  return node.parent === null ? "the code that starts the machine" : `${node.name}State`;
}

function alwaysOf(node: XNode, followUp: FollowUp): string[] {
  const list = node.type === "history"
    ? []
    : node.transitions.filter(({ kind }) => kind === "always");
  if (list.length === 0) return [];
  const name = `${node.name}Always`;
  followUp(name, { auto: true, require: node.parent === null ? [] : [node.name] });
  const guarded = list.every(({ raw }) => raw.guard !== undefined);
  const asks = guarded ? `${name}Enter asks whether a guard holds, ` : "";
  return [
    `${called(node)}, always: ${name} is an auto state, ${asks}${name}State does ${lines(list)}`,
  ];
}

/** The final states in which a node is done, one list for each region; null when it never is. */
function finals(node: XNode): XNode[][] | null {
  if (node.type === "compound") {
    const own = node.children.filter(({ type }) => type === "final");
    return own.length > 0 ? [own] : null;
  }
  if (node.type !== "parallel") return null;
  const all = node.children.filter(({ type }) => type !== "history").map(finals);
  return all.every((one) => one !== null) ? all.flat() : null;
}

function doneOf(node: XNode, followUp: FollowUp): string[] {
  const notes: string[] = [];
  const list = node.transitions.filter(({ kind }) => kind === "done");
  const done = finals(node);
  if (list.length > 0 && done === null) {
    notes.push(`${called(node)}.onDone: it has no final states, so that this never happens`);
  } else if (list.length > 0) {
    const name = `${node.name}Done`;
    const sure = done!.flatMap((region) => region.length === 1 ? [region[0].name] : []);
    followUp(name, { auto: true, require: sure.length > 0 ? sure : [node.name] });
    const open = done!.filter((region) => region.length > 1).map((region) =>
      `machine.any(${region.map(({ name }) => JSON.stringify(name)).join(", ")})`
    );
    const asks = open.length > 0 ? `${name}Enter asks for ${open.join(" and ")}, ` : "";
    notes.push(
      `${called(node)}, when it is done: ${name} is an auto state, ${asks}${name}State does ${
        lines(list)
      }`,
    );
  }
  if (node.parent === null && done !== null) {
    const ends = done.map((region) => region.map(({ name }) => name).join(" or ")).join(" and ");
    notes.push(`The machine is done in ${ends}: dispose of it then`);
  }
  return notes;
}

/** The rest: actions, output, data, and what has no twin. */
function partsOf(node: XNode): string[] {
  const { raw } = node;
  const notes: string[] = [];
  // The JSON lists the timers of `after` among the actions.
  const actions = (field: "entry" | "exit") =>
    listOf(raw[field]).map(named).filter((name) =>
      !["xstate.raise", "xstate.cancel"].includes(name)
    );
  const entry = actions("entry"), exit = actions("exit");
  if (entry.length > 0) {
    notes.push(`${called(node)}.entry: ${entry.join(", ")} belongs into ${stateHandler(node)}`);
  }
  if (exit.length > 0) {
    const where = node.parent === null ? "machine.onDispose" : `${node.name}End`;
    notes.push(`${called(node)}.exit: ${exit.join(", ")} belongs into ${where}`);
  }
  const initial = listOf((raw.initial as Raw | undefined)?.actions).map(named);
  if (initial.length > 0) notes.push(`${called(node)}.initial: it does ${initial.join(", ")}`);
  if (raw.context !== undefined) {
    notes.push("The machine's context: keep such data in the handlers' object");
  }
  for (const key of Object.keys(raw)) {
    const empty = raw[key] === undefined || raw[key] === null ||
      key === "version" && node.parent !== null;
    if (!KNOWN.has(key) && !empty) {
      notes.push(`${called(node)}.${key}: there is no such thing here`);
    }
  }
  if (node.type === "history") notes.push(`${node.name} is a history state: it is no state here`);
  return notes;
}

function named(one: unknown): string {
  if (typeof one === "string") return one;
  const type = (one as Raw | null)?.type;
  if (typeof type !== "string") return "a function";
  const { params } = one as Raw;
  return params === undefined ? type : `${type}(${JSON.stringify(params)})`;
}
