/**
 * The debugger's web page: the same model and view as the terminal's, one model per open page.
 *
 * @module
 */
import { svg } from "../../diagram/mod.ts";
import type { Schema } from "../../relations/mod.ts";
import { type Model, type Store, view, type Viewport } from "../model/mod.ts";
import { Session } from "../session.ts";
import { parsePageMessage } from "./messages.ts";

export { type PageMessage, parsePageMessage } from "./messages.ts";

/** Views per second that a page gets at most. */
const RATE = 20;
/** States above which a diagram is not drawn. */
const DRAWABLE = 300;

let pages = 0;

const START: Viewport = { log: 40, rain: 40, matrixRows: 40, matrixColumns: 40, timeline: 100 };

/** Answers what is neither a machine nor the API: the page, its live channel, its diagrams. */
export function pageHandler(store: Store): (request: Request) => Promise<Response> {
  let html: Promise<string> | null = null;
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/live" && request.headers.get("upgrade")?.toLowerCase() === "websocket") {
      const { socket, response } = Deno.upgradeWebSocket(request);
      live(store, socket);
      return response;
    }
    if (pathname === "/diagram") return diagram(store, searchParams.get("id") ?? "");
    if (pathname !== "/") return new Response("Not found\n", { status: 404 });
    const nonce = crypto.randomUUID();
    const text = (await (html ??= assembled())).replace("<script>", `<script nonce="${nonce}">`);
    return new Response(text, {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy":
          `default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'; connect-src 'self'; frame-ancestors 'none'`,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      },
    });
  };
}

/** One document, so that its parts need no token of their own. */
async function assembled(): Promise<string> {
  const [html, style, script] = await Promise.all(
    ["index.html", "page.css", "page.js"].map(async (name) =>
      await (await fetch(new URL(name, import.meta.url))).text()
    ),
  );
  return html.replace("/*STYLE*/", () => style).replace("/*SCRIPT*/", () => script);
}

function live(store: Store, socket: WebSocket): void {
  const session = new Session(store, { id: `dbg-page-${++pages}`, rate: RATE });
  let viewport = START;
  let shown: Model | null = null;
  const send = () => {
    const { model } = session;
    // A page that does not keep up gets the next view, not all of them.
    if (model === shown || socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > 1_000_000) return;
    shown = model;
    socket.send(JSON.stringify(view(model, viewport)));
  };
  const sending = setInterval(send, 1000 / RATE);
  socket.onmessage = ({ data }) => {
    try {
      const message = parsePageMessage(data);
      if (message.kind === "viewport") {
        viewport = message.viewport;
        shown = null;
      } else session.send(message);
    } catch (error) {
      socket.close(4000, String((error as Error).message).slice(0, 100));
    }
  };
  socket.onerror = () => {};
  socket.onclose = () => {
    clearInterval(sending);
    session[Symbol.dispose]();
  };
}

function diagram(store: Store, id: string): Response {
  const client = store.clients.get(id);
  if (client === undefined) return new Response("Machine is not known\n", { status: 404 });
  const { names, states } = client.hello;
  if (names.length > DRAWABLE) return new Response("Too many states\n", { status: 413 });
  const named = (list?: readonly number[]) => list?.map((state) => names[state]);
  const schema = Object.fromEntries(names.map((name, state) => {
    const { add, remove, require, after, ...flags } = states[state];
    const lists = {
      add: named(add),
      remove: named(remove),
      require: named(require),
      after: named(after),
    };
    return [name, { ...flags, ...lists }];
  })) as Schema;
  try {
    return new Response(svg(schema), { headers: { "content-type": "image/svg+xml" } });
  } catch {
    return new Response("The schema cannot be drawn\n", { status: 422 });
  }
}
