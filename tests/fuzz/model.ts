/**
 * What a machine does, slow and plain on purpose: names and lists, no cache, nothing of the library.
 * The engine is compared with it, and it is compared with the cases of `tests/conformance`.
 */

/** A state's properties and relations. */
export interface ModelState {
  readonly auto?: boolean;
  readonly multi?: boolean | "latest";
  readonly event?: boolean;
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  readonly require?: readonly string[];
  readonly after?: readonly string[];
}

/** All states, in order. */
export type ModelSchema = Readonly<Record<string, ModelState>>;

/** What can be asked of a machine. */
export type Operation =
  | "add"
  | "remove"
  | "set"
  | "toggle"
  | "addErr"
  | "canAdd"
  | "canRemove"
  | "canSet";

/** A request: of `addErr` the states are none, or one to add with `Exception`. */
export interface Request {
  readonly op: Operation;
  readonly states: readonly string[];
  /** Whether it carries arguments. */
  readonly args?: boolean;
}

/** A request from outside, or a new schema. */
export type Step = Request | { readonly op: "setSchema"; readonly schema: ModelSchema };

/** A program: a schema, what its handlers do, and what is asked from outside. */
export interface Program {
  readonly schema: ModelSchema;
  /** The names of the bound handlers. */
  readonly handlers: readonly string[];
  /** Negotiation handlers that refuse, always. */
  readonly reject: readonly string[];
  /** Handlers that throw, always. */
  readonly panic: readonly string[];
  /** Handlers that throw on their first call. */
  readonly panicOnce: readonly string[];
  /** What handlers ask for, on their first call, before they refuse or throw. */
  readonly do: Readonly<Record<string, readonly Request[]>>;
  readonly steps: readonly Step[];
}

/** What became of a step. */
export interface Outcome {
  readonly result: string;
  readonly active: readonly string[];
  /** Ticks that are not 0. */
  readonly clocks: Readonly<Record<string, number>>;
  readonly calls: readonly string[];
  /** What handlers asked for: `handler op states → result`. */
  readonly nested: readonly string[];
}

/** A schema that contradicts itself. */
export class ModelSchemaError extends Error {}

/** A program that never comes to rest: an auto state that needs an event, which it adds itself, say. */
export class EndlessError extends Error {}

/** More transitions than any program here takes that ends. */
const MOST = 2_000;

const RELATIONS = ["require", "add", "remove", "after"] as const;

const unique = (names: readonly string[]) => [...new Set(names)];
const minus = (a: readonly string[], b: readonly string[]) => a.filter((x) => !b.includes(x));

interface Compiled {
  auto: boolean;
  multi: boolean;
  event: boolean;
  require: string[];
  add: string[];
  remove: string[];
  after: string[];
}

function compile(raw: ModelSchema): Map<string, Compiled> {
  const names = Object.keys(raw);
  if (!names.includes("Exception")) names.push("Exception");
  const states = new Map<string, Compiled>();
  for (const name of names) {
    const given: ModelState = raw[name] ?? { multi: true };
    const state: Compiled = {
      auto: given.auto ?? false,
      multi: Boolean(given.multi),
      event: given.event ?? false,
      require: [],
      add: [],
      remove: [],
      after: [],
    };
    for (const relation of RELATIONS) {
      const targets = unique(given[relation] ?? []);
      const unknown = targets.find((target) => !names.includes(target));
      if (unknown !== undefined) throw new ModelSchemaError(`${name}.${relation}: ${unknown}`);
      state[relation] = targets.filter((target) => target !== name);
    }
    state.remove = minus(state.remove, state.add);
    if (state.require.some((one) => state.remove.includes(one))) {
      throw new ModelSchemaError(`${name} requires what it removes`);
    }
    if (state.event && (state.auto || state.multi)) {
      throw new ModelSchemaError(`${name} is an event, and auto or multi`);
    }
    states.set(name, state);
  }
  checkAfter(states);
  return states;
}

function checkAfter(states: Map<string, Compiled>): void {
  for (const name of states.keys()) {
    if (reach(states, "after", name).includes(name)) {
      throw new ModelSchemaError(`a cycle of after through ${name}`);
    }
  }
}

