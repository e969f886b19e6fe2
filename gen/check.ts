import {
  type CompiledSchema,
  compileSchema,
  contains,
  members,
  type Relation,
  RELATIONS,
  resolve,
  type Schema,
  type StateSet,
} from "../relations/mod.ts";
import { contradiction } from "./contradiction.ts";
import {
  allCalls,
  type Call,
  components,
  countOfCalls,
  difference,
  explore,
  type ExploreOptions,
  type FollowUp,
  type Outcome,
  outcomeOf,
  partOf,
  requirements,
  sameOutcome,
  simpleCalls,
  withoutRelation,
} from "./explore.ts";

/** What kind of fault a finding is. */
export type FindingKind =
  | "contradiction"
  | "never-active"
  | "never-stays"
  | "never-leaves"
  | "useless-relation"
  | "weak-add"
  | "auto-fight"
  | "useless-timeout"
  | "endless";

/** A fault of a schema. */
export interface Finding {
  /** What kind of fault it is. */
  readonly kind: FindingKind;
  /** The states that it is about, the main one first. */
  readonly states: readonly string[];
  /** What is wrong, and why. */
  readonly message: string;
}

/** What was found out about a schema. */
export interface CheckReport {
  /** The faults. */
  readonly findings: readonly Finding[];
  /** How many sets of active states were visited. */
  readonly configurations: number;
  /** Whether there are no others. If not, only what is certain all the same is reported. */
  readonly complete: boolean;
}

/** Up to so many calls are tried for one group of related states. */
const MOST_CALLS = 400_000;

/**
 * Tries the schema out as a model, without handlers, and reports states that can never become
 * active, never stay or never leave, relations without any effect or with a weak one, hidden
 * contradictions, and auto states that fight each other. What it reports holds for every sequence
 * of mutations.
 *
 * @throws {SchemaError} If the schema contradicts itself openly.
 */
export function checkSchema(schema: Schema, options: ExploreOptions = {}): CheckReport {
  const { maxConfigurations = 10_000, onProgress } = options;
  const whole = compileSchema(schema);
  const findings: Finding[] = [];
  let configurations = 0;
  let complete = true;
  for (const group of components(whole)) {
    const names = group.map((state) => whole.names[state]);
    const part = new GroupCheck(partOf(schema, names), maxConfigurations - configurations);
    part.run((visited) => onProgress?.(configurations + visited, maxConfigurations));
    configurations += part.configurations;
    complete &&= part.complete;
    // Exception is there without anybody's doing.
    if (names[0] !== "Exception" || Object.hasOwn(schema, "Exception")) {
      findings.push(...part.findings());
    }
  }
  findings.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  return { findings, configurations, complete };
}

const KINDS: readonly FindingKind[] = [
  "contradiction",
  "never-active",
  "never-stays",
  "never-leaves",
  "useless-relation",
  "weak-add",
  "auto-fight",
  "useless-timeout",
  "endless",
];

/** What was seen of a group of related states. */
class GroupCheck {
  readonly #source: Schema;
  readonly #schema: CompiledSchema;
  readonly #states: readonly number[];
  readonly #limit: number;
  readonly #active = new Set<number>();
  readonly #stays = new Set<number>();
  readonly #leaves = new Set<number>();
  /** Who takes a state away at once, as `relation by`, by state. */
  readonly #takenBy = new Map<number, Set<string>>();
  /** As `winner loser`. */
  readonly #fights = new Set<string>();
  /** As `state implied excluding`. */
  readonly #weak = new Set<string>();
  /** As `state added`: timeouts that have done something. */
  readonly #timeouts = new Set<string>();
  /** What goes round without end, as the states that come again and again. */
  readonly #endless = new Set<string>();
  #useless: Finding[] = [];
  /** Whether all sets and all mutations were tried. */
  #exhausted = false;
  configurations = 0;
  complete = true;

  constructor(source: Schema, limit: number) {
    this.#source = source;
    this.#schema = compileSchema(source);
    this.#states = Object.keys(source).map((name) => this.#schema.indexes.get(name)!);
    this.#limit = limit;
  }

