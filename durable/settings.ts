import type { Tracer } from "../mod.ts";

/** Settings of `openFlows`. */
export interface FlowsOptions {
  /**
   * How long flows stay with an owner that gives no sign of life, in milliseconds: after a crash others
   * take over so much later. Signs of life come three times as often. @default {10_000}
   */
  readonly lease?: number | undefined;
  /** Names this owner in the store. @default a generated one */
  readonly owner?: string | undefined;
  /** Observers of all machines. */
  readonly tracers?: readonly Tracer[] | undefined;
  /** Prints errors by `console.error`. @default {true} */
  readonly printErrors?: boolean | undefined;
  /** Stores what happened too, to look at afterwards. @default {true} */
  readonly history?: boolean | undefined;
  /** How long a flow that only waits stays in memory, in milliseconds. @default {1000} */
  readonly idle?: number | undefined;
}

/** The same, with what is missing filled in. */
export interface FlowSettings {
  readonly lease: number;
  readonly owner: string;
  readonly tracers: readonly Tracer[] | undefined;
  readonly printErrors: boolean;
  readonly history: boolean;
  readonly idle: number;
}

let made = 0;

/**
 * Fills in what is missing.
 *
 * @throws {RangeError} If a time is none.
 */
export function settingsOf(
  options: FlowsOptions,
  store: { readonly keepsHistory?: boolean | undefined },
): FlowSettings {
  const { lease = 10_000, idle = 1_000 } = options;
  for (const [name, ms] of Object.entries({ lease, idle })) {
    if (typeof ms === "number" && ms > 0) continue;
    throw new RangeError(`Cannot open flows: ${name} is ${ms}, expected milliseconds above 0`);
  }
  return {
    lease,
    idle,
    owner: options.owner ?? `${++made}-${crypto.randomUUID()}`,
    tracers: options.tracers,
    printErrors: options.printErrors ?? true,
    history: (options.history ?? true) && store.keepsHistory !== false,
  };
}
