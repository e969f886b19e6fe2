import type { CompiledSchema } from "../relations/mod.ts";
import { HandlerUnknownError } from "./errors.ts";

/** What a handler is called for. */
export type HandlerKind =
  | "enter"
  | "exit"
  | "self"
  | "pair"
  | "anyEnter"
  | "state"
  | "end"
  | "anyState";

/** What a handler's name means. */
export interface ParsedName {
  /** The kind of handler. */
  readonly kind: HandlerKind;
  /** The state's index; of a pair, the one that is active before. -1 for `Any`. */
  readonly state: number;
  /** The second state of a pair, else -1. */
  readonly to: number;
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

const NO_PARAMETERS = /^(?:async\s+)?(?:function\s*)?[\w$]*\s*\(\s*\)/;
/** What gives a function its arguments all the same, or hides what it does. */
const HIDDEN_PARAMETERS = /arguments|\beval\b|native code|\\u/;

/**
 * Whether a function can see what it is called with. By its source, since `length` leaves out rest
 * and default parameters; in doubt it can.
 */
export function takesEvent(fn: HandlerFunction): boolean {
  if (fn.length > 0) return true;
  const source = Function.prototype.toString.call(fn);
  return !NO_PARAMETERS.test(source) || HIDDEN_PARAMETERS.test(source);
}

/**
 * What a handler's name means in a schema.
 *
 * @throws {HandlerUnknownError} If it means nothing, or can mean two things.
 */
export function parseHandlerName(schema: CompiledSchema, name: string): ParsedName {
  const found: ParsedName[] = [];
  const stateBefore = (suffix: string): number =>
    name.endsWith(suffix) ? schema.indexes.get(name.slice(0, -suffix.length)) ?? -1 : -1;
  if (name === "AnyEnter") found.push({ kind: "anyEnter", state: -1, to: -1 });
  if (name === "AnyState") found.push({ kind: "anyState", state: -1, to: -1 });
  for (const [suffix, kind] of SUFFIXES) {
    const state = stateBefore(suffix);
    if (state !== -1) found.push({ kind, state, to: -1 });
  }
  for (let split = 1; split < name.length; split++) {
    const from = schema.indexes.get(name.slice(0, split));
    const to = schema.indexes.get(name.slice(split));
    if (from === undefined || to === undefined) continue;
    found.push({ kind: from === to ? "self" : "pair", state: from, to: from === to ? -1 : to });
  }
  if (found.length === 1) return found[0];
  throw new HandlerUnknownError(name, knownNames(schema), found.map((f) => describe(schema, f)));
}

const SUFFIXES = [["Enter", "enter"], ["Exit", "exit"], ["State", "state"], [
  "End",
  "end",
]] as const;

function knownNames(schema: CompiledSchema): string[] {
  const ofStates = schema.names.flatMap((name) => SUFFIXES.map(([suffix]) => name + suffix));
  return [...ofStates, "AnyEnter", "AnyState"];
}

function describe(schema: CompiledSchema, { kind, state, to }: ParsedName): string {
  if (state === -1) return `the ${kind} handler of every state`;
  if (kind === "pair") return `from ${schema.names[state]} to ${schema.names[to]}`;
  return `the ${kind} handler of ${schema.names[state]}`;
}

/** The functions of a handlers object or class instance whose names start in upper case. */
export function handlerFunctions(handlers: object): Map<string, HandlerFunction> {
  const found = new Map<string, HandlerFunction>();
  for (
    let owner = handlers;
    owner && owner !== Object.prototype;
    owner = Object.getPrototypeOf(owner)
  ) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (found.has(name) || name[0] === name[0]?.toLowerCase()) continue;
      const value = Object.getOwnPropertyDescriptor(owner, name)!.value;
      if (typeof value === "function") found.set(name, value);
    }
  }
  return found;
}

/**
 * The names that have handlers, by slot: machines whose handlers have the same names share plans,
 * which refer to handlers by slot.
 */
export class HandlerNames {
  /** All names, sorted; the position is the slot. */
  readonly names: readonly string[];
  /** State → slot, by kind. */
  readonly slots: Readonly<
    Record<"enter" | "exit" | "self" | "state" | "end", ReadonlyMap<number, number>>
  >;
  /** `from * size + to` → slot. */
  readonly pairs: ReadonlyMap<number, number>;
  /** The slot of `AnyEnter`, or -1. */
  readonly anyEnter: number;
  /** The slot of `AnyState`, or -1. */
  readonly anyState: number;

  /**
   * @param schema The schema that the names belong to.
   * @param names The sorted names.
   */
  constructor(schema: CompiledSchema, names: readonly string[]) {
    const slots = {
      enter: new Map(),
      exit: new Map(),
      self: new Map(),
      state: new Map(),
      end: new Map(),
    };
    const pairs = new Map<number, number>();
    names.forEach((name, slot) => {
      const { kind, state, to } = parseHandlerName(schema, name);
      if (kind === "pair") pairs.set(state * schema.names.length + to, slot);
      else if (kind !== "anyEnter" && kind !== "anyState") slots[kind].set(state, slot);
    });
    this.names = names;
    this.slots = slots;
    this.pairs = pairs;
    this.anyEnter = names.indexOf("AnyEnter");
    this.anyState = names.indexOf("AnyState");
  }
}
