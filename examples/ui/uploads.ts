import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Plugin } from "vite";

/** What is taken at most. */
const MOST_BYTES = 16 * 1024 * 1024;

/** How long a piece takes, as on a slow line. */
const PIECE_MS = 8;

const tried = new Set<string>();

/** Takes an upload and forgets it. The first try of a name with `flaky` in it fails halfway. */
async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const name = decodeURIComponent(request.url ?? "");
  const total = Number(request.headers["content-length"] ?? 0);
  const end = (status: number, text: string) => {
    response.writeHead(status, { "content-type": "text/plain", connection: "close" }).end(text);
    request.resume();
  };
  if (total > MOST_BYTES) return end(413, "the file is too large");
  let received = 0;
  for await (const piece of request) {
    received += piece.length;
    if (name.includes("flaky") && received >= total / 2 && !tried.has(name)) {
      tried.add(name);
      return end(503, "try again");
    }
    await delay(PIECE_MS);
  }
  end(201, "");
}

/** A server for the page's uploads, in development and in the preview. */
export function uploads(): Plugin {
  const handle = (request: IncomingMessage, response: ServerResponse) =>
    void take(request, response).catch(() => response.destroy());
  return {
    name: "uploads",
    configureServer: ({ middlewares }) => void middlewares.use("/uploads", handle),
    configurePreviewServer: ({ middlewares }) => void middlewares.use("/uploads", handle),
  };
}
