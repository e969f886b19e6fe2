import type { CompiledSchema } from "../relations/mod.ts";
import { parseHandlerName, roleOf } from "./handler_names.ts";
import { type Plans, plansFor } from "./plans.ts";

/** Handlers that were bound together. */
export interface Binding extends Disposable {
  /** The names of the bound handlers. */
  readonly names: readonly string[];
  /** Takes the handlers away again; a second call does nothing. */
  unbind(): void;
}

/** Any handler, called with its event. */
export type HandlerFunction = (event: unknown) => unknown;

/** One bound function; those of the same name form a list, in the order of binding. */
export interface BoundHandler {
  /** The handler's name. */
  readonly name: string;
  /** The function. */
  readonly fn: HandlerFunction;
  /** What `this` is. */
  readonly self: unknown;
  /** Whether it can see its event: for others none is made. */
  readonly takesEvent: boolean;
  /** The next function of this name. */
  readonly next: BoundHandler | null;
}

/** The bound handlers by slot. */
export type HandlerTable = readonly (BoundHandler | null)[];

/** Functions that are bound together. */
interface Entry {
  readonly self: unknown;
  readonly functions: ReadonlyMap<string, HandlerFunction>;
}

/** What a machine's handlers are at one moment; machines that bind the same object share it. */
export interface HandlerSet {
  /** The plans for their names. */
  readonly plans: Plans;
  /** The functions. */
  readonly table: HandlerTable;
  /** Where they come from, in the order of binding. */
  readonly entries: readonly Entry[];
}

const NONE: readonly Entry[] = [];

const emptySets = new WeakMap<CompiledSchema, HandlerSet>();

/** The set of a machine without handlers. */
function noHandlers(schema: CompiledSchema): HandlerSet {
  let set = emptySets.get(schema);
  if (set === undefined) {
    set = { plans: plansFor(schema, []), table: [], entries: NONE };
    emptySets.set(schema, set);
  }
  return set;
}

/** Whose handlers they are. */
export interface BindingsOwner {
  /** The current schema. */
  readonly schema: CompiledSchema;
  /** The set has to be taken anew. */
  rebound(): void;
}

/** Mostly nobody looks at it: the names are listed when they are asked for. */
class EntryBinding implements Binding {
  readonly #entry: Entry;
  /** Bound to this binding: it may be handed on. */
  readonly unbind: () => void;

  constructor(entry: Entry, unbind: () => void) {
    this.#entry = entry;
    this.unbind = unbind;
  }

  get names(): readonly string[] {
    return [...this.#entry.functions.keys()];
  }

  [Symbol.dispose](): void {
    this.unbind();
  }
}

/** The handlers of one machine. The set is made when it is needed, so that binding n costs n. */
export class Bindings {
  #set: HandlerSet | null;
  #entries: readonly Entry[];
  readonly #owner: BindingsOwner;

  constructor(owner: BindingsOwner) {
    this.#owner = owner;
    this.#set = noHandlers(owner.schema);
    this.#entries = NONE;
  }

  /** The present set. */
  get set(): HandlerSet {
    return this.#set ??= setOf(this.#owner.schema, this.#entries);
  }

  /**
   * Binds the functions of an object or class instance whose names are exactly handlers'.
   *
   * @throws {HandlerUnknownError} If a name is a slip, or could mean two things.
   */
  bindObject(handlers: object): Binding {
    const set = setOfObject(this.#owner.schema, handlers);
    if (this.#entries.length > 0) return this.#insert(set.entries[0]);
    this.#entries = set.entries;
    this.#set = set;
    this.#owner.rebound();
    return this.#binding(set.entries[0]);
  }

  /**
   * Binds one function.
   *
   * @throws {HandlerUnknownError} If the name belongs to no state, or could mean two things.
   */
  bindOne(name: string, fn: HandlerFunction): Binding {
    parseHandlerName(this.#owner.schema, name);
    return this.#insert({ self: undefined, functions: new Map([[name, fn]]) });
  }

  #insert(given: Entry): Binding {
    // The same object may be bound twice, and taken away once.
    const entry = this.#entries.includes(given) ? { ...given } : given;
    this.#own().push(entry);
    this.#renew();
    return this.#binding(entry);
  }

  #binding(entry: Entry): Binding {
    return new EntryBinding(entry, () => {
      const at = this.#entries.indexOf(entry);
      if (at === -1) return;
      this.#own().splice(at, 1);
      this.#renew();
    });
  }

  /** The entries as a list of this machine's own. */
  #own(): Entry[] {
    if (this.#set !== null || this.#entries === NONE) this.#entries = [...this.#entries];
    return this.#entries as Entry[];
  }

  #renew(): void {
    this.#set = null;
    this.#owner.rebound();
  }

