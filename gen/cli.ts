import { Command, ValidationError } from "@cliffy/command";
import { CompletionsCommand } from "@cliffy/command/completions";
import config from "../deno.json" with { type: "json" };
import { mermaid, svg } from "../diagram/mod.ts";
import { printable } from "../text/printable.ts";
import { printableJson } from "../text/printable_json.ts";
import { checkSchema } from "./check.ts";
import { grafanaDashboard } from "./grafana.ts";
import { pushDashboard } from "./grafana_push.ts";
import { formatted } from "./format.ts";
import { handlersFile } from "./handlers_file.ts";
import { inComment } from "./identifiers.ts";
import { type Imported, importOriginal } from "./import_original.ts";
import { importXState } from "./import_xstate.ts";
import { isJson, loadStates, readText } from "./load.ts";
import { print, replace, say, writeNew } from "./output.ts";
import { folderOf, importAddress } from "./paths.ts";
import { checkNames, InputError, inputFault, parseRelations, parseStates } from "./states.ts";
import { hasRegion, planStatesFile, statesFile } from "./states_file.ts";
import { formOf, inForm, plain, withoutMark } from "./text_form.ts";

/** Where a command writes, and whether it may. */
interface Output {
  readonly out?: string;
  readonly force?: boolean;
  readonly check?: boolean;
}

interface StatesFileFlags extends Output {
  readonly name?: string;
  readonly groups?: string[];
  readonly inherit?: string[];
  readonly relations?: string;
  readonly library?: string;
}

interface GrafanaFlags extends Output {
  readonly ids: string[];
  readonly name: string;
  readonly source: string;
  readonly grafanaUrl?: string;
}

