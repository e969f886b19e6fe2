/**
 * Stands in for `@cliffy/command` where JSR is out of reach: what this project uses of it, over
 * commander.
 */
import { Command as Program, CommanderError, Option } from "npm:commander@14.0.3";
import { normalized } from "./arguments.ts";

/** Bad input: what is wrong, and the exit code that says so. */
export class ValidationError extends Error {
  readonly exitCode: number;

  constructor(message: string, options: { exitCode?: number } = {}) {
    super(message);
    this.exitCode = options.exitCode ?? 2;
  }
}

export interface OptionSettings {
  default?: unknown;
  required?: boolean;
  hidden?: boolean;
}

// The real one infers the types of options and arguments; callers of this one state them.
// deno-lint-ignore no-explicit-any
export type Action = (options: any, ...args: any[]) => unknown;

const TYPED = /([<[])([\w-]+)(?::(\w+)(\[\])?)?([>\]])/g;

function parser(type: string | undefined, list: boolean, flag: string) {
  if (list) return (value: string) => value.split(",");
  if (type !== "number" && type !== "integer") return undefined;
  return (value: string) => {
    const number = Number(value);
    const fits = type === "integer" ? Number.isInteger(number) : Number.isFinite(number);
    if (!fits) {
      throw new ValidationError(`Option "${flag}" must be of type "${type}", but got "${value}".`);
    }
    return number;
  };
}

/** Prints; a reader that has ended is no fault. */
function writeOut(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

export class Command {
  readonly program = new Program();
  #throws = false;

  constructor() {
    this.program.exitOverride().configureOutput({ writeErr: () => {}, writeOut }).helpCommand(false)
      .allowExcessArguments(false).enablePositionalOptions();
  }

  name(name: string): this {
    this.program.name(name);
    return this;
  }

  version(version: string): this {
    this.program.version(version, "-V, --version", "Show the version number for this program.");
    return this;
  }

  description(description: string): this {
    this.program.description(description);
    return this;
  }

  arguments(args: string): this {
    for (const arg of args.replaceAll(TYPED, "$1$2$5").match(/<[^>]+>|\[[^\]]+\]/g) ?? []) {
      this.program.argument(arg);
    }
    return this;
  }

  option(flags: string, description: string, settings: OptionSettings = {}): this {
    const long = flags.match(/--[\w-]+/)?.[0] ?? flags;
    const [, , , type, list] = [...flags.matchAll(TYPED)][0] ?? [];
    const option = new Option(flags.replaceAll(TYPED, "$1$2$5"), description);
    const parse = parser(type, list !== undefined, long);
    if (parse) option.argParser(parse as (value: string) => never);
    if (settings.default !== undefined) option.default(settings.default);
    if (settings.required) option.makeOptionMandatory();
    if (settings.hidden) option.hideHelp();
    this.program.addOption(option);
    let given = false;
    this.program.on(`option:${option.name()}`, () => {
      if (given) {
        throw new ValidationError(
          `Option "${long}" can only occur once, but was found several times.`,
        );
      }
      given = true;
    });
    return this;
  }

  example(name: string, description: string): this {
    this.program.addHelpText("after", `\n  ${name}\n    ${description.split("\n").join("\n    ")}`);
    return this;
  }

  action(run: Action): this {
    this.program.action(async (...all: unknown[]) => {
      all.pop();
      const options = all.pop();
      await run(options, ...all);
    });
    return this;
  }

  command(name: string, command: Command): this {
    command.program.name(name);
    this.program.addCommand(command.program);
    return this;
  }

  throwErrors(): this {
    this.#throws = true;
    return this;
  }

  showHelp(): void {
    this.program.outputHelp();
  }

  async parse(args: string[] = Deno.args): Promise<void> {
    try {
      const command = this.program.commands.find((one) => one.name() === args[0]) ?? this.program;
      await this.program.parseAsync(normalized(args, command.options), { from: "user" });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      if (error.exitCode === 0) Deno.exit(0);
      const [first] = this.program.args;
      if (error.code === "commander.excessArguments" && this.program.commands.length > 0) {
        const command = this.program.commands.find((one) => one.name() === first);
        const surplus = command?.args.slice(command.registeredArguments.length).join(" ");
        error.message = command ? `Too many arguments: ${surplus}` : `Unknown command "${first}".`;
      }
      const wrong = new ValidationError(
        error.message.replace(/^error: /, "").replace(/\n\((.*)\)$/, ". $1")
          .replace(/^missing required argument '(.*)'/, "Missing argument(s): $1")
          .replace(/^unknown (\w+) '([^'=]*)[^']*'/, 'Unknown $1 "$2"')
          .replace(/^option '.*?(--[\w-]+).*' argument missing/, 'Missing value for option "$1".')
          .replace(/^required option '.*?(--[\w-]+).*$/, 'Missing required option "$1".'),
      );
      if (this.#throws) throw wrong;
      console.error(`error: ${wrong.message}`);
      Deno.exit(wrong.exitCode);
    }
  }
}
