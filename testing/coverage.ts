import type { AnyMachine, Tracer } from "../mod.ts";

/** What of something happened, and what did not. */
export interface Covered {
  /** What happened. */
  readonly seen: readonly string[];
  /** What never did. */
  readonly missed: readonly string[];
}

const RELATIONS = ["add", "remove", "require"] as const;

/** Which states, relations and handlers some machines of the same schema have used. */
export class Coverage {
  readonly #states: Map<string, boolean> = new Map();
  readonly #relations: Map<string, boolean> = new Map();
  readonly #handlers: Map<string, boolean> = new Map();

  /** Starts with nothing used; `handlers` are the names of those that should be called. */
  constructor(handlers: readonly string[] = []) {
    for (const name of handlers) this.#handlers.set(name, false);
  }

  /** The states that were active. */
  get states(): Covered {
    return covered(this.#states);
  }

  /** The relations that had an effect. `after` only orders handlers, and is not counted. */
  get relations(): Covered {
    return covered(this.#relations);
  }

  /** The handlers that were called. */
  get handlers(): Covered {
    return covered(this.#handlers);
  }

  /** Watches one more machine. */
  watch(machine: AnyMachine): void {
    for (const [name, state] of Object.entries(machine.schema)) {
      note(this.#states, name, false);
      for (const relation of RELATIONS) {
        for (const other of state[relation] ?? []) {
          note(this.#relations, `${name} ${relation} ${other}`, false);
        }
      }
    }
    for (const name of machine.activeStates()) this.#states.set(name, true);
    machine.addTracer(this.#tracer());
  }

  #tracer(): Tracer {
    return {
      steps: true,
      handlerStart: (_, name) => void this.#handlers.set(name, true),
      transitionEnd: ({ machine, accepted, check, enters, steps }) => {
        if (check) return;
        const names = machine.stateNames;
        if (accepted) { for (const state of enters) this.#states.set(state, true); }
        for (const { kind, state, by } of steps) {
          if (by === undefined) continue;
          // The state that a relation belongs to: `by` adds or removes, but requires itself.
          if (kind === "require") this.#use(`${names[state]} require ${names[by]}`);
          if (kind === "add" || kind === "remove") {
            this.#use(`${names[by]} ${kind} ${names[state]}`);
          }
        }
        // A require that holds is as much used as one that does not.
        if (!accepted) return;
        for (const state of enters) {
          for (const other of machine.schema[state].require ?? []) {
            this.#use(`${state} require ${other}`);
          }
        }
      },
    };
  }

  #use(relation: string): void {
    if (this.#relations.has(relation)) this.#relations.set(relation, true);
  }

  /** A line for each of the three, with what is missing. */
  toString(): string {
    return Object.entries({
      states: this.states,
      relations: this.relations,
      handlers: this.handlers,
    }).map(([what, { seen, missed }]) =>
      `${what}: ${seen.length} of ${seen.length + missed.length}` +
      (missed.length > 0 ? `, never ${missed.join(", ")}` : "")
    ).join("\n");
  }
}

function note(map: Map<string, boolean>, name: string, seen: boolean): void {
  if (!map.has(name)) map.set(name, seen);
}

function covered(map: ReadonlyMap<string, boolean>): Covered {
  const names = (wanted: boolean) =>
    [...map].filter(([, seen]) => seen === wanted).map(([name]) => name);
  return { seen: names(true), missed: names(false) };
}
