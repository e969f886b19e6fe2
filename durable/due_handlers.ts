import type { DueHandler } from "../mod.ts";
import { argsText } from "./stored_args.ts";

/** A handler that is due, or runs, and that no activation calls again after a crash. */
export interface StoredDue extends DueHandler {
  /** The tick of its state when it was due. */
  readonly tick: number;
}

/** The event of such a handler. */
interface DueEvent {
  readonly name: string;
  readonly tick: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** `FooEnd` handlers, and those of events, from their transition until they have settled. */
export class DueHandlers {
  readonly #all: Set<StoredDue> = new Set();
  /** Those that are to be called again. */
  #again: StoredDue[] = [];

  /** How many there are. */
  get size(): number {
    return this.#all.size;
  }

  /** As they are stored. */
  get list(): readonly StoredDue[] {
    return [...this.#all];
  }

  /** One is due. */
  add({ name, tick, args }: DueEvent): StoredDue {
    const due = {
      handler: name,
      tick,
      ...(Object.keys(args).length === 0 ? {} : { args: JSON.parse(argsText(args)) }),
    };
    this.#all.add(due);
    return due;
  }

  /** Takes over what was stored: they are called again, in this order. */
  restore(stored: readonly StoredDue[]): void {
    this.#all.clear();
    for (const due of stored) this.#all.add(due);
    this.#again = [...stored];
  }

  /** The one that is called again now. */
  next(handler: string): StoredDue | undefined {
    const at = this.#again.findIndex((due) => due.handler === handler);
    return at === -1 ? undefined : this.#again.splice(at, 1)[0];
  }

  /** It has settled. */
  remove(due: StoredDue): void {
    this.#all.delete(due);
  }
}
