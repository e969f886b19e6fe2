import { Command, ValidationError } from "@cliffy/command";
import config from "../deno.json" with { type: "json" };
import { exportTo, follow, list, printTest, type Source } from "./commands.ts";
import { InputError } from "./input.ts";
import { serveTools } from "./mcp_process.ts";
import type { CopyOptions } from "./model/copied_test.ts";
import { LAYOUTS } from "./model/mod.ts";
import { complain, ReaderGoneError } from "./output.ts";
import { type Listening, serve } from "./serve.ts";

const TOKEN_FILE = "The file whose first line is the token; or AM_DBG_TOKEN in the environment.";

/** Runs the debugger with command line arguments; the number is the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  let code = 0;
  const source = (command: Command, description: string) =>
    command.description(description)
      .option("-i, --import <file:string>", "Read a file instead; - is stdin.")
      .option("-u, --url <address:string>", "The running debugger: host:port, ws:// or http://.", {
        default: "http://127.0.0.1:6831",
      })
      .option("-t, --token <token:string>", "What it asks for; other users can see it.")
      .option("--token-file <file:string>", TOKEN_FILE)
      .throwErrors();
  const root = new Command()
    .name("dbg")
    .version(config.version)
    .description("Collects what machines do, and shows it.")
    .option("-H, --headless", "Collect without a screen.")
    .option("-l, --listen <address:string>", "host:port to listen on.", {
      default: "127.0.0.1:6831",
    })
    .option(
      "-t, --token <token:string>",
      "What machines and readers have to show; needed beyond loopback. Other users can see it.",
    )
    .option("--token-file <file:string>", TOKEN_FILE)
    .option("-m, --max-mem <megabytes:number>", "Bound of what is kept.", { default: 1000 })
    .option("-i, --import <file:string>", "Start with what a file holds; - is stdin.")
    .option("-d, --dir <folder:string>", "Where exports go.", { default: "." })
    .option("--select-machine <id:string>", "Start with this machine of the file.")
    .option("--select-transition <id:integer>", "Start after this transition of it.")
    .option("-v, --view <view:string>", `What to show: ${LAYOUTS.join(", ")}.`)
    .option("-c, --select-connected", "Select each machine that connects.")
    .option("--clean-on-connect", "Forget all when a machine connects and no other is connected.")
    .option("--dbg-self <address:string>", "Show this debugger in another one.")
    .option("--log-file <file:string>", "Log what this debugger does.")
    .example("See the demo", "dbg, and in another terminal: AM_DBG_ADDR=1 deno task demo")
    .throwErrors()
    .action((options: Listening) => serve(options))
    .command(
      "list",
      source(new Command(), "List the machines.")
        .option("-j, --json", "As JSON.")
        .action((options: Source) => list(options)),
    )
    .command(
      "show",
      source(new Command(), "Show a machine's transitions.")
        .arguments("<id:string>")
        .option("-j, --json", "A transition per line, as JSON.")
        .action((options: Source, id: string) => follow(options, id, false)),
    )
    .command(
      "tail",
      source(new Command(), "Print transitions as they come, of one machine or all.")
        .arguments("[id:string]")
        .option("-j, --json", "A transition per line, as JSON.")
        .action((options: Source, id?: string) =>
          follow(options, id ?? null, options.import === undefined)
        ),
    )
    .command(
      "export",
      source(new Command(), "Write machines to a file, gzipped JSON lines; - is stdout.")
        .arguments("<file:string>")
        .option("-m, --machine <id:string>", "Only this one.")
        .action((options: Source & { machine?: string }, file: string) => exportTo(options, file)),
    )
    .command(
      "export-test",
      source(new Command(), "Print a machine's transitions as a test.")
        .arguments("<id:string>")
        .option("--from <number:integer>", "The first transition.")
        .option("--to <number:integer>", "The last transition.")
        .option("--library <module:string>", "Where the test imports the library from.")
        .action((options: Source & CopyOptions, id: string) => printTest(options, id)),
    )
    .command(
      "mcp",
      source(new Command(), "Answer an assistant's questions: MCP tools over stdin and stdout.")
        .action(async (options: Source) => void (code = await serveTools(options))),
    );
  try {
    await root.parse([...args]);
    return code;
  } catch (error) {
    if (error instanceof ReaderGoneError) return 0;
    if (!(error instanceof ValidationError || error instanceof InputError)) throw error;
    complain(`dbg: ${error.message.replaceAll(/\s*\n\s*/g, " ")}`);
    return 2;
  }
}
