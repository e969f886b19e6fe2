import type { AnyMachine, Timer, Tracer } from "../mod.ts";
import { Coverage } from "./coverage.ts";
import { settled, type TestClock } from "./settled.ts";

/** What is explored: any `Machine`. */
export interface Explorable extends AnyMachine {
  /** The times that run. */
  timers(): Timer[];
}

/** What to try, and what has to hold. */
export interface ExploreOptions<M extends Explorable = Explorable> {
  /** How many random sequences. @default {200} */
  readonly runs?: number | undefined;
  /** How long a sequence may be. @default {20} */
  readonly length?: number | undefined;
  /** The states that are called. @default all but `Exception` */
  readonly states?: readonly string[] | undefined;
  /** Arguments that each state may be called with; one of them is taken. */
  readonly args?: Readonly<Record<string, readonly object[]>> | undefined;
  /** Called after each step; throws when something is wrong. */
  readonly check?: ((machine: M) => void | Promise<void>) | undefined;
  /** Whether `Exception` may occur. @default {false} */
  readonly allowErrors?: boolean | undefined;
  /** The fake clock that the machine runs on: steps may then move it to the next timer. */
  readonly time?: TestClock | undefined;
  /** Handlers that should be called, for the coverage: the object that is bound. */
  readonly handlers?: object | undefined;
  /** How long handlers may take, in real milliseconds. @default {1000} */
  readonly timeout?: number | undefined;
  /** Repeats a run: an error tells its seed. */
  readonly seed?: number | undefined;
  /** Takes the coverage. @default `console.log` */
  readonly print?: ((text: string) => void) | undefined;
}

/** A sequence of steps broke a machine: the shortest that was found. */
export class ExploreError extends Error {
  /** @ignore */
  override readonly name = "ExploreError";

  /** What was done, a step each. */
  readonly trace: readonly string[];
  /** Repeats the run. */
  readonly seed: number;

  /** @ignore */
  constructor(trace: readonly string[], seed: number, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`After ${trace.join(", ")}: ${why} (seed ${seed})`, { cause });
    this.trace = trace;
    this.seed = seed;
  }
}

/** One thing that is done to a machine. */
interface Step {
  readonly kind: "add" | "remove" | "set" | "settle" | "wait";
  readonly states: readonly string[];
  readonly args: object | undefined;
}

/**
 * Does random mutations to machines with their handlers, and waits between some of them. When one
 * fails, the sequence is shrunk to the shortest that still does. Prints which states, relations and
 * handlers were used. Needs `fast-check`.
 *
 * @param makeMachine Makes one for each sequence; it is disposed of after it. Give it
 * `printErrors: false`, for errors are told by the result.
 * @throws {ExploreError} If `Exception` occurs, `check` throws, or the machine does not settle.
 */
export async function explore<M extends Explorable>(
  makeMachine: () => M | Promise<M>,
  options: ExploreOptions<M> = {},
): Promise<Coverage> {
  const fc = await import("fast-check");
  const { runs = 200, length = 20, seed, print = console.log } = options;
  const coverage = new Coverage(handlerNames(options.handlers));
  const sample = await makeMachine();
  const states = options.states ?? sample.stateNames.filter((state) => state !== "Exception");
  const unknown = states.filter((state) => !sample.stateNames.includes(state));
  sample.dispose();
  if (unknown.length > 0) {
    throw new TypeError(`explore: the machine has no state ${unknown.join(", ")}`);
  }
  if (states.length === 0) throw new TypeError("explore: there is no state to call");

  const call = fc.constantFrom(...states).chain((state) =>
    fc.record<Step>({
      kind: fc.constantFrom("add", "add", "remove", "set"),
      states: fc.constant([state]),
      args: fc.constantFrom<object | undefined>(...(options.args?.[state] ?? [undefined])),
    })
  );
  const pause = fc.record<Step>({
    kind: options.time ? fc.constantFrom("settle", "wait") : fc.constant("settle"),
    states: fc.constant([]),
    args: fc.constant(undefined),
  });
  const steps = fc.array(
    fc.oneof({ weight: 4, arbitrary: call }, { weight: 1, arbitrary: pause }),
    { minLength: 1, maxLength: length, size: "max" },
  );
  const attempt = async (sequence: readonly Step[]): Promise<Failure | null> => {
    const done = { steps: 0 };
    try {
      await run(await makeMachine(), sequence, coverage, options, done);
      return null;
    } catch (error) {
      return { error, sequence: sequence.slice(0, done.steps) };
    }
  };
  let failure: Failure | null = null;
  const result = await fc.check(
    fc.asyncProperty(steps, async (sequence) => {
      const found = await attempt(sequence);
      failure = found ?? failure;
      return found === null;
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
  );
  if (failure !== null) failure = await shortest(failure, attempt);
  print(`explored ${result.numRuns} sequences\n${coverage}`);
  if (failure === null) return coverage;
  throw new ExploreError(failure.sequence.map(shown), result.seed, failure.error);
}

/** A sequence up to the step that failed. */
interface Failure {
  readonly error: unknown;
  readonly sequence: readonly Step[];
}

/** Shrinking keeps some steps in the middle: each that the failure does not need is left out. */
async function shortest(
  failure: Failure,
  attempt: (sequence: readonly Step[]) => Promise<Failure | null>,
): Promise<Failure> {
  for (let i = failure.sequence.length - 1; i >= 0; i--) {
    failure = await attempt(failure.sequence.toSpliced(i, 1)) ?? failure;
  }
  return failure;
}

async function run<M extends Explorable>(
  machine: M,
  sequence: readonly Step[],
  coverage: Coverage,
  options: ExploreOptions<M>,
  done: { steps: number },
): Promise<void> {
  const { time, timeout, check, allowErrors = false } = options;
  coverage.watch(machine);
  const failed = { entered: false };
  machine.addTracer(failures(failed));
  const holds = async () => {
    if (!allowErrors && (failed.entered || machine.is("Exception"))) {
      throw machine.err ?? new Error("Exception was entered");
    }
    await check?.(machine);
  };
  try {
    await holds();
    for (const { kind, states, args } of sequence) {
      done.steps++;
      if (kind === "settle") await settled(machine, { time, timeout });
      else if (kind === "wait") {
        const due = machine.timers()[0]?.due;
        await time!.tickAsync(due === undefined ? 1000 : Math.max(0, due - Date.now()));
      } else machine[kind](states, args);
      await holds();
    }
    await settled(machine, { time, timeout });
    await holds();
  } finally {
    machine.dispose();
  }
}

function failures(failed: { entered: boolean }): Tracer {
  return {
    transitionEnd({ check, accepted, enters }) {
      if (!check && accepted && enters.includes("Exception")) failed.entered = true;
    },
  };
}

function shown({ kind, states, args }: Step): string {
  if (states.length === 0) return kind;
  return `${kind} ${states.join("+")}${args === undefined ? "" : ` ${JSON.stringify(args)}`}`;
}

/** Those of an object or of a class's instance. */
function handlerNames(handlers: object | undefined): string[] {
  const names = new Set<string>();
  for (
    let at: object | null = handlers ?? null;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    for (const name of Object.getOwnPropertyNames(at)) {
      if (/(Enter|State|Exit|End)$/.test(name)) names.add(name);
    }
  }
  return [...names];
}
