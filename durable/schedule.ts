import { Cron } from "croner";
import { delay } from "../clock/mod.ts";
import type { AnyMachine, ArgsOf, Binding, MachineOf, StateNames } from "../mod.ts";

/** Settings of {@linkcode nextRun}. */
export interface CronOptions {
  /** The time zone, by its IANA name. @default {"UTC"} */
  readonly timeZone?: string | undefined;
  /** The moment before it. @default now */
  readonly after?: Date | number | undefined;
}

/** Settings of {@linkcode schedule}. */
export interface ScheduleOptions<A> {
  /** The arguments of each run, or what makes them. */
  readonly args?: A | ((run: ScheduledRun) => A) | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
  /** The time zone, by its IANA name. @default {"UTC"} */
  readonly timeZone?: string | undefined;
  /**
   * What becomes of runs whose time came while the program slept, or since `since`: none of them, one for
   * all, or each. @default {"skip"}
   */
  readonly missed?: "skip" | "once" | "all" | undefined;
  /** The last moment that was seen to. @default now */
  readonly since?: Date | number | undefined;
}

/** One run. */
export interface ScheduledRun {
  /** When it was due. */
  readonly due: Date;
}

/** Longer than a timer is late by itself; what is later was missed. */
const LATE = 1_000;
/** More missed runs than these are not made up for at once. */
const MOST = 10_000;

/**
 * The next time of a cron expression (five fields, or six with seconds first), or `null` when there is
 * none. In a flow, `e.addAfter(nextRun("0 9 * * 1")!.getTime() - Date.now(), "Run")` survives a crash.
 *
 * @example Usage
 * ```ts
 * import { nextRun } from "@asyncmachine/asyncmachine/durable";
 * import { assertEquals } from "@std/assert";
 *
 * const next = nextRun("0 9 * * MON", { timeZone: "Europe/Berlin", after: new Date("2026-03-28") });
 * assertEquals(next?.toISOString(), "2026-03-30T07:00:00.000Z"); // summer time began between
 * ```
 *
 * @throws {TypeError} If the expression or the time zone is none.
 */
export function nextRun(cron: string, options: CronOptions = {}): Date | null {
  const { timeZone = "UTC", after = Date.now() } = options;
  return next(parse(cron, timeZone), new Date(after));
}

function parse(cron: string, timeZone: string): Cron {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return new Cron(cron, { timezone: timeZone, paused: true });
  } catch (error) {
    throw new TypeError(
      `Cannot schedule ${JSON.stringify(cron)} in ${JSON.stringify(timeZone)}: ${
        (error as Error).message
      }`,
      { cause: error },
    );
  }
}

function next(cron: Cron, after: Date): Date | null {
  return cron.nextRun(after);
}

/**
 * Adds a state at the times of a cron expression, until it is undone. A run that begins while the last one
 * goes on is a matter of the machine: an active state that is not multi ignores it, relations may refuse it.
 *
 * @throws {TypeError} If the expression, the time zone or the state is none.
 */
export function schedule<S, const N extends StateNames<S>>(
  machine: MachineOf<S>,
  cron: string,
  state: N,
  options: ScheduleOptions<ArgsOf<S, N>> = {},
): Binding {
  const { args, signal, timeZone = "UTC", missed = "skip", since = Date.now() } = options;
  if (!["skip", "once", "all"].includes(missed)) {
    throw new TypeError(`missed is ${JSON.stringify(missed)}, expected "skip", "once" or "all"`);
  }
  if (!(machine.stateNames as readonly string[]).includes(state)) {
    throw new TypeError(`Cannot schedule: there is no state ${JSON.stringify(state)}`);
  }
  const times = parse(cron, timeZone);
  let cancel: (() => void) | null = null;
  let over = false;
  const unbind = () => {
    over = true;
    cancel?.();
    signal?.removeEventListener("abort", unbind);
  };
  const run = (due: Date) => {
    const given = typeof args === "function"
      ? (args as (run: ScheduledRun) => unknown)({ due })
      : args;
    (machine as unknown as AnyMachine).add(state, given);
  };
  const wait = (seen: Date) => {
    const due = over || machine.disposed ? null : next(times, seen);
    if (due === null) return;
    cancel = delay(Math.max(0, due.getTime() - Date.now()), () => {
      const runs = passed(times, due, missed);
      wait(new Date(Math.max(Date.now(), due.getTime())));
      runs.forEach(run);
    });
  };
  if (signal?.aborted) over = true;
  signal?.addEventListener("abort", unbind, { once: true });
  machine.onDispose(unbind);
  const first = next(times, new Date(since));
  const late = first !== null && first.getTime() <= Date.now();
  // What was missed is made up for at the next timer turn.
  wait(late && missed === "skip" ? new Date() : new Date(since));
  return { names: [state], unbind, [Symbol.dispose]: unbind };
}

/** The runs to make now, of those from `due` on. */
function passed(times: Cron, due: Date, missed: "skip" | "once" | "all"): readonly Date[] {
  const now = Date.now();
  const runs: Date[] = [];
  for (let at: Date | null = due; at !== null && at.getTime() <= now; at = next(times, at)) {
    runs.push(at);
    if (missed === "all" && runs.length === MOST) break;
    if (missed !== "all" && runs.length > 1) runs.shift();
  }
  if (missed === "all") return runs;
  const [last] = runs;
  if (last === undefined) return [due]; // the timer came a little early
  return missed === "once" || now - last.getTime() < LATE ? [last] : [];
}
