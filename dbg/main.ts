/**
 * The debugger's command line: collects what machines send, lists and exports it.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { exportFile, importFile } from "./files.ts";
import { linesOf } from "./model/log_view.ts";
import type { Model } from "./model/mod.ts";
import { Store } from "./model/store.ts";
import { type ClientSummary, listClients, startServer } from "./server.ts";
import { runTui } from "./tui/mod.ts";

export { exportFile, importFile } from "./files.ts";
export * from "./model/mod.ts";
export type * from "../telemetry/protocol.ts";
export {
  type ClientSummary,
  type DebuggerServer,
  listClients,
  type ServerOptions,
  startServer,
} from "./server.ts";

const USAGE = `Usage: dbg [list | show ID | export FILE] [options]

  --headless        Collect without a terminal
  --listen ADDR     host:port to listen on (127.0.0.1:6831)
  --token TOKEN     What machines and readers have to show; needed beyond loopback
  --max-mem MB      Bound of the recorded data (1000)
  --import FILE     Read a file instead of asking a running debugger
  --url URL         The running debugger to ask (http://127.0.0.1:6831)
  --dir DIR         Folder of written files (.)
  --json            list and show: JSON
  --help            This text`;

class BadInput extends Error {}

/** Runs the command line; gives the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await run(args);
  } catch (error) {
    console.error((error as Error).message.split("\n")[0]);
    return error instanceof BadInput || error instanceof TypeError ? 2 : 1;
  }
}

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      headless: { type: "boolean" },
      listen: { type: "string", default: "127.0.0.1:6831" },
      token: { type: "string" },
      "max-mem": { type: "string", default: "1000" },
      import: { type: "string" },
      url: { type: "string", default: "http://127.0.0.1:6831" },
      dir: { type: "string", default: "." },
      json: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const megabytes = Number(values["max-mem"]);
  if (!(megabytes > 0)) throw new BadInput(`"--max-mem" is not a number of megabytes`);
  const store = new Store({ maxMemory: megabytes * 1e6 });
  if (values.import !== undefined) {
    try {
      await importFile(store, values.import);
    } catch (error) {
      const { message } = error as Error;
      throw new BadInput(
        message.startsWith("Cannot") ? message : `Cannot read "${values.import}": ${message}`,
      );
    }
  }
  const [command, name] = positionals;
  const ask = async (path: string): Promise<unknown> => {
    const headers: HeadersInit = values.token ? { authorization: `Bearer ${values.token}` } : {};
    if (!URL.canParse(values.url)) throw new BadInput(`"${values.url}" is not a URL`);
    const response = await fetch(new URL(path, values.url), { headers }).catch(() => {
      throw new Error(`Cannot reach a debugger at ${values.url}`);
    });
    if (!response.ok) throw new BadInput((await response.text()).trim());
    return await response.json();
  };
  if (command === undefined) {
    const screen = !values.headless && Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
    return await serve(store, values, screen ? values.dir : null);
  }
  if (command === "list") {
    const list = values.import === undefined
      ? await ask("/api/list") as ClientSummary[]
      : listClients(store);
    if (values.json) console.log(JSON.stringify(list));
    else for (const one of list) console.log(`${one.id} (${one.transitions})`);
    return 0;
  }
  if (name === undefined) throw new BadInput(`"${command}" is unknown or needs an argument`);
  if (command === "show") {
    if (values.import === undefined) {
      console.log(JSON.stringify(await ask(`/api/show?id=${encodeURIComponent(name)}`)));
      return 0;
    }
    const client = store.clients.get(name);
    if (client === undefined) throw new BadInput(`Machine "${name}" is not known`);
    for (let row = client.first; row < client.end; row++) {
      const found = client.row(row);
      if (values.json) console.log(JSON.stringify(found));
      else for (const [, ...line] of linesOf(client, found)) console.log(found.id, ...line);
    }
    return 0;
  }
  if (command === "export" && values.import !== undefined) {
    if (/[/\\]/.test(name)) throw new BadInput(`"${name}" is not a plain file name`);
    await exportFile(store, `${values.dir}/${name}`);
    return 0;
  }
  throw new BadInput(`Command "${command}" is unknown`);
}

async function serve(
  store: Store,
  values: { listen: string; token?: string },
  screenDir: string | null,
): Promise<number> {
  const [, hostname, port] = values.listen.match(/^(.+):(\d+)$/) ?? [];
  if (hostname === undefined) throw new BadInput(`"--listen" has to be host:port`);
  if (!/^(localhost|127\..*|\[::1\])$/.test(hostname) && !values.token) {
    throw new BadInput("Listening beyond loopback needs --token");
  }
  const server = startServer(store, { hostname, port: Number(port), token: values.token });
  if (screenDir !== null) {
    await runTui(store, { export: (model) => exportFrom(model, screenDir) });
    await server.close();
    return 0;
  }
  console.error(`Listening on ${server.address}`);
  await new Promise<void>((resolve) => {
    Deno.addSignalListener("SIGINT", resolve);
    Deno.addSignalListener("SIGTERM", resolve);
  });
  let transitions = 0;
  for (const client of store.clients.values()) transitions += client.end;
  console.log(`Clients: ${store.clients.size}\nTransitions: ${transitions}`);
  await server.close();
  return 0;
}

/** Does what the export dialog asks for; says what came of it. */
async function exportFrom({ store, client, exportForm }: Model, dir: string): Promise<string> {
  const name = exportForm.name.endsWith(".gz") ? exportForm.name : `${exportForm.name}.jsonl.gz`;
  const path = `${dir}/${name}`;
  try {
    if (!/^[\w-][\w.-]*$/.test(name)) throw new Error("it is no plain file name");
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

if (import.meta.main) Deno.exit(await main(Deno.args));
