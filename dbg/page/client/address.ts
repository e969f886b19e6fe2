/// <reference lib="dom" />
import { placeOf } from "../../model/link.ts";
import type { PageMessage } from "../messages.ts";
import type { PageView } from "../page_view.ts";
import { send } from "./socket.ts";

/** Browsers refuse more changes of the address than 200 in ten seconds. */
const PAUSE = 200;

/** The answer to this message, or a later one, is a new entry of the history. */
let entry = Infinity;
/** Views that have not taken in this message show where one was before. */
let since = 0;
let waiting: ReturnType<typeof setTimeout> | undefined;
let replaced = -Infinity;
let wanted = "";

/** Sends a message that goes somewhere: one can come back. */
export function go(message: PageMessage): void {
  entry = Math.min(entry, send(message));
}

/** Goes to where the address, or another link, leads; whether it leads anywhere. */
export function follow(link: string = location.hash): boolean {
  const place = placeOf(link);
  clearTimeout(waiting);
  waiting = undefined;
  if (place === null) return false;
  entry = Infinity;
  since = send({ kind: "link", ...place });
  return true;
}

/** The address says what is shown; a link that leads nowhere stays as it is. */
export function showAddress({ link, missing }: PageView, answered: number): void {
  if (answered < since || missing !== "" || link === "") return;
  const isEntry = answered >= entry;
  if (isEntry) entry = Infinity;
  wanted = link;
  if (isEntry && location.hash !== link) {
    clearTimeout(waiting);
    waiting = undefined;
    history.pushState(null, "", link);
  } else waiting ??= setTimeout(replace, replaced + PAUSE - performance.now());
}

function replace(): void {
  waiting = undefined;
  if (location.hash === wanted) return;
  history.replaceState(null, "", wanted);
  replaced = performance.now();
}

/** Back, Forward, and an address that was typed. */
export function watchAddress(): void {
  addEventListener("popstate", () => follow());
}
