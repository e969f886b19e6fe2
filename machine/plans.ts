import {
  autoStates,
  type CompiledSchema,
  indexOf,
  type MutationType,
  relevantStates,
  resolve,
  type StateSet,
} from "../relations/mod.ts";
import type { Step } from "./any_machine.ts";
import { HandlerNames } from "./handler_names.ts";
import { LastTwo } from "./last_two.ts";
import { Plan, type PlanRequest } from "./plan.ts";
import { Budget, ByActive, Kept } from "./plan_cache.ts";

/*
 * What a mutation does depends only on the schema, the active states that are relevant to it and
 * the names of the bound handlers. So it is worked out once, as a plan, and found again by
 * called states → bits of the relevant active states. Machines whose schemas say the same and whose
 * handlers have the same names share their plans.
 */

/** A type of mutation with its called states: the root of its plans. */
export class Call implements PlanRequest {
  /** What is to happen. */
  readonly type: MutationType;
  /** Whether it is made for auto states, which may be accepted in part. */
  readonly auto: boolean;
  /** Whether nobody is asked: the called states leave because their time is over. */
  readonly forced: boolean;
  /** The called states' indexes, without duplicates. */
  readonly called: readonly number[];
  /** The called states' names. */
  readonly names: readonly string[];
  /** Whether a called state takes each call for a new one: it is multi or an event. */
  readonly repeats: boolean;
  /** A called state whose calls must pass arguments, or -1. */
  readonly needsArgs: number;
  /** Where it belongs. */
  readonly plans: Plans;
  /** The states on which its plans depend. */
  readonly #relevant: readonly number[];
  readonly #byActive: ByActive<Plan<Call>>;
  #steps: ByActive<readonly Step[]> | null = null;

  constructor(
    plans: Plans,
    type: MutationType,
    called: readonly number[],
    auto = false,
    forced = false,
  ) {
    const { schema, handlers } = plans;
    this.plans = plans;
    this.type = type;
    this.auto = auto;
    this.forced = forced;
    this.called = called;
    this.names = called.map((state) => schema.names[state]);
    this.repeats = called.some((state) => schema.multi[state] || schema.event[state]);
    this.needsArgs = !schema.special || type === "remove"
      ? -1
      : called.find((state) => schema.needsArgs[state]) ?? -1;
    this.#relevant = relevantStates(schema, called, type, {
      selfs: handlers.slots.self.keys(),
      pairs: handlers.pairs,
    });
    this.#byActive = this.#cache();
  }

  /** The plan for an active set in which no state lacks what it requires or is removed. */
  plan(active: StateSet): Plan<Call> {
    return this.#byActive.get(active);
  }

  #cache(): ByActive<Plan<Call>> {
    const { schema, handlers, budget } = this.plans;
    const relevant = this.#relevant;
    return new ByActive(
      budget,
      relevant,
      (active) => {
        const considered = relevant.filter((s) => (active[s >>> 5] & (1 << (s & 31))) !== 0);
        return new Plan<Call>(this, { schema, handlers, considered }, active);
      },
      (plan) => plan.key,
    );
  }

  /**
   * A plan that is not kept: for an active set that a thrown error left inconsistent, or with states that
   * leave because they have failed.
   */
  freshPlan(active: StateSet, leaving?: readonly number[]): Plan<Call> {
    const { schema, handlers } = this.plans;
    return new Plan<Call>(this, { schema, handlers, leaving }, active);
  }

  /** What the relations do, step by step: for tracers, with the same condition as `plan`. */
  relationSteps(active: StateSet): readonly Step[] {
    this.#steps ??= new ByActive(
      this.plans.budget,
      this.#relevant,
      (active) => this.freshSteps(active),
      (steps) => JSON.stringify(steps),
    );
    return this.#steps.get(active);
  }

  /** Steps that are not kept, as with `freshPlan`. */
  freshSteps(active: StateSet): readonly Step[] {
    const steps: Step[] = this.called.map((state) => ({ kind: "requested", state }));
    resolve(this.plans.schema, active, this.called, this.type, (relation, state, other) => {
      if (relation === "require") steps.push({ kind: "require", state, by: other });
      else if (relation !== "after") steps.push({ kind: relation, state: other, by: state });
    });
    return steps;
  }
}

/** Calls of one state by its name. */
class Singles {
  readonly last: LastTwo<string, Call> = new LastTwo();
  readonly all: Map<string, Call> = new Map();
}

/** A place in the lists of called states; the call is made when it is used. */
class Prefix {
  call: Call | null = null;
  readonly longer: Map<string, Prefix> = new Map();
}

/** How many lists of called states are kept. */
const MAX_CALLS = 20_000;

/** The auto mutation that follows from some active states. */
interface AutoCall {
  /** The mutation; null when there is no auto state to be tried. */
  readonly call: Call | null;
}

