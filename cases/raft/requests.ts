/** Requests over HTTP, of nodes and of clients: how they are read, and when they are refused. */
import { InputError, MAX_BATCH } from "./messages.ts";
import { MAX_CONTENTS, MAX_VALUE } from "./register.ts";

/** Bytes of a node's message, a snapshot or entries: JSON may take seven for a character. */
export const MAX_MESSAGE = 8 * Math.max(2 * MAX_CONTENTS, MAX_BATCH * MAX_VALUE);
/** Bytes of a client's command. */
export const MAX_COMMAND = 8 * MAX_VALUE;

/** A request that is refused, with the status that says so. */
export class RefusedRequest extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Refuses what a page in a browser could send here: another host's name, or a plain form. */
export function checkOrigin(request: Request, host: string): void {
  if (request.headers.has("origin") || new URL(request.url).host !== host) {
    throw new RefusedRequest(403, `Only requests to ${host} that come from no page are answered`);
  }
}

/** The JSON of a POST request's body. */
export async function readJson(request: Request, max: number): Promise<unknown> {
  if (request.method !== "POST") throw new RefusedRequest(405, "Expected POST");
  if (request.headers.get("content-type") !== "application/json") {
    throw new RefusedRequest(415, "Expected application/json");
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > max) throw new RefusedRequest(413, `Expected at most ${max} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(await new Blob(chunks as BlobPart[]).text());
  } catch {
    throw new InputError("The body: expected JSON");
  }
}

/** What an error says to the one who asked. */
export function refusal(error: unknown): Response {
  if (error instanceof RefusedRequest) {
    return Response.json({ error: error.message }, { status: error.status });
  }
  if (error instanceof InputError) return Response.json({ error: error.message }, { status: 400 });
  return Response.json({ error: "The node has failed" }, { status: 500 });
}
