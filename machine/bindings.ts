import type { CompiledSchema } from "../relations/mod.ts";
import type { Engine } from "./engine.ts";
import {
  type BoundHandler,
  type HandlerFunction,
  parseHandlerName,
  takesEvent,
} from "./handlers.ts";
import { plansFor } from "./plans.ts";

/** Handlers that were bound together. */
export interface Binding extends Disposable {
  /** The names of the bound handlers. */
  readonly names: readonly string[];
  /** Takes the handlers away again; a second call does nothing. */
  unbind(): void;
}

interface Entry {
  readonly self: unknown;
  readonly functions: ReadonlyMap<string, HandlerFunction>;
}

/** All handlers of one machine. The table by slot is made anew on each change, so that a running transition keeps its own. */
export class Bindings {
  readonly #engine: Engine;
  readonly #entries: Set<Entry> = new Set();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * Binds functions by handler name.
   *
   * @throws {HandlerUnknownError} If a name belongs to no state, or could mean two things.
   */
  bind(functions: ReadonlyMap<string, HandlerFunction>, self: unknown): Binding {
    for (const name of functions.keys()) parseHandlerName(this.#engine.schema, name);
    const entry: Entry = { self, functions };
    this.#entries.add(entry);
    this.#rebuild(this.#engine.schema);
    const unbind = () => {
      if (this.#entries.delete(entry)) this.#rebuild(this.#engine.schema);
    };
    return { names: [...functions.keys()], unbind, [Symbol.dispose]: unbind };
  }

  /** Drops all. */
  clear(): void {
    this.#entries.clear();
  }

  /** The names of all bound handlers. */
  names(): Set<string> {
    return new Set([...this.#entries].flatMap((entry) => [...entry.functions.keys()]));
  }

  #rebuild(schema: CompiledSchema): void {
    const plans = plansFor(schema, this.names());
    this.#engine.setHandlers(plans, this.table(plans.handlers.names));
  }

  /** The functions by slot. */
  table(names: readonly string[]): (BoundHandler | null)[] {
    const entries = [...this.#entries].reverse();
    return names.map((name) => {
      let first: BoundHandler | null = null;
      for (const { functions, self } of entries) {
        const fn = functions.get(name);
        if (fn) first = { name, fn, self, takesEvent: takesEvent(fn), next: first };
      }
      return first;
    });
  }
}
