import { keyOf } from "./flow_key.ts";
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
  /** The last change, as it came: rows are made of it when somebody asks. */
  commit: FlowCommit;
  revision: number;
  owner: string | null;
  logs: FlowLog[] | null;
}

/**
 * Keeps flows in memory: for tests, and for programs that may lose them. What it holds outlives the flows
 * that were opened on it, not the process.
 */
export class MemoryStore implements Store {
  /** Only this process can see it. */
  readonly local = true;
  /** Whether it keeps what happened. */
  readonly keepsHistory: boolean;
  readonly #flows: Map<string, Kept> = new Map();
  readonly #owners: Set<string> = new Set();
  readonly #history: number;

  /** Makes an empty store. */
  constructor(options: MemoryStoreOptions = {}) {
    this.#history = options.history ?? 100;
    this.keepsHistory = this.#history > 0;
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
      kept = { commit, revision: 0, owner, logs: null };
      this.#flows.set(key, kept);
    } else if (kept.revision !== commit.after || kept.owner !== owner) return 0;
    kept.commit = commit;
    kept.revision++;
    if (commit.ended) kept.owner = null;
    if (commit.log !== "" && this.#history > 0) {
      const logs = kept.logs ??= [];
      logs.push({ revision: kept.revision, at: commit.at, log: commit.log });
      if (logs.length > this.#history) logs.shift();
    }
    return kept.revision;
  }

  /** Takes over what nobody has. */
  claim(owner: string, { kinds, id, dead, limit }: FlowClaim): Promise<readonly FlowRow[]> {
    for (const gone of dead) this.#owners.delete(gone);
    const claimed: FlowRow[] = [];
    for (const kept of this.#flows.values()) {
      const { commit } = kept;
      const hash = kinds.get(commit.kind);
      if (commit.ended || hash === undefined || hash !== null && hash !== commit.hash) continue;
      if (id !== undefined && id !== commit.id) continue;
      if (kept.owner !== null && this.#owners.has(kept.owner)) continue;
      kept.owner = owner;
      kept.revision++;
      claimed.push(this.#rowOf(kept));
      if (claimed.length === limit) break;
    }
    return Promise.resolve(claimed);
  }

  /** One flow. */
  read(kind: string, id: string): Promise<FlowRow | undefined> {
    const kept = this.#flows.get(keyOf(kind, id));
    return Promise.resolve(kept && this.#rowOf(kept));
  }

  /** Flows by what is searched for. */
  list(query: FlowQuery): Promise<readonly FlowHead[]> {
    const found = [...this.#flows.values()].map((kept) => this.#rowOf(kept))
      .filter((row) => matches(row, query)).sort(inOrder);
    return Promise.resolve(
      found.slice(0, query.limit ?? found.length).map(({ state: _, ...head }) => head),
    );
  }

  /** What was stored before. */
  history(kind: string, id: string): Promise<readonly FlowLog[]> {
    return Promise.resolve([...this.#flows.get(keyOf(kind, id))?.logs ?? []]);
  }

  /** An owner that has left is none. */
  #rowOf({ commit, revision, owner }: Kept): FlowRow {
    const { after: _, log: _log, at, ...rest } = commit;
    const present = owner !== null && this.#owners.has(owner) ? owner : null;
    return { ...rest, revision, storedAt: at, owner: present };
  }
}
