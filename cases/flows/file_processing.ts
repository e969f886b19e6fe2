/**
 * A file is fetched into a temporary place, worked on, and delivered; the temporary file goes in any case.
 *
 * Every way out leads through `Cleaning`: success, a cancellation, and errors by the relation of
 * `Exception`, with which the step that failed leaves. The flow has not ended before it is clean, whatever dies meanwhile.
 */
import { exclusive } from "../../mod.ts";
import { defineFlow, retry } from "../../durable/mod.ts";

/** What the flow needs of the world outside. All of it may be called again with the same path. */
export interface Files {
  fetch(url: string, path: string, signal: AbortSignal): Promise<void>;
  process(path: string, signal: AbortSignal): Promise<string>;
  deliver(result: string, key: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** Fetching → Processing → Delivering → Cleaning → Done; `Cancel` and errors → Cleaning → Failed. */
export const fileFlowOf = (files: Files) =>
  defineFlow({
    schema: {
      ...exclusive({
        Fetching: {},
        Processing: {},
        Delivering: {},
        Cleaning: {},
        Done: {},
        Failed: {},
      }),
      Cancel: { event: true },
      Exception: { multi: true, add: ["Cleaning"] },
    },
    data: (input: { url: string; path: string }) => ({ ...input, result: "", delivered: false }),
    start: "Fetching",
    ends: ["Done", "Failed"],
    handlers: {
      // What is clean, or being cleaned, cannot be canceled any more.
      CancelEnter: (e) => e.machine.not("Cleaning"),
      CancelState: (e) => void e.add("Cleaning"),
      async FetchingState(e) {
        const { url, path } = e.flow.data;
        await retry(({ signal }) => files.fetch(url, path, signal), { signal: e.signal });
        e.add("Processing");
      },
      async ProcessingState(e) {
        e.flow.data.result = await files.process(e.flow.data.path, e.signal);
        e.add("Delivering");
      },
      async DeliveringState(e) {
        const { data } = e.flow;
        await e.once("deliver", ({ key }) => files.deliver(data.result, key));
        data.delivered = true;
        e.add("Cleaning");
      },
      async CleaningState(e) {
        const { path, delivered } = e.flow.data;
        await retry(() => files.remove(path), { signal: e.signal });
        e.add(delivered ? "Done" : "Failed");
      },
    },
  });