  run(onProgress: (visited: number) => void): void {
    const schema = this.#schema;
    let told = 0;
    const visit = (calls: readonly Call[]) => {
      let from: StateSet | null = null, visited = 0;
      const { sets, complete } = explore(schema, calls, this.#limit, (outcome, call) => {
        this.#see(outcome, call);
        if (outcome.from === from) return;
        from = outcome.from;
        if (++visited % 200 === 0 && visited > told) onProgress(told = visited);
      });
      this.configurations = Math.max(this.configurations, sets.length);
      return { sets, complete };
    };
    // What can happen is mostly seen by simple calls; that something can't needs all of them.
    const simple = simpleCalls(schema, this.#states);
    let { sets } = visit(simple);
    let calls = simple;
    const size = this.#states.length;
    const affordable = countOfCalls(size) * 2 ** size <= MOST_CALLS;
    if (affordable && sets.length < this.#limit) {
      calls = allCalls(this.#states);
      const all = visit(calls);
      sets = all.sets;
      // Where such a round is cut off cannot be said.
      this.#exhausted = all.complete && this.#endless.size === 0;
    }
    const doubts = this.#checkRelations(sets, calls);
    this.complete = this.#exhausted || this.#endless.size === 0 && doubts + this.#doubts() === 0;
  }

  #see(outcome: Outcome, { type, called }: Call) {
    const { from, own, accepted, moved, changed, steps, settled, endless } = outcome;
    if (!accepted) return;
    for (const state of own.enters) this.#active.add(state);
    for (const { resolution } of steps) {
      for (const state of resolution.enters) this.#active.add(state);
    }
    if (type === "add" && called.length === 1) {
      this.#seeWeak(from, changed, called[0]);
      if (moved) this.#seeTimeouts(from, called[0]);
    }
    for (const step of steps) this.#seeStep(step);
    if (endless !== -1) {
      const round = steps.slice(endless).flatMap(({ resolution }) => resolution.enters);
      this.#endless.add([...new Set(round)].sort((a, b) => a - b).join(" "));
      return;
    }
    for (const state of members(settled)) this.#stays.add(state);
    for (const state of difference(from, settled)) this.#leaves.add(state);
  }

  /** Who takes whom away, and which auto states fight. */
  #seeStep({ kind, before, called, resolution, after }: FollowUp): void {
    const schema = this.#schema;
    for (const state of resolution.exits) {
      if (this.#stays.has(state) || schema.event[state]) continue;
      const taken = this.#takenBy.get(state) ?? new Set();
      this.#takenBy.set(state, taken);
      resolve(schema, before, called, kind === "auto" ? "add" : "remove", (relation, by, other) => {
        if (relation === "remove" && other === state) taken.add(`remove ${by}`);
        if (relation === "require" && by === state) taken.add(`require ${other}`);
      });
    }
    if (kind !== "auto") return;
    for (const loser of called) {
      if (contains(after, loser)) continue;
      for (const winner of schema.remove[loser]) {
        if (winner > loser || !called.includes(winner) || !contains(after, winner)) continue;
        if (!schema.remove[winner].includes(loser)) continue;
        if (resolve(schema, before, [loser], "add").complete) {
          this.#fights.add(`${winner} ${loser}`);
        }
      }
    }
  }

  /** Adding this state did something: so it can for the timeouts of what was active. */
  #seeTimeouts(from: StateSet, added: number): void {
    if (this.#schema.timeouts === null) return;
    for (const state of members(from)) this.#timeouts.add(`${state} ${added}`);
  }

