import type { MutationSource } from "./mutation.ts";

/** A transition while it runs: during the synchronous part of a handler it is the source of mutations. */
export interface Handling {
  /** The running handler as a source; `null` between handlers. */
  readonly source: MutationSource | null;
  /** How many transitions of several machines are nested, this one included. */
  readonly depth: number;
}

/** The innermost transition of all machines. JavaScript runs one thing at a time: there is only one. */
let innermost: Handling | null = null;

/** A transition, or a drain, begins; returns what to go back to. */
export function enter(handling: Handling): Handling | null {
  const outer = innermost;
  innermost = handling;
  return outer;
}

/** Goes back to what was before `enter`. */
export function leave(outer: Handling | null): void {
  innermost = outer;
}

/** What runs now; `null` outside of all transitions. */
export function running(): Handling | null {
  return innermost;
}
