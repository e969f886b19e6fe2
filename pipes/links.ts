/** Which states follow which, over all machines: who holds a state, and what would be a loop. */
import { PipeLoopError } from "./pipe_loop_error.ts";

/** A source or target. */
export interface End {
  /** The machine's id. */
  readonly id: string;
}

/** A state of a source and what follows it. */
export interface Link {
  readonly source: End;
  readonly state: string;
  readonly target: End;
  readonly to: readonly string[];
  /** Whether the source's state is active. */
  held: boolean;
}

type ByState = Map<string, Set<Link>>;

// Weak, so that machines that are given up take their links along.
const bySource = new WeakMap<End, ByState>();
const byTarget = new WeakMap<End, ByState>();

/**
 * Makes links known.
 *
 * @throws {PipeLoopError} If states would follow each other in a circle. Then none of them is known.
 */
export function connect(links: readonly Link[]): void {
  for (const link of links) {
    insert(bySource, link.source, link.state, link);
    for (const name of link.to) insert(byTarget, link.target, name, link);
  }
  const loop = findLoop(links);
  if (loop === null) return;
  disconnect(links);
  throw new PipeLoopError(loop);
}

/** Forgets links. */
export function disconnect(links: readonly Link[]): void {
  for (const link of links) {
    erase(bySource, link.source, link.state, link);
    for (const name of link.to) erase(byTarget, link.target, name, link);
  }
}

/** Those of a link's target states that no link holds. */
export function unheld({ target, to }: Link): string[] {
  const links = byTarget.get(target);
  return to.filter((name) => ![...links?.get(name) ?? []].some(({ held }) => held));
}

function insert(index: WeakMap<End, ByState>, end: End, state: string, link: Link): void {
  let states = index.get(end);
  if (states === undefined) index.set(end, states = new Map());
  const links = states.get(state);
  if (links === undefined) states.set(state, new Set([link]));
  else links.add(link);
}

function erase(index: WeakMap<End, ByState>, end: End, state: string, link: Link): void {
  const states = index.get(end);
  const links = states?.get(state);
  if (!links?.delete(link) || links.size > 0) return;
  states!.delete(state);
  if (states!.size === 0) index.delete(end);
}

/** A step of the search, with the one before it. */
interface Step {
  readonly end: End;
  readonly state: string;
  readonly from: Step | null;
}

/** Any loop needs one of the new links: it comes back to the state where that begins. */
function findLoop(links: readonly Link[]): string[] | null {
  for (const { source, state } of links) {
    const seen = new Map<End, Set<string>>();
    const open: Step[] = [{ end: source, state, from: null }];
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      for (const link of bySource.get(step.end)?.get(step.state) ?? []) {
        for (const name of link.to) {
          const next: Step = { end: link.target, state: name, from: step };
          if (link.target === source && name === state) return namesOf(next);
          let known = seen.get(link.target);
          if (known === undefined) seen.set(link.target, known = new Set());
          if (known.has(name)) continue;
          known.add(name);
          open.push(next);
        }
      }
    }
  }
  return null;
}

function namesOf(last: Step): string[] {
  const names: string[] = [];
  for (let step: Step | null = last; step !== null; step = step.from) {
    names.unshift(`${step.end.id}.${step.state}`);
  }
  return names;
}
