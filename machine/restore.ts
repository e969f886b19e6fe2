import { SchemaError } from "../relations/mod.ts";
import type { Engine } from "./engine.ts";

/** A machine's time by state name: all that is needed to resume it. */
export interface MachineTime {
  /** The id of the machine that was exported. */
  readonly id: string;
  /** The state names, in order. */
  readonly names: readonly string[];
  /** Their ticks. */
  readonly ticks: readonly number[];
  /** Identifies the schema: names, properties and relations. */
  readonly schemaHash: string;
}

/** The machine's time and what it belongs to. */
export function exportTime(engine: Engine): MachineTime {
  return {
    id: engine.id,
    names: [...engine.schema.names],
    ticks: engine.clock.ticks.slice(),
    schemaHash: schemaHash(engine),
  };
}

/** Puts an exported time in place. */
export function importTime(
  engine: Engine,
  time: MachineTime,
  migrate: ((time: MachineTime) => Readonly<Record<string, number>>) | undefined,
): void {
  if (engine.busy) throw new SchemaError("Cannot import the time: a transition is running");
  const { names } = engine.schema;
  if (time.schemaHash === schemaHash(engine)) {
    return engine.setTicks(checked(time.ticks, names.length));
  }
  if (!migrate) {
    throw new SchemaError(
      `Cannot import the time of "${time.id}": its schema was different, and no migration is given`,
    );
  }
  const ticks = migrate(time);
  engine.setTicks(checked(names.map((name) => ticks[name] ?? 0), names.length));
}

function checked(ticks: readonly number[], size: number): number[] {
  if (ticks.length !== size || !ticks.every((tick) => Number.isSafeInteger(tick) && tick >= 0)) {
    throw new SchemaError(`Cannot import the time: expected ${size} whole ticks from 0 up`);
  }
  return [...ticks];
}

/** FNV-1a over the schema's JSON: for telling schemas apart, not for security. */
function schemaHash(engine: Engine): string {
  let hash = 0x811c9dc5;
  for (const char of JSON.stringify([engine.schema.names, engine.schema.states])) {
    hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
