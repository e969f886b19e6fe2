import { Command, ValidationError } from "@cliffy/command";
import config from "../deno.json" with { type: "json" };
import { exportFile, importFile, writeFile } from "./files.ts";
import { debugAll } from "../telemetry/mod.ts";
import { LAYOUTS, type Model, Store } from "./model/mod.ts";
import { groups } from "./schema.ts";
import {
  type ClientSummary,
  listClients,
  showMachine,
  type ShownMachine,
  startServer,
} from "./server.ts";
import { pageHandler } from "./page/mod.ts";
import { Session } from "./session.ts";
import { runTui } from "./tui/mod.ts";

/** Bad input: one line, and exit code 2. */
class InputError extends Error {}

interface Source {
  readonly import?: string;
  readonly url: string;
  readonly token?: string;
}

interface Listening {
  readonly import?: string;
  readonly token?: string;
  readonly headless?: boolean;
  readonly listen: string;
  readonly maxMem: number;
  readonly dir: string;
  readonly selectMachine?: string;
  readonly selectTransition?: number;
  readonly selectConnected?: boolean;
  readonly cleanOnConnect?: boolean;
  readonly view?: string;
  readonly dbgSelf?: string;
  readonly logFile?: string;
}

/** How often `tail` asks, in milliseconds. */
const POLL = 300;

