/**
 * Downloads, processes and uploads a file step by step: each step starts by itself when the one
 * before it is done, and removes its temporary file when the workflow ends, however it ends.
 *
 *     deno run examples/file_processing.ts
 */
import { args, defineSchema, Machine } from "../mod.ts";

/** What the workflow needs from the outside; paths name temporary files. */
export interface FileServices {
  /** Fetches the file. */
  download(signal: AbortSignal): Promise<string>;
  /** Makes another file of it. */
  process(path: string, signal: AbortSignal): Promise<string>;
  /** Sends the result. */
  upload(path: string, signal: AbortSignal): Promise<void>;
  /** Removes a temporary file. */
  remove(path: string): void;
}

/** The states. */
export const schema = defineSchema({
  Downloading: { remove: ["Downloaded"] },
  Downloaded: { remove: ["Downloading"], args: args.required<{ path: string }>() },
  Processing: { auto: true, require: ["Downloaded"] },
  Processed: {
    require: ["Downloaded"],
    remove: ["Processing"],
    args: args.required<{ path: string }>(),
  },
  Uploading: { auto: true, require: ["Processed"] },
  Uploaded: { require: ["Processed"], remove: ["Uploading"] },
});

/** A machine for one file; add `Downloading` to start it, remove `Downloaded` to undo it. */
export function createFileWorkflow(services: FileServices) {
  const files = { downloaded: "", processed: "" };
  const machine = new Machine(schema, { id: "file", printErrors: false });
  machine.bindHandlers({
    async DownloadingState(e) {
      e.add("Downloaded", { path: await services.download(e.signal) });
    },
    DownloadedState(e) {
      files.downloaded = e.args.path;
    },
    ProcessingEnter: (e) => e.machine.not("Processed"),
    async ProcessingState(e) {
      e.add("Processed", { path: await services.process(files.downloaded, e.signal) });
    },
    ProcessedState(e) {
      files.processed = e.args.path;
    },
    UploadingEnter: (e) => e.machine.not("Uploaded"),
    async UploadingState(e) {
      await services.upload(files.processed, e.signal);
      e.add("Uploaded");
    },
    // Compensation: dependents leave first.
    ProcessedEnd: () => services.remove(files.processed),
    DownloadedEnd: () => services.remove(files.downloaded),
    ExceptionState: (e) => void e.machine.remove(["Downloading", "Downloaded"]),
  });
  return machine;
}

if (import.meta.main) {
  const machine = createFileWorkflow({
    download: () => Promise.resolve("a.tmp"),
    process: (path) => Promise.resolve(`${path}.gz`),
    upload: (path) => Promise.resolve(console.log("uploaded", path)),
    remove: (path) => console.log("removed", path),
  });
  machine.add("Downloading");
  await machine.when("Uploaded");
  console.log(machine.toString());
  machine.remove("Downloaded");
}
