import type { State } from "../relations/mod.ts";
import type { Imported } from "./import_original.ts";
import { InputError, pascalCase } from "./states.ts";

interface Draft {
  add: string[];
  remove: string[];
  require: string[];
}

type Node = Readonly<Record<string, unknown>>;

/** What only handlers can do here. */
const HANDLED: Readonly<Record<string, string>> = {
  entry: "its actions belong into",
  invoke: "what it invokes belongs, with `event.signal`, into",
};

/**
 * A schema from an XState 5 machine's JSON: siblings exclude each other, a nested state requires
 * its parent, a parent adds its initial state, all regions of a parallel one are added.
 *
 * @throws {InputError} If it is no such machine.
 */
export function importXState(value: unknown): Imported {
  const root = node(value, "the machine");
  if (root.states === undefined) {
    throw new InputError('Cannot import the machine: "states" is missing');
  }
  const notes: string[] = [];
  const drafts = new Map<string, Draft>();
  const walk = (parent: Node, path: string, parentState: string | null) => {
    const children = Object.entries(node(parent.states ?? {}, `${path || "the machine"}.states`));
    const names = children.map(([key]) => pascalCase(`${path} ${key}`.trim()));
    const parallel = parent.type === "parallel";
    children.forEach(([key, child], i) => {
      const name = names[i];
      if (drafts.has(name)) {
        throw new InputError(`Cannot import the machine: two states are "${name}"`);
      }
      drafts.set(name, {
        add: [],
        remove: parallel ? [] : names.filter((other) => other !== name),
        require: parentState === null ? [] : [parentState],
      });
      tell(
        node(child, name),
        name,
        notes,
        (target) => resolveTarget(target, path, names, children),
      );
      walk(node(child, name), `${path} ${key}`.trim(), name);
    });
    if (parallel) {
      if (parentState) drafts.get(parentState)!.add.push(...names);
      else notes.push(`The machine is parallel: start it by add([${names.join(", ")}])`);
    } else if (typeof parent.initial === "string") {
      const initial = pascalCase(`${path} ${parent.initial}`.trim());
      if (!drafts.has(initial)) {
        throw new InputError(
          `Cannot import the machine: there is no initial state "${parent.initial}"`,
        );
      }
      if (parentState) drafts.get(parentState)!.add.push(initial);
      else notes.push(`The initial state: start the machine by add("${initial}")`);
    }
  };
  walk(root, "", null);
  if (root.on !== undefined) {
    tell({ on: root.on }, "The machine", notes, (target) => pascalCase(target));
  }
  if (root.context !== undefined) {
    notes.push("The machine's context: keep such data in the handlers' object");
  }
  const schema: Record<string, State> = {};
  for (const [name, draft] of drafts) {
    schema[name] = Object.fromEntries(
      Object.entries(draft).filter(([, list]) => list.length > 0),
    );
  }
  return { schema, notes };
}

function node(value: unknown, what: string): Node {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError(`Cannot import ${what}: expected an object`);
  }
  return value as Node;
}

function resolveTarget(
  target: string,
  path: string,
  names: readonly string[],
  children: readonly (readonly [string, unknown])[],
): string {
  const at = children.findIndex(([key]) => key === target);
  if (at !== -1) return names[at];
  return pascalCase(
    target.startsWith(".") ? `${path} ${target.slice(1)}` : target.replace(/^#/, ""),
  );
}

/** Notes what only handlers, and those who send events, can do. */
function tell(
  state: Node,
  name: string,
  notes: string[],
  target: (name: string) => string,
): void {
  const aims = (transition: unknown): string => {
    const list = Array.isArray(transition) ? transition : [transition];
    return list.map((one) => {
      const { target: to, guard, actions } = typeof one === "string"
        ? { target: one, guard: undefined, actions: undefined }
        : node(one ?? {}, `a transition of ${name}`) as Record<string, unknown>;
      const does = typeof to === "string" ? `add("${target(to)}")` : "no change";
      const extra = [
        guard && "a guard: the Enter handler",
        actions && "actions: the State handler",
      ];
      return [does, ...extra.filter(Boolean)].join(", ");
    }).join(" or ");
  };
  for (const [event, transition] of Object.entries(node(state.on ?? {}, `${name}.on`))) {
    notes.push(`${name}, event ${event}: ${aims(transition)}`);
  }
  for (const [delay, transition] of Object.entries(node(state.after ?? {}, `${name}.after`))) {
    notes.push(`${name}, after ${delay} ms: a timer in ${name}State, then ${aims(transition)}`);
  }
  if (state.always !== undefined) {
    notes.push(`${name}, always: ${aims(state.always)} in ${name}State`);
  }
  for (const [field, where] of Object.entries(HANDLED)) {
    if (state[field] !== undefined) notes.push(`${name}.${field}: ${where} ${name}State`);
  }
  if (state.exit !== undefined) notes.push(`${name}.exit: its actions belong into ${name}End`);
  if (state.type === "final") {
    notes.push(`${name} is final: its ${name}State can dispose of the machine`);
  }
  if (state.type === "history") notes.push(`${name} is a history state, which cannot be expressed`);
}
