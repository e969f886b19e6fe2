import { jsonText } from "../text/json_text.ts";
import { accessOf, isLoopback, shownToken, TokenGate } from "./access.ts";
import { QuestionError } from "./answers.ts";
import { exportStream, importStream } from "./files.ts";
import type { Store } from "./model/store.ts";
import { answerTo } from "./questions.ts";
import { Receiver } from "./receiver.ts";
import { listClients, showMachine } from "./reports.ts";
import { tokenOf } from "./page/token_cookie.ts";

/** How the server listens. */
export interface ServerOptions {
  /** Host name. Beyond loopback needs a token. @default {"127.0.0.1"} */
  readonly hostname?: string;
  /** Port; 0 = any free one. @default {6831} */
  readonly port?: number;
  /** What machines, page and API have to show. @default none */
  readonly token?: string;
  /** Answers what is neither a machine nor the API: the page. */
  readonly page?: (request: Request) => Response | Promise<Response>;
}

/** A running server. */
export interface DebuggerServer {
  /** Where it listens: `host:port`. */
  readonly address: string;
  /** Ends it and all connections. */
  close(): Promise<void>;
}

/** A machine that hung up and has not called for so long is gone, in milliseconds. */
const SILENCE = 20_000;
/** How often it is tried to listen again, when there was no file descriptor left. */
const AGAIN = 200;
/** How long the end waits for connections. */
const PATIENCE = 1000;
/** Rows of an answer to `show`. */
const ROWS = 10_000;

/**
 * Collects into the store what machines send. Whatever comes in, it goes on: what it refuses is in
 * `store.refusals`.
 *
 * @throws {TypeError} If it shall listen beyond loopback without a token.
 */
export function startServer(store: Store, options: ServerOptions = {}): DebuggerServer {
  const { token, page } = options;
  const hostname = options.hostname ?? "127.0.0.1";
  if (!token && !isLoopback(hostname)) {
    throw new TypeError(`Cannot listen on "${hostname}" without a token: it is beyond loopback`);
  }
  const gate = token ? new TokenGate(token) : null;
  const sockets = new Set<WebSocket>();
  const answer = (request: Request, address: string): Response | Promise<Response> => {
    // The names in it come first: an address that is none cannot even be taken apart.
    const access = accessOf(request.headers, gate !== null);
    if (access === "none") return foreign(store);
    const url = new URL(request.url);
    const { pathname } = url;
    const upgrade = request.headers.get("upgrade")?.toLowerCase() === "websocket";
    const machine = upgrade && pathname === "/";
    if (access === "send" && !machine) return foreign(store);
    const given = shownToken(request, url);
    const verdict = gate?.check(given ?? tokenOf(request), address, performance.now()) ?? "right";
    // A browser keeps the token of a debugger that is gone: nobody has given a wrong one.
    const shown = verdict === "wrong" && given === null ? "missing" : verdict;
    if (shown !== "right") return unauthorized(request, shown, store);
    if (machine) {
      const { socket, response } = Deno.upgradeWebSocket(request);
      accept(store, socket, sockets);
      return response;
    }
    if (pathname === "/api/import" && request.method === "POST") {
      return imported(store, request, url.searchParams.get("name") || "the file");
    }
    if (!upgrade && request.method !== "GET" && request.method !== "HEAD") {
      return text("Only GET is known here", 405);
    }
    if (pathname === "/api/list") return json(listClients(store));
    if (pathname === "/api/show") return show(store, url.searchParams);
    if (pathname === "/api/ask") return asked(store, url.searchParams);
    if (pathname === "/api/export") return exported(store, url.searchParams.get("id"));
    if (pathname === "/api/refusals") return json([...store.refusals]);
    return page ? page(request) : text("Not found", 404);
  };
  const failed = (error: unknown) => {
    store.refuse(`A request failed: ${error instanceof Error ? error.message : "no error"}`);
    return text("Internal error", 500);
  };
  let server: Deno.HttpServer<Deno.NetAddr>;
  let over = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  const listen = (port: number) => {
    server = Deno.serve(
      { hostname, port, onListen() {}, onError: failed },
      async (request, info) => {
        try {
          return await answer(request, info.remoteAddr.hostname);
        } catch (error) {
          return failed(error);
        }
      },
    );
    // It ends by itself when no connection can be taken for lack of file descriptors; those that
    // there are stay.
    server.finished.catch((error) => retry(server.addr.port, error));
  };
  const retry = (port: number, error: unknown) => {
    if (over) return;
    store.refuse(`No new connections: ${error instanceof Error ? error.message : "no error"}`);
    again = setTimeout(() => {
      try {
        listen(port);
      } catch (error) {
        retry(port, error);
      }
    }, AGAIN);
  };
  listen(options.port ?? 6831);
  const sweeping = setInterval(() => store.sweep(performance.now() - SILENCE), SILENCE / 4);
  const { addr } = server!;
  store.address = `${
    addr.hostname.includes(":") ? `[${addr.hostname}]` : addr.hostname
  }:${addr.port}`;
  return {
    address: store.address,
    async close() {
      over = true;
      clearInterval(sweeping);
      clearTimeout(again);
      for (const socket of sockets) if (socket.readyState <= 1) socket.close(1001);
      // A request that was sent by half would be waited for without end.
      let limit: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) => limit = setTimeout(resolve, PATIENCE));
      await Promise.race([server.shutdown().catch(() => {}), late]);
      clearTimeout(limit);
    },
  };
}