/** Runs gen with command line arguments; the number is the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  let code = 0;
  const statesFileCommand = new Command()
    .description("Print a states file, or bring one up to date.")
    .arguments("<states:string>")
    .option("-n, --name <name:string>", "Put before all exported names.")
    .option("-g, --groups <groups:string[]>", "Groups of states, to be filled by hand.")
    .option("-i, --inherit <schemas:string[]>", "Build upon basic, connected.")
    .option(
      "-r, --relations <relations:string>",
      "Foo>Bar (require), Foo+Bar (add), Foo-Bar (remove), Foo@Bar (after), or JSON or a JSON file.",
    )
    .option("-l, --library <specifier:string>", "What the library is imported as.")
    .option("-o, --out <file:string>", "The file to write; what a person wrote in it stays.")
    .option("-f, --force", "Overwrite a file that is no states file.")
    .option("-c, --check", "Change nothing; exit 1 if the file is not up to date.")
    .example("Two states", "gen states-file Foo,Bar")
    .example(
      "Properties",
      "gen states-file Foo:multi,Bar:auto --relations 'Bar>Foo' --out states.ts",
    )
    .action(async (options: StatesFileFlags, states: string) => {
      code = await writeStates(options, states);
    });
  const handlersCommand = new Command()
    .description("Print a class with typed handlers for a states file.")
    .arguments("<file:string>")
    .option("-n, --name <name:string>", "The class's name.")
    .option("-e, --export <name:string>", "The schema's export.")
    .option("-l, --library <specifier:string>", "What the library is imported as.")
    .option("-o, --out <file:string>", "The file to write.")
    .option("-f, --force", "Overwrite the file.")
    .example("A class", "gen handlers states.ts --name FileHandlers")
    .action(
      async (
        options: Output & { name?: string; export?: string; library?: string },
        file: string,
      ) => {
        const { schema, exported } = await loadStates(file, options.export);
        const { name, library } = options;
        const folder = folderFor(options);
        const from = importAddress(folder, file, Deno.cwd());
        const source = handlersFile({ schema, exported, from, name, library });
        await write(await formatted(source, folder), options);
      },
    );
  const diagramCommand = new Command()
    .description("Draw a schema: relations as edges, groups as clusters.")
    .arguments("<file:string>")
    .option("-F, --format <format:string>", "mermaid or svg.", { default: "mermaid" })
    .option("-s, --state <state:string>", "Only this state and those related to it.")
    .option("-e, --export <name:string>", "The schema's export.")
    .option("-o, --out <file:string>", "The file to write.")
    .option("-f, --force", "Overwrite the file.")
    .example("A picture", "gen diagram states.ts --format svg --out states.svg")
    .action(
      async (
        options: Output & { format: string; state?: string; export?: string },
        file: string,
      ) => {
        const draw = { mermaid, svg }[options.format];
        if (!draw) {
          throw new InputError(`Unknown format "${options.format}": known are mermaid, svg`);
        }
        const { schema, groups } = await loadStates(file, options.export);
        await write(draw(schema, { groups, state: options.state }), options);
      },
    );
  const checkCommand = new Command()
    .description("Explore a schema and report its faults; exit 1 if there are some.")
    .arguments("<file:string>")
    .option("-j, --json", "Print the report as JSON.")
    .option(
      "-m, --max-configurations <count:integer>",
      "How many sets of active states to visit.",
      { default: 10_000 },
    )
    .option("-e, --export <name:string>", "The schema's export.")
    .example("All faults", "gen check states.ts")
    .action(
      async (
        options: { json?: boolean; maxConfigurations: number; export?: string },
        file: string,
      ) => {
        code = await check(file, options);
      },
    );
  const importCommand = new Command()
    .description(
      "Print a states file for a schema of the Go original, or an XState 5 machine, as JSON.",
    )
    .arguments("<file:string>")
    .option("-F, --from <kind:string>", "original or xstate. Without: by the file's content.")
    .option("-n, --name <name:string>", "Put before all exported names.")
    .option("-l, --library <specifier:string>", "What the library is imported as.")
    .option("-o, --out <file:string>", "The file to write.")
    .option("-f, --force", "Overwrite the file.")
    .example("From XState", "gen import machine.json --out states.ts")
    .action(
      async (
        options: Output & { from?: string; name?: string; library?: string },
        file: string,
      ) => {
        await importStates(file, options);
      },
    );
  const grafanaCommand = new Command()
    .description("Print a Grafana dashboard on the metrics of ./telemetry/prometheus, or push it.")
    .option("-i, --ids <ids:string[]>", "The machines' labels.", { required: true })
    .option("-n, --name <name:string>", "The dashboard's title.", { default: "asyncmachine" })
    .option("-s, --source <source:string>", "The Prometheus data source in Grafana.", {
      default: "prometheus",
    })
    .option("-g, --grafana-url <url:string>", "Push it there, with the token in GRAFANA_TOKEN.")
    .option("-o, --out <file:string>", "The file to write.")
    .option("-f, --force", "Overwrite the file.")
    .example("Two machines", "gen grafana --ids web,worker --name Shop --source prometheus")
    .action(async (options: GrafanaFlags) => {
      await grafana(options);
    });
  const root = new Command()
    .name("gen")
    .version(config.version)
    .description("Typed states files, handlers, diagrams and checks for asyncmachine.")
    .throwErrors()
    .command("states-file", statesFileCommand.throwErrors())
    .command("handlers", handlersCommand.throwErrors())
    .command("diagram", diagramCommand.throwErrors())
    .command("check", checkCommand.throwErrors())
    .command("import", importCommand.throwErrors())
    .command("grafana", grafanaCommand.throwErrors())
    .command("completions", new CompletionsCommand());
  try {
    if (args.length === 0) root.showHelp();
    else await root.parse([...args]);
    return code;
  } catch (error) {
    const message = error instanceof ValidationError ? error.message : inputFault(error);
    if (message === undefined) throw error;
    say(message);
    return 2;
  }
}

async function writeStates(options: StatesFileFlags, list: string): Promise<number> {
  const { out, force, check, name, inherit, library } = options;
  const groups = options.groups?.map((group) => group.trim());
  const states = parseStates(list);
  const given = options.relations;
  const relations = given === undefined
    ? undefined
    : parseRelations(isJson(given) ? withoutMark(await readText(given)) : given);
  if (check && out === undefined) throw new InputError("--check needs the file: add --out FILE");
  const found = out === undefined ? undefined : await existing(out);
  const isStatesFile = found !== undefined && hasRegion(found);
  if (found !== undefined && !isStatesFile && !force) {
    throw new InputError(`Cannot write "${out}": it is no states file; --force overwrites it`);
  }
  const plan = planStatesFile({
    states,
    name,
    groups,
    inherit: inherit?.map((one) => one.trim()),
    relations,
    library,
    existing: isStatesFile ? found : undefined,
  });
  const folder = folderFor(options);
  const source = plan.finish(await formatted(plan.fresh, folder));
  if (check) {
    if (source === found) return 0;
    say(`"${out}" is not up to date: run the same command without --check`);
    return 1;
  }
  if (source === found) return 0;
  await write(isStatesFile ? await asFormatted(found, source, folder) : source, options, found);
  return 0;
}

/** A file that was formatted stays so; one that was not is left as a person wrote it. */
async function asFormatted(before: string, after: string, folder: string): Promise<string> {
  const form = formOf(before);
  if (!form.uniform || !form.ended) return after;
  const isFormatted = await formatted(plain(before), folder).then(
    (text) => plain(text) === plain(before),
    () => false,
  );
  return isFormatted ? inForm(await formatted(plain(after), folder), form) : after;
}

