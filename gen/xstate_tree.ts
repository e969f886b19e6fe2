import { InputError, pascalCase } from "./states.ts";

/** A state node of an XState machine. */
export interface XNode {
  /** The state's name here; empty for the machine itself. */
  readonly name: string;
  readonly key: string;
  readonly type: "atomic" | "compound" | "parallel" | "final" | "history";
  readonly parent: XNode | null;
  readonly children: XNode[];
  /** What was given, in either form. */
  readonly raw: Raw;
  readonly transitions: XTransition[];
  /** The child that it starts with, if there is one. */
  initial: XNode | null;
}

/** What may happen in a state, and where it leads. */
export interface XTransition {
  readonly source: XNode;
  readonly kind:
    | "event"
    | "after"
    | "always"
    | "done"
    | "invoke-done"
    | "invoke-error"
    | "snapshot";
  /** The event's name, the delay or the invoke's name. */
  readonly on: string;
  readonly targets: readonly XNode[];
  readonly raw: Raw;
}

/** An object of unknown content. */
export type Raw = Readonly<Record<string, unknown>>;

/**
 * The nodes of a machine, the machine itself first, from its config or from what
 * `JSON.stringify(machine)` gives.
 *
 * @throws {InputError} If it is no such machine, or a target does not exist.
 */
export function readTree(value: unknown): XNode[] {
  const raw = object(value, "the machine");
  if (raw.states === undefined) {
    throw new InputError('Cannot import the machine: "states" is missing');
  }
  const ids = new Map<string, XNode>();
  const nodes: XNode[] = [];
  const rootId = typeof raw.id === "string" ? raw.id : "(machine)";
  const walk = (raw: Raw, key: string, parent: XNode | null, path: readonly string[]): XNode => {
    const children = Object.entries(
      object(raw.states ?? {}, `${path.join(".") || "the machine"}.states`),
    );
    const node: XNode = {
      name: parent === null ? "" : pascalCase(path.join(" ")),
      key,
      type: typeOf(raw, children.length),
      parent,
      children: [],
      raw,
      transitions: [],
      initial: null,
    };
    const double = nodes.some(({ name }) => name === node.name);
    if (double) throw new InputError(`Cannot import the machine: two states are "${node.name}"`);
    nodes.push(node);
    ids.set([rootId, ...path].join("."), node);
    if (typeof raw.id === "string") ids.set(raw.id, node);
    for (const [key, child] of children) {
      const own = [...path, key];
      node.children.push(walk(object(child, `the state ${own.join(".")}`), key, node, own));
    }
    return node;
  };
  walk(raw, rootId, null, []);
  for (const node of nodes) {
    node.initial = initialOf(node, ids);
    node.transitions.push(...transitionsOf(node, ids));
  }
  return nodes;
}

/** An object, or an error that says what was expected to be one. */
export function object(value: unknown, what: string): Raw {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError(`Cannot import ${what}: expected an object`);
  }
  return value as Raw;
}

/** A list, when one or none may be given without. */
export function listOf(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

function typeOf(raw: Raw, children: number): XNode["type"] {
  const { type } = raw;
  if (type === "parallel" || type === "final" || type === "history") return type;
  return children > 0 ? "compound" : "atomic";
}

function initialOf(node: XNode, ids: ReadonlyMap<string, XNode>): XNode | null {
  if (node.type !== "compound") return null;
  const { initial } = node.raw;
  const target = typeof initial === "object" && initial !== null
    ? listOf((initial as Raw).target)[0]
    : initial;
  if (typeof target !== "string") return null;
  const found = target.startsWith("#") ? find(node, target, ids) : descend(node, target);
  if (found) return found;
  throw new InputError(
    `Cannot import the machine: there is no initial state "${target}" in ${called(node)}`,
  );
}

function transitionsOf(node: XNode, ids: ReadonlyMap<string, XNode>): XTransition[] {
  const found: XTransition[] = [];
  const add = (kind: XTransition["kind"], on: string, given: unknown) => {
    for (const one of listOf(given)) {
      const raw = typeof one === "string"
        ? { target: one }
        : object(one, `a transition of ${called(node)}`);
      const targets = listOf(raw.target).map((target) => {
        const to = typeof target === "string" ? find(node, target, ids) : undefined;
        if (to) return to;
        throw new InputError(
          `Cannot import the machine: ${called(node)} leads to ${
            JSON.stringify(target)
          }, which is no state`,
        );
      });
      found.push({ source: node, kind, on, targets, raw });
    }
  };
  const { raw } = node;
  for (const [event, given] of Object.entries(object(raw.on ?? {}, `${called(node)}.on`))) {
    // What the JSON calls the events of delays, of done states and of invoked actors.
    const [, kind, rest] =
      event.match(/^xstate\.(after|done\.state|done\.actor|error\.actor|snapshot)\.(.*)$/) ?? [];
    if (kind === "after") {
      for (const one of listOf(given)) add("after", String((one as Raw).delay ?? rest), one);
    } else if (kind === undefined) add("event", event, given);
    else add(KINDS[kind], kind === "done.state" ? "" : rest, given);
  }
  for (const [delay, given] of Object.entries(object(raw.after ?? {}, `${called(node)}.after`))) {
    add("after", delay, given);
  }
  add("always", "", raw.always);
  add("done", "", raw.onDone);
  for (const given of listOf(raw.invoke)) {
    const invoke = object(given, `${called(node)}.invoke`);
    add("invoke-done", invokeName(invoke), invoke.onDone);
    add("invoke-error", invokeName(invoke), invoke.onError);
    add("snapshot", invokeName(invoke), invoke.onSnapshot);
  }
  // A history node's own target is where it leads when there is no history.
  if (node.type === "history") add("always", "", raw.target);
  return found;
}

const KINDS: Readonly<Record<string, XTransition["kind"]>> = {
  "done.state": "done",
  "done.actor": "invoke-done",
  "error.actor": "invoke-error",
  snapshot: "snapshot",
};

/** How an invoke is called in notes. */
export function invokeName(invoke: Raw): string {
  const { id, src } = invoke;
  return typeof id === "string" ? id : typeof src === "string" ? src : "what it invokes";
}

/** How a node is called in notes. */
export function called(node: XNode): string {
  return node.parent === null ? "The machine" : node.name;
}

function find(from: XNode, target: string, ids: ReadonlyMap<string, XNode>): XNode | undefined {
  if (target.startsWith("#")) {
    const parts = target.slice(1).split(".");
    for (let length = parts.length; length > 0; length--) {
      const node = ids.get(parts.slice(0, length).join("."));
      if (node) return descend(node, parts.slice(length).join("."));
    }
    return undefined;
  }
  if (target.startsWith(".")) return descend(from, target.slice(1));
  return from.parent === null ? undefined : descend(from.parent, target);
}

function descend(from: XNode, path: string): XNode | undefined {
  let node: XNode | undefined = from;
  for (const key of path === "" ? [] : path.split(".")) {
    node = node?.children.find((child) => child.key === key);
  }
  return node;
}
