/// <reference lib="dom" />
import type { Viewport } from "../../model/mod.ts";
import { send } from "./socket.ts";

/** The height of a line of every list, as in the style. */
export const ROW = 20;

let viewport: Viewport = {
  clients: { from: 0, count: 60 },
  tree: { from: 0, count: 60 },
  log: 60,
  rain: 60,
  matrixRows: 40,
  matrixColumns: 40,
  timeline: 100,
};
let waiting = false;

/** Says how much the page shows; the debugger sends no more. */
export function sendViewport(): void {
  waiting = false;
  send({ kind: "viewport", viewport });
}

/** Asks for another part or size. */
export function want(change: Partial<Viewport>): void {
  const next = { ...viewport, ...change };
  if (JSON.stringify(next) === JSON.stringify(viewport)) return;
  viewport = next;
  if (waiting) return;
  waiting = true;
  queueMicrotask(sendViewport);
}
