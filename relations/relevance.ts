import type { CompiledSchema } from "./compiled.ts";
import type { MutationType } from "./resolver.ts";
import { contains, emptySet, insert, members, type StateSet } from "./state_set.ts";

/**
 * The states on which the outcome of a mutation can depend: two active sets that agree on them give
 * the same enters and exits, in the same order. This is what makes results cacheable although the
 * number of active sets is not bounded: unrelated states don't multiply the cases.
 *
 * It relies on what holds for every target: active states have their required states active and
 * don't remove each other. So an active state matters only if it
 *
 * - may be activated again, implied, removed by, or removes what this mutation may activate,
 * - requires (transitively) something that may leave, or is required by what may be activated,
 * - comes before one of these in the order of handlers.
 */
export function relevantStates(
  schema: CompiledSchema,
  called: readonly number[],
  type: MutationType,
): StateSet {
  const size = schema.names.length;
  if (type === "set") return everyState(size);
  const activated = type === "add" ? reach(size, called, (state) => schema.add[state]) : [];
  const touched = type === "add"
    ? activated.flatMap((state) => [state, ...schema.remove[state], ...schema.removedBy[state]])
    : called;
  const affected = reach(size, touched, (state) => schema.requiredBy[state]);
  const required = activated.flatMap((state) => schema.require[state]);
  const relevant = emptySet(size);
  for (const state of [...affected, ...required]) {
    insert(relevant, state);
  }
  // Whoever they wait for in the order of handlers, over both orders, can change their sequence.
  const ordered = reach(size, members(relevant), (state) => [
    ...before(schema.entersAfter[state]),
    ...before(schema.comesAfter[state]),
  ]);
  for (const state of ordered) insert(relevant, state);
  return relevant;
}

/** All states of a schema of this size. */
function everyState(size: number): StateSet {
  const all = emptySet(size);
  for (let state = 0; state < size; state++) insert(all, state);
  return all;
}

function before(set: StateSet | undefined): number[] {
  return set ? members(set) : [];
}

function reach(
  size: number,
  from: readonly number[],
  next: (state: number) => readonly number[],
): number[] {
  const seen = emptySet(size);
  const reached: number[] = [];
  const stack = [...from];
  while (stack.length > 0) {
    const state = stack.pop()!;
    if (contains(seen, state)) continue;
    insert(seen, state);
    reached.push(state);
    for (const other of next(state)) stack.push(other);
  }
  return reached;
}
