import { type Hello, parseFrame, ProtocolError } from "../telemetry/protocol.ts";
import { exportStream } from "./files.ts";
import type { ClientData, Row } from "./model/client_data.ts";
import { linesOf } from "./model/log_view.ts";
import type { Store } from "./model/store.ts";
import { tokenOf } from "./page/token_cookie.ts";

/** How the server listens. */
export interface ServerOptions {
  /** Host name. @default {"127.0.0.1"} */
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
/** Transitions that one connection may send in a second; more are counted as dropped. */
const RATE = 100_000;

/** Collects into the store what machines send. */
export function startServer(store: Store, options: ServerOptions = {}): DebuggerServer {
  const { token, page } = options;
  const sockets = new Set<WebSocket>();
  const server = Deno.serve({
    hostname: options.hostname ?? "127.0.0.1",
    port: options.port ?? 6831,
    onListen() {},
  }, (request, info) => {
    const url = new URL(request.url);
    const origin = request.headers.get("origin");
    const upgrade = request.headers.get("upgrade")?.toLowerCase() === "websocket";
    if (!token && !isLoopback(url.hostname) && isLoopback(info.remoteAddr.hostname)) {
      return new Response("Host is not known here\n", { status: 403 });
    }
    if (origin !== null && origin !== url.origin) {
      // Another page of this machine may send, as machines do, but see nothing.
      const local = URL.canParse(origin) && isLoopback(new URL(origin).hostname);
      if (!upgrade || !local || url.pathname !== "/") {
        return new Response("Origin is foreign\n", { status: 403 });
      }
    }
    if (token && !hasToken(request, url, token)) return unauthorized(request);
    if (upgrade && url.pathname === "/") {
      const { socket, response } = Deno.upgradeWebSocket(request);
      sockets.add(socket);
      accept(store, socket, () => sockets.delete(socket));
      return response;
    }
    if (url.pathname === "/api/list") return Response.json(listClients(store));
    if (url.pathname === "/api/show") return show(store, url.searchParams);
    if (url.pathname === "/api/export") return exported(store, url.searchParams.get("id"));
    if (page) return page(request);
    return new Response("Not found\n", { status: 404 });
  });
  const sweeping = setInterval(() => store.sweep(performance.now() - SILENCE), SILENCE / 4);
  const { hostname, port } = server.addr;
  store.address = `${hostname}:${port}`;
  return {
    address: store.address,
    async close() {
      clearInterval(sweeping);
      for (const socket of sockets) socket.close(1001);
      await server.shutdown();
    },
  };
}

/** A person at a browser is asked for the token. */
function unauthorized(request: Request): Response {
  const text = "Token is missing or wrong";
  if (!request.headers.get("accept")?.includes("text/html")) {
    return new Response(`${text}\n`, { status: 401 });
  }
  return new Response(
    `<!DOCTYPE html><html lang="en"><title>asyncmachine debugger</title><form>` +
      `<label>${text}: <input name="token" type="password" autofocus></label> ` +
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

function accept(store: Store, socket: WebSocket, over: () => void): void {
  const machines = new Map<number, ClientData>();
  let second = 0;
  let taken = 0;
  socket.onmessage = ({ data }) => {
    try {
      if (typeof data !== "string") throw new ProtocolError("Frame is not text");
      const messages = parseFrame(data, (n) => machines.get(n)?.hello.names.length ?? 0);
      for (const message of messages) {
        if (message.kind === "hello") {
          machines.set(message.machine, store.hello(message));
          continue;
        }
        const client = machines.get(message.machine)!;
        if (message.kind === "dispose") {
          client.disposed = true;
          machines.delete(message.machine);
          store.disconnected(client);
          continue;
        }
        const now = Math.floor(performance.now() / 1000);
        if (now !== second) [second, taken] = [now, 0];
        taken += message.transitions.length;
        if (taken > RATE) client.refused += message.transitions.length;
        else store.batch(client, message);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      socket.close(error.message.includes("version") ? 4001 : 4000, error.message);
    }
  };
  socket.onerror = () => {};
  socket.onclose = (event) => {
    over();
    // A machine with nothing to tell hangs up, and calls again when it has, or to say it is there.
    if (event.reason === "idle") store.idle(machines.values(), performance.now());
    else for (const client of machines.values()) store.disconnected(client);
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || host === "::1" || /^127\./.test(host);
}

function hasToken(request: Request, url: URL, token: string): boolean {
  return url.searchParams.get("token") === token ||
    request.headers.get("authorization") === `Bearer ${token}` || tokenOf(request) === token;
}

/** A machine in the output of `list`. */
export interface ClientSummary {
  /** The machine's key: its id, with `#2` … where several have the same. */
  readonly id: string;
  /** Its parent's id. */
  readonly parent: string | null;
  /** Whether it is connected. */
  readonly connected: boolean;
  /** How many states it has. */
  readonly states: number;
  /** Transitions that are kept. */
  readonly transitions: number;
  /** Transitions with an error. */
  readonly errors: number;
  /** Transitions that were dropped on the way. */
  readonly dropped: number;
}

/** All machines, in short. */
export function listClients(store: Store): ClientSummary[] {
  return [...store.clients.values()].map((client) => ({
    id: client.key,
    parent: client.hello.parent,
    connected: client.connected,
    states: client.hello.names.length,
    transitions: client.end - client.first,
    errors: client.errors,
    dropped: client.dropped + client.refused,
  }));
}

/** A line of the log: its level by number, its mark, its text. */
export type LogText = readonly [level: number, prefix: string, text: string];

/** A transition in the output of `show`. */
export interface ShownRow extends Row {
  /** What the log says of it. */
  readonly lines: readonly LogText[];
}

/** A machine in the output of `show`. */
export interface ShownMachine {
  /** What it said of itself. */
  readonly hello: Hello;
  /** The first row that is kept. */
  readonly first: number;
  /** One more than the last. */
  readonly end: number;
  /** The transitions. */
  readonly rows: readonly ShownRow[];
}

/** The transitions of a machine from row `from` on, at most `limit`. */
export function showMachine(client: ClientData, from: number, limit: number): ShownMachine {
  const rows: ShownRow[] = [];
  for (let at = Math.max(from, client.first); at < client.end && rows.length < limit; at++) {
    const row = client.row(at);
    rows.push({ ...row, lines: linesOf(client, row) });
  }
  return { hello: client.hello, first: client.first, end: client.end, rows };
}

function show(store: Store, query: URLSearchParams): Response {
  const client = store.clients.get(query.get("id") ?? "");
  if (client === undefined) return new Response("Machine is not known\n", { status: 404 });
  const from = Math.trunc(Number(query.get("from"))) || 0;
  const limit = Math.min(Math.trunc(Number(query.get("limit"))) || 1000, 10_000);
  return Response.json(showMachine(client, from, limit));
}

function exported(store: Store, id: string | null): Response {
  if (id !== null && !store.clients.has(id)) {
    return new Response("Machine is not known\n", { status: 404 });
  }
  return new Response(exportStream(store, id === null ? undefined : [id]), {
    headers: { "content-type": "application/gzip" },
  });
}
