/** The upload of one file: what may happen, and what happens then. No user interface. */
import { args, defineSchema, exclusive, Machine } from "@asyncmachine/asyncmachine";

const schema = defineSchema({
  ...exclusive({ Uploading: {}, Uploaded: {}, Canceled: {}, Exception: {} }),
  // Called again and again while it uploads.
  Progress: { multi: true, require: ["Uploading"], args: args.required<{ done: number }>() },
});

/** Sends a file, tells how much of it has arrived (0 to 1), and stops when the signal aborts. */
export type Send = (
  file: File,
  options: { signal: AbortSignal; onProgress: (done: number) => void },
) => Promise<void>;

/** A machine for one file: add `Uploading` to start it or to try again, `Canceled` to stop it. */
export function createUploader(file: File, send: Send) {
  return new Machine(schema, {
    id: file.name,
    printErrors: false,
    handlers: {
      async UploadingState(e) {
        await send(file, {
          signal: e.signal,
          onProgress: (done) => void e.add("Progress", { done }),
        });
        e.add("Uploaded");
      },
      // What has arrived cannot be called back.
      CanceledEnter: (e) => e.machine.not("Uploaded"),
    },
  });
}
