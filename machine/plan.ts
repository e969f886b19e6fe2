import {
  type CompiledSchema,
  contains,
  enterOrder,
  type MutationType,
  type Resolution,
  resolve,
  type StateSet,
} from "../relations/mod.ts";
import type { HandlerNames } from "./handler_names.ts";

/** A handler to be called: which one, and what it speaks for. */
export interface HandlerCall {
  /** Its slot in the machine's handlers. */
  readonly slot: number;
  /** In negotiation the state that it may refuse, in finals the one that it was started for; or -1. */
  readonly state: number;
}

/** What a plan is made for. */
export interface PlanRequest {
  /** What is to happen. */
  readonly type: MutationType;
  /** The called states' indexes, without duplicates. */
  readonly called: readonly number[];
  /** Whether it is made for auto states, which may be accepted in part. */
  readonly auto: boolean;
  /** Whether nobody is asked: the called states leave because their time is over. */
  readonly forced: boolean;
  /** A called state whose calls must pass arguments, or -1. */
  readonly needsArgs: number;
}

/** What a plan is made with. */
export interface PlanScope {
  /** The schema. */
  readonly schema: CompiledSchema;
  /** Which handlers are bound. */
  readonly handlers: HandlerNames;
  /** The active states whose fate is open, by index. @default all */
  readonly considered?: readonly number[];
  /** States that leave whatever the relations say, and are not asked: their activation has failed. */
  readonly leaving?: readonly number[];
}

const NONE: readonly never[] = [];

/**
 * Everything about one transition that can be known before its handlers run: what the relations make of
 * the mutation, which handlers are called in which order, and which ticks move.
 */
export class Plan<R extends PlanRequest = PlanRequest> {
  /** The mutation. */
  readonly call: R;
  /** What the relations make of it. Its `target` has only the states that were considered. */
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
  /** States whose tick moves by two: active multi states that are called again. */
  readonly twice: readonly number[];
  /** Those of them whose calls are activations of their own; not in `twice`. */
  readonly renewed: readonly number[];
  /** Event states that enter, and have to leave again. */
  readonly events: readonly number[];
  /** Whether `Exception` enters or is called again. */
  readonly raises: boolean;
  /** Whether it does one of the last three, which hardly any transition does. */
  readonly rare: boolean;
  /** Whether any tick moves. */
  readonly changes: boolean;
  /** Whether auto states are to be looked for after it. */
  readonly autosFollow: boolean;
  /** Whether something may have to be done after the final handlers: `AnyState`, auto states, events. */
  readonly follows: boolean;
  /** Nobody can see more of it than ticks and promises: see `Engine.mutate`. */
  readonly silent: boolean;
  /** The only word of the active set that changes, and the bits in it. */
  readonly #word: number;
  readonly #bits: number;
  /** The words that change, when they are several. */
  readonly #flipWords: readonly number[] | null;
  /** The bits that change in them. */
  readonly #flipBits: readonly number[];

  constructor(
    call: R,
    { schema, handlers, considered, leaving = NONE }: PlanScope,
    active: StateSet,
  ) {
    const { type, called, auto, forced } = call;
    const scope = { considered, excluded: leaving };
    const resolution = resolve(schema, active, called, type, undefined, scope);
    const { exits, enters, accepted } = resolution;
    this.call = call;
    this.resolution = resolution;
    this.accepted = auto ? accepted.length > 0 : resolution.complete;
    const unasked = forced
      ? exits
      : leaving.length === 0
      ? NONE
      : dependents(schema, leaving, exits);
    this.negotiation = this.accepted && !forced
      ? negotiationOf(call, schema, handlers, active, resolution, unasked)
      : NONE;
    const ends = this.accepted ? callsOf(exits, handlers.slots.end) : NONE;
    const states = this.accepted ? callsOf(enters, handlers.slots.state) : NONE;
    this.finals = states.length === 0 ? ends : [...ends, ...states];
    this.endCount = ends.length;
    this.anyState = this.accepted ? handlers.anyState : -1;
    const again = this.accepted ? enters.filter((s) => contains(active, s)) : NONE;
    this.once = this.accepted
      ? [...exits, ...(again.length === 0 ? enters : enters.filter((s) => !contains(active, s)))]
      : NONE;
    this.renewed = again.filter((s) => schema.latest[s]);
    this.twice = this.renewed.length === 0 ? again : again.filter((s) => !schema.latest[s]);
    this.events = this.accepted && schema.special ? enters.filter((s) => schema.event[s]) : NONE;
    this.raises = this.accepted && enters.includes(schema.exception);
    this.rare = this.raises || this.events.length + this.renewed.length > 0;
    this.changes = this.once.length + again.length > 0;
    this.autosFollow = this.changes && !auto && schema.autos.length > 0;
    this.follows = this.autosFollow || this.anyState !== -1 || this.events.length > 0;
    this.silent = call.needsArgs === -1 && this.negotiation.length + this.finals.length === 0 &&
        this.anyState === -1 &&
        !this.rare ||
      type === "remove" && !this.changes;
    const flips = new Map<number, number>();
    for (const state of this.once) {
      flips.set(state >>> 5, (flips.get(state >>> 5) ?? 0) ^ (1 << (state & 31)));
    }
    const words = [...flips.keys()];
    this.#flipBits = [...flips.values()];
    this.#word = words[0] ?? 0;
    this.#bits = this.#flipBits[0] ?? 0;
    this.#flipWords = words.length > 1 ? words : null;
  }

