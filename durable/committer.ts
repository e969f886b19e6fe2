import { delay } from "../clock/mod.ts";
import { StoreError } from "./errors.ts";
import type { LiveFlow } from "./live_flow.ts";
import type { FlowCommit, Store } from "./store.ts";

/** At most so many flows are stored at once. */
const BATCH = 1000;
/** So many failures in a row are the store's. */
const GIVE_UP = 3;
/** How long it waits after a failure, in milliseconds: doubled each time. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 5_000;

/** Who stores, and is told of it. */
export interface CommitterOwner {
  /** The owner's name in the store. */
  readonly owner: string;
  /** The store. */
  readonly store: Store;
  /** A commit was refused: somebody else has the flow, or, when it is new, it exists already. */
  refused(flow: LiveFlow, commit: FlowCommit): void;
  /** So many flows were stored at once, so many ms after they asked for it. */
  storedSome(flows: number, lag: number): void;
  /** The store failed; it is tried again. */
  storeFailed(error: StoreError): void;
}

/**
 * Stores what flows have to store: all that is there at once, one batch after the other. It waits a few
 * turns for others to come, since flows that go on together have to be stored together.
 */
export class Committer {
  readonly #owner: CommitterOwner;
  #waiting: Set<LiveFlow> = new Set();
  #since = 0;
  #running: Promise<void> | null = null;
  #pause = FIRST_PAUSE;
  #cancelRetry: (() => void) | null = null;
  #closed = false;

  constructor(owner: CommitterOwner) {
    this.#owner = owner;
  }

  /** A flow has something to store. */
  add(flow: LiveFlow): void {
    if (this.#waiting.size === 0) this.#since = performance.now();
    this.#waiting.add(flow);
    if (this.#running === null && !this.#closed) this.#start();
  }

  /** Resolves when nothing is under way; what could not be stored is left. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  /** Stores nothing more. */
  close(): void {
    this.#closed = true;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#waiting.clear();
  }

  #start(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#closed) {
      await this.#gather();
      const flows = [...this.#waiting].slice(0, BATCH);
      for (const flow of flows) this.#waiting.delete(flow);
      const since = this.#since;
      this.#since = performance.now();
      const failed = await this.#store(flows);
      if (failed.length === 0) {
        this.#pause = FIRST_PAUSE;
        this.#owner.storedSome(flows.length, performance.now() - since);
        continue;
      }
      if (this.#closed) break;
      for (const flow of failed) this.#waiting.add(flow);
      this.#cancelRetry = delay(this.#pause, () => this.#start());
      this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2);
      break;
    }
    this.#running = null;
  }

  /** Waits while more flows come. */
  async #gather(): Promise<void> {
    let before = 0;
    do {
      before = this.#waiting.size;
      for (let turn = 0; turn < 4; turn++) await null;
    } while (this.#waiting.size > before && this.#waiting.size < BATCH);
  }

  /** Those that could not be stored. */
  async #store(flows: readonly LiveFlow[]): Promise<readonly LiveFlow[]> {
    const { store, owner } = this.#owner;
    const taken: { readonly flow: LiveFlow; readonly commit: FlowCommit }[] = [];
    for (const flow of flows) {
      const commit = this.#take(flow);
      if (commit !== null) taken.push({ flow, commit });
    }
    if (taken.length === 0) return [];
    try {
      const revisions = await store.commit(owner, taken.map(({ commit }) => commit));
      taken.forEach(({ flow, commit }, i) => this.#done(flow, commit, revisions[i]));
      return [];
    } catch (error) {
      if (taken.length === 1) return [this.#failed(taken[0].flow, error)];
      taken.forEach(({ flow }) => flow.putBack());
      return await this.#storeEach(taken.map(({ flow }) => flow), error);
    }
  }

  /** One of them may be the reason: each is tried alone, until it is clear that it is the store. */
  async #storeEach(flows: readonly LiveFlow[], error: unknown): Promise<readonly LiveFlow[]> {
    const failed: LiveFlow[] = [];
    let inARow = 0;
    for (const flow of flows) {
      const again = inARow === GIVE_UP ? [this.#failed(flow, error)] : await this.#store([flow]);
      inARow = again.length === 0 ? 0 : Math.min(GIVE_UP, inARow + 1);
      failed.push(...again);
    }
    return failed;
  }

  #failed(flow: LiveFlow, error: unknown): LiveFlow {
    const why = (error as Error)?.message ?? error;
    const failure = new StoreError(`Cannot store flow "${flow.kind}/${flow.id}": ${why}`, {
      cause: error,
    });
    flow.notStored(failure);
    this.#owner.storeFailed(failure);
    return flow;
  }

  #take(flow: LiveFlow): FlowCommit | null {
    if (flow.stopped !== null) return null;
    try {
      return flow.take();
    } catch (error) {
      flow.stop(error as Error);
      return null;
    }
  }

  #done(flow: LiveFlow, commit: FlowCommit, revision: number): void {
    if (revision === 0) this.#owner.refused(flow, commit);
    else flow.wasStored(revision, commit.ended);
  }
}