/** All states that can be reached over a relation; the first only if it is in a cycle. */
function reach(states: Map<string, Compiled>, relation: "after" | "require", name: string) {
  const found: string[] = [];
  const open = [...states.get(name)![relation]];
  while (open.length > 0) {
    const next = open.shift()!;
    if (found.includes(next)) continue;
    found.push(next);
    open.push(...states.get(next)![relation]);
  }
  return found;
}

type Kind = "add" | "remove" | "set";

interface Mutation {
  readonly type: Kind;
  readonly called: string[];
  readonly args?: boolean;
  readonly auto?: boolean;
  /** The end of event states: nobody is asked. */
  readonly forced?: boolean;
  readonly check?: boolean;
  /** A dry run in a handler of a dry run: relations alone answer. */
  readonly silent?: boolean;
}

interface Running extends Mutation {
  accepted: string[];
  target: string[];
  exits: string[];
  enters: string[];
}

/** Runs programs. */
export class Model {
  readonly #program: Program;
  #states: Map<string, Compiled> = new Map();
  #before: Map<string, string[]> = new Map();
  #requires: Map<string, string[]> = new Map();
  #ticks: Map<string, number> = new Map();
  #queue: Mutation[] = [];
  #running: Running | null = null;
  #failed: Set<string> = new Set();
  #threw: Set<string> = new Set();
  #did: Set<string> = new Set();
  #calls: string[] = [];
  #nested: string[] = [];

  /** @throws {ModelSchemaError} If the schema contradicts itself. */
  constructor(program: Program) {
    this.#program = program;
    this.#setSchema(program.schema);
  }

  /** What becomes of each step. */
  run(): Outcome[] {
    return this.#program.steps.map((step) => {
      this.#calls = [];
      this.#nested = [];
      const result = step.op === "setSchema" ? this.#replace(step.schema) : this.#request(step);
      return {
        result,
        active: this.#active(),
        clocks: Object.fromEntries([...this.#ticks].filter(([, tick]) => tick > 0)),
        calls: this.#calls,
        nested: this.#nested,
      };
    });
  }