  /** The same for plans of one mutation that do the same. */
  get key(): string {
    const calls = (list: readonly HandlerCall[]) => list.map(({ slot, state }) => [slot, state]);
    const { exits, enters, accepted } = this.resolution;
    const { twice, renewed, negotiation, finals } = this;
    return JSON.stringify([
      accepted,
      exits,
      enters,
      twice,
      renewed,
      calls(negotiation),
      calls(finals),
    ]);
  }

  /** Applies the transition to a set of active states; a second time takes it back. */
  flip(active: StateSet): void {
    const words = this.#flipWords;
    if (words === null) active[this.#word] ^= this.#bits;
    else for (let i = 0; i < words.length; i++) active[words[i]] ^= this.#flipBits[i];
  }
}

/** Those of the exits that leave because others do, and these. */
function dependents(
  schema: CompiledSchema,
  leaving: readonly number[],
  exits: readonly number[],
): readonly number[] {
  const open = new Set(exits);
  const found = [...leaving];
  for (const state of found) {
    if (open.delete(state)) found.push(...schema.requiredBy[state]);
  }
  return exits.filter((state) => !open.has(state));
}

function callsOf(
  states: readonly number[],
  slots: ReadonlyMap<number, number>,
): readonly HandlerCall[] {
  if (slots.size === 0) return NONE;
  const calls: HandlerCall[] = [];
  for (const state of states) {
    const slot = slots.get(state);
    if (slot !== undefined) calls.push({ slot, state });
  }
  return calls;
}

function negotiationOf(
  call: PlanRequest,
  schema: CompiledSchema,
  handlers: HandlerNames,
  active: StateSet,
  { exits, enters, target }: Resolution,
  unasked: readonly number[],
): readonly HandlerCall[] {
  const whole = (calls: readonly HandlerCall[]) => calls.map(({ slot }) => ({ slot, state: -1 }));
  const asked = unasked.length === 0 ? exits : exits.filter((state) => !unasked.includes(state));
  const calls = whole(callsOf(asked, handlers.slots.exit));
  calls.push(...callsOf(enters, handlers.slots.enter));
  const { pairs, slots: { self } } = handlers;
  if (pairs.length + self.size > 0) {
    const ordered = enterOrder(schema, target);
    const staying = call.type === "remove" ? NONE : ordered.filter((s) => contains(active, s));
    calls.push(...whole(callsOf(staying, self)));
    calls.push(...pairsOf(handlers, active, enters, asked, ordered));
  }
  if (handlers.anyEnter !== -1) calls.push({ slot: handlers.anyEnter, state: -1 });
  return calls;
}

/** `FooBar` for each active Foo, by index, and each target Bar, in order, if Bar enters or Foo exits. */
function pairsOf(
  handlers: HandlerNames,
  active: StateSet,
  enters: readonly number[],
  exits: readonly number[],
  target: readonly number[],
): HandlerCall[] {
  const place = new Map(target.map((state, i) => [state, i]));
  const entering = new Set(enters);
  const leaving = new Set(exits);
  return handlers.pairs
    .filter(({ from, to }) =>
      contains(active, from) && place.has(to) && (entering.has(to) || leaving.has(from))
    )
    .sort((a, b) => a.from - b.from || place.get(a.to)! - place.get(b.to)!)
    .map(({ slot, to }) => ({ slot, state: to }));
}
