/** Looks at stored flows: `deno run -A durable/cli/main.ts list STORE`. */
import { Command, ValidationError } from "@cliffy/command";
import config from "../../deno.json" with { type: "json" };
import { complain, ReaderGoneError } from "../../dbg/output.ts";
import { StoreError } from "../errors.ts";
import { exportFlow, list, type ListOptions, retry, show } from "./commands.ts";
import { InputError } from "./place.ts";

/** Runs with command line arguments; the number is the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const root = new Command()
    .name("flows")
    .version(config.version)
    .description("Looks at the durable flows in a file of SQLite.")
    .throwErrors()
    .command(
      "list",
      new Command().description("List the flows of a store.")
        .arguments("<store:string>")
        .option("-k, --kind <kind:string>", "Of this kind.")
        .option("-a, --active <state:string>", "In which this state is active.")
        .option("-t, --tag <tag:string>", "With this label.")
        .option("-f, --failed", "In which an error stands.")
        .option("-e, --ended", "That are finished.")
        .option("-o, --open", "That are not finished.")
        .option("-n, --limit <number:integer>", "At most so many.")
        .option("-j, --json", "A flow per line, as JSON.")
        .throwErrors()
        .action((options: ListOptions, store: string) => list(store, options)),
    )
    .command(
      "show",
      new Command().description("Show a flow with its past.")
        .arguments("<store:string> <flow:string>")
        .option("-j, --json", "As JSON.")
        .throwErrors()
        .action((options: { json?: boolean }, store: string, flow: string) =>
          show(store, flow, options.json ?? false)
        ),
    )
    .command(
      "export",
      new Command().description("Write a flow with its past for dbg --import; - is stdout.")
        .arguments("<store:string> <flow:string> <file:string>")
        .throwErrors()
        .action((_: unknown, store: string, flow: string, file: string) =>
          exportFlow(store, flow, file)
        ),
    )
    .command(
      "retry",
      new Command().description("Bring a flow back to where it was before its error.")
        .arguments("<store:string> <flow:string>")
        .throwErrors()
        .action((_: unknown, store: string, flow: string) => retry(store, flow)),
    );
  try {
    await root.parse([...args]);
    return 0;
  } catch (error) {
    if (error instanceof ReaderGoneError) return 0;
    const expected = error instanceof ValidationError || error instanceof InputError ||
      error instanceof StoreError;
    if (!expected) throw error;
    complain(`flows: ${error.message.replaceAll(/\s*\n\s*/g, " ")}`);
    return 2;
  }
}

if (import.meta.main) Deno.exit(await run(Deno.args));
