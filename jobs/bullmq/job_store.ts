import {
  type FlowClaim,
  type FlowCommit,
  type FlowHead,
  type FlowLog,
  type FlowQuery,
  type FlowRow,
  MemoryStore,
  type OwnerHead,
  type Store,
} from "../../durable/mod.ts";
import type { JobProgress, QueueJob } from "./job.ts";

/** Who wrote what is found in a job: an owner that is not alive any more. */
const BEFORE = "an earlier attempt";

/**
 * A store for the one flow of a job: each of its commits is a checkpoint in the job's progress. What an
 * attempt stores once it has failed is no checkpoint, so the next attempt begins where it was before.
 */
export class JobStore implements Store {
  readonly local = true;
  readonly #job: QueueJob;
  readonly #fence: () => Promise<boolean>;
  readonly #memory = new MemoryStore({ history: 0 });

  /** Whether what was stored with an error is no checkpoint. */
  readonly #retry: boolean;

  /** @param fence Whether the job is still this worker's. */
  constructor(job: QueueJob, fence: () => Promise<boolean>, retry: boolean) {
    this.#job = job;
    this.#fence = fence;
    this.#retry = retry;
  }

  /** Takes over what an earlier attempt has left. */
  async restore(kind: string, id: string): Promise<void> {
    const checkpoint = checkpointOf(this.#job.progress);
    if (checkpoint === null) return;
    const { hash, active, state, due, failed } = checkpoint;
    await this.#memory.join(BEFORE);
    await this.#memory.commit(BEFORE, [{
      kind,
      id,
      after: 0,
      hash,
      active,
      tags: [],
      due,
      ended: false,
      failed,
      state,
      log: "",
      at: Date.now(),
    }]);
    await this.#memory.leave(BEFORE);
  }

  async commit(owner: string, commits: readonly FlowCommit[]): Promise<readonly number[]> {
    const last = commits.at(-1);
    if (last !== undefined && !(this.#retry && commits.some(({ failed }) => failed))) {
      if (!await this.#fence()) return commits.map(() => 0);
      const { hash, active, state, due, failed } = last;
      const checkpoint = { hash, active, state, due, failed };
      await this.#job.updateProgress({ states: active, checkpoint } satisfies JobProgress);
    }
    return await this.#memory.commit(owner, commits);
  }

  join(owner: string): Promise<void> {
    return this.#memory.join(owner);
  }

  beat(owner: string): Promise<boolean> {
    return this.#memory.beat(owner);
  }

  leave(owner: string): Promise<void> {
    return this.#memory.leave(owner);
  }

  owners(): Promise<readonly OwnerHead[]> {
    return this.#memory.owners();
  }

  claim(owner: string, claim: FlowClaim): Promise<readonly FlowRow[]> {
    return this.#memory.claim(owner, claim);
  }

  read(kind: string, id: string): Promise<FlowRow | undefined> {
    return this.#memory.read(kind, id);
  }

  list(query: FlowQuery): Promise<readonly FlowHead[]> {
    return this.#memory.list(query);
  }

  history(kind: string, id: string): Promise<readonly FlowLog[]> {
    return this.#memory.history(kind, id);
  }
}

/** The checkpoint in a job's progress: anybody may have written there, so its shape is looked at. */
function checkpointOf(progress: unknown): JobProgress["checkpoint"] | null {
  const { checkpoint } = (progress ?? {}) as Partial<JobProgress>;
  if (typeof checkpoint !== "object" || checkpoint === null) return null;
  const { hash, active, state, due, failed } = checkpoint;
  const names = Array.isArray(active) && active.every((name) => typeof name === "string");
  if (
    typeof hash !== "string" || !names || typeof state !== "string" ||
    typeof failed !== "boolean" || due !== null && typeof due !== "number"
  ) {
    throw new TypeError(
      "The job's progress has a checkpoint that is none of a flow: remove it, or the job",
    );
  }
  return checkpoint;
}
