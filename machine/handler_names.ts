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

/**
 * What a handler's name means in a schema.
 *
 * @throws {HandlerUnknownError} If it means nothing, or can mean two things.
 */
export function parseHandlerName(schema: CompiledSchema, name: string): ParsedName {
  const found = meanings(schema, name);
  if (found.length === 1) return found[0];
  throw new HandlerUnknownError(name, knownNames(schema), found.map((f) => describe(schema, f)));
}

const known = new WeakMap<CompiledSchema, Map<string, readonly ParsedName[]>>();
/** How many names are remembered per schema before all are forgotten. */
const MAX_NAMES = 10_000;

/** All that a name can mean; remembered, since machines of a schema bind the same names again and again. */
function meanings(schema: CompiledSchema, name: string): readonly ParsedName[] {
  let names = known.get(schema);
  if (names === undefined) known.set(schema, names = new Map());
  let found = names.get(name);
  if (found === undefined) {
    if (names.size >= MAX_NAMES) names.clear();
    names.set(name, found = parse(schema, name));
  }
  return found;
}

function parse(schema: CompiledSchema, name: string): ParsedName[] {
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
  return found;
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

/** What a function of a handlers object is, by its name. */
export type Role = "handler" | "free" | "slip";

/**
 * Whether a name is exactly a handler's, free for other uses, or a slip: capitalised, or a handler's but
 * for the case of its first letter.
 *
 * @throws {HandlerUnknownError} If it can mean two things.
 */
export function roleOf(schema: CompiledSchema, name: string): Role {
  if (meanings(schema, name).length > 0) {
    parseHandlerName(schema, name);
    return "handler";
  }
  const first = String.fromCodePoint(name.codePointAt(0) ?? 0);
  const rest = name.slice(first.length);
  const flipped = [first.toLowerCase(), first.toUpperCase()].filter((other) => other !== first);
  if (first.toLowerCase() !== first) return "slip";
  return flipped.some((other) => meanings(schema, other + rest).length > 0) ? "slip" : "free";
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
  /** The handlers between two states. */
  readonly pairs: readonly PairSlot[];
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
    const pairs: PairSlot[] = [];
    names.forEach((name, slot) => {
      const { kind, state, to } = parseHandlerName(schema, name);
      if (kind === "pair") pairs.push({ from: state, to, slot });
      else if (kind !== "anyEnter" && kind !== "anyState") slots[kind].set(state, slot);
    });
    this.names = names;
    this.slots = slots;
    this.pairs = pairs.sort((a, b) => a.from - b.from);
    this.anyEnter = names.indexOf("AnyEnter");
    this.anyState = names.indexOf("AnyState");
  }
}

/** A handler between two states. */
export interface PairSlot {
  /** The state that is active before. */
  readonly from: number;
  /** The state for which it speaks. */
  readonly to: number;
  /** Its slot. */
  readonly slot: number;
}
