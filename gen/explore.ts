import {
  autoStates,
  type CompiledSchema,
  compileSchema,
  contains,
  emptySet,
  members,
  type MutationType,
  type Relation,
  type Resolution,
  resolve,
  type Schema,
  SchemaError,
  setOf,
  type StateSet,
} from "../relations/mod.ts";

/** How far to explore. */
export interface ExploreOptions {
  /** How many sets of active states to visit. @default {10000} */
  readonly maxConfigurations?: number;
  /** Told how many have been visited, now and then. */
  readonly onProgress?: (visited: number, limit: number) => void;
}

/** A mutation that is tried. */
export interface Call {
  readonly type: MutationType;
  readonly called: readonly number[];
  /** Whether it stands for a change elsewhere, which only lets the auto states follow. */
  readonly elsewhere?: boolean;
}

/** A transition that the machine itself makes behind a mutation's own. */
export interface FollowUp {
  /** Event states leave, or auto states are called. */
  readonly kind: "leave" | "auto";
  /** What is active before. */
  readonly before: StateSet;
  /** The states that are called. */
  readonly called: readonly number[];
  /** What comes of it. */
  readonly resolution: Resolution;
  /** What is active after it. */
  readonly after: StateSet;
}

/** A mutation's transition, and those that follow it. */
export interface Outcome {
  /** The states that are active before. */
  readonly from: StateSet;
  /** The mutation's own transition; its target is `from` when it was refused. */
  readonly own: Resolution;
  readonly accepted: boolean;
  /** Whether it ticked anything. */
  readonly moved: boolean;
  /** What is active after it. */
  readonly changed: StateSet;
  /** What follows, in order; auto states that were all refused are not there. */
  readonly steps: readonly FollowUp[];
  /** What is active in the end. */
  readonly settled: StateSet;
  /** From which step on it goes round without end; -1 when it ends. */
  readonly endless: number;
}

/** A change of states that are not looked at. */
export const ELSEWHERE: Call = { type: "add", called: [], elsewhere: true };

/** What a machine with this schema and without handlers does. */
export function outcomeOf(schema: CompiledSchema, from: StateSet, call: Call): Outcome {
  const size = schema.names.length;
  const own = call.elsewhere
    ? { accepted: [], complete: true, target: members(from), exits: [], enters: [] }
    : resolve(schema, from, call.called, call.type);
  const changed = own.complete ? setOf(size, own.target) : from;
  // Auto states follow what moved a tick, so also a multi state that was called again.
  const moved = own.complete && (own.enters.length + own.exits.length > 0 || !!call.elsewhere);
  const steps: FollowUp[] = [];
  const tried = new Map<string, number>();
  let now = changed, enters = own.complete ? own.enters : [], autosFollow = moved;
  for (;;) {
    // Event states leave before anything else.
    const events = schema.special ? enters.filter((state) => schema.event[state]) : [];
    const kind = events.length > 0 ? "leave" : "auto";
    if (kind === "auto" && !autosFollow) break;
    const called = kind === "leave" ? events : autoStates(schema, now);
    if (called.length === 0) break;
    const resolution = resolve(schema, now, called, kind === "leave" ? "remove" : "add");
    if (resolution.accepted.length === 0) break;
    if (kind === "auto") {
      const key = now.join();
      const endless = tried.get(key);
      if (endless !== undefined) return { ...done(), endless };
      tried.set(key, steps.length);
    }
    const after = setOf(size, resolution.target);
    steps.push({ kind, before: now, called, resolution, after });
    now = after;
    enters = resolution.enters;
    autosFollow = kind === "leave";
  }
  return done();

  function done(): Outcome {
    return { from, own, accepted: own.complete, moved, changed, steps, settled: now, endless: -1 };
  }
}

/** Whether anybody could tell one outcome from the other. */
export function sameOutcome(a: Outcome, b: Outcome): boolean {
  const same = (a: readonly number[], b: readonly number[]) =>
    a.length === b.length && a.every((state, i) => state === b[i]);
  const alike = (a: Resolution, b: Resolution) =>
    same(a.enters, b.enters) && same(a.exits, b.exits);
  return a.accepted === b.accepted && (!a.accepted || alike(a.own, b.own)) &&
    a.endless === b.endless && a.steps.length === b.steps.length &&
    a.steps.every(({ kind, resolution }, i) =>
      kind === b.steps[i].kind && alike(resolution, b.steps[i].resolution)
    );
}