function text(message: string, status: number): Response {
  return new Response(`${message}\n`, { status });
}

function foreign(store: Store): Response {
  store.refuse("A request from another host or origin");
  return text("Host or origin is foreign", 403);
}

function json(value: unknown): Response {
  return new Response(jsonText(value), { headers: { "content-type": "application/json" } });
}

/** A person at a browser is asked for the token. */
function unauthorized(
  request: Request,
  why: "wrong" | "missing" | "too often",
  store: Store,
): Response {
  if (why === "too often") {
    store.refuse("Too many wrong tokens from one address");
    return text("Too many wrong tokens: wait a minute", 429);
  }
  if (why === "wrong") store.refuse("A wrong token");
  const message = "Token is missing or wrong";
  if (!request.headers.get("accept")?.includes("text/html")) return text(message, 401);
  return new Response(
    `<!DOCTYPE html><html lang="en"><title>asyncmachine debugger</title><form>` +
      `<label>${message}: <input name="token" type="password" autofocus></label> ` +
      `<button>Open</button></form></html>`,
    {
      status: 401,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
      },
    },
  );
}

function accept(store: Store, socket: WebSocket, sockets: Set<WebSocket>): void {
  const receiver = new Receiver(store);
  sockets.add(socket);
  socket.onmessage = ({ data }) => {
    const refusal = receiver.frame(data);
    if (refusal === null || socket.readyState > 1) return;
    // A reason has at most 123 bytes.
    socket.close(refusal.code, refusal.reason.replace(/[^ -~]/g, "?").slice(0, 120));
  };
  socket.onerror = () => {};
  socket.onclose = (event) => {
    sockets.delete(socket);
    // A machine with nothing to tell hangs up, and calls again when it has, or to say it is there.
    receiver.over(event.reason === "idle");
  };
}

function show(store: Store, query: URLSearchParams): Response {
  const id = query.get("id") ?? "";
  const client = store.clients.get(id);
  if (client === undefined) return unknown(id);
  const from = Math.trunc(Number(query.get("from"))) || 0;
  const limit = Math.min(Math.trunc(Number(query.get("limit"))) || 1000, ROWS);
  return json(showMachine(client, from, limit));
}

function asked(store: Store, query: URLSearchParams): Response {
  try {
    const parameters = JSON.parse(query.get("parameters") ?? "{}");
    return json(answerTo(store, query.get("question") ?? "", parameters));
  } catch (error) {
    if (error instanceof SyntaxError) return text("Parameters are not JSON", 400);
    if (error instanceof QuestionError) return text(error.message, 400);
    throw error;
  }
}

function exported(store: Store, id: string | null): Response {
  if (id !== null && !store.clients.has(id)) return unknown(id);
  return new Response(exportStream(store, id === null ? undefined : [id]), {
    headers: { "content-type": "application/gzip" },
  });
}

/** A whole file in the request's body; what is before a line that cannot be read is kept. */
async function imported(store: Store, request: Request, name: string): Promise<Response> {
  const before = store.clients.size;
  try {
    if (request.body === null) throw new Error("Nothing was sent");
    await importStream(store, request.body, name.slice(0, 200));
  } catch (error) {
    return text(error instanceof Error ? error.message : "Cannot be read", 400);
  }
  const more = store.clients.size - before;
  return text(`Machines: ${store.clients.size}${more > 0 ? `, ${more} of them new` : ""}`, 200);
}

function unknown(id: string): Response {
  return text(`Machine ${JSON.stringify(id.slice(0, 200))} is not known`, 404);
}
