import type { Transition } from "../mod.ts";
import type { FailedStates } from "./snapshot.ts";
import { argsText, restoredArgs } from "./stored_args.ts";

/** What is asked of the machine whose arguments are kept. */
interface Ticking {
  is(state: string): boolean;
  tick(state: string): number;
}

/** The arguments of the last call of each active state, as JSON texts, and what an error has ended. */
export class ActiveArgs {
  readonly texts: Map<string, string> = new Map();
  /** What the error ended that stands in the flow. */
  failed: FailedStates | null = null;

  /** A transition is over; gives its arguments as a text, or `null`. */
  note(tx: Transition, changed: readonly string[], machine: Ticking): string | null {
    const given = tx.hasArgs ? argsText(tx.args) : null;
    const { enters } = tx;
    if (enters.includes("Exception")) this.#noteFailure(tx.exits, machine);
    for (const state of changed) {
      if (!machine.is(state)) this.texts.delete(state);
    }
    for (const state of enters) {
      if (given === null) this.texts.delete(state);
      else if (machine.is(state)) this.texts.set(state, given);
    }
    return given;
  }

  /** What the error ends is kept for a retry. */
  #noteFailure(exits: readonly string[], machine: Ticking): void {
    const args: Record<string, Readonly<Record<string, unknown>>> = {};
    for (const state of exits) {
      const given = this.texts.get(state);
      if (given !== undefined) args[state] = JSON.parse(given);
    }
    this.failed = {
      left: Object.fromEntries(exits.map((state) => [state, machine.tick(state) - 1])),
      args,
    };
  }

  /** Takes over what was stored for the active states; gives it as handlers get it. */
  restore(
    active: readonly string[],
    stored: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    failed: FailedStates | null,
  ): Record<string, Readonly<Record<string, unknown>>> {
    this.texts.clear();
    this.failed = failed;
    const args: Record<string, Readonly<Record<string, unknown>>> = {};
    for (const state of active) {
      if (stored[state] === undefined) continue;
      this.texts.set(state, JSON.stringify(stored[state]));
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
