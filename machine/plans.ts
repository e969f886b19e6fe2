import {
  autoStates,
  type CompiledSchema,
  contains,
  indexOf,
  insert,
  members,
  type MutationType,
  relevantStates,
  type Resolution,
  resolve,
  setOf,
  type StateSet,
} from "../relations/mod.ts";
import { HandlerNames } from "./handlers.ts";
import type { Step } from "./tracer.ts";

/*
 * What a mutation does depends only on the schema, the active states that are relevant to it and
 * the names of the bound handlers. So it is worked out once, as a plan, and found again by
 * called states → bits of the relevant active states. Machines with the same schema object and the
 * same handler names share their plans.
 */

/** A handler to be called: which one, and what it speaks for. */
export interface HandlerCall {
  /** Its slot in the machine's handlers. */
  readonly slot: number;
  /** In negotiation the state that it may refuse, in finals the one that it was started for; or -1. */
  readonly state: number;
}

/** Everything about one transition that can be known before its handlers run. */
export class Plan {
  /** The mutation. */
  readonly call: Call;
  /** What the relations make of it. Its `target` is that of one of the active sets that lead to it. */
  readonly resolution: Resolution;
  /** Whether the relations accept it. */
  readonly accepted: boolean;
  /** Negotiation handlers, in order. */
  readonly negotiation: readonly HandlerCall[];
  /** `FooEnd` and `FooState` handlers, in order; `endCount` of them are `FooEnd`. */
  readonly finals: readonly HandlerCall[];
  /** How many of `finals` are `FooEnd` handlers. */
  readonly endCount: number;
  /** The slot of `AnyState`, or -1. */
  readonly anyState: number;
  /** States whose tick moves by one. */
  readonly once: readonly number[];
  /** States whose tick moves by two. */
  readonly twice: readonly number[];
  /** Whether any tick moves. */
  readonly changes: boolean;
  /** Whether auto states are to be looked for after it. */
  readonly autosFollow: boolean;
  /** No handler is to be called. */
  readonly silent: boolean;
  /** The only word of the active set that changes, and the bits in it. */
  readonly #word: number;
  readonly #bits: number;
  /** The words that change, when they are several. */
  readonly #flipWords: readonly number[] | null;
  /** The bits that change in them. */
  readonly #flipBits: readonly number[];

  constructor(call: Call, handlers: HandlerNames, schema: CompiledSchema, active: StateSet) {
    const resolution = resolve(schema, active, call.called, call.type);
    const { exits, enters, accepted } = resolution;
    this.call = call;
    this.resolution = resolution;
    this.accepted = call.auto ? accepted.length > 0 : resolution.complete;
    this.negotiation = this.accepted
      ? negotiationOf(call, handlers, schema, active, resolution)
      : [];
    const ends = this.accepted ? callsOf(exits, handlers.slots.end) : [];
    const states = this.accepted ? callsOf(enters, handlers.slots.state) : [];
    this.finals = [...ends, ...states];
    this.endCount = ends.length;
    this.anyState = this.accepted ? handlers.anyState : -1;
    this.once = this.accepted ? [...exits, ...enters.filter((s) => !contains(active, s))] : [];
    this.twice = this.accepted ? enters.filter((s) => contains(active, s)) : [];
    this.changes = this.once.length + this.twice.length > 0;
    this.autosFollow = this.changes && !call.auto && schema.autos.length > 0;
    this.silent = this.negotiation.length + this.finals.length === 0 && this.anyState === -1 ||
      call.type === "remove" && !this.changes;
    const flips = setOf(schema.names.length, this.once);
    const words = flips.flatMap((bits, word) => bits === 0 ? [] : [word]);
    this.#flipBits = words.map((word) => flips[word]);
    this.#word = words[0] ?? 0;
    this.#bits = this.#flipBits[0] ?? 0;
    this.#flipWords = words.length > 1 ? words : null;
  }

  /** The same for plans of one mutation that do the same. */
  get key(): string {
    const calls = (list: readonly HandlerCall[]) => list.map(({ slot, state }) => [slot, state]);
    const { exits, enters, accepted } = this.resolution;
    const { twice, negotiation, finals } = this;
    return JSON.stringify([accepted, exits, enters, twice, calls(negotiation), calls(finals)]);
  }

