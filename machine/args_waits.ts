import type { Waiter } from "./waiter.ts";

/** The waits for the arguments of one state, found by the value of one of the arguments. */
export class ArgsWaits {
  readonly #unconditional: Set<Waiter> = new Set();
  readonly #byValue: Map<string, Map<unknown, Set<Waiter>>> = new Map();

  insert(waiter: Waiter, args: Readonly<Record<string, unknown>>): void {
    this.#fewest(args).add(waiter);
  }

  /** Whether nobody waits any more. */
  delete(waiter: Waiter, args: Readonly<Record<string, unknown>>): boolean {
    this.#unconditional.delete(waiter);
    for (const name of Object.keys(args)) {
      const values = this.#byValue.get(name);
      const waiters = values?.get(args[name]);
      if (!waiters?.delete(waiter) || waiters.size > 0) continue;
      values!.delete(args[name]);
      if (values!.size === 0) this.#byValue.delete(name);
    }
    return this.#unconditional.size === 0 && this.#byValue.size === 0;
  }

  /** The shortest of the lists in which such a wait can stand, so that none becomes long needlessly. */
  #fewest(args: Readonly<Record<string, unknown>>): Set<Waiter> {
    let best: { name: string; size: number } | null = null;
    for (const name of Object.keys(args)) {
      const size = this.#byValue.get(name)?.get(args[name])?.size ?? 0;
      if (best === null || size < best.size) best = { name, size };
    }
    if (best === null) return this.#unconditional;
    let values = this.#byValue.get(best.name);
    if (values === undefined) this.#byValue.set(best.name, values = new Map());
    let waiters = values.get(args[best.name]);
    if (waiters === undefined) values.set(args[best.name], waiters = new Set());
    return waiters;
  }

  collect(args: Readonly<Record<string, unknown>>, ready: Waiter[]): void {
    for (const waiter of this.#unconditional) ready.push(waiter);
    for (const [name, values] of this.#byValue) {
      for (const waiter of values.get(args[name]) ?? []) {
        if (matches(args, waiter.condition as { args: Record<string, unknown> })) {
          ready.push(waiter);
        }
      }
    }
  }

  all(): Waiter[] {
    const indexed = [...this.#byValue.values()].flatMap((values) => [...values.values()]);
    return [...this.#unconditional, ...indexed.flatMap((waiters) => [...waiters])];
  }
}

/** Whether every wanted argument is there, compared by `Object.is`. */
function matches(
  args: Readonly<Record<string, unknown>>,
  { args: wanted }: { args: Readonly<Record<string, unknown>> },
): boolean {
  return Object.keys(wanted).every((name) => Object.is(args[name], wanted[name]));
}
