/**
 * What has changed between two values of plain data, in a form that JSON can carry: a page is sent
 * this instead of whole views. Applying it shares all that is unchanged, so that whoever draws the
 * result sees by identity what to leave alone.
 *
 * @module
 */

/**
 * - `[0, value]`: another value
 * - `[1, [[name, delta], …]]`: fields of a record
 * - `[2, parts]`: a list, made of parts of the one before
 */
export type Delta =
  | readonly [0, unknown]
  | readonly [1, readonly (readonly [name: string, delta: Delta])[]]
  | readonly [2, readonly Part[]];

/**
 * - `[value]`: a new item
 * - `[from, count]`: items of the list before, as they were
 * - `[from, delta]`: an item of the list before, changed
 */
export type Part =
  | readonly [value: unknown]
  | readonly [from: number, count: number]
  | readonly [from: number, delta: Delta];

type Fields = Readonly<Record<string, unknown>>;

/** What leads from one value to another; `undefined` when they are the same. */
export function delta(before: unknown, after: unknown): Delta | undefined {
  if (Object.is(before, after)) return undefined;
  if (Array.isArray(before) && Array.isArray(after)) return listDelta(before, after);
  if (isRecord(before) && isRecord(after)) return recordDelta(before, after);
  return [0, after];
}

/**
 * The value after a delta. What has not changed is the same object as before.
 *
 * @throws {TypeError} If the delta does not belong to this value.
 */
export function apply(before: unknown, change: Delta): unknown {
  switch (change[0]) {
    case 0:
      return change[1];
    case 1: {
      if (!isRecord(before)) throw new TypeError("A change of fields needs a record");
      const fields = new Map(Object.entries(before));
      for (const [name, field] of change[1]) fields.set(name, apply(fields.get(name), field));
      return Object.fromEntries(fields);
    }
    case 2:
      if (!Array.isArray(before)) throw new TypeError("A change of items needs a list");
      return change[1].flatMap((part) => itemsOf(before, part));
  }
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function recordDelta(before: Fields, after: Fields): Delta | undefined {
  if (Object.keys(before).some((name) => !Object.hasOwn(after, name))) return [0, after];
  const changes: (readonly [string, Delta])[] = [];
  for (const [name, value] of Object.entries(after)) {
    const own = Object.hasOwn(before, name);
    const change: Delta | undefined = own ? delta(before[name], value) : [0, value];
    if (change !== undefined) changes.push([name, change]);
  }
  return changes.length === 0 ? undefined : [1, changes];
}

/** Items with a `key` are found again by it, wherever they are; others by their place. */
function keyOf(item: unknown): string | number | undefined {
  if (!isRecord(item)) return undefined;
  const { key } = item;
  return typeof key === "string" || typeof key === "number" ? key : undefined;
}

function listDelta(before: readonly unknown[], after: readonly unknown[]): Delta | undefined {
  const places = new Map(before.map((item, place) => [keyOf(item), place]));
  const keyed = before.some((item) => keyOf(item) !== undefined);
  const parts: Part[] = [];
  let run: [from: number, count: number] | null = null;
  after.forEach((item, place) => {
    const from = keyed ? places.get(keyOf(item)) : place < before.length ? place : undefined;
    const change: Delta | undefined = from === undefined ? [0, item] : delta(before[from], item);
    if (from !== undefined && change === undefined) {
      if (run !== null && run[0] + run[1] === from) run[1]++;
      else parts.push(run = [from, 1]);
      return;
    }
    run = null;
    parts.push(from === undefined || change![0] === 0 ? [item] : [from, change!]);
  });
  const [first] = parts;
  const whole = parts.length === 1 && first.length === 2 && first[0] === 0;
  if (before.length === after.length && (whole && first[1] === before.length || !parts.length)) {
    return undefined;
  }
  return [2, parts];
}

function itemsOf(before: readonly unknown[], part: Part): readonly unknown[] {
  if (part.length === 1) return [part[0]];
  const [from, change] = part;
  if (typeof change !== "number") return [apply(before[from], change)];
  if (from + change > before.length) throw new TypeError("A change of items is out of range");
  return before.slice(from, from + change);
}