  /** Applies the transition to a set of active states; a second time takes it back. */
  flip(active: StateSet): void {
    const words = this.#flipWords;
    if (words === null) active[this.#word] ^= this.#bits;
    else for (let i = 0; i < words.length; i++) active[words[i]] ^= this.#flipBits[i];
  }
}

function callsOf(states: readonly number[], slots: ReadonlyMap<number, number>): HandlerCall[] {
  if (slots.size === 0) return [];
  return states.flatMap((state) => {
    const slot = slots.get(state);
    return slot === undefined ? [] : [{ slot, state }];
  });
}

function negotiationOf(
  call: Call,
  handlers: HandlerNames,
  schema: CompiledSchema,
  active: StateSet,
  { exits, enters, target }: Resolution,
): HandlerCall[] {
  const whole = (calls: HandlerCall[]) => calls.map(({ slot }) => ({ slot, state: -1 }));
  const calls = whole(callsOf(exits, handlers.slots.exit));
  calls.push(...callsOf(enters, handlers.slots.enter));
  if (call.type !== "remove") {
    const kept = target.filter((state) => contains(active, state));
    calls.push(...whole(callsOf(kept, handlers.slots.self)));
  }
  if (handlers.pairs.size > 0) {
    for (const from of members(active)) {
      for (const to of target) {
        const slot = handlers.pairs.get(from * schema.names.length + to);
        if (slot !== undefined && (enters.includes(to) || exits.includes(from))) {
          calls.push({ slot, state: to });
        }
      }
    }
  }
  if (handlers.anyEnter !== -1) calls.push({ slot: handlers.anyEnter, state: -1 });
  return calls;
}

type Tree<T> = Map<number, T | Tree<T>>;

/** What depends on some of the active states, found again by these. */
class ByActive<T extends object> {
  readonly #plans: Plans;
  readonly #make: (active: StateSet) => T;
  readonly #key: (made: T) => string;
  /** The words in which relevant states lie, and their bits. */
  readonly #words: readonly number[];
  readonly #masks: readonly number[];
  /** The only such word, or -1. */
  readonly #word: number;
  readonly #mask: number;
  #tree: Tree<T> = new Map();
  /** Many sets of active states lead to few different things. */
  readonly #distinct: Map<string, T> = new Map();
  #generation = 0;
  // Most calls are made again with the same states active, or with two sets of them in turn.
  #lastKey = 0;
  #last: T | null = null;
  #otherKey = 0;
  #other: T | null = null;

  /**
   * @param make Works it out.
   * @param key The same for equal ones.
   */
  constructor(
    plans: Plans,
    relevant: StateSet,
    make: (active: StateSet) => T,
    key: (made: T) => string,
  ) {
    this.#plans = plans;
    this.#make = make;
    this.#key = key;
    this.#words = relevant.flatMap((bits, word) => bits === 0 ? [] : [word]);
    this.#masks = this.#words.map((word) => relevant[word]);
    this.#word = this.#words.length < 2 ? this.#words[0] ?? 0 : -1;
    this.#mask = this.#masks[0] ?? 0;
  }

