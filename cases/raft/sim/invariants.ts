/**
 * What must hold after every step, as the paper on Raft states it (its figure 3), checked at what
 * changed in the step.
 */
import type { Entry, Log, Snapshot } from "../log.ts";

/** What is looked at of a node. */
export interface WatchedNode {
  readonly id: number;
  readonly machine: { is(state: "Leader"): boolean; isErr(): boolean; readonly err: Error | null };
  readonly ballot: { readonly term: number };
  readonly log: Pick<Log, "termAt" | "base">;
  readonly commit: number;
  readonly snapshot: Snapshot | null;
}

interface Known {
  readonly entry: Entry;
  /** The term of the entry before it. */
  readonly before: number | undefined;
}

/** An entry that is committed. */
interface Committed {
  readonly term: number;
  /** The term of the leader that committed it. */
  readonly by: number;
}

/** Watches all nodes. The first thing that is wrong is kept. */
export class Invariants {
  #violation: string | null = null;
  readonly #leaders: Map<number, number> = new Map();
  /** Index → term → the entry that all logs must have there, and the term before it. */
  readonly #entries: Map<number, Known>[] = [];
  /** By index. */
  readonly #committed: Committed[] = [{ term: 0, by: 0 }];
  /** Index → what was applied first. */
  readonly #applied: Entry[] = [];
  readonly #snapshots: Map<number, string> = new Map();

  /** What was wrong first. */
  get violation(): string | null {
    return this.#violation;
  }

  /** Entries that were committed. */
  get committed(): number {
    return this.#committed.length - 1;
  }

  /** Leaders that were elected. */
  get elected(): number {
    return this.#leaders.size;
  }

  /** Something is wrong. */
  fail(what: string): void {
    this.#violation ??= what;
  }

  /** A log was changed behind an index. Log matching: same index and term, same log up to there. */
  appended(node: number, log: Pick<Log, "termAt">, after: number, entries: readonly Entry[]): void {
    let before = log.termAt(after);
    for (const [at, entry] of entries.entries()) {
      const index = after + at + 1;
      const known = this.#entries[index] ??= new Map();
      const same = known.get(entry.term);
      if (!same) known.set(entry.term, { entry, before });
      else if (same.entry !== entry || same.before !== before) {
        this.fail(`log matching: entry ${index} of term ${entry.term} differs on node ${node}`);
      }
      before = entry.term;
    }
  }

  /** State machine safety: all apply the same. */
  applied(node: number, index: number, entry: Entry): void {
    const first = this.#applied[index] ??= entry;
    if (first !== entry) {
      this.fail(
        `state machine safety: entry ${index} is of term ${entry.term} on node ${node}, ` +
          `of term ${first.term} elsewhere`,
      );
    }
  }

  /** A node has taken a step; `nodes` are those that run. */
  stepped(node: WatchedNode, nodes: () => readonly WatchedNode[]): void {
    if (node.machine.isErr()) this.fail(`node ${node.id} failed: ${node.machine.err?.message}`);
    if (node.machine.is("Leader")) this.#leads(node);
    if (node.commit > this.committed) this.#commits(node, nodes);
    if (node.snapshot) this.#holdsSnapshot(node.id, node.snapshot.index, node.snapshot.state);
  }

  /** Election safety: a term has one leader. */
  #leads(node: WatchedNode): void {
    const { term } = node.ballot;
    const leader = this.#leaders.get(term);
    if (leader === node.id) return;
    if (leader !== undefined) {
      this.fail(`election safety: term ${term} has the leaders ${leader} and ${node.id}`);
    }
    this.#leaders.set(term, node.id);
    for (let index = this.committed; index > node.log.base.index; index--) {
      this.#complete(node, index);
    }
  }

  /** Leader completeness: who leads a later term has what was committed, however late it is elected. */
  #complete(node: WatchedNode, index: number): void {
    const { term, by } = this.#committed[index];
    if (node.ballot.term <= by || node.log.termAt(index) === term) return;
    this.fail(
      `leader completeness: entry ${index} of term ${term} is committed, ` +
        `node ${node.id} leads term ${node.ballot.term} without it`,
    );
  }

  #commits(node: WatchedNode, nodes: () => readonly WatchedNode[]): void {
    for (let index = this.committed + 1; index <= node.commit; index++) {
      const term = node.log.termAt(index);
      if (term === undefined) this.fail(`node ${node.id} commits ${index} without having it`);
      this.#committed.push({ term: term ?? 0, by: node.ballot.term });
      for (const other of nodes()) {
        const leads = other.machine.is("Leader") && index > other.log.base.index;
        if (leads) this.#complete(other, index);
      }
    }
  }

  #holdsSnapshot(node: number, index: number, state: string): void {
    const first = this.#snapshots.get(index);
    if (first === undefined) this.#snapshots.set(index, state);
    else if (first !== state) {
      this.fail(`state machine safety: node ${node} has another snapshot of entry ${index}`);
    }
  }
}
