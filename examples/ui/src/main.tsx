import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import "./page.css";
import { Upload } from "./Upload.tsx";

function Page() {
  const [files, setFiles] = useState<readonly { key: number; file: File }[]>([]);
  const add = (list: FileList) =>
    setFiles((before) => [
      ...before,
      ...[...list].map((file, at) => ({ key: before.length + at, file })),
    ]);
  return (
    <main>
      <h1>Uploads</h1>
      <label>
        Choose files
        <input
          type="file"
          multiple
          onChange={({ target }) => {
            if (target.files) add(target.files);
            target.value = "";
          }}
        />
      </label>
      {files.length === 0 && <p>Nothing has been chosen yet.</p>}
      <ul>{files.map(({ key, file }) => <Upload key={key} file={file} />)}</ul>
    </main>
  );
}

createRoot(document.querySelector("#page")!).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
