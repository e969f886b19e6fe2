import type { Schema } from "../relations/mod.ts";

/** Below so many states an edge says it better than a box. */
const LEAST = 3;

/**
 * Sets of states that all remove each other, so that at most one is active; no state is in two, the
 * largest come first.
 */
export function exclusiveSets(schema: Schema, names: readonly string[]): string[][] {
  const shown = new Set(names);
  const excluded = new Map(names.map((name) => {
    const others = (schema[name].remove ?? []).filter((other) =>
      shown.has(other) && schema[other].remove?.includes(name)
    );
    return [name, new Set(others)];
  }));
  const free = new Set(names);
  const sets: string[][] = [];
  for (;;) {
    const found = largest(free, excluded);
    if (found.length < LEAST) return sets;
    sets.push(found);
    for (const name of found) free.delete(name);
  }
}

/** The largest set that one gets by taking what fits, in order, from each state on. */
function largest(
  free: ReadonlySet<string>,
  excluded: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  let best: string[] = [];
  const seen = new Set<string>();
  for (const start of free) {
    if (seen.has(start)) continue;
    const others = excluded.get(start)!;
    if (others.size < best.length) continue;
    const found = [start];
    for (const next of others) {
      if (free.has(next) && found.every((one) => excluded.get(one)!.has(next))) found.push(next);
    }
    for (const one of found) seen.add(one);
    if (found.length > best.length) best = found;
  }
  return best;
}