/** Runs the debugger with command line arguments; the number is the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const source = (command: Command, description: string) =>
    command.description(description)
      .option("-i, --import <file:string>", "Read a file instead of asking a running debugger.")
      .option("-u, --url <url:string>", "The running debugger.", {
        default: "http://127.0.0.1:6831",
      })
      .option("-t, --token <token:string>", "What it asks for.")
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
      "What machines and readers have to show; needed beyond loopback.",
    )
    .option("-m, --max-mem <megabytes:number>", "Bound of what is kept.", { default: 1000 })
    .option("-i, --import <file:string>", "Start with what a file holds.")
    .option("-d, --dir <folder:string>", "Where exports go.", { default: "." })
    .option("--select-machine <id:string>", "Start with this machine of the file.")
    .option("--select-transition <id:integer>", "Start after this transition of it.")
    .option("-v, --view <view:string>", `What to show: ${LAYOUTS.join(", ")}.`)
    .option("-c, --select-connected", "Select each machine that connects.")
    .option("--clean-on-connect", "Forget all when a machine connects and no other is connected.")
    .option("--dbg-self <url:string>", "Show this debugger in another one.")
    .option("--log-file <file:string>", "Log what this debugger does.")
    .example("See the demo", "dbg, and in another terminal: AM_DBG_ADDR=1 deno task demo")
    .throwErrors()
    .action((options: Listening) => serve(options))
    .command(
      "list",
      source(new Command(), "List the machines.")
        .option("-j, --json", "As JSON.")
        .action(async (options: Source & { json?: boolean }) => {
          const list = await machines(options);
          if (options.json) return console.log(JSON.stringify(list));
          for (const { id, transitions, connected } of list) {
            console.log(`${id} (${transitions})${connected ? "" : " disconnected"}`);
          }
        }),
    )
    .command(
      "show",
      source(new Command(), "Show a machine's transitions.")
        .arguments("<id:string>")
        .option("-j, --json", "A transition per line, as JSON.")
        .action(async (options: Source & { json?: boolean }, id: string) => {
          await follow(options, [id], false, options.json);
        }),
    )
    .command(
      "tail",
      source(new Command(), "Print transitions as they come, of one machine or all.")
        .arguments("[id:string]")
        .option("-j, --json", "A transition per line, as JSON.")
        .action(async (options: Source & { json?: boolean }, id?: string) => {
          await follow(
            options,
            id === undefined ? null : [id],
            options.import === undefined,
            options.json,
          );
        }),
    )
    .command(
      "export",
      source(new Command(), "Write machines to a file, gzipped JSON lines.")
        .arguments("<file:string>")
        .option("-m, --machine <id:string>", "Only this one.")
        .action(async (options: Source & { machine?: string }, file: string) => {
          await exportTo(options, file);
        }),
    );
  try {
    await root.parse([...args]);
    return 0;
  } catch (error) {
    if (!(error instanceof ValidationError || error instanceof InputError)) throw error;
    console.error(`dbg: ${error.message.replaceAll(/\s*\n\s*/g, " ")}`);
    return 2;
  }
}

async function opened(file: string): Promise<Store> {
  const store = new Store();
  await read(store, file);
  return store;
}

async function read(store: Store, file: string): Promise<void> {
  try {
    await importFile(store, file);
  } catch (error) {
    const { message } = error as Error;
    throw new InputError(
      message.startsWith("Cannot") ? message : `Cannot read "${file}": ${message}`,
    );
  }
}

async function ask(path: string, { url, token }: Source): Promise<Response> {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new InputError(`"${url}" is not an http address`);
  }
  const headers: HeadersInit = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(new URL(path, url), { headers }).catch(() => {
    throw new InputError(`Cannot reach a debugger at ${url}`);
  });
  if (!response.ok) throw new InputError((await response.text()).trim());
  return response;
}

async function machines(source: Source): Promise<ClientSummary[]> {
  if (source.import !== undefined) return listClients(await opened(source.import));
  return await (await ask("/api/list", source)).json();
}

/** Prints the transitions of machines, and with `on` those that come. */
async function follow(
  source: Source,
  ids: readonly string[] | null,
  on: boolean,
  json = false,
): Promise<void> {
  const store = source.import === undefined ? null : await opened(source.import);
  const get = async (id: string, from: number): Promise<ShownMachine> => {
    if (store === null) {
      const query = new URLSearchParams({ id, from: String(from) });
      return await (await ask(`/api/show?${query}`, source)).json();
    }
    const client = store.clients.get(id);
    if (client === undefined) throw new InputError(`Machine "${id}" is not known`);
    return showMachine(client, from, 10_000);
  };
  const list = () => store === null ? machines(source) : listClients(store);
  const seen = new Map<string, number>();
  if (on) { for (const { id, transitions } of await list()) seen.set(id, transitions); }
  do {
    const all = ids ?? (await list()).map(({ id }) => id);
    for (const id of all) {
      for (;;) {
        const from = seen.get(id) ?? 0;
        const { rows, end } = await get(id, from);
        for (const row of rows) print(id, row, json, ids === null);
        const next = (rows.at(-1)?.row ?? end - 1) + 1;
        seen.set(id, Math.max(next, from));
        if (rows.length === 0 || next >= end) break;
      }
    }
    if (on) await new Promise((next) => setTimeout(next, POLL));
  } while (on);
}

function print(
  id: string,
  { lines, ...row }: ShownMachine["rows"][number],
  json: boolean,
  named: boolean,
): void {
  if (json) return console.log(JSON.stringify({ machine: id, ...row }));
  for (const [, prefix, text] of lines) {
    console.log(`${named ? `${id} ` : ""}${row.id} ${prefix} ${text}`);
  }
}

async function exportTo(options: Source & { machine?: string }, file: string): Promise<void> {
  try {
    if (options.import !== undefined) {
      const store = await opened(options.import);
      if (options.machine !== undefined && !store.clients.has(options.machine)) {
        throw new InputError(`Machine "${options.machine}" is not known`);
      }
      return await exportFile(
        store,
        file,
        options.machine === undefined ? undefined : [options.machine],
      );
    }
    const query = options.machine === undefined
      ? ""
      : `?${new URLSearchParams({ id: options.machine })}`;
    const { body } = await ask(`/api/export${query}`, options);
    await writeFile(file, body!);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`Cannot write "${file}": ${(error as Error).message}`);
  }
}

async function serve(options: Listening): Promise<void> {
  const { listen, token, maxMem, dir, headless } = options;
  const [, hostname, port] = listen.match(/^(.+):(\d+)$/) ?? [];
  if (hostname === undefined || Number(port) > 65535) {
    throw new InputError(`--listen has to be host:port, not "${listen}"`);
  }
  if (!(maxMem > 0)) throw new InputError("--max-mem has to be more than 0");
  if (!/^(localhost|127\..*|\[::1\])$/.test(hostname) && !token) {
    throw new InputError("Listening beyond loopback needs --token");
  }
  if (options.selectTransition !== undefined && options.selectMachine === undefined) {
    throw new InputError("--select-transition needs --select-machine");
  }
  const layout = LAYOUTS.find((one) => one === (options.view ?? LAYOUTS[0]));
  if (layout === undefined) {
    throw new InputError(`--view has to be one of ${LAYOUTS.join(", ")}, not "${options.view}"`);
  }
  const store = new Store({ maxMemory: maxMem * 1e6 });
  let server;
  try {
    server = startServer(store, { hostname, port: Number(port), token, page: pageHandler(store) });
  } catch (error) {
    throw new InputError(`Cannot listen on ${listen}: ${(error as Error).message}`);
  }
  debugSelf(options.dbgSelf, server.address);
  using log = options.logFile === undefined ? null : logFile(options.logFile);
  using session = new Session(store, {
    model: { layout },
    selectConnected: options.selectConnected,
    cleanOnConnect: options.cleanOnConnect,
    export: (model) => exportFrom(model, dir),
  });
  if (log) {
    session.machine.setLogLevel("ops");
    session.machine.setLogger((line) => log.writeSync(new TextEncoder().encode(`${line}\n`)));
  }
  const { machine } = session;
  let fault: unknown = null;
  const prepared = prepare(session, options).catch((error) => {
    fault = error;
    machine.remove("Start");
  });
  const stop = () => void machine.remove("Start");
  if (!headless && Deno.stdin.isTerminal() && Deno.stdout.isTerminal()) {
    await runTui(session);
  } else {
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
    await prepared;
    if (fault === null) console.error(`Listening on ${server.address}`);
    await machine.whenNot("Start");
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, stop);
  }
  await server.close();
  if (fault !== null) throw fault;
  let transitions = 0;
  for (const client of store.clients.values()) transitions += client.end;
  console.log(`Clients: ${store.clients.size}\nTransitions: ${transitions}`);
}

/** Reads and selects what the options ask for, while the screen is there already. */
async function prepare(session: Session, options: Listening): Promise<void> {
  const { store, machine } = session;
  const { selectMachine: key, selectTransition: id } = options;
  if (options.import !== undefined) await read(store, options.import);
  if (key !== undefined) {
    if (!store.clients.has(key)) throw new InputError(`Machine "${key}" is not known`);
    machine.add("SelectingClient", { key });
    if (id !== undefined) machine.add("ScrollToTx", { to: { kind: "transition", id } });
  }
  machine.add("Ready");
}

/** Shows the debugger's own machines, those of its pages too, in another debugger. */
function debugSelf(url: string | undefined, own: string): void {
  if (url === undefined) return;
  const full = url.includes("://") ? url : `ws://${url}`;
  if (!/^wss?:\/\//.test(full) || !URL.canParse(full)) {
    throw new InputError(`--dbg-self has to be host:port or a ws:// address, not "${url}"`);
  }
  // It would have something new to tell itself forever.
  if (new URL(full).host === own) throw new InputError("--dbg-self is this debugger's own address");
  debugAll({ url: full, groups });
}

function logFile(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { write: true, create: true, append: true });
  } catch (error) {
    throw new InputError(`Cannot write "${path}": ${(error as Error).message}`);
  }
}

/** Does what the export dialog asks for; says what came of it. */
async function exportFrom({ store, client, exportForm }: Model, dir: string): Promise<string> {
  const name = exportForm.name.endsWith(".gz") ? exportForm.name : `${exportForm.name}.jsonl.gz`;
  const path = `${dir}/${name}`;
  try {
    if (!/^[\w-][\w.-]*$/.test(name)) throw new Error("it is no plain file name");
    await Deno.mkdir(dir, { recursive: true });
    await exportFile(
      store,
      path,
      exportForm.selectedOnly && client !== null ? [client] : undefined,
    );
    return `Written: ${path}`;
  } catch (error) {
    return `Cannot write "${path}": ${(error as Error).message}`;
  }
}
