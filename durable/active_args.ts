import type { Transition } from "../mod.ts";
import type { FailedStates } from "./snapshot.ts";
import { argsText, restoredArgs } from "./stored_args.ts";

/** What is asked of the machine whose arguments are kept. */
interface Ticking {
  is(state: string): boolean;
  tick(state: string): number;
}

const NONE: ReadonlyMap<string, string> = new Map();

/** The arguments of the last call of each active state, as JSON texts, and what an error has ended. */
export class ActiveArgs {
  #texts: Map<string, string> | null = null;
  /** What the error ended that stands in the flow. */
  failed: FailedStates | null = null;

  /** By state. */
  get texts(): ReadonlyMap<string, string> {
    return this.#texts ?? NONE;
  }

  /** A transition is over; gives its arguments as a text, or `null`. */
  note(tx: Transition, changed: readonly string[], machine: Ticking): string | null {
    const given = tx.hasArgs ? argsText(tx.args) : null;
    const { enters } = tx;
    if (enters.includes("Exception")) this.#noteFailure(tx, machine);
    if (given === null && this.#texts === null) return null;
    const texts = this.#texts ??= new Map();
    for (const state of changed) {
      if (!machine.is(state)) texts.delete(state);
    }
    for (const state of enters) {
      if (given === null) texts.delete(state);
      else if (machine.is(state)) texts.set(state, given);
    }
    return given;
  }

  /** What the error ends is kept for a retry. */
  #noteFailure({ exits, enters }: Transition, machine: Ticking): void {
    const args: Record<string, Readonly<Record<string, unknown>>> = {};
    for (const state of exits) {
      const given = this.texts.get(state);
      if (given !== undefined) args[state] = JSON.parse(given);
    }
    this.failed = {
      left: Object.fromEntries(exits.map((state) => [state, machine.tick(state) - 1])),
      entered: enters.filter((state) => state !== "Exception"),
      args,
    };
  }

  /** Takes over what was stored for the active states; gives it as handlers get it. */
  restore(
    active: readonly string[],
    stored: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    failed: FailedStates | null,
  ): Record<string, Readonly<Record<string, unknown>>> {
    this.#texts = new Map();
    this.failed = failed;
    const args: Record<string, Readonly<Record<string, unknown>>> = {};
    for (const state of active) {
      if (stored[state] === undefined) continue;
      this.#texts.set(state, JSON.stringify(stored[state]));
      args[state] = restoredArgs(state, stored[state]);
    }
    return args;
  }

  /** The arguments of a state, as handlers get them. */
  of(state: string): Readonly<Record<string, unknown>> {
    const text = this.texts.get(state);
    return text === undefined ? {} : restoredArgs(state, JSON.parse(text));
  }
}