  /** The schema is another one. */
  schemaChanged(): void {
    this.#renew();
  }

  /** Drops all. */
  clear(): void {
    this.#entries = NONE;
    this.#renew();
  }
}

function setOf(schema: CompiledSchema, entries: readonly Entry[]): HandlerSet {
  if (entries.length === 0) return noHandlers(schema);
  const names = new Set(entries.flatMap((entry) => [...entry.functions.keys()]));
  const plans = plansFor(schema, names);
  const heads = new Map<string, BoundHandler>();
  for (let i = entries.length - 1; i >= 0; i--) {
    const { functions, self } = entries[i];
    for (const [name, fn] of functions) {
      heads.set(name, {
        name,
        fn,
        self,
        takesEvent: takesEvent(fn),
        next: heads.get(name) ?? null,
      });
    }
  }
  return { plans, table: plans.handlers.names.map((name) => heads.get(name) ?? null), entries };
}

/** What an object was bound as before: the next machine of the schema shares it. */
interface Known {
  readonly set: HandlerSet;
  /** How many properties it had then. */
  readonly size: number;
}

const knownObjects = new WeakMap<object, WeakMap<CompiledSchema, Known>>();

function setOfObject(schema: CompiledSchema, handlers: object): HandlerSet {
  let bySchema = knownObjects.get(handlers);
  const known = bySchema?.get(schema);
  if (known !== undefined && isUnchanged(handlers, known)) return known.set;
  const functions = new Map<string, HandlerFunction>();
  for (const [name, fn] of functionsOf(handlers)) {
    const role = roleOf(schema, name);
    if (role === "handler") functions.set(name, fn);
    else if (role === "slip") parseHandlerName(schema, name); // throws, and says what would be right
  }
  const set = setOf(schema, [{ self: handlers, functions }]);
  if (bySchema === undefined) knownObjects.set(handlers, bySchema = new WeakMap());
  bySchema.set(schema, { set, size: Object.keys(handlers).length });
  return set;
}

/** Whether an object still has the functions that it was bound with, and no others. */
function isUnchanged(handlers: object, { set, size }: Known): boolean {
  for (const [name, fn] of set.entries[0].functions) {
    if ((handlers as Record<string, unknown>)[name] !== fn) return false;
  }
  return Object.keys(handlers).length === size;
}

/** The functions of an object or class instance, inherited ones too. */
export function functionsOf(handlers: object): Map<string, HandlerFunction> {
  const found = new Map<string, HandlerFunction>();
  for (
    let owner = handlers;
    owner && !Object.hasOwn(owner, "hasOwnProperty");
    owner = Object.getPrototypeOf(owner)
  ) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (found.has(name) || name === "constructor") continue;
      const value = Object.getOwnPropertyDescriptor(owner, name)!.value;
      if (typeof value === "function") found.set(name, value);
    }
  }
  return found;
}

const NO_PARAMETERS = /^(?:async\s+)?(?:function\s*)?[\w$]*\s*\(\s*\)/;
/** What gives a function its arguments all the same, or hides what it does. */
const HIDDEN_PARAMETERS = /arguments|\beval\b|native code|\\u/;

/**
 * Whether a function can see what it is called with. By its source, since `length` leaves out rest
 * and default parameters; in doubt it can.
 */
function takesEvent(fn: HandlerFunction): boolean {
  if (fn.length > 0) return true;
  const source = Function.prototype.toString.call(fn);
  return !NO_PARAMETERS.test(source) || HIDDEN_PARAMETERS.test(source);
}