  #setSchema(schema: ModelSchema): void {
    const states = compile(schema);
    this.#states = states;
    this.#ticks = new Map([...states.keys()].map((name) => [name, this.#ticks.get(name) ?? 0]));
    this.#before = new Map([...states.keys()].map((name) => [name, reach(states, "after", name)]));
    this.#requires = new Map(
      [...states.keys()].map((name) => [name, reach(states, "require", name)]),
    );
  }

  #replace(schema: ModelSchema): string {
    try {
      const names = Object.keys(schema);
      const gone = [...this.#states.keys()].some((name) =>
        name !== "Exception" && !names.includes(name)
      );
      if (gone) return "error";
      this.#setSchema(schema);
      return "executed";
    } catch (error) {
      if (error instanceof ModelSchemaError) return "error";
      throw error;
    }
  }

  #active(): string[] {
    return [...this.#states.keys()].filter((name) => this.#ticks.get(name)! % 2 === 1);
  }

  #tick(name: string, by: number): void {
    this.#ticks.set(name, this.#ticks.get(name)! + by);
  }

  // --- relations -------------------------------------------------------------------------------

  #resolve(tx: Running, wanted: string[]): string[] {
    const ghosts: string[] = [];
    for (;;) {
      const { target, effective } = this.#resolveOnce(tx, minus(wanted, ghosts), ghosts);
      const left = minus(effective, target);
      if (left.length === 0) return this.#sort(target, false);
      ghosts.push(left.at(-1)!);
    }
  }

  #resolveOnce(tx: Running, wanted: string[], ghosts: string[]) {
    const active = this.#active();
    const candidates = unique(wanted);
    const effective = new Set<string>();
    for (const name of candidates) { // grows meanwhile
      const state = this.#states.get(name)!;
      const again = state.multi && tx.called.includes(name) && tx.type !== "remove";
      if (active.includes(name) && !again) continue;
      for (const implied of state.add) {
        if (candidates.includes(implied) || ghosts.includes(implied)) continue;
        if (tx.type === "remove" && tx.called.includes(implied)) continue;
        candidates.push(implied);
        effective.add(name);
      }
    }
    const held = this.#dropUnmet(candidates);
    const blocked: string[] = [];
    for (const name of [...held].reverse()) {
      const by = held.filter((other) =>
        !blocked.includes(other) && this.#states.get(other)!.remove.includes(name)
      );
      if (by.length === 0) continue;
      blocked.push(name);
      by.forEach((other) => effective.add(other));
    }
    return {
      target: this.#dropUnmet(minus(held, blocked)),
      effective: candidates.filter((name) => effective.has(name)),
    };
  }

  #dropUnmet(names: string[]): string[] {
    for (;;) {
      const kept = names.filter((name) =>
        this.#states.get(name)!.require.every((one) => names.includes(one))
      );
      if (kept.length === names.length) return kept;
      names = kept;
    }
  }

  /** Required states enter first and leave last; then `after`. */
  #sort(names: string[], leaving: boolean): string[] {
    const needs = (a: string, b: string) =>
      this.#requires.get(a)!.includes(b) && !this.#requires.get(b)!.includes(a);
    const byRequire = order(names, leaving ? (a, b) => needs(b, a) : needs);
    return order(byRequire, (a, b) => this.#before.get(a)!.includes(b));
  }

  // --- mutations and the queue ---------------------------------------------------------------------

  #request({ op, states, args }: Request): string {
    if (states.some((name) => !this.#states.has(name))) return "error";
    const names = unique(states);
    const active = this.#active();
    switch (op) {
      case "canAdd":
      case "canRemove":
      case "canSet": {
        const type = op.slice(3).toLowerCase() as Kind;
        const silent = this.#running?.check === true;
        return this.#transition({ type, called: names, check: true, silent });
      }
      case "addErr":
        return this.#submit({
          type: "add",
          called: unique([...names.slice(0, 1), "Exception"]),
          args: true,
        });
      case "toggle": {
        const type = names.every((name) => active.includes(name)) ? "remove" : "add";
        return this.#mutate(type, names, args);
      }
      default:
        return this.#mutate(op, names, args);
    }
  }

  #mutate(type: Kind, names: string[], args: boolean | undefined): string {
    const idle = this.#running === null;
    if (type === "remove" && idle && !names.some((name) => this.#active().includes(name))) {
      return "executed";
    }
    return this.#submit({ type, called: names, args });
  }

  #submit(mutation: Mutation): string {
    if (this.#running?.check) return "canceled";
    if (this.#running !== null && this.#isSame(this.#queue.at(-1), mutation)) return "queued";
    this.#queue.push(mutation);
    if (this.#running !== null) return "queued";
    const results: string[] = [];
    while (this.#queue.length > 0) {
      results.push(this.#transition(this.#queue.shift()!));
      if (results.length > MOST) throw new EndlessError();
    }
    this.#failed.clear();
    return results[0];
  }

  #isSame(last: Mutation | undefined, mutation: Mutation): boolean {
    if (last === undefined || mutation.args || last.args || last.auto || last.forced) return false;
    return last.type === mutation.type &&
      last.called.length === mutation.called.length &&
      last.called.every((name) => mutation.called.includes(name)) &&
      !mutation.called.some((name) => {
        const { multi, event } = this.#states.get(name)!;
        return multi || event;
      });
  }

  // --- transitions ------------------------------------------------------------------------------------

  #transition(mutation: Mutation): string {
    const outer = this.#running;
    const tx = this.#running = { ...mutation, accepted: [], target: [], exits: [], enters: [] };
    try {
      return this.#run(tx);
    } finally {
      this.#running = outer;
    }
  }

  #run(tx: Running): string {
    const before = this.#active();
    const ticks = JSON.stringify([...this.#ticks]);
    let accepted = tx.called;
    for (;;) {
      const wanted = {
        add: [...accepted, ...before],
        remove: minus(before, tx.called),
        set: accepted,
      }[tx.type];
      tx.target = this.#resolve(tx, wanted);
      const lost = tx.type === "remove" ? [] : minus(accepted, tx.target);
      accepted = tx.accepted = minus(accepted, lost);
      if (lost.length > 0 && !tx.auto || tx.auto && accepted.length === 0) return "canceled";
      tx.exits = this.#sort(minus(before, tx.target), true);
      tx.enters = tx.target.filter((name) =>
        !before.includes(name) || this.#states.get(name)!.multi && accepted.includes(name) &&
          tx.type !== "remove"
      );
      const refused = tx.silent || tx.forced ? null : this.#negotiate(tx, before);
      if (refused === null) break;
      if (!tx.auto || !accepted.includes(refused)) return "canceled";
      accepted = minus(accepted, [refused]);
      if (accepted.length === 0) return "canceled";
    }
    if (tx.check) return "executed";
    for (const name of tx.exits) this.#tick(name, 1);
    for (const name of tx.enters) this.#tick(name, before.includes(name) ? 2 : 1);
    const executed = this.#finals(tx);
    const calm = executed && this.#call(tx, "AnyState", "");
    if (this.#queueLeave(tx)) return executed ? "executed" : "canceled";
    if (calm && !tx.auto && ticks !== JSON.stringify([...this.#ticks])) this.#queueAutos();
    return executed ? "executed" : "canceled";
  }

  /** Events last for their transition only, and leave before all that waits. */
  #queueLeave(tx: Running): boolean {
    const active = this.#active();
    const events = tx.enters.filter((name) =>
      this.#states.get(name)!.event && active.includes(name)
    );
    if (events.length > 0) this.#queue.unshift({ type: "remove", called: events, forced: true });
    return events.length > 0;
  }

  #queueAutos(): void {
    const active = this.#active();
    const autos = [...this.#states].filter(([name, { auto }]) =>
      auto && !active.includes(name) && !this.#failed.has(name) &&
      !active.some((other) => this.#states.get(other)!.remove.includes(name))
    ).map(([name]) => name);
    if (autos.length > 0) this.#queue.unshift({ type: "add", called: autos, auto: true });
  }

  /** `null`: accepted. Else the state that was refused, `""` for the transition as a whole. */
  #negotiate(tx: Running, before: string[]): string | null {
    for (const name of tx.exits) if (!this.#call(tx, `${name}Exit`, "")) return "";
    for (const name of tx.enters) if (!this.#call(tx, `${name}Enter`, name)) return name;
    if (tx.type !== "remove") {
      for (const name of tx.target) {
        if (before.includes(name) && !this.#call(tx, name + name, "")) return "";
      }
    }
    for (const from of before) {
      for (const to of tx.target) {
        if (from === to || !tx.enters.includes(to) && !tx.exits.includes(from)) continue;
        if (!this.#call(tx, from + to, to)) return to;
      }
    }
    return this.#call(tx, "AnyEnter", "") ? null : "";
  }

  #finals(tx: Running): boolean {
    for (const name of tx.exits) {
      if (!this.#call(tx, `${name}End`, "")) return this.#undo(tx.enters);
    }
    for (const [i, name] of tx.enters.entries()) {
      if (!this.#call(tx, `${name}State`, name)) return this.#undo(tx.enters.slice(i));
    }
    return true;
  }

  #undo(entered: readonly string[]): false {
    for (const name of entered) this.#tick(name, 1);
    return false;
  }

  /** False when the handler refused or threw; `state` is the one that it speaks for. */
  #call(tx: Running, name: string, state: string): boolean {
    const { handlers, reject, panic, panicOnce } = this.#program;
    if (!handlers.includes(name)) return true;
    this.#calls.push(name);
    const first = !this.#did.has(name);
    this.#did.add(name);
    for (const request of first ? this.#program.do[name] ?? [] : []) {
      const result = this.#request(request);
      this.#nested.push(`${name} ${request.op} ${request.states} → ${result}`);
    }
    const once = panicOnce.includes(name) && !this.#threw.has(name);
    if (once) this.#threw.add(name);
    if (once || panic.includes(name)) {
      if (!tx.check && !tx.called.includes("Exception")) {
        this.#queue.unshift({ type: "add", called: ["Exception"], args: true });
      }
      if (tx.auto) {
        for (const one of tx.accepted.includes(state) ? [state] : tx.called) this.#failed.add(one);
      }
      return false;
    }
    const final = name.endsWith("State") || name.endsWith("End");
    return final || !reject.includes(name);
  }
}

/** Repeatedly the first name that waits for none of those left. */
function order(names: readonly string[], waits: (a: string, b: string) => boolean): string[] {
  const left = [...names];
  const sorted: string[] = [];
  while (left.length > 0) {
    const next = left.find((a) => !left.some((b) => b !== a && waits(a, b)))!;
    left.splice(left.indexOf(next), 1);
    sorted.push(next);
  }
  return sorted;
}
