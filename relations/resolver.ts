import type { CompiledSchema } from "./compiled.ts";
import { enterOrder, exitOrder } from "./order.ts";
import type { Relation } from "./schema.ts";
import { contains, members, type StateSet } from "./state_set.ts";

/** The three ways to change the active states. */
export type MutationType = "add" | "remove" | "set";

/** What the relations make of a mutation. */
export interface Resolution {
  /** The called states that are in the target; for a remove, all called ones. */
  readonly accepted: readonly number[];
  /** Whether all called states were accepted (a remove always is). */
  readonly complete: boolean;
  /** Those of the considered states that are to be active, by priority; `enterOrder` is that of their handlers. */
  readonly target: readonly number[];
  /** The active states that leave, in the order of their handlers. */
  readonly exits: readonly number[];
  /** The target states that activate, and the called multi states, in the order of their handlers. */
  readonly enters: readonly number[];
}

/** Observes why the relations decide as they do: `state` did this to `other`. */
export type RelationRecorder = (relation: Relation, state: number, other: number) => void;

/** What a resolution leaves out. */
export interface ResolveScope {
  /** States that must not be in the target. @default none */
  readonly excluded?: readonly number[];
  /**
   * The active states whose fate is open, by index; all others stay. The result is the same for all
   * active states as for those that are relevant (see `relevantStates`), in less time.
   * @default all
   */
  readonly considered?: readonly number[];
}

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
  scope: ResolveScope = {},
): Resolution {
  const considered = scope.considered ?? members(active);
  const round = new Round(schema, active, called, type, new Set(considered));
  const wanted = round.candidates(considered);
  const ghosts = new Set(scope.excluded);
  for (;;) {
    const records: Record[] = [];
    const note = recorder && ((...record: Record) => void records.push(record));
    const { target, ghost } = round.run(wanted, ghosts, note);
    if (ghost === -1) {
      for (const record of records) recorder?.(...record);
      return round.result(considered, target);
    }
    // The next round does not know the ghost any more: tell now why it was dropped.
    for (const record of records) {
      const [relation, state, other] = record;
      if (relation !== "add" && (relation === "remove" ? other : state) === ghost) {
        recorder?.(...record);
      }
    }
    ghosts.add(ghost);
  }
}

type Record = [relation: Relation, state: number, other: number];

class Round {
  readonly #schema: CompiledSchema;
  readonly #active: StateSet;
  readonly #list: readonly number[];
  readonly #type: MutationType;
  readonly #called: ReadonlySet<number>;
  readonly #considered: ReadonlySet<number>;

  constructor(
    schema: CompiledSchema,
    active: StateSet,
    called: readonly number[],
    type: MutationType,
    considered: ReadonlySet<number>,
  ) {
    this.#schema = schema;
    this.#active = active;
    this.#list = called;
    this.#type = type;
    this.#called = new Set(called);
    this.#considered = considered;
  }

  /** By priority: called before active for an add; what remains for a remove. */
  candidates(considered: readonly number[]): readonly number[] {
    if (this.#type === "set") return this.#list;
    const rest = considered.filter((state) => !this.#called.has(state));
    return this.#type === "add" ? [...this.#list, ...rest] : rest;
  }

  /** The target without the ghosts, and one more ghost, or -1. */
  run(
    wanted: readonly number[],
    ghosts: ReadonlySet<number>,
    recorder?: RelationRecorder,
  ): { target: number[]; ghost: number } {
    const { add, removedBy } = this.#schema;
    const list = wanted.filter((state) => !ghosts.has(state));
    const kept = new Set(list);
    const effective = new Set<number>();

    // The list grows while it is walked: `add` is transitive.
    for (let i = 0; i < list.length; i++) {
      const state = list[i];
      if (!this.#activates(state)) continue;
      for (const other of add[state]) {
        if (kept.has(other) || ghosts.has(other)) continue;
        if (this.#type === "remove" && this.#called.has(other)) continue;
        list.push(other);
        kept.add(other);
        effective.add(state);
        recorder?.("add", state, other);
      }
    }

    this.#dropUnmet(list, kept, recorder);

    // From the last to the first: of two states that remove each other the earlier one stays.
    for (let i = list.length - 1; i >= 0; i--) {
      const state = list[i];
      if (!kept.has(state)) continue;
      let blocked = false;
      for (const by of removedBy[state]) {
        if (!kept.has(by)) continue;
        blocked = true;
        effective.add(by);
        recorder?.("remove", by, state);
      }
      if (blocked) kept.delete(state);
    }

    this.#dropUnmet(list, kept, recorder);

    const ghost = list.findLast((state) => effective.has(state) && !kept.has(state)) ?? -1;
    return { target: list.filter((state) => kept.has(state)), ghost };
  }

  #activates(state: number): boolean {
    return !contains(this.#active, state) ||
      (this.#schema.multi[state] && this.#type !== "remove" && this.#called.has(state));
  }

  /** Drops states that lack a required one, until nothing changes. */
  #dropUnmet(list: readonly number[], kept: Set<number>, recorder?: RelationRecorder): void {
    const { require, requiredBy } = this.#schema;
    const toLook = list.slice();
    for (let i = 0; i < toLook.length; i++) {
      const state = toLook[i];
      if (!kept.has(state)) continue;
      const lacked = require[state].find((other) => !kept.has(other) && !this.#stays(other));
      if (lacked === undefined) continue;
      kept.delete(state);
      recorder?.("require", state, lacked);
      for (const dependent of requiredBy[state]) toLook.push(dependent);
    }
  }

  #stays(state: number): boolean {
    return contains(this.#active, state) && !this.#considered.has(state);
  }

  result(considered: readonly number[], target: readonly number[]): Resolution {
    const [type, called] = [this.#type, this.#list];
    const targetSet = new Set(target);
    const entering = target.filter((state) => this.#activates(state));
    const accepted = type === "remove" ? called : called.filter((state) => targetSet.has(state));
    return {
      accepted,
      complete: accepted.length === called.length,
      target,
      exits: exitOrder(this.#schema, considered.filter((state) => !targetSet.has(state))),
      // Those that stay have their places among those that enter.
      enters: entering.length < 2
        ? entering
        : enterOrder(this.#schema, target).filter((state) => this.#activates(state)),
    };
  }
}

/** The auto states that may be tried now: inactive and removed by no active state. */
export function autoStates(schema: CompiledSchema, active: StateSet): number[] {
  return schema.autos.filter((state) =>
    !contains(active, state) && !schema.removedBy[state].some((by) => contains(active, by))
  );
}
