/** The decisions on which safety rests, apart from the rest so that tests can get each one wrong. */
import type { Log, Position } from "./log.ts";

/** What `electedBy` needs: the way a mutation goes. */
export interface Elector {
  add(state: "Leader"): unknown;
}

/** The decisions. */
export interface Rules {
  /** Whether a log that ends there may lead one that ends here: only one that lacks nothing may. */
  upToDate(candidate: Position, own: Position): boolean;
  /** Up to where entries are committed, given up to where each node has them. */
  committed(stored: readonly number[], log: Log, term: number): number;
  /** Of a candidacy's event and the node's machine, the one through which `Leader` is added. */
  electedBy(candidacy: Elector, machine: Elector): Elector;
}

/** As it has to be. */
export const RULES: Rules = {
  upToDate: (candidate, own) =>
    candidate.term > own.term ||
    candidate.term === own.term && candidate.index >= own.index,

  /** A majority has it, and it is of this term: an older one could still be overwritten. */
  committed(stored, log, term) {
    const index = storedBy(stored, majority(stored.length));
    return log.termAt(index) === term ? index : 0;
  },

  /** The event's mutations are canceled once the candidacy is over, so a late vote elects nobody. */
  electedBy: (candidacy) => candidacy,
};

/** More than half. */
export const majority = (nodes: number): number => Math.floor(nodes / 2) + 1;

/** The last index that at least so many nodes have. */
export function storedBy(stored: readonly number[], count: number): number {
  return stored.toSorted((a, b) => b - a)[count - 1];
}
