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
import {
  allCalls,
  type Call,
  components,
  countOfCalls,
  difference,
  explore,
  type ExploreOptions,
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
  | "auto-fight";

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
      this.#exhausted = all.complete;
    }
    const doubts = this.#checkRelations(sets, calls);
    this.complete = this.#exhausted || doubts + this.#doubts() === 0;
  }

  #see({ from, own, accepted, changed, autos, second, settled }: Outcome, { type, called }: Call) {
    const schema = this.#schema;
    if (!accepted) return;
    for (const state of own.enters) this.#active.add(state);
    for (const state of second?.enters ?? []) this.#active.add(state);
    for (const state of members(settled)) this.#stays.add(state);
    for (const state of difference(from, settled)) this.#leaves.add(state);
    if (type === "add" && called.length === 1) this.#seeWeak(from, changed, called[0]);
    if (second === null) return;
    for (const state of second.exits) {
      if (this.#stays.has(state)) continue;
      const taken = this.#takenBy.get(state) ?? new Set();
      this.#takenBy.set(state, taken);
      resolve(schema, changed, autos, "add", (relation, by, other) => {
        if (relation === "remove" && other === state) taken.add(`remove ${by}`);
        if (relation === "require" && by === state) taken.add(`require ${other}`);
      });
    }
    for (const loser of autos) {
      if (contains(settled, loser)) continue;
      for (const winner of schema.remove[loser]) {
        if (winner > loser || !autos.includes(winner) || !contains(settled, winner)) continue;
        if (!schema.remove[winner].includes(loser)) continue;
        if (resolve(schema, changed, [loser], "add").complete) {
          this.#fights.add(`${winner} ${loser}`);
        }
      }
    }
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
        ? !this.#stays.has(state) || !this.#leaves.has(state)
        : !this.#isCertain(state)
    );
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
    return open.length + weak.length + fights.length;
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
    const { names } = this.#schema;
    const taken = [...this.#takenBy.get(state) ?? []].map((key) => key.split(" "));
    const by = (relation: Relation) =>
      taken.filter(([one]) => one === relation).map(([, other]) => names[Number(other)]);
    const removers = by("remove"), lost = by("require");
    const why = [
      removers.length > 0 ? `${removers.join(" or ")} removes it` : "",
      lost.length > 0 ? `it loses ${lost.join(" or ")}, which it requires` : "",
    ].filter((part) => part !== "").join(", or ");
    const message = `${names[state]} never stays: when it has come, auto states follow, and ${why}`;
    return { kind: "never-stays", states: [names[state], ...removers, ...lost], message };
  }
}

/** Two states that one state needs, or adds, although one removes the other. */
function contradiction(
  schema: CompiledSchema,
  state: number,
): { states: string[]; message: string; adds: boolean } | null {
  const { names } = schema;
  const needed = requirements(schema, state);
  const withAdded = [...needed];
  for (const one of withAdded) {
    for (const other of schema.add[one]) if (!withAdded.includes(other)) withAdded.push(other);
  }
  for (const remover of withAdded) {
    for (const removed of schema.remove[remover]) {
      if (!needed.includes(removed)) continue;
      const states = [...new Set([state, remover, removed])].map((one) => names[one]);
      const message = `${path(schema, state, removed)}, but ${
        remover === state ? "it" : `${path(schema, state, remover)}, which`
      } removes ${removed === state ? "it" : names[removed]}`;
      const adds = !needed.includes(remover);
      return { states, message: message.replace(/^it, but /, ""), adds };
    }
  }
  return null;
}

/** How a state comes to need, or add, another: `it requires A, which requires B`. */
function path(schema: CompiledSchema, from: number, to: number): string {
  const before = new Map<number, [number, Relation]>([[from, [-1, "require"]]]);
  const queue = [from];
  for (const state of queue) {
    for (const relation of ["require", "add"] as const) {
      for (const next of schema[relation][state]) {
        if (before.has(next)) continue;
        before.set(next, [state, relation]);
        queue.push(next);
      }
    }
  }
  const steps: string[] = [];
  for (let at = to; at !== from;) {
    const [previous, relation] = before.get(at)!;
    steps.unshift(`${relation === "add" ? "adds" : "requires"} ${schema.names[at]}`);
    at = previous;
  }
  return ["it", steps.join(", which ")].filter((part) => part !== "").join(" ");
}

const VERBS = { add: "adds", remove: "removes", require: "requires", after: "is after" } as const;