  /** One state was added: does what it implies stay away because of what is active? */
  #seeWeak(from: StateSet, changed: StateSet, state: number): void {
    const schema = this.#schema;
    if (contains(from, state)) return;
    for (const implied of schema.add[state]) {
      if (contains(from, implied) || contains(changed, implied)) continue;
      for (const by of schema.removedBy[implied]) {
        if (contains(from, by) && contains(changed, by)) {
          this.#weak.add(`${state} ${implied} ${by}`);
        }
      }
    }
  }

  /** Looks for relations without which all would be the same; how many could not be decided. */
  #checkRelations(sets: readonly StateSet[], calls: readonly Call[]): number {
    const schema = this.#schema;
    let doubts = 0;
    for (const from of Object.keys(this.#source)) {
      const state = schema.indexes.get(from)!;
      // A state that never comes is reported as such, not by each of its relations.
      if (!this.#active.has(state)) continue;
      for (const relation of RELATIONS) {
        for (const to of new Set(this.#source[from][relation])) {
          const other = schema.indexes.get(to)!;
          if (to === from || !this.#active.has(other)) continue;
          const without = withoutRelation(this.#source, relation, from, to);
          if (without === null || this.#differs(without, state, other, sets, calls)) continue;
          if (!this.#exhausted) doubts++;
          else {
            const message = `${from} ${VERBS[relation]} ${to}, which never matters`;
            this.#useless.push({ kind: "useless-relation", states: [from, to], message });
          }
        }
      }
    }
    return doubts;
  }

  #differs(
    without: CompiledSchema,
    state: number,
    other: number,
    sets: readonly StateSet[],
    calls: readonly Call[],
  ): boolean {
    const schema = this.#schema;
    const tell = (call: Call) => (from: StateSet) =>
      !sameOutcome(outcomeOf(schema, from, call), outcomeOf(without, from, call));
    if (this.#exhausted) return calls.some((call) => sets.some(tell(call)));
    const near = calls.filter(({ called }) => called.includes(state) || called.includes(other));
    const both: Call[] = [[state, other], [other, state]].flatMap((called) => [
      { type: "add", called },
      { type: "set", called },
      { type: "remove", called },
    ]);
    const most = Math.ceil(MOST_CALLS / 50 / (near.length + both.length));
    const some = sets.slice(0, most);
    return [...both, ...near].some((call) => some.some(tell(call)));
  }

  /** How many findings are neither certain nor out of the question, when not all was tried. */
  #doubts(): number {
    const { names } = this.#schema;
    const open = this.#states.filter((state) =>
      this.#active.has(state)
        ? !this.#schema.event[state] && (!this.#stays.has(state) || !this.#leaves.has(state))
        : !this.#isCertain(state)
    );
    const timeouts = this.#openTimeouts();
    const weak = this.#states.flatMap((state) =>
      this.#schema.add[state].flatMap((implied) =>
        this.#schema.removedBy[implied].filter((by) =>
          by !== state && !this.#weak.has(`${state} ${implied} ${by}`) &&
          this.#together(state, by)
        )
      )
    );
    const fights = this.#schema.autos.flatMap((winner) =>
      this.#schema.remove[winner].filter((loser) =>
        loser > winner && this.#schema.states[names[loser]].auto &&
        this.#schema.remove[loser].includes(winner) && !this.#fights.has(`${winner} ${loser}`)
      )
    );
    return open.length + weak.length + fights.length + timeouts.length;
  }

  /** Timeouts of states that stay which have done nothing so far. */
  #openTimeouts(): { state: number; adds: number; ms: number }[] {
    return this.#states.flatMap((state) =>
      this.#stays.has(state)
        ? (this.#schema.timeouts?.[state] ?? []).map((one) => ({ state, ...one }))
        : []
    ).filter(({ state, adds }) => !this.#timeouts.has(`${state} ${adds}`));
  }

  /** Whether two states could be active together, as far as what they require goes. */
  #together(a: number, b: number): boolean {
    const needed = [...requirements(this.#schema, a), ...requirements(this.#schema, b)];
    return !needed.some((one) => this.#schema.remove[one].some((other) => needed.includes(other)));
  }

  /** Whether what a state requires excludes itself: it can't ever be active, whatever is tried. */
  #isCertain(state: number): boolean {
    return requirements(this.#schema, state).some((one) => {
      const chain = contradiction(this.#schema, one);
      return chain !== null && !chain.adds;
    });
  }

  findings(): Finding[] {
    const { names } = this.#schema;
    const chains = new Map(this.#states.map((state) => {
      const chain = contradiction(this.#schema, state);
      const holds = !this.#active.has(state) && (this.#exhausted || this.#isCertain(state));
      return [state, holds ? chain : null];
    }));
    const isRoot = (state: number) =>
      chains.get(state) !== null &&
      !this.#schema.require[state].some((other) => chains.get(other) !== null);
    const found: Finding[] = [];
    for (const state of this.#states) {
      if (isRoot(state)) {
        const { states, message } = chains.get(state)!;
        found.push({ kind: "contradiction", states, message: `${names[state]}: ${message}` });
      } else if (!this.#active.has(state)) {
        if (this.#exhausted || this.#isCertain(state)) found.push(this.#neverActive(state));
      } else if (this.#schema.event[state]) {
        continue; // That it leaves is what it is for.
      } else if (this.#exhausted && !this.#stays.has(state)) {
        found.push(this.#neverStays(state));
      } else if (this.#exhausted && !this.#leaves.has(state)) {
        const why = this.#schema.states[names[state]].auto
          ? "it is auto, and comes back at once when it is removed"
          : "an auto state brings it back at once when it is removed";
        const message = `${names[state]} can never leave: ${why}`;
        found.push({ kind: "never-leaves", states: [names[state]], message });
      }
    }
    found.push(...this.#useless);
    for (const key of this.#weak) {
      const states = this.#named(key);
      const [state, implied, by] = states;
      const message = `${state} adds ${implied}, but not while ${by} is active, which removes ` +
        `${implied}: ${state} comes without it then`;
      found.push({ kind: "weak-add", states, message });
    }
    for (const key of this.#fights) {
      const states = this.#named(key);
      const [winner, loser] = states;
      const message = `${winner} and ${loser} are auto and remove each other: when both could ` +
        `come, ${winner} does, as it stands first`;
      found.push({ kind: "auto-fight", states, message });
    }
    for (const { state, adds, ms } of this.#exhausted ? this.#openTimeouts() : []) {
      const states = [names[state], names[adds]];
      const message = `${names[state]} adds ${names[adds]} after ${ms} ms, which does nothing: ` +
        `while ${names[state]} is active, ${names[adds]} is refused or active already`;
      found.push({ kind: "useless-timeout", states, message });
    }
    for (const key of this.#endless) {
      const states = this.#named(key);
      const message =
        `${states.join(" and ")} come and go without end: an event state leaves, and ` +
        `the auto states that follow bring it back, until the machine's drainLimit is reached`;
      found.push({ kind: "endless", states, message });
    }
    return found;
  }

  #named(key: string): string[] {
    return key.split(" ").map((state) => this.#schema.names[Number(state)]);
  }

  #neverActive(state: number): Finding {
    const { names, require } = this.#schema;
    const missing = require[state].filter((other) =>
      !this.#active.has(other) && (this.#exhausted || this.#isCertain(other))
    ).map((other) => names[other]);
    const why = missing.length > 0
      ? `it requires ${missing.join(", ")}, which can never be active`
      : "whatever is called, relations keep it away";
    const message = `${names[state]} can never become active: ${why}`;
    return { kind: "never-active", states: [names[state], ...missing], message };
  }

  #neverStays(state: number): Finding {
    const { names, states } = this.#schema;
    const taken = [...this.#takenBy.get(state) ?? []].map((key) => key.split(" "));
    const by = (relation: Relation) =>
      taken.filter(([one]) => one === relation).map(([, other]) => names[Number(other)]);
    const removers = by("remove"), lost = by("require");
    const why = [
      removers.length > 0 ? `${removers.join(" or ")} removes it` : "",
      lost.length > 0 ? `it loses ${lost.join(" or ")}, which it requires` : "",
    ].filter((part) => part !== "").join(", or ");
    const follow = removers.length === 0 && lost.every((other) => states[other].event)
      ? "event states leave"
      : "auto states follow";
    const message = `${names[state]} never stays: when it has come, ${follow}, and ${why}`;
    return { kind: "never-stays", states: [names[state], ...removers, ...lost], message };
  }
}

const VERBS = { add: "adds", remove: "removes", require: "requires", after: "is after" } as const;