async function existing(path: string): Promise<string | undefined> {
  try {
    await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
  }
  return await readText(path);
}

/** The folder that a command writes to. */
function folderFor({ out }: Output): string {
  return out === undefined ? Deno.cwd() : folderOf(out, Deno.cwd());
}

/** Prints a text, or writes it; over a file that exists, in the form that this one has. */
async function write(text: string, { out, force }: Output, found?: string): Promise<void> {
  if (out === undefined) return await print(text);
  if (found !== undefined) {
    return await replace(out, hasRegion(found) ? text : inForm(text, formOf(found)));
  }
  const isThere = force && await Deno.lstat(out).then(() => true, () => false);
  if (!isThere) return await writeNew(out, text);
  const before = await Deno.readTextFile(out).catch(() => "");
  await replace(out, inForm(text, formOf(before)));
}

async function check(
  file: string,
  { json, maxConfigurations, export: exported }: {
    json?: boolean;
    maxConfigurations: number;
    export?: string;
  },
): Promise<number> {
  if (maxConfigurations < 1) throw new InputError("--max-configurations must be at least 1");
  const { schema } = await loadStates(file, exported);
  const bar = Deno.stderr.isTerminal();
  const show = (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(text));
  const report = checkSchema(schema, {
    maxConfigurations,
    onProgress: bar
      ? (visited, limit) => {
        const done = Math.round(visited / limit * 20);
        show(`\r[${"#".repeat(done).padEnd(20)}] ${visited} of at most ${limit}`);
      }
      : undefined,
  });
  if (bar) show("\r\x1b[K");
  if (json) {
    await print(printableJson(report, 2) + "\n");
  } else {
    const states = Object.keys(schema).length;
    const count = report.findings.length;
    const bound = report.complete
      ? ""
      : "; they are too many to try everything: there may be more findings";
    const summary = `${count} finding${count === 1 ? "" : "s"} in ${states} states, ` +
      `${report.configurations} sets of active states visited${bound}`;
    const lines = report.findings.map(({ kind, message }) => `${kind}: ${message}`);
    await print([...lines, summary].map((line) => `${printable(line)}\n`).join(""));
  }
  return report.findings.length > 0 ? 1 : 0;
}

async function importStates(
  file: string,
  options: Output & { from?: string; name?: string; library?: string },
): Promise<void> {
  let value: unknown;
  try {
    value = JSON.parse(withoutMark(await readText(file)));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`Cannot read "${file}": ${(error as Error).message}`);
  }
  const isXState = typeof value === "object" && value !== null &&
    ("initial" in value || "states" in value && "type" in value ||
      "states" in value && "id" in value);
  const kinds: Record<string, (value: unknown) => Imported> = {
    original: importOriginal,
    xstate: importXState,
  };
  const convert = kinds[options.from ?? (isXState ? "xstate" : "original")];
  if (!convert) {
    throw new InputError(`Unknown --from "${options.from}": known are original, xstate`);
  }
  const { schema, notes } = convert(value);
  const states = Object.entries(schema).map(([name, state]) => ({ name, state }));
  if (states.length === 0) throw new InputError(`Cannot import "${file}": it has no states`);
  checkNames(states.map(({ name }) => name));
  const { name, library } = options;
  const source = statesFile({ states, name, library });
  const said = notes.map((note) => ` * - ${inComment(note)}\n`).join("");
  const about = said && ` *\n * Not expressed by the schema:\n *\n${said}`;
  const told = source.replace(" *\n * @module", () => `${about} *\n * @module`);
  await write(await formatted(told, folderFor(options)), options);
  for (const note of notes) say(`not expressed: ${note}`);
}

async function grafana(options: GrafanaFlags): Promise<void> {
  const { grafanaUrl, name, source } = options;
  const ids = options.ids.map((id) => id.trim()).filter((id) => id !== "");
  if (ids.length === 0) throw new InputError("No machines are given: expected --ids a,b");
  const dashboard = grafanaDashboard({ ids, name, source });
  if (grafanaUrl === undefined) {
    return await write(printableJson(dashboard, 2) + "\n", options);
  }
  const token = Deno.env.get("GRAFANA_TOKEN");
  if (!token) throw new InputError("Cannot push the dashboard: GRAFANA_TOKEN is not set");
  if (!/^https?:\/\//.test(grafanaUrl) || !URL.canParse(grafanaUrl)) {
    throw new InputError(`Cannot push the dashboard: "${grafanaUrl}" is not an http address`);
  }
  try {
    await print(`${printable(await pushDashboard(grafanaUrl, token, dashboard))}\n`);
  } catch (error) {
    throw new InputError((error as Error).message);
  }
}
