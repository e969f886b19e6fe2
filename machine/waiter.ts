/** What a promise waits for. States are indexes. */
export type Condition =
  | { readonly kind: "active" | "inactive" | "any"; states: readonly number[] }
  | { readonly kind: "ticks"; states: readonly number[]; readonly ticks: readonly number[] }
  | {
    readonly kind: "args";
    states: readonly number[];
    readonly args: Readonly<Record<string, unknown>>;
  }
  | { readonly kind: "query"; states: readonly number[]; readonly query: Query }
  | { readonly kind: "queueEnds" | "disposed"; states: readonly number[] };

/** Looks at the clock, which is made once per change for all queries. */
export type Query = (clock: Readonly<Record<string, number>>) => unknown;

/** One is made per wait: its fields are declared only, which is faster. */
export class Waiter {
  declare readonly number: number;
  declare readonly condition: Condition;
  declare readonly promise: Promise<unknown>;
  declare resolve: (value: unknown) => void;
  declare reject: (reason: unknown) => void;
  /** Whether an active `Exception` ends the wait. */
  declare orError: boolean;
  /** Takes the timer and the listener away. */
  declare release: (() => void) | null;
  declare settled: boolean;
  /** Always there: a collection that finds no instance makes V8 drop its optimized code. */
  static readonly #kept: Waiter = new Waiter(0, { kind: "active", states: [] });

  constructor(number: number, condition: Condition) {
    this.number = number;
    this.condition = condition;
    this.orError = false;
    this.release = null;
    this.settled = false;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}