/**
 * States that are related to each other, directly or not, timeouts included: groups of them can't
 * interact.
 */
export function components(schema: CompiledSchema): number[][] {
  const neighbors: Set<number>[] = schema.names.map(() => new Set());
  schema.names.forEach((name, state) => {
    const { add = [], remove = [], require = [], after = [], timeouts = {} } = schema.states[name];
    for (const other of [...add, ...remove, ...require, ...after, ...Object.keys(timeouts)]) {
      const at = schema.indexes.get(other)!;
      neighbors[state].add(at);
      neighbors[at].add(state);
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

/** The schema of these states alone. They must have no relations to others. */
export function partOf(schema: Schema, names: readonly string[]): Schema {
  return Object.fromEntries(
    names.map((name) => [name, Object.hasOwn(schema, name) ? schema[name] : { multi: true }]),
  );
}

/** The schema without one relation between two states; null when it contradicts itself then. */
export function withoutRelation(
  schema: Schema,
  relation: Relation,
  from: string,
  to: string,
): CompiledSchema | null {
  const { [relation]: list = [], ...rest } = schema[from];
  const entries = Object.keys(schema).map((name) => [
    name,
    name === from ? { ...rest, [relation]: list.filter((other) => other !== to) } : schema[name],
  ]);
  try {
    return compileSchema(Object.fromEntries(entries));
  } catch (error) {
    if (error instanceof SchemaError) return null;
    throw error;
  }
}

/** Everything that a state needs to be active: what it requires, directly or not, and itself. */
export function requirements(schema: CompiledSchema, state: number): number[] {
  const needed = [state];
  for (const one of needed) {
    for (const other of schema.require[one]) if (!needed.includes(other)) needed.push(other);
  }
  return needed;
}

/** Calls of single states, and of states with what they require: they reach what there is, mostly. */
export function simpleCalls(schema: CompiledSchema, states: readonly number[]): Call[] {
  return [ELSEWHERE].concat(states.flatMap((state) => {
    const needed = requirements(schema, state);
    const lists = needed.length > 1 ? [[state], needed, needed.toReversed()] : [[state]];
    return [
      { type: "remove" as const, called: [state] },
      ...lists.map((called) => ({ type: "add" as const, called })),
      { type: "set" as const, called: needed },
    ];
  }));
}

/** How many calls there are of up to `size` states, in any order. */
export function countOfCalls(size: number): number {
  let lists = 1, ofLength = 1;
  for (let left = size; left > 0; left--) lists += ofLength *= left;
  return 3 * lists;
}

/** All calls of these states, in any order. */
export function allCalls(states: readonly number[]): Call[] {
  const lists: number[][] = [[]];
  for (const list of lists) {
    for (const state of states) if (!list.includes(state)) lists.push([...list, state]);
  }
  const types = ["add", "remove", "set"] as const;
  return [
    ELSEWHERE,
    ...types.flatMap((type) => lists.map((called): Call => ({ type, called }))),
  ];
}

/**
 * Visits the sets of active states that are reached from none by these calls, and tells what comes
 * of each call; one without end leads nowhere.
 */
export function explore(
  schema: CompiledSchema,
  calls: readonly Call[],
  limit: number,
  seen: (outcome: Outcome, call: Call) => void,
): { readonly sets: readonly StateSet[]; readonly complete: boolean } {
  const start = emptySet(schema.names.length);
  const sets = [start];
  const known = new Set([start.join()]);
  for (let at = 0; at < sets.length; at++) {
    if (at >= limit) return { sets: sets.slice(0, limit), complete: false };
    for (const call of calls) {
      const outcome = outcomeOf(schema, sets[at], call);
      seen(outcome, call);
      if (outcome.endless !== -1) continue;
      const key = outcome.settled.join();
      if (!known.has(key)) known.add(key), sets.push(outcome.settled);
    }
  }
  return { sets, complete: true };
}

/** The states of one set that are not in the other. */
export function difference(set: StateSet, other: StateSet): number[] {
  return members(set).filter((state) => !contains(other, state));
}
