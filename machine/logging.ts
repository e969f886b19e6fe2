import { checkNames, textOf } from "../relations/mod.ts";

/** How much is logged; each level includes those before it. */
export type LogLevel = "nothing" | "changes" | "ops" | "decisions" | "everything";

/** The levels, least first. */
export const LOG_LEVELS: readonly LogLevel[] = [
  "nothing",
  "changes",
  "ops",
  "decisions",
  "everything",
];

/** Takes log lines; the line has no machine id. */
export type Logger = (line: string, level: LogLevel, machineId: string) => void;

/** Which arguments are logged, and how: name → text. */
export type ArgsMapper = (
  args: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, string>>;

/** The level's number. */
export function levelNumber(level: LogLevel): number {
  const number = LOG_LEVELS.indexOf(level);
  if (number === -1) {
    throw new RangeError(`Unknown log level ${textOf(level)}: known are ${LOG_LEVELS.join(", ")}`);
  }
  return number;
}

/**
 * Logs the arguments of these names, cut to `maxLength` characters.
 *
 * @example Usage
 * ```ts
 * import { argsMapper } from "@asyncmachine/asyncmachine";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(argsMapper(["id"], 4)({ id: 123456, secret: "x" }), { id: "1234" });
 * ```
 */
export function argsMapper(names: readonly string[], maxLength = 20): ArgsMapper {
  checkNames("names", names);
  if (maxLength !== Infinity && !(Number.isSafeInteger(maxLength) && maxLength >= 0)) {
    throw new RangeError(`maxLength is ${textOf(maxLength)}, expected a whole number from 0 up`);
  }
  return (args) =>
    Object.fromEntries(
      names.filter((name) => name in args).map((
        name,
      ) => [name, textOf(args[name]).slice(0, maxLength)]),
    );
}

/** Prints with the machine's id. */
export function consoleLogger(line: string, _level: LogLevel, machineId: string): void {
  console.log(`[${machineId}] ${line}`);
}
