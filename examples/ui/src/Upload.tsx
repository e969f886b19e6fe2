import { useEffect } from "react";
import { useArgs, useMachine, useStates } from "@asyncmachine/asyncmachine/react";
import { send } from "./send.ts";
import { createUploader } from "./uploader.ts";

const TEXTS = {
  Uploading: "uploading",
  Uploaded: "uploaded",
  Canceled: "canceled",
  Exception: "failed",
} as const;

const SHOWN = ["Uploading", "Uploaded", "Canceled", "Exception"] as const;

/** One file and its buttons. */
export function Upload({ file }: { file: File }) {
  const machine = useMachine(() => createUploader(file, send));
  const [state = "Uploading"] = useStates(machine, SHOWN);
  const done = useArgs(machine, "Progress")?.done ?? 0;
  // StrictMode mounts twice: the second call finds it active.
  useEffect(() => {
    if (machine.tick("Uploading") === 0) machine.add("Uploading");
  }, [machine]);
  return (
    <li className={state}>
      <strong>{file.name}</strong>
      <progress value={state === "Uploaded" ? 1 : done} aria-label={`Progress of ${file.name}`} />
      <span role="status">
        {TEXTS[state]}
        {state === "Uploading" && ` ${Math.round(done * 100)} %`}
      </span>
      {state === "Uploading" && (
        <button type="button" onClick={() => machine.add("Canceled")}>Cancel</button>
      )}
      {(state === "Canceled" || state === "Exception") && (
        <button
          type="button"
          onClick={() => machine.add(["Uploading", "Progress"], { done: 0 })}
        >
          Retry
        </button>
      )}
      {state === "Exception" && <em role="alert">{machine.err?.message}</em>}
    </li>
  );
}
