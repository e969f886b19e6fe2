import type { CompiledSchema } from "./compiled.ts";
import type { Relation } from "./schema.ts";
import {
  contains,
  emptySet,
  erase,
  insert,
  intersects,
  members,
  setOf,
  type StateSet,
} from "./state_set.ts";

/** The three ways to change the active states. */
export type MutationType = "add" | "remove" | "set";

/** What the relations make of a mutation. */
export interface Resolution {
  /** The called states that are in the target; for a remove, all called ones. */
  readonly accepted: readonly number[];
  /** Whether all called states were accepted (a remove always is). */
  readonly complete: boolean;
  /** The states to be active, in the order of their handlers. */
  readonly target: readonly number[];
  /** The active states that leave, in the order of their handlers. */
  readonly exits: readonly number[];
  /** The target states that activate, and the called multi states, in the order of their handlers. */
  readonly enters: readonly number[];
}

/** Observes why the relations decide as they do: `state` did this to `other`. */
export type RelationRecorder = (relation: Relation, state: number, other: number) => void;

/**
 * Resolves the relations of a mutation: which states would be active after it. Pure.
 *
 * The recorder hears `add` (state implied other), `remove` (state blocked other) and `require` (state
 * was dropped for lack of other), but nothing of what states that were dropped would have done.
 */
export function resolve(
  schema: CompiledSchema,
  active: StateSet,
  called: readonly number[],
  type: MutationType,
  recorder?: RelationRecorder,
): Resolution {
  const calledSet = setOf(schema.names.length, called);
  const wanted = type === "set" ? [...called] : candidates(active, called, calledSet, type);
  const ghosts = emptySet(schema.names.length);
  for (;;) {
    const records: Record[] = [];
    const note = recorder && ((...record: Record) => void records.push(record));
    const { target, ghost } = resolveRound(schema, active, calledSet, type, wanted, ghosts, note);
    if (ghost === -1) {
      for (const record of records) recorder?.(...record);
      return resolutionOf(schema, active, called, type, target);
    }
    // The next round does not know the ghost any more: tell now why it was dropped.
    for (const record of records) {
      const [relation, state, other] = record;
      if (relation !== "add" && (relation === "remove" ? other : state) === ghost) {
        recorder?.(...record);
      }
    }
    insert(ghosts, ghost);
  }
}

type Record = [relation: Relation, state: number, other: number];

function resolutionOf(
  schema: CompiledSchema,
  active: StateSet,
  called: readonly number[],
  type: MutationType,
  unsorted: number[],
): Resolution {
  const target = sortStates(unsorted, schema.entersAfter, schema.comesAfter);
  const targetSet = setOf(schema.names.length, target);
  const accepted = type === "remove"
    ? called
    : called.filter((state) => contains(targetSet, state));
  const acceptedSet = setOf(schema.names.length, accepted);
  return {
    accepted,
    complete: accepted.length === called.length,
    target,
    exits: sortStates(
      members(active).filter((state) => !contains(targetSet, state)),
      schema.leavesAfter,
      schema.comesAfter,
    ),
    enters: target.filter((state) =>
      !contains(active, state) ||
      (schema.multi[state] && type !== "remove" && contains(acceptedSet, state))
    ),
  };
}

/** The auto states that may be tried now: inactive and removed by no active state. */
export function autoStates(schema: CompiledSchema, active: StateSet): number[] {
  return schema.autos.filter((state) =>
    !contains(active, state) && !schema.removedBy[state].some((by) => contains(active, by))
  );
}

/** Candidates by priority: called before active for an add; what remains for a remove. */
function candidates(
  active: StateSet,
  called: readonly number[],
  calledSet: StateSet,
  type: MutationType,
): number[] {
  const rest = members(active).filter((state) => !contains(calledSet, state));
  return type === "add" ? [...called, ...rest] : rest;
}

function resolveRound(
  schema: CompiledSchema,
  active: StateSet,
  called: StateSet,
  type: MutationType,
  wanted: readonly number[],
  ghosts: StateSet,
  recorder?: RelationRecorder,
): { target: number[]; ghost: number } {
  const list = wanted.filter((state) => !contains(ghosts, state));
  const kept = setOf(schema.names.length, list);
  const effective = emptySet(schema.names.length);

  // The list grows while it is walked: `add` is transitive.
  for (let i = 0; i < list.length; i++) {
    const state = list[i];
    const activates = !contains(active, state) ||
      (schema.multi[state] && type !== "remove" && contains(called, state));
    if (!activates) continue;
    for (const other of schema.add[state]) {
      if (contains(kept, other) || contains(ghosts, other)) continue;
      if (type === "remove" && contains(called, other)) continue;
      list.push(other);
      insert(kept, other);
      insert(effective, state);
      recorder?.("add", state, other);
    }
  }

  dropUnmet(schema, list, kept, recorder);

  // From the last to the first: of two states that remove each other the earlier one stays.
  for (let i = list.length - 1; i >= 0; i--) {
    const state = list[i];
    if (!contains(kept, state)) continue;
    let blocked = false;
    for (const by of schema.removedBy[state]) {
      if (!contains(kept, by)) continue;
      blocked = true;
      insert(effective, by);
      recorder?.("remove", by, state);
    }
    if (blocked) erase(kept, state);
  }

  dropUnmet(schema, list, kept, recorder);

  let ghost = -1;
  for (const state of list) {
    if (contains(effective, state) && !contains(kept, state)) ghost = state;
  }
  return { target: list.filter((state) => contains(kept, state)), ghost };
}

/** Drops states that lack a required one, until nothing changes. */
function dropUnmet(
  schema: CompiledSchema,
  list: readonly number[],
  kept: StateSet,
  recorder: RelationRecorder | undefined,
): void {
  for (let again = true; again;) {
    again = false;
    for (const state of list) {
      if (!contains(kept, state)) continue;
      for (const other of schema.require[state]) {
        if (contains(kept, other)) continue;
        erase(kept, state);
        recorder?.("require", state, other);
        again = true;
        break;
      }
    }
  }
}

/** Stable topological order: first by `require`, then by `after`, which therefore always holds. */
function sortStates(
  states: number[],
  byRequire: readonly (StateSet | undefined)[],
  byAfter: readonly (StateSet | undefined)[],
): number[] {
  return sortBy(sortBy(states, byRequire), byAfter);
}

function sortBy(states: number[], waitsFor: readonly (StateSet | undefined)[]): number[] {
  if (states.length < 2 || !states.some((state) => waitsFor[state] !== undefined)) return states;
  const left = setOf(waitsFor.length, states);
  const waiting = [...states];
  const sorted: number[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex((state) => {
      const others = waitsFor[state];
      return others === undefined || !intersects(others, left);
    });
    const [state] = waiting.splice(next, 1);
    erase(left, state);
    sorted.push(state);
  }
  return sorted;
}