  /** What belongs to the active states. */
  get(active: StateSet): T {
    const word = this.#word;
    if (word === -1) return this.#search(active);
    const key = active[word] & this.#mask;
    if (key === this.#lastKey && this.#last !== null) return this.#last;
    if (key === this.#otherKey && this.#other !== null) return this.#other;
    this.#refresh();
    const found = (this.#tree.get(key) as T | undefined) ?? this.#add(this.#tree, key, active);
    this.#otherKey = this.#lastKey;
    this.#other = this.#last;
    this.#lastKey = key;
    return this.#last = found;
  }

  #search(active: StateSet): T {
    this.#refresh();
    let tree = this.#tree;
    const last = this.#words.length - 1;
    for (let i = 0; i < last; i++) {
      const key = active[this.#words[i]] & this.#masks[i];
      let below = tree.get(key) as Tree<T> | undefined;
      if (below === undefined) tree.set(key, below = new Map());
      tree = below;
    }
    const key = active[this.#words[last]] & this.#masks[last];
    return (tree.get(key) as T | undefined) ?? this.#add(tree, key, active);
  }

  #add(tree: Tree<T>, key: number, active: StateSet): T {
    this.#plans.count();
    const made = this.#make(active);
    const content = this.#key(made);
    const found = this.#distinct.get(content) ?? made;
    if (found === made) this.#distinct.set(content, made);
    tree.set(key, found);
    return found;
  }

  #refresh(): void {
    if (this.#generation === this.#plans.generation) return;
    this.#generation = this.#plans.generation;
    this.#tree = new Map();
    this.#distinct.clear();
    this.#last = null;
    this.#other = null;
  }
}

/** A type of mutation with its called states: the root of its plans. */
export class Call {
  /** What is to happen. */
  readonly type: MutationType;
  /** Whether it is made for auto states, which may be accepted in part. */
  readonly auto: boolean;
  /** The called states' indexes, without duplicates. */
  readonly called: readonly number[];
  /** The called states' names. */
  readonly names: readonly string[];
  /** Whether a called state is multi. */
  readonly multi: boolean;
  /** The calls that have one more state, by that state's name. */
  readonly more: Map<string, Call> = new Map();
  /** Where it belongs. */
  readonly plans: Plans;
  readonly #byActive: ByActive<Plan>;
  readonly #relevant: StateSet;
  #steps: ByActive<readonly Step[]> | null = null;

  constructor(plans: Plans, type: MutationType, called: readonly number[], auto: boolean) {
    const { schema, handlers } = plans;
    this.plans = plans;
    this.type = type;
    this.auto = auto;
    this.called = called;
    this.names = called.map((state) => schema.names[state]);
    this.multi = called.some((state) => schema.multi[state]);
    const relevant = relevantStates(schema, called, type);
    if (type !== "remove") {
      for (const state of handlers.slots.self.keys()) insert(relevant, state);
    }
    const size = schema.names.length;
    const related = members(relevant);
    for (const pair of handlers.pairs.keys()) {
      const [from, to] = [Math.floor(pair / size), pair % size];
      if (related.includes(from) || related.includes(to)) {
        insert(relevant, from);
        insert(relevant, to);
      }
    }
    this.#relevant = relevant;
    this.#byActive = new ByActive(
      plans,
      relevant,
      (active) => this.planAfresh(active),
      (plan) => plan.key,
    );
  }

  /** The plan for an active set in which no state lacks what it requires or is removed. */
  plan(active: StateSet): Plan {
    return this.#byActive.get(active);
  }

  /** A plan that is not kept: for an active set that a thrown error left inconsistent. */
  planAfresh(active: StateSet): Plan {
    return new Plan(this, this.plans.handlers, this.plans.schema, active);
  }

  /** What the relations do, step by step: for tracers, with the same condition as `plan`. */
  relationSteps(active: StateSet): readonly Step[] {
    this.#steps ??= new ByActive(
      this.plans,
      this.#relevant,
      (active) => this.relationStepsAfresh(active),
      (steps) => JSON.stringify(steps),
    );
    return this.#steps.get(active);
  }

  /** Steps that are not kept, as with `planAfresh`. */
  relationStepsAfresh(active: StateSet): readonly Step[] {
    const steps: Step[] = this.called.map((state) => ({ kind: "requested", state }));
    resolve(this.plans.schema, active, this.called, this.type, (relation, state, other) => {
      if (relation === "require") steps.push({ kind: "require", state, by: other });
      else if (relation !== "after") steps.push({ kind: relation, state: other, by: state });
    });
    return steps;
  }
}

/** Calls by the name of their only state. Most programs make few different ones in turn. */
class CallsByName {
  /** All of them. */
  readonly all: Map<string, Call> = new Map();
  #lastName = "";
  #last: Call | null = null;
  #otherName = "";
  #other: Call | null = null;

