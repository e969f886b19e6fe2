/// <reference lib="dom" />
import { apply, type Delta } from "../delta.ts";
import type { PageMessage } from "../messages.ts";
import type { PageUpdate, PageView } from "../page_view.ts";

/** Waiting times between attempts to connect, in milliseconds. */
const BACKOFF = [500, 1000, 2000, 5000];

/** Hears from the debugger. */
export interface Listener {
  /** Connected: what is set has to be sent again. */
  open(): void;
  /** A view, or why there is none. */
  update(view: PageView | null, answered: number, fault: string): void;
  /** The connection is lost; another one is tried. */
  lost(reason: string): void;
}

let socket: WebSocket | null = null;
let sent = 0;

/** Sends a message; gives its number, which the answer will have. */
export function send(message: PageMessage): number {
  sent++;
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ ...message, n: sent }));
  return sent;
}

/** Why there is no connection, as far as the debugger says so. */
async function refusal(): Promise<string> {
  try {
    const { status } = await fetch(location.pathname, { method: "HEAD", cache: "no-store" });
    return status === 401 ? "it wants a token: reload the page to give it" : "";
  } catch {
    return "";
  }
}

/** Connects, again and again. */
export function connect(listener: Listener, failed = 0): void {
  const opened = socket = new WebSocket(
    new URL("live", location.href.replace(/^http/, "ws").replace(/#.*/s, "")),
  );
  let view: PageView | null = null;
  let tries = failed;
  opened.onopen = () => {
    tries = 0;
    heard = true;
    listener.open();
  };
  opened.onmessage = ({ data }) => {
    try {
      const update: PageUpdate = JSON.parse(data);
      if (update.delta !== undefined) view = apply(view, update.delta as Delta) as PageView;
      listener.update(view, update.answered, update.fault ?? "");
    } catch (error) {
      console.error(error);
      opened.close(); // the next connection starts from a whole view
    }
  };
  let heard = false;
  opened.onclose = async ({ reason }) => {
    listener.lost(reason || (heard ? "" : await refusal()));
    setTimeout(() => connect(listener, tries + 1), BACKOFF[Math.min(tries, BACKOFF.length - 1)]);
  };
}