/** The plans of one schema with one set of handler names. */
export class Plans {
  /** The schema. */
  readonly schema: CompiledSchema;
  /** The handler names. */
  readonly handlers: HandlerNames;
  /** Bounds what is kept. */
  readonly budget: Budget;
  readonly #add: Singles = new Singles();
  readonly #remove: Singles = new Singles();
  readonly #set: Singles = new Singles();
  #lists: Record<MutationType, Prefix> = {
    add: new Prefix(),
    remove: new Prefix(),
    set: new Prefix(),
  };
  readonly #special: Map<string, Call> = new Map();
  /** The ends of single states, by index: every event has one. */
  readonly #leaves: (Call | undefined)[] = [];
  #prefixes = 0;
  readonly #nextAuto: ByActive<AutoCall> | null;

  constructor(schema: CompiledSchema, handlers: HandlerNames, budget: Budget) {
    this.schema = schema;
    this.handlers = handlers;
    this.budget = budget;
    const { autos, removedBy } = schema;
    const relevant = [...new Set([...autos, ...autos.flatMap((state) => removedBy[state])])];
    this.#nextAuto = autos.length === 0
      ? null
      : new ByActive(budget, relevant.sort((a, b) => a - b), (active) => {
        const states = autoStates(schema, active);
        return { call: states.length === 0 ? null : this.auto(states) };
      }, ({ call }) => `${call?.called}`);
  }

  /** The auto mutation that follows when these states are active; null when there is none. */
  nextAuto(active: StateSet): Call | null {
    return this.#nextAuto === null ? null : this.#nextAuto.get(active).call;
  }

  /**
   * The call of one state.
   *
   * @throws {StateUnknownError} If there is no such state.
   */
  one(type: MutationType, name: string): Call {
    // Compared, not looked up by name: a property whose name varies is slow to find.
    const singles = type === "add" ? this.#add : type === "remove" ? this.#remove : this.#set;
    const { last, all } = singles;
    return last.get(name) ?? last.set(name, all.get(name) ?? this.#makeOne(all, type, name));
  }

  #makeOne(all: Map<string, Call>, type: MutationType, name: string): Call {
    const call = new Call(this, type, [indexOf(this.schema, name)]);
    all.set(name, call);
    return call;
  }

  /**
   * The call of a list of states.
   *
   * @throws {StateUnknownError} If there is no such state.
   */
  list(type: MutationType, names: readonly string[]): Call {
    if (names.length === 1) return this.one(type, names[0]);
    let prefix = this.#lists[type];
    for (let i = 0; i < names.length; i++) {
      prefix = prefix.longer.get(names[i]) ?? this.#longer(prefix, names[i]);
    }
    return prefix.call ??= new Call(this, type, [
      ...new Set(names.map((name) => indexOf(this.schema, name))),
    ]);
  }

  #longer(prefix: Prefix, name: string): Prefix {
    indexOf(this.schema, name); // unknown names are not kept
    if (++this.#prefixes > MAX_CALLS) {
      this.#prefixes = 0;
      this.#lists = { add: new Prefix(), remove: new Prefix(), set: new Prefix() };
    }
    const longer = new Prefix();
    prefix.longer.set(name, longer);
    return longer;
  }

  /** The auto mutation of these states. */
  auto(states: readonly number[]): Call {
    return this.#made(`auto ${states}`, () => new Call(this, "add", states, true));
  }

  /** The end of states whose time is over: nobody is asked. */
  leave(states: readonly number[]): Call {
    const make = () => new Call(this, "remove", states, false, true);
    if (states.length > 1) return this.#made(`leave ${states}`, make);
    return this.#leaves[states[0]] ??= make();
  }

  #made(key: string, make: () => Call): Call {
    let call = this.#special.get(key);
    if (call === undefined) {
      if (this.#special.size >= MAX_CALLS) this.#special.clear();
      this.#special.set(key, call = make());
    }
    return call;
  }
}

/** All plans of one schema. */
interface OfSchema {
  readonly kept: Kept;
  readonly byNames: Map<string, Plans>;
}

const ofSchemas = new WeakMap<CompiledSchema, OfSchema>();

/** How many sets of handler names are kept per schema: machines that go on using others keep them. */
const MAX_HANDLER_SETS = 32;

/**
 * The shared plans of a schema and a set of handler names.
 *
 * @throws {HandlerUnknownError} If a name belongs to no state.
 */
export function plansFor(schema: CompiledSchema, names: Iterable<string>): Plans {
  const sorted = [...names].sort();
  let of = ofSchemas.get(schema);
  if (of === undefined) ofSchemas.set(schema, of = { kept: new Kept(), byNames: new Map() });
  const { byNames, kept } = of;
  const key = JSON.stringify(sorted);
  let plans = byNames.get(key);
  if (plans !== undefined) byNames.delete(key); // to the end: the first one is the least used
  else plans = new Plans(schema, new HandlerNames(schema, sorted), new Budget(kept));
  byNames.set(key, plans);
  if (byNames.size > MAX_HANDLER_SETS) {
    const [oldest, { budget }] = byNames.entries().next().value!;
    byNames.delete(oldest);
    budget.clear();
  }
  return plans;
}
