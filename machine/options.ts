import type { CompiledSchema, Timeouts } from "../relations/mod.ts";
import {
  checkFunction,
  checkNames,
  checkObject,
  indexOf,
  isObject,
  SchemaError,
  type StateNames,
  wrongType,
} from "../relations/mod.ts";
import type { AnyMachine, Tracer } from "./any_machine.ts";
import type { Handlers } from "./handler_types.ts";
import { type ArgsMapper, levelNumber, type Logger, type LogLevel } from "./logging.ts";
import type { MachineOf } from "./machine_of.ts";
import { checkSignal } from "./signals.ts";
import type { TimeoutTable } from "./timers.ts";

/** Settings of a new machine. `M` is the type of the machine that its handlers see. */
export interface MachineOptions<S = Record<string, unknown>, M = MachineOf<S>> {
  /** Names the machine in logs, errors and the debugger; need not be unique. @default a generated one */
  readonly id?: string | undefined;
  /** Disposes this machine with itself, ends its contexts, and shares its inheritable tracers. */
  readonly parent?: AnyMachine | undefined;
  /** Disposes the machine when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Bound at once; for pairs of states (`FooBar`) use `bindHandlers`. */
  readonly handlers?: Handlers<S, M> | undefined;
  /** A synchronous handler that takes longer, in milliseconds, is an error. @default {Infinity} */
  readonly handlerTimeout?: number | undefined;
  /** How many mutations may wait. @default {1000} */
  readonly queueLimit?: number | undefined;
  /** How many transitions one drain of the queue may run. @default {1_000_000} */
  readonly drainLimit?: number | undefined;
  /** Milliseconds by state and by the state to add, instead of those of the schema; `Infinity` = off. */
  readonly timeouts?: { readonly [K in StateNames<S>]?: Timeouts<StateNames<S>> } | undefined;
  /** How much is logged. @default {"nothing"} */
  readonly logLevel?: LogLevel | undefined;
  /** Takes the log lines. @default `console.log` with the id */
  readonly logger?: Logger | undefined;
  /** Which arguments are logged, see {@linkcode argsMapper}. @default none */
  readonly logArgs?: ArgsMapper | undefined;
  /** Observers, present from `machineInit` on. */
  readonly tracers?: readonly Tracer[] | undefined;
  /** Free-form labels. */
  readonly tags?: readonly string[] | undefined;
  /** What handlers throw becomes the Exception state; else it is thrown out of the mutation. @default {true} */
  readonly catchErrors?: boolean | undefined;
  /** Prints errors by `console.error`. @default {true} */
  readonly printErrors?: boolean | undefined;
}

const FLAGS = ["catchErrors", "printErrors"] as const;
const LIMITS = ["handlerTimeout", "queueLimit", "drainLimit"] as const;

/**
 * Checks settings before anything is done with them.
 *
 * @throws {TypeError} If one has the wrong type.
 * @throws {RangeError} If a number or the log level is out of range.
 */
export function checkOptions(options: MachineOptions): void {
  checkObject("options", options);
  const { id, logLevel, logger, logArgs, tags, tracers, signal, handlers } = options;
  if (id !== undefined && typeof id !== "string") throw wrongType("id", id, "a string");
  for (const name of FLAGS) {
    if (options[name] !== undefined && typeof options[name] !== "boolean") {
      throw wrongType(name, options[name], "true or false");
    }
  }
  for (const name of LIMITS) checkLimit(name, options[name]);
  if (logger !== undefined) checkFunction("logger", logger);
  if (logArgs !== undefined && logArgs !== null) checkFunction("logArgs", logArgs);
  if (logLevel !== undefined) levelNumber(logLevel);
  if (tags !== undefined) checkNames("tags", tags);
  if (tracers !== undefined && !Array.isArray(tracers)) {
    throw wrongType("tracers", tracers, "a list");
  }
  tracers?.forEach(checkTracer);
  if (handlers !== undefined) checkHandlers(handlers);
  checkSignal(signal);
}

function checkLimit(name: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== "number") throw wrongType(name, value, "a number");
  if (!(value >= 0)) throw new RangeError(`${name} is ${value}, expected a number from 0 up`);
}

/**
 * Checks an observer.
 *
 * @throws {TypeError} If it is no object.
 * @throws {RangeError} If its log level is unknown.
 */
export function checkTracer(tracer: Tracer): void {
  if (!isObject(tracer) || Array.isArray(tracer)) {
    throw wrongType("a tracer", tracer, "an object");
  }
  if (tracer.logLevel !== undefined) levelNumber(tracer.logLevel);
}

/**
 * Checks an object of handlers.
 *
 * @throws {TypeError} If it is none.
 */
export function checkHandlers(handlers: unknown): asserts handlers is object {
  if (!isObject(handlers) && typeof handlers !== "function") {
    throw wrongType("handlers", handlers, "an object");
  }
}

/**
 * The timeouts of a schema, with those of the options; `null` when there are none.
 *
 * @throws {RangeError} If a time is none.
 * @throws {SchemaError} If a state cannot have one.
 */
export function timeoutsOf(
  schema: CompiledSchema,
  overrides: MachineOptions["timeouts"] | undefined,
): TimeoutTable | null {
  if (schema.timeouts === null && overrides === undefined) return null;
  const table = schema.names.map((_, state) =>
    new Map((schema.timeouts?.[state] ?? []).map(({ adds, ms }) => [schema.names[adds], ms]))
  );
  for (const [name, timeouts] of Object.entries(overrides ?? {})) {
    const state = indexOf(schema, name);
    checkObject(`timeouts.${name}`, timeouts);
    for (const [adds, ms] of Object.entries(timeouts ?? {})) {
      const added = indexOf(schema, adds);
      if (schema.needsArgs[added]) {
        throw new TypeError(
          `timeouts.${name} adds ${adds} without the arguments that its calls must pass`,
        );
      }
      if (ms === undefined) continue;
      checkLimit(`timeouts.${name}.${adds}`, ms);
      if (ms !== Infinity) checkTimeout(schema, state, added);
      table[state].set(adds, ms);
    }
  }
  return table.map((timeouts) => [...timeouts].map(([adds, ms]) => ({ adds, ms })));
}

/** As the schema would refuse it. */
function checkTimeout({ names, event, multi }: CompiledSchema, state: number, adds: number): void {
  const name = names[state];
  if (event[state]) {
    throw new SchemaError(
      `timeouts.${name}: ${name} is an event, which lasts for its transition only`,
    );
  }
  if (adds === state && !multi[state]) {
    throw new SchemaError(`timeouts.${name} names itself, which only a multi state can`);
  }
}
