/**
 * Jobs of BullMQ that are flows: a job goes on where it was, whatever becomes of its worker.
 *
 * @module
 */
import type { Tracer } from "../../mod.ts";
import { type AnyFlowKind, type FlowKind, openFlows } from "../../durable/mod.ts";
import type { QueueJob } from "./job.ts";
import { JobStore } from "./job_store.ts";

export type { JobProgress, QueueJob } from "./job.ts";
export type { AnyFlowKind, FlowKind } from "../../durable/mod.ts";

/** Settings of {@linkcode jobProcessor}. */
export interface JobProcessorOptions {
  /** The worker's `lockDuration`, in milliseconds. @default {30_000}, as BullMQ's */
  readonly lockDuration?: number | undefined;
  /**
   * Whether an error ends the attempt. `false`: errors are the flow's own matter (it undoes something, say),
   * and the job fails only when `Exception` is active at its end. @default {true}
   */
  readonly retry?: boolean | undefined;
  /** Observers of the flows' machines. */
  readonly tracers?: readonly Tracer[] | undefined;
  /** Prints errors by `console.error`; BullMQ keeps them with the job anyway. @default {false} */
  readonly printErrors?: boolean | undefined;
}

/** What a `Worker` of BullMQ takes. */
export type JobProcessor<D> = (
  job: QueueJob,
  token?: string,
  signal?: AbortSignal,
) => Promise<D>;

/**
 * A processor for a `Worker` of BullMQ: each job is a flow of this kind, made from the job's data; the
 * flow's data at its end are the job's result.
 *
 * - Each transition is a checkpoint in the job's progress (`{ states, checkpoint }`), stored before the
 *   handlers that it starts. A job of a worker that died goes on from there (BullMQ calls it stalled):
 *   `e.once` gives what was done, with the key `queue/id/State/tick/name`.
 * - When `Exception` becomes active, the attempt has failed with its error; the next one begins at the last
 *   checkpoint before it. How many there are, and when, is BullMQ's (`attempts`, `backoff`); an
 *   `UnrecoverableError` of BullMQ's that a handler throws ends the job.
 * - A job that is canceled (`worker.cancelJob`) ends its flow: signals abort.
 * - A worker that has lost the job stores nothing any more.
 *
 * A flow that sleeps keeps a place of its worker: for days, open flows on a store instead.
 *
 * @example Usage
 * ```ts ignore
 * import { Worker } from "bullmq";
 * import { jobProcessor } from "@asyncmachine/asyncmachine/jobs/bullmq";
 *
 * const worker = new Worker("files", jobProcessor(file), {
 *   connection,
 *   maxStalledCount: 10, // BullMQ's default gives up at the second crash
 * });
 * ```
 */
export function jobProcessor<S, D, I>(
  kind: FlowKind<S, D, I>,
  options: JobProcessorOptions = {},
): JobProcessor<D> {
  const { lockDuration = 30_000, retry = true, tracers, printErrors = false } = options;
  if (!(lockDuration > 0)) {
    throw new RangeError(`lockDuration is ${lockDuration}, expected milliseconds above 0`);
  }
  return async (job, token, signal) => {
    signal?.throwIfAborted();
    const name = job.queueName;
    const id = job.id;
    if (id === undefined) throw new TypeError("The job has no id");
    const fence = async () =>
      token === undefined || Boolean(await job.extendLock(token, lockDuration));
    const store = new JobStore(job, fence, retry);
    await store.restore(name, id);
    const flows = await openFlows(store, { [name]: kind as AnyFlowKind }, { tracers, printErrors });
    const canceled = aborted(signal);
    try {
      const flow = await Promise.race([flows.start(name, id, job.data as never), canceled.promise]);
      const ends: Promise<unknown>[] = [flow.result(), canceled.promise, lost(flows.signal)];
      // Also an error after which the flow would go on waiting.
      if (retry) ends.push(flow.machine.whenErr().then(() => Promise.reject(flow.machine.err)));
      return await Promise.race(ends) as D;
    } finally {
      canceled.release();
      await flows.close();
    }
  };
}

/** Rejects with the signal's reason. */
function aborted(signal: AbortSignal | undefined): {
  readonly promise: Promise<never>;
  readonly release: () => void;
} {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const onAbort = () => reject(signal!.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  return { promise, release: () => signal?.removeEventListener("abort", onAbort) };
}

/** Rejects when the flows end before their time: the job is somebody else's. */
function lost(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  );
}
