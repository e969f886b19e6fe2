/**
 * Many children, so many at a time: a window that slides over a list.
 *
 * The parent stores how far it is, not whom it started: a child's id is its place in the list, and starting
 * it again after a crash finds it.
 */
import { args, exclusive } from "../../mod.ts";
import { atMost, defineFlow } from "../../durable/mod.ts";

/** One piece of work. */
export type Work = (item: number, key: string, signal: AbortSignal) => Promise<number>;

/** A child: works on one item. */
export const itemOf = (work: Work) =>
  defineFlow({
    schema: exclusive({ Working: {}, Done: {}, Stopped: {} }),
    data: (item: number) => ({ item, result: 0 }),
    start: "Working",
    ends: ["Done", "Stopped"],
    handlers: {
      async WorkingState(e) {
        const { data } = e.flow;
        data.result = await e.once("work", ({ key, signal }) => work(data.item, key, signal));
        e.add("Done");
      },
    },
  });

/** The parent of `size` children, of which `window` run at a time. */
export const batchOf = (item: ReturnType<typeof itemOf>) =>
  defineFlow({
    schema: {
      ...exclusive({ Running: {}, Done: {}, Stopped: {} }),
      Progress: { event: true, args: args.required<{ done: number }>() },
    },
    data: (input: { size: number; window: number }) => ({ ...input, done: 0, sum: 0 }),
    start: "Running",
    ends: ["Done", "Stopped"],
    handlers: {
      async RunningState(e) {
        const { data, id } = e.flow;
        const run = atMost(data.window);
        const results = await Promise.all(
          Array.from({ length: data.size }, (_, i) =>
            run(async () => {
              const child = await e.flow.start(item, `${id}-${i}`, i, {
                close: { add: "Stopped" },
              });
              try {
                const { result } = await child.result();
                e.add("Progress", { done: 1 });
                return result;
              } finally {
                child.release();
              }
            }, { signal: e.signal })),
        );
        data.sum = results.reduce((sum, one) => sum + one, 0);
        e.add("Done");
      },
      ProgressState(e) {
        e.flow.data.done += e.args.done;
      },
    },
  });
