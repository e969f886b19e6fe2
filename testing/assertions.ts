/** What is read of a machine to compare it. */
export interface Asserted<N extends string> {
  /** The machine's name. */
  readonly id: string;
  /** The last error. */
  readonly err: Error | null;
  /** All states. */
  readonly stateNames: readonly N[];
  /** The active states. */
  activeStates(): string[];
  /** All states with their ticks. */
  toStringAll(): string;
}

/**
 * Asserts that exactly these states are active, in whatever order.
 *
 * @throws {Error} That names those that are missing, and those that are too many.
 */
export function assertStates<N extends string>(
  machine: Asserted<N>,
  states: NoInfer<N> | readonly NoInfer<N>[],
): void {
  const expected = new Set<string>(typeof states === "string" ? [states] : states);
  const known = new Set<string>(machine.stateNames);
  const unknown = [...expected].filter((state) => !known.has(state));
  if (unknown.length > 0) {
    throw new Error(`Machine "${machine.id}" has no state ${unknown.join(", ")}`);
  }
  const active = new Set(machine.activeStates());
  const missing = [...expected].filter((state) => !active.has(state));
  const extra = [...active].filter((state) => !expected.has(state));
  if (missing.length === 0 && extra.length === 0) return;
  const parts = [
    missing.length > 0 ? `not active: ${missing.join(", ")}` : "",
    extra.length > 0 ? `active, but not expected: ${extra.join(", ")}` : "",
  ].filter((part) => part !== "");
  throw new Error(`Machine "${machine.id}": ${parts.join("; ")}. It is ${machine.toStringAll()}`);
}

/**
 * Asserts that `Exception` is not active and that nothing has failed since the machine was made.
 *
 * @throws {Error} With the machine's error as its cause.
 */
export function assertNoError(machine: Asserted<string>): void {
  const { err } = machine;
  if (err === null && !machine.activeStates().includes("Exception")) return;
  throw new Error(`Machine "${machine.id}" has failed: ${err?.message ?? "Exception is active"}`, {
    cause: err,
  });
}
