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
    throw new RangeError(`Unknown log level "${level}": known are ${LOG_LEVELS.join(", ")}`);
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
  return (args) =>
    Object.fromEntries(
      names.filter((name) => name in args).map((
        name,
      ) => [name, String(args[name]).slice(0, maxLength)]),
    );
}

/** Prints with the machine's id. */
export function consoleLogger(line: string, _level: LogLevel, machineId: string): void {
  console.log(`[${machineId}] ${line}`);
}
