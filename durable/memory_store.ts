import { inOrder, matches } from "./query.ts";
import type {
  FlowClaim,
  FlowCommit,
  FlowHead,
  FlowLog,
  FlowQuery,
  FlowRow,
  OwnerHead,
  Store,
} from "./store.ts";

/** Settings of a {@linkcode MemoryStore}. */
export interface MemoryStoreOptions {
  /** How many commits of each flow are kept to look at. @default {100} */
  readonly history?: number | undefined;
}

interface Kept {
  row: FlowRow;
  logs: FlowLog[];
}

/**
 * Keeps flows in memory: for tests, and for programs that may lose them. What it holds outlives the flows
 * that were opened on it, not the process.
 */
export class MemoryStore implements Store {
  /** Only this process can see it. */
  readonly local = true;
  readonly #flows: Map<string, Kept> = new Map();
  readonly #owners: Set<string> = new Set();
  readonly #history: number;

  /** Makes an empty store. */
  constructor(options: MemoryStoreOptions = {}) {
    this.#history = options.history ?? 100;
  }

  /** Begins to own. */
  join(owner: string): Promise<void> {
    this.#owners.add(owner);
    return Promise.resolve();
  }

  /** A sign of life; nobody else can have taken over. */
  beat(owner: string): Promise<boolean> {
    return Promise.resolve(this.#owners.has(owner));
  }

  /** Ceases to own. */
  leave(owner: string): Promise<void> {
    this.#owners.delete(owner);
    return Promise.resolve();
  }

  /** All owners. */
  owners(): Promise<readonly OwnerHead[]> {
    return Promise.resolve([...this.#owners].map((owner) => ({ owner, beat: 0, until: Infinity })));
  }

  /** Stores changes. */
  commit(owner: string, commits: readonly FlowCommit[]): Promise<readonly number[]> {
    return Promise.resolve(commits.map((commit) => this.#store(owner, commit)));
  }

  #store(owner: string, commit: FlowCommit): number {
    const key = keyOf(commit.kind, commit.id);
    let kept = this.#flows.get(key);
    if (kept === undefined) {
      if (commit.after !== 0) return 0;
      kept = { row: rowOf(commit, owner), logs: [] };
      this.#flows.set(key, kept);
    } else {
      if (kept.row.revision !== commit.after || kept.row.owner !== owner) return 0;
      kept.row = rowOf(commit, owner);
    }
    if (commit.log !== "" && this.#history > 0) {
      kept.logs.push({ revision: kept.row.revision, at: commit.at, log: commit.log });
      if (kept.logs.length > this.#history) kept.logs.shift();
    }
    return kept.row.revision;
  }

  /** Takes over what nobody has. */
  claim(owner: string, { kinds, id, dead, limit }: FlowClaim): Promise<readonly FlowRow[]> {
    for (const gone of dead) this.#owners.delete(gone);
    const claimed: FlowRow[] = [];
    for (const kept of this.#flows.values()) {
      const { row } = kept;
      const hash = kinds.get(row.kind);
      if (row.ended || hash === undefined || hash !== null && hash !== row.hash) continue;
      if (id !== undefined && id !== row.id) continue;
      if (row.owner !== null && this.#owners.has(row.owner)) continue;
      kept.row = { ...row, owner, revision: row.revision + 1 };
      claimed.push(kept.row);
      if (claimed.length === limit) break;
    }
    return Promise.resolve(claimed);
  }

  /** One flow. */
  read(kind: string, id: string): Promise<FlowRow | undefined> {
    const row = this.#flows.get(keyOf(kind, id))?.row;
    return Promise.resolve(row && this.#seen(row));
  }

  /** Flows by what is searched for. */
  list(query: FlowQuery): Promise<readonly FlowHead[]> {
    const found = [...this.#flows.values()].map(({ row }) => row)
      .filter((row) => matches(row, query)).sort(inOrder);
    return Promise.resolve(
      found.slice(0, query.limit ?? found.length).map(({ state: _, ...head }) => this.#seen(head)),
    );
  }

  /** What was stored before. */
  history(kind: string, id: string): Promise<readonly FlowLog[]> {
    return Promise.resolve([...this.#flows.get(keyOf(kind, id))?.logs ?? []]);
  }

  /** An owner that has left is none. */
  #seen<R extends FlowHead>(row: R): R {
    return row.owner === null || this.#owners.has(row.owner) ? row : { ...row, owner: null };
  }
}

/** Ids may hold any character. */
function keyOf(kind: string, id: string): string {
  return `${kind.length}/${kind}/${id}`;
}

function rowOf({ after, log: _, at, ...rest }: FlowCommit, owner: string): FlowRow {
  return { ...rest, revision: after + 1, storedAt: at, owner: rest.ended ? null : owner };
}
