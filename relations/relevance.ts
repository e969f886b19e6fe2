import type { CompiledSchema } from "./compiled.ts";
import type { MutationType } from "./resolver.ts";

/** The states whose staying has handlers: those order and number of handler calls depend on them. */
export interface WatchedStates {
  /** States with a handler `FooFoo`. */
  readonly selfs: Iterable<number>;
  /** Pairs of states with a handler `FooBar`. */
  readonly pairs: readonly { readonly from: number; readonly to: number }[];
}

/**
 * The states on which the outcome of a mutation can depend, ascending: two active sets that agree on
 * them give the same enters and exits and the same handlers, in the same order. This is what makes
 * results cacheable although the number of active sets is not bounded: unrelated states don't multiply
 * the cases.
 *
 * It relies on what holds for every target: active states have their required states active and
 * don't remove each other. So an active state matters only if it
 *
 * - may be activated again, or removes, or is required by, what this mutation may activate,
 * - may leave: it is called for removal or removed by what may be activated, or requires
 *   (transitively) something that may leave,
 * - has a handler that speaks for its staying,
 * - comes before one of these in the order of handlers, when more than one may be called.
 */
export function relevantStates(
  schema: CompiledSchema,
  called: readonly number[],
  type: MutationType,
  watched: WatchedStates,
): readonly number[] {
  if (type === "set") return schema.names.map((_, state) => state);
  const activated = type === "add" ? reach(called, (state) => schema.add[state]) : [];
  const taken = type === "add" ? activated.flatMap((state) => schema.remove[state]) : called;
  const relevant = new Set(reach(taken, (state) => schema.requiredBy[state]));
  for (const state of activated) {
    relevant.add(state);
    for (const other of schema.removedBy[state]) relevant.add(other);
    for (const other of schema.require[state]) relevant.add(other);
  }
  const selfs = type === "remove" ? [] : [...watched.selfs];
  for (const state of selfs) relevant.add(state);
  const ends = watched.pairs.filter(({ from, to }) => relevant.has(from) || relevant.has(to));
  for (const { from, to } of ends) relevant.add(from).add(to);
  // Whoever they wait for in the order of handlers, over both orders, can change their sequence.
  const sequence = activated.length + selfs.length + ends.length > 1;
  const ordered = !sequence ? [...relevant] : reach([...relevant], (state) => {
    const { require, after } = schema;
    return after[state].length === 0 ? require[state] : [...require[state], ...after[state]];
  });
  return ordered.sort((a, b) => a - b);
}

function reach(from: readonly number[], next: (state: number) => readonly number[]): number[] {
  const reached = new Set<number>();
  const stack = [...from];
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    if (reached.has(state)) continue;
    reached.add(state);
    for (const other of next(state)) stack.push(other);
  }
  return [...reached];
}
