import type { AnyMachine } from "../machine/mod.ts";
import { PipeLoopError } from "./errors.ts";

/** A state of a machine. */
interface Place {
  readonly machine: AnyMachine;
  readonly state: string;
}

/** One state of a source that feeds one of a target, while its pipe lives. */
export class Feed {
  /** The state that feeds. */
  readonly from: Place;
  /** The state that is fed. */
  readonly to: Place;
  /** Whether the source is active: it holds the target. */
  holds = false;

  constructor(from: Place, to: Place) {
    this.from = from;
    this.to = to;
  }
}

/** The live feeds by the machine that they come from, and by the one that they go to. */
const outgoing = new WeakMap<AnyMachine, Set<Feed>>();
const incoming = new WeakMap<AnyMachine, Set<Feed>>();

/**
 * Adds feeds.
 *
 * @throws {PipeLoopError} If a state would feed itself, over these and all other live feeds.
 */
export function connect(feeds: readonly Feed[]): void {
  for (const feed of feeds) setOf(outgoing, feed.from.machine).add(feed);
  for (const feed of feeds) {
    const loop = pathBetween(feed.to, feed.from);
    if (loop === null) continue;
    disconnect(feeds);
    throw new PipeLoopError([...loop, loop[0]]);
  }
  for (const feed of feeds) setOf(incoming, feed.to.machine).add(feed);
}

/** Takes feeds away. */
export function disconnect(feeds: readonly Feed[]): void {
  for (const feed of feeds) {
    outgoing.get(feed.from.machine)?.delete(feed);
    incoming.get(feed.to.machine)?.delete(feed);
  }
}

/** Whether another feed than this one holds its target. */
export function isHeld({ to: { machine, state } }: Feed): boolean {
  for (const other of incoming.get(machine) ?? []) {
    if (other.holds && other.to.state === state) return true;
  }
  return false;
}

function setOf(map: WeakMap<AnyMachine, Set<Feed>>, machine: AnyMachine): Set<Feed> {
  let feeds = map.get(machine);
  if (feeds === undefined) map.set(machine, feeds = new Set());
  return feeds;
}

/** The states over which `to` is fed from `from`, both included; null when it is not. */
function pathBetween(from: Place, to: Place): string[] | null {
  const seen = new Map<AnyMachine, Set<string>>();
  const paths: [Place, string[]][] = [[from, [nameOf(from)]]];
  for (let next = paths.pop(); next !== undefined; next = paths.pop()) {
    const [{ machine, state }, path] = next;
    if (machine === to.machine && state === to.state) return path;
    const states = seen.get(machine) ?? new Set();
    if (states.has(state)) continue;
    seen.set(machine, states.add(state));
    for (const feed of outgoing.get(machine) ?? []) {
      if (feed.from.state === state) paths.push([feed.to, [...path, nameOf(feed.to)]]);
    }
  }
  return null;
}

function nameOf({ machine, state }: Place): string {
  return `${machine.id}.${state}`;
}
