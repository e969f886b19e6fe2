import type { Send } from "./uploader.ts";

/** Sends by XMLHttpRequest, since `fetch` does not tell how much of a body has been sent. */
export const send: Send = (file, { signal, onProgress }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded / total);
    request.onload = () =>
      request.status < 300
        ? resolve()
        : reject(new Error(`The server says ${request.status}: ${request.responseText}`));
    request.onerror = () => reject(new Error("The server cannot be reached"));
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.open("POST", `/uploads/${encodeURIComponent(file.name)}`);
    request.send(file);
  });
