/** What is used of a job of BullMQ, 5 or 6: its `Job` fits. */
export interface QueueJob {
  /** Its id, unique in the queue. */
  readonly id?: string | undefined;
  /** The queue. */
  readonly queueName: string;
  /** The input. */
  readonly data: unknown;
  /** What an earlier attempt has left. */
  readonly progress: unknown;
  /** Stores the progress. */
  updateProgress(progress: object): Promise<void>;
  /** Keeps the job for a worker; something falsy when it is not that worker's any more. */
  extendLock(token: string, duration: number): Promise<number>;
}

/** What a job's progress is. */
export interface JobProgress {
  /** The active states of its flow: for whoever shows the job. */
  readonly states: readonly string[];
  /** What the next attempt needs to go on. */
  readonly checkpoint: {
    readonly hash: string;
    readonly active: readonly string[];
    readonly due: number | null;
    readonly failed: boolean;
    readonly state: string;
  };
}
