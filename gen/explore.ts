import {
  autoStates,
  type CompiledSchema,
  contains,
  emptySet,
  members,
  type MutationType,
  resolve,
  setOf,
  type StateSet,
} from "../relations/mod.ts";

/** What was seen of a schema by trying its mutations out, without handlers. */
export interface Exploration {
  /** How many sets of active states were visited. */
  readonly configurations: number;
  /** Whether all were: false when the bound was hit. */
  readonly complete: boolean;
  /** States that were active at some time. */
  readonly activated: ReadonlySet<number>;
  /** States that left at some time. */
  readonly left: ReadonlySet<number>;
  /** Relations that had an effect, as `relation from to`. */
  readonly effective: ReadonlySet<string>;
  /** Auto states that were tried together, one of which removes the other, as `winner loser`. */
  readonly beaten: ReadonlySet<string>;
}

/** How far to explore. */
export interface ExploreOptions {
  /** How many sets of active states to visit. @default {10000} */
  readonly maxConfigurations?: number;
  /** Told how many have been visited, now and then. */
  readonly onProgress?: (visited: number, limit: number) => void;
}

/** The states that are related to each other, directly or not: groups of them can't interact. */
export function components(schema: CompiledSchema): number[][] {
  const neighbors: Set<number>[] = schema.names.map(() => new Set());
  const link = (a: number, b: number) => {
    neighbors[a].add(b);
    neighbors[b].add(a);
  };
  schema.names.forEach((name, state) => {
    const { add = [], remove = [], require = [], after = [] } = schema.states[name];
    for (const other of [...add, ...remove, ...require, ...after]) {
      link(state, schema.indexes.get(other)!);
    }
  });
  const seen = new Set<number>();
  return schema.names.flatMap((_, start) => {
    if (seen.has(start)) return [];
    const group = [start];
    seen.add(start);
    for (const state of group) {
      for (const next of neighbors[state]) {
        if (!seen.has(next)) seen.add(next), group.push(next);
      }
    }
    return [group.sort((a, b) => a - b)];
  });
}

/** Everything that a state needs to be active: what it requires, directly or not, and itself. */
export function requirements(schema: CompiledSchema, state: number): number[] {
  const needed = [state];
  for (const one of needed) {
    for (const other of schema.require[one]) if (!needed.includes(other)) needed.push(other);
  }
  return needed;
}

/**
 * Visits the sets of active states that can be reached from none by adding and removing states, one
 * by one or together with what they require, group of related states by group.
 */
export function explore(schema: CompiledSchema, options: ExploreOptions = {}): Exploration {
  const { maxConfigurations = 10_000, onProgress } = options;
  const activated = new Set<number>();
  const left = new Set<number>();
  const effective = new Set<string>();
  const beaten = new Set<string>();
  const groups = components(schema);
  let visited = 0;
  let complete = true;

  const mutate = (active: StateSet, type: MutationType, called: readonly number[]): StateSet => {
    const { complete, accepted, target, enters, exits } = resolve(
      schema,
      active,
      called,
      type,
      (relation, state, other) => effective.add(`${relation} ${state} ${other}`),
    );
    const isAuto = type === "add" && called === autos;
    if (isAuto ? accepted.length === 0 : !complete) return active;
    for (const list of [enters, exits]) {
      for (const state of list) {
        for (const other of list) effective.add(`after ${state} ${other}`);
      }
    }
    for (const state of enters) activated.add(state);
    return setOf(schema.names.length, target);
  };
  let autos: readonly number[] = [];

  for (const group of groups) {
    const own = setOf(schema.names.length, group);
    const settle = (active: StateSet): StateSet => {
      autos = autoStates(schema, active).filter((state) => contains(own, state));
      if (autos.length === 0) return active;
      const after = mutate(active, "add", autos);
      for (const winner of autos) {
        if (!contains(after, winner)) continue;
        for (const loser of autos) {
          if (!contains(after, loser)) beaten.add(`${winner} ${loser}`);
        }
      }
      return after;
    };
    const calls: [MutationType, readonly number[]][] = group.flatMap((state) => {
      const needed = requirements(schema, state);
      const adds: [MutationType, readonly number[]][] = [["add", [state]], ["remove", [state]]];
      if (needed.length > 1) adds.push(["add", needed]);
      return adds;
    });
    const start = emptySet(schema.names.length);
    const seen = new Set([start.join()]);
    const queue = [start];
    for (let at = 0; at < queue.length; at++) {
      if (visited >= maxConfigurations) {
        complete = false;
        break;
      }
      if (++visited % 200 === 0) onProgress?.(visited, maxConfigurations);
      const from = queue[at];
      const next = [settle(from)];
      for (const [type, called] of calls) {
        const changed = mutate(from, type, called);
        if (changed === from) continue;
        next.push(settle(changed));
      }
      for (const to of next) {
        for (const state of members(from)) if (!contains(to, state)) left.add(state);
        const key = to.join();
        if (!seen.has(key)) seen.add(key), queue.push(to);
      }
    }
  }
  return { configurations: visited, complete, activated, left, effective, beaten };
}
