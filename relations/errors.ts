/** The base class of every error that this library throws or reports. */
export class AsyncMachineError extends Error {
  /** The class's name, stable under minification. */
  override readonly name: string = "AsyncMachineError";
}

/** A schema that cannot be compiled: an unknown name, a contradiction or a cycle of `after`. */
export class SchemaError extends AsyncMachineError {
  /** The class's name, stable under minification. */
  override readonly name = "SchemaError";
}

/** A name that no state of the schema has. */
export class StateUnknownError extends AsyncMachineError {
  /** The class's name, stable under minification. */
  override readonly name = "StateUnknownError";
  /** The unknown name. */
  readonly state: string;

  /**
   * Says what is known instead.
   *
   * @param state The unknown name.
   * @param names The names that exist; the nearest one is suggested.
   */
  constructor(state: string, names: Iterable<string>) {
    super(`Unknown state ${JSON.stringify(state)}${suggestion(state, names)}`);
    this.state = state;
  }
}

/** `: did you mean "Foo"`, or a list of what exists when nothing is near. */
export function suggestion(name: string, names: Iterable<string>): string {
  const known = [...names];
  let best = "";
  let bestDistance = Math.floor(String(name).length / 2) + 1;
  for (const candidate of known) {
    const distance = editDistance(String(name), candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  if (best) return `: did you mean ${JSON.stringify(best)}`;
  const shown = known.slice(0, 10).map((known) => JSON.stringify(known)).join(", ");
  return `: known are ${shown}${known.length > 10 ? ` and ${known.length - 10} more` : ""}`;
}

/** Levenshtein distance, ignoring case. */
function editDistance(from: string, to: string): number {
  const [a, b] = [from.toLowerCase(), to.toLowerCase()];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = a[i - 1] === b[j - 1] ? row[j - 1] : 1 + Math.min(row[j - 1], row[j], next[j - 1]);
    }
    row = next;
  }
  return row[b.length];
}
