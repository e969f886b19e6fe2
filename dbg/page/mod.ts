/**
 * The debugger's web page: the same model and view as the terminal's, one model per open page.
 *
 * @module
 */
import { svg } from "../../diagram/mod.ts";
import type { Schema } from "../../relations/mod.ts";
import type { Store } from "../model/mod.ts";
import { PAGE } from "./built.ts";
import { live } from "./live.ts";
import { DRAWABLE } from "./page_view.ts";
import { remembered } from "./token_cookie.ts";

export { type PageMessage, parsePageMessage } from "./messages.ts";

/** What XML has no way to write. */
// deno-lint-ignore no-control-regex
const UNDRAWABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;

/** Answers what is neither a machine nor the API: the page, its live channel, its diagrams. */
export function pageHandler(store: Store): (request: Request) => Response {
  return (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/live" && request.headers.get("upgrade")?.toLowerCase() === "websocket") {
      const { socket, response } = Deno.upgradeWebSocket(request);
      live(store, socket);
      return response;
    }
    if (pathname === "/diagram") return diagram(store, searchParams.get("id") ?? "");
    if (pathname !== "/") return new Response("Not found\n", { status: 404 });
    // The token leaves the address, so that a copied one does not hand it out.
    if (searchParams.has("token")) return remembered(request);
    const nonce = crypto.randomUUID();
    return new Response(PAGE.replaceAll('nonce="NONCE"', `nonce="${nonce}"`), {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy":
          `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; ` +
          `img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      },
    });
  };
}

function diagram(store: Store, id: string): Response {
  const client = store.clients.get(id);
  if (client === undefined) return new Response("Machine is not known\n", { status: 404 });
  const { names, states } = client.hello;
  if (names.length > DRAWABLE) {
    return new Response(`More than ${DRAWABLE} states are not drawn\n`, { status: 413 });
  }
  if (names.some((name) => UNDRAWABLE.test(name))) {
    return new Response("A name in the schema cannot be drawn\n", { status: 422 });
  }
  const named = (list?: readonly number[]) => list?.map((state) => names[state]);
  const schema = Object.fromEntries(names.map((name, state) => {
    const { auto, multi, latest, event, timeouts = [], add, remove, require, after } =
      states[state];
    const lists = {
      add: named(add),
      remove: named(remove),
      require: named(require),
      after: named(after),
    };
    const times = Array.from({ length: timeouts.length / 2 }, (_, i) => [
      names[timeouts[2 * i]],
      timeouts[2 * i + 1],
    ]);
    return [name, {
      auto,
      multi: latest ? "latest" : multi,
      event,
      timeouts: Object.fromEntries(times),
      ...lists,
    }];
  })) as Schema;
  try {
    return new Response(svg(schema), { headers: { "content-type": "image/svg+xml" } });
  } catch {
    return new Response("The schema cannot be drawn\n", { status: 422 });
  }
}
