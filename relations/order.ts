import type { CompiledSchema } from "./compiled.ts";
import { emptySet, erase, insert } from "./state_set.ts";

/** The order in which states enter: first by `require`, then by `after`, which so always holds. */
export function enterOrder(schema: CompiledSchema, states: readonly number[]): readonly number[] {
  const { require, requireCycle, after } = schema;
  return sortBy(sortBy(states, require, requireCycle), after, null);
}

/** The order in which states leave: who requires leaves before what it requires, then by `after`. */
export function exitOrder(schema: CompiledSchema, states: readonly number[]): readonly number[] {
  const { requiredBy, requireCycle, after } = schema;
  return sortBy(sortBy(states, requiredBy, requireCycle), after, null);
}

/**
 * Stable topological order: takes the first state that waits for none of those left, again and again.
 * A state waits for all that it reaches over the relation, also through states that are not sorted;
 * members of one cycle don't wait for each other.
 */
function sortBy(
  states: readonly number[],
  relation: readonly (readonly number[])[],
  cycle: readonly number[] | null,
): readonly number[] {
  if (states.length < 2 || !states.some((state) => relation[state].length > 0)) return states;
  const position = new Map(states.map((state, i) => [state, i]));
  const waits = states.map(() => 0);
  const followers: number[][] = states.map(() => []);
  states.forEach((state, i) => {
    const seen = new Set<number>();
    const stack = [...relation[state]];
    for (let other = stack.pop(); other !== undefined; other = stack.pop()) {
      if (seen.has(other)) continue;
      seen.add(other);
      const at = position.get(other);
      const waitsFor = at !== undefined && (cycle === null || cycle[other] !== cycle[state]);
      if (waitsFor) {
        followers[at].push(i);
        waits[i]++;
      }
      for (const further of relation[other]) {
        // What `other` waits for, `state` then waits for, too; but not for the others of its cycle.
        if (!waitsFor || (cycle !== null && cycle[further] === cycle[other])) stack.push(further);
      }
    }
  });
  return inOrder(states, waits, followers);
}

function inOrder(states: readonly number[], waits: number[], followers: number[][]): number[] {
  const ready = emptySet(states.length);
  waits.forEach((count, i) => count === 0 && insert(ready, i));
  const sorted: number[] = [];
  for (let word = 0; sorted.length < states.length;) {
    const bits = ready[word];
    if (bits === 0) {
      word++;
      continue;
    }
    const i = word * 32 + 31 - Math.clz32(bits & -bits);
    erase(ready, i);
    sorted.push(states[i]);
    for (const follower of followers[i]) {
      if (--waits[follower] > 0) continue;
      insert(ready, follower);
      word = Math.min(word, follower >>> 5);
    }
  }
  return sorted;
}
