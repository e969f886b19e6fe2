/**
 * Whether a history of puts and gets of many clients could have come from one register that does one
 * thing at a time: the search of Wing and Gong, which remembers where it has been.
 */

/** One operation of a client. */
export interface Operation {
  readonly op: "put" | "get";
  readonly key: string;
  /** What was put or seen; `null`: there was none. Puts of a key should have different values. */
  readonly value: string | null;
  /** When it was called; times only need an order. */
  readonly called: number;
  /** When the answer came; `Infinity` if it never did, so that it may have happened or not. */
  readonly returned: number;
}

/** The operations of a key that no order explains. */
export interface Contradiction {
  readonly key: string;
  /** The operation up to whose answer there is no order. */
  readonly at: Operation;
}

/** Finds a key whose operations are not linearizable. Keys are independent of each other. */
export function findContradiction(history: readonly Operation[]): Contradiction | null {
  for (const [key, operations] of Map.groupBy(history, (operation) => operation.key)) {
    const at = contradicted(operations);
    if (at) return { key, at };
  }
  return null;
}

/**
 * A place in the search: definite operations, sorted by call, are done before `first` and in `ahead`;
 * open puts, which may never have happened, are done in `open`.
 */
interface Place {
  readonly first: number;
  readonly ahead: readonly number[];
  readonly open: readonly number[];
  readonly value: string | null;
}

function contradicted(operations: readonly Operation[]): Operation | null {
  const seen = new Set(operations.filter(({ op }) => op === "get").map(({ value }) => value));
  const definite = operations.filter(({ returned }) => returned !== Infinity)
    .sort((a, b) => a.called - b.called);
  // A put that never returned and was never seen can be left out; so can a get that did not return.
  const open = operations.filter(({ op, returned, value }) =>
    op === "put" && returned === Infinity && seen.has(value)
  );
  const visited = new Set<string>();
  const places: Place[] = [{ first: 0, ahead: [], open: [], value: null }];
  let furthest = 0;
  for (let place = places.pop(); place; place = places.pop()) {
    if (place.first === definite.length) return null;
    const name = JSON.stringify([place.first, place.ahead, place.open, place.value]);
    if (visited.has(name)) continue;
    visited.add(name);
    furthest = Math.max(furthest, place.first);
    places.push(...following(place, definite, open));
  }
  return definite[furthest];
}

/** What can have happened next: what was called before the first of the others returned. */
function following(
  place: Place,
  definite: readonly Operation[],
  open: readonly Operation[],
): Place[] {
  let limit = Infinity;
  const candidates: number[] = [];
  for (let at = place.first; at < definite.length && definite[at].called < limit; at++) {
    if (place.ahead.includes(at)) continue;
    limit = Math.min(limit, definite[at].returned);
    candidates.push(at);
  }
  // A get that sees what is there may as well come now: it stands in nobody's way.
  const seen = candidates.find((at) =>
    definite[at].op === "get" && definite[at].value === place.value
  );
  if (seen !== undefined) return [{ ...done(place, seen), value: place.value }];
  const next: Place[] = [];
  for (const [at, { called, value }] of open.entries()) {
    if (called >= limit || place.open.includes(at)) continue;
    next.push({ ...place, open: [...place.open, at].sort((a, b) => a - b), value });
  }
  for (const at of candidates) {
    const { op, value } = definite[at];
    if (op === "put") next.push({ ...done(place, at), value });
  }
  return next;
}

function done({ first, ahead, open }: Place, at: number): Omit<Place, "value"> {
  if (at !== first) return { first, ahead: [...ahead, at].sort((a, b) => a - b), open };
  const rest = [...ahead];
  let after = first + 1;
  while (rest[0] === after) {
    rest.shift();
    after++;
  }
  return { first: after, ahead: rest, open };
}
