/** @jsxImportSource preact */
/// <reference lib="dom" />
import { useState } from "preact/hooks";
import { Modal } from "./dialog.tsx";
import { visible } from "./visible.ts";

/** Sends a file to the debugger; gives what came of it. */
export async function importFile(file: File): Promise<string> {
  try {
    const query = new URLSearchParams({ name: file.name });
    const answer = await fetch(`api/import?${query}`, { method: "POST", body: file });
    const text = (await answer.text()).trim();
    return answer.ok ? `${file.name}: ${text}` : text;
  } catch (error) {
    return `${file.name} cannot be sent: ${(error as Error).message}`;
  }
}

/** Takes recordings out, and in. */
export function Files({ machine, id, onClose, onDone }: {
  /** The selected machine's key. */
  machine: string;
  id: string;
  onClose: () => void;
  /** What came of an import. */
  onDone: (text: string) => void;
}) {
  const [busy, setBusy] = useState(false);
  const one = `api/export?${new URLSearchParams({ id: machine })}`;
  return (
    <Modal id="files" title="Files" onClose={onClose}>
      <p>
        A recording is a file of lines (<code>.jsonl.gz</code>): the debugger opens it here, and
        with <code>--import</code>.
      </p>
      <p class="actions">
        <a class="button" href="api/export" download="am-dbg-dump.jsonl.gz">
          Export all machines
        </a>
        {machine !== "" && (
          <a class="button" href={one} download={`${fileName(id)}.jsonl.gz`}>
            Export {visible(id).slice(0, 40)}
          </a>
        )}
      </p>
      <p>
        <label for="file">Open a file (or drop one on the page):</label>
        <input
          id="file"
          type="file"
          accept=".gz,.jsonl,.json,.txt"
          disabled={busy}
          onChange={async ({ currentTarget: { files } }) => {
            if (!files?.[0]) return;
            setBusy(true);
            onDone(await importFile(files[0]));
            onClose();
          }}
        />
      </p>
      {busy && <p role="status">Reading …</p>}
    </Modal>
  );
}

const fileName = (id: string): string => id.replaceAll(/[^\w.-]+/g, "_").slice(0, 60) || "machine";
