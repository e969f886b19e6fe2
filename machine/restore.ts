import { type CompiledSchema, SchemaError, suggestion, textOf } from "../relations/mod.ts";
import type { Timer } from "./timers.ts";

/** A machine's time by state name: all that is needed to resume it. Plain JSON. */
export interface MachineTime {
  /** The id of the machine that was exported. */
  readonly id: string;
  /** The state names, in order. */
  readonly names: readonly string[];
  /** Their ticks. */
  readonly ticks: readonly number[];
  /** Identifies the schema: names, flags and relations. */
  readonly schemaHash: string;
  /** The times that ran, and the timeouts that have fired for good; missing when there are none. */
  readonly timers?: readonly Timer[] | undefined;
}

/** Makes the ticks for another schema, by state name; states that are missing were never active. */
export type Migration = (time: MachineTime) => Readonly<Record<string, number>>;

/** Whose time it is. */
interface Timed {
  readonly id: string;
  readonly schema: CompiledSchema;
  readonly clock: { readonly ticks: readonly number[] };
  readonly timers: { saved(): Timer[] } | null;
}

/** The machine's time and what it belongs to. */
export function exportTime({ id, schema, clock, timers }: Timed): MachineTime {
  const running = timers?.saved() ?? [];
  return {
    id,
    names: [...schema.names],
    ticks: [...clock.ticks],
    schemaHash: hashOf(schema),
    ...(running.length > 0 ? { timers: running } : {}),
  };
}

/**
 * The ticks of an exported time for a schema.
 *
 * @throws {SchemaError} If something in it is wrong, or its schema was different and nothing migrates it.
 */
export function ticksOf(
  schema: CompiledSchema,
  time: MachineTime,
  migrate: Migration | undefined,
): readonly number[] {
  checkTime(time);
  const { names } = schema;
  if (time.schemaHash === hashOf(schema)) {
    checkNames(time.names, names);
    return checkTicks(time.ticks, names);
  }
  if (migrate === undefined) {
    throw new SchemaError(
      `Cannot import the time of "${time.id}": its schema was different, and no migration is given`,
    );
  }
  const ticks = migrate(time);
  if (typeof ticks !== "object" || ticks === null || ticks instanceof Promise) {
    throw new SchemaError(`migrate returned ${textOf(ticks)}, expected ticks by state name`);
  }
  for (const name of Object.keys(ticks)) {
    if (schema.indexes.has(name)) continue;
    throw new SchemaError(
      `migrate returned the unknown state ${JSON.stringify(name)}${suggestion(name, names)}`,
    );
  }
  return checkTicks(names.map((name) => Object.hasOwn(ticks, name) ? ticks[name] : 0), names);
}

function checkTime(time: MachineTime): void {
  if (typeof time !== "object" || time === null || Array.isArray(time)) {
    throw wrong("the time", time);
  }
  if (!Array.isArray(time.ticks)) throw wrong("ticks", time.ticks);
  if (!Array.isArray(time.names)) throw wrong("names", time.names);
  if (typeof time.schemaHash !== "string") throw wrong("schemaHash", time.schemaHash);
  const timers = time.timers ?? [];
  const right = Array.isArray(timers) &&
    timers.every((timer) =>
      typeof timer?.state === "string" && Number.isFinite(timer.due) &&
      (typeof timer.adds === "string" || Array.isArray(timer.adds))
    );
  if (!right) throw wrong("timers", timers);
}

function wrong(what: string, value: unknown): SchemaError {
  return new SchemaError(
    `Cannot import the time: ${what} is ${textOf(value)}, expected what exportTime gave`,
  );
}

function checkNames(given: readonly string[], names: readonly string[]): void {
  if (given.length === names.length && given.every((name, i) => name === names[i])) return;
  throw new SchemaError(
    "Cannot import the time: the names are not those of the schema that it names",
  );
}

function checkTicks(ticks: readonly number[], names: readonly string[]): readonly number[] {
  if (ticks.length !== names.length) {
    throw new SchemaError(
      `Cannot import the time: ${ticks.length} ticks for ${names.length} states`,
    );
  }
  Array.from(ticks, (tick, state) => {
    if (Number.isSafeInteger(tick) && tick >= 0) return;
    throw new SchemaError(
      `Cannot import the time: the tick of ${names[state]} is ${
        String(tick)
      }, expected whole ticks from 0 up`,
    );
  });
  return ticks;
}

const hashes = new WeakMap<CompiledSchema, string>();

/**
 * What a schema means, as a text of 16 characters: names in order, flags, relations as sets. FNV-1a, twice
 * over: for telling schemas apart, not for security.
 */
export function hashOf(schema: CompiledSchema): string {
  let hash = hashes.get(schema);
  if (hash === undefined) hashes.set(schema, hash = makeHash(schema));
  return hash;
}

function makeHash(schema: CompiledSchema): string {
  const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);
  const said = schema.names.map((name, state) => [
    name,
    schema.autos.includes(state),
    schema.latest[state] ? "latest" : schema.multi[state],
    schema.event[state],
    ...[schema.add, schema.remove, schema.require, schema.after].map((lists) =>
      sorted(lists[state])
    ),
  ]);
  const text = JSON.stringify(said);
  return [0x811c9dc5, 0x01000193].map((seed) => {
    let hash = seed;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, "0");
  }).join("");
}