  /** The call of a state; undefined if it has not been made. */
  get(name: string): Call | undefined {
    if (name === this.#lastName && this.#last !== null) return this.#last;
    if (name === this.#otherName && this.#other !== null) return this.#other;
    const call = this.all.get(name);
    if (call === undefined) return undefined;
    this.#otherName = this.#lastName;
    this.#other = this.#last;
    this.#lastName = name;
    return this.#last = call;
  }
}

/** The auto mutation that follows from some active states. */
interface AutoCall {
  /** The mutation; null when there is no auto state to be tried. */
  readonly call: Call | null;
}

/** How many plans are kept per schema and handler names before all are dropped: about 10 MB. */
const MAX_PLANS = 20_000;
/** How many lists of called states are kept. */
const MAX_CALLS = 20_000;

/** The plans of one schema with one set of handler names. */
export class Plans {
  /** The schema. */
  readonly schema: CompiledSchema;
  /** The handler names. */
  readonly handlers: HandlerNames;
  /** Changes when all plans are to be dropped. */
  generation = 0;
  /** Adds of one state by name; lists hang below them. */
  readonly add: CallsByName = new CallsByName();
  /** Removes of one state by name. */
  readonly remove: CallsByName = new CallsByName();
  /** Sets of one state by name. */
  readonly set: CallsByName = new CallsByName();
  readonly #autos: Map<string | number, Call> = new Map();
  readonly #empty: Map<MutationType, Call> = new Map();
  #made = 0;
  #calls = 0;

  readonly #nextAuto: ByActive<AutoCall> | null;

  constructor(schema: CompiledSchema, handlers: HandlerNames) {
    this.schema = schema;
    this.handlers = handlers;
    const { autos, removedBy } = schema;
    const relevant = [...autos, ...autos.flatMap((state) => removedBy[state])];
    this.#nextAuto = autos.length === 0
      ? null
      : new ByActive(this, setOf(schema.names.length, relevant), (active) => {
        const states = autoStates(schema, active);
        return { call: states.length === 0 ? null : this.auto(states) };
      }, ({ call }) => `${call?.called}`);
  }

  /** The auto mutation that follows when these states are active; null when there is none. */
  nextAuto(active: StateSet): Call | null {
    return this.#nextAuto === null ? null : this.#nextAuto.get(active).call;
  }

  /** Counts a plan that was made. */
  count(): void {
    if (++this.#made > MAX_PLANS) {
      this.#made = 0;
      this.generation++;
    }
  }

  /**
   * The call of one state.
   *
   * @throws {StateUnknownError} If there is no such state.
   */
  one(type: MutationType, name: string): Call {
    return this[type].get(name) ?? this.#below(this[type].all, type, name, []);
  }

  /**
   * The call of a list of states.
   *
   * @throws {StateUnknownError} If there is no such state.
   */
  list(type: MutationType, names: readonly string[]): Call {
    let calls = this[type].all;
    let call: Call | undefined;
    for (let i = 0; i < names.length; i++) {
      const called: readonly number[] = call === undefined ? [] : call.called;
      call = calls.get(names[i]) ?? this.#below(calls, type, names[i], called);
      calls = call.more;
    }
    if (call) return call;
    if (!this.#empty.has(type)) this.#empty.set(type, new Call(this, type, [], false));
    return this.#empty.get(type)!;
  }

  /** The auto mutation of these states. */
  auto(states: readonly number[]): Call {
    const key = states.length === 1 ? states[0] : states.join();
    let call = this.#autos.get(key);
    if (!call) {
      if (this.#autos.size >= MAX_CALLS) this.#autos.clear();
      this.#autos.set(key, call = new Call(this, "add", states, true));
    }
    return call;
  }

  #below(
    calls: Map<string, Call>,
    type: MutationType,
    name: string,
    called: readonly number[],
  ): Call {
    const state = indexOf(this.schema, name);
    const call = new Call(this, type, called.includes(state) ? called : [...called, state], false);
    if (++this.#calls > MAX_CALLS) {
      this.#calls = 0;
      for (const { all } of [this.add, this.remove, this.set]) {
        all.forEach((one) => one.more.clear());
      }
    }
    calls.set(name, call);
    return call;
  }
}

const plansOfSchema = new WeakMap<CompiledSchema, Map<string, Plans>>();

/**
 * The shared plans of a schema and a set of handler names.
 *
 * @throws {HandlerUnknownError} If a name belongs to no state.
 */
export function plansFor(schema: CompiledSchema, names: Iterable<string>): Plans {
  const sorted = [...names].sort();
  const key = sorted.join();
  let byNames = plansOfSchema.get(schema);
  if (!byNames) plansOfSchema.set(schema, byNames = new Map());
  let plans = byNames.get(key);
  if (!plans) byNames.set(key, plans = new Plans(schema, new HandlerNames(schema, sorted)));
  return plans;
}
