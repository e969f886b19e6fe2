import { exportFile, exportStream, importFile, importStream, writeFile } from "./files.ts";
import { addressOf, InputError, tokenOf, type TokenOptions } from "./input.ts";
import { copiedTest, type CopyOptions } from "./model/copied_test.ts";
import { Store } from "./model/store.ts";
import { complain, printBytes, printJson, printLine } from "./output.ts";
import {
  type ClientSummary,
  listClients,
  showMachine,
  type ShownMachine,
  type ShownTimer,
} from "./reports.ts";

/** Where a command reads from. */
export interface Source extends TokenOptions {
  /** A file. */
  readonly import?: string;
  /** Or else a running debugger. */
  readonly url: string;
  /** Whether it prints JSON. */
  readonly json?: boolean;
}

/** How often `tail` asks, in milliseconds. */
const POLL = 300;

/** Prints the machines. */
export async function list(source: Source): Promise<void> {
  const machines = await summaries(source);
  if (source.json) return printJson(machines);
  for (const { id, transitions, connected } of machines) {
    printLine(`${id} (${transitions})${connected ? "" : " disconnected"}`);
  }
  if (source.import !== undefined) return;
  const refusals = await answer<[string, number][]>("/api/refusals", source);
  for (const [reason, count] of refusals) complain(`dbg: Refused (${count}×): ${reason}`);
}

/** Prints the transitions of one machine or all; with `on` those that come. */
export async function follow(source: Source, id: string | null, on: boolean): Promise<void> {
  const store = source.import === undefined ? null : await opened(source.import);
  const get = async (id: string, from: number): Promise<ShownMachine> => {
    if (store === null) {
      return await answer(`/api/show?${new URLSearchParams({ id, from: `${from}` })}`, source);
    }
    const client = store.clients.get(id);
    if (client === undefined) throw new InputError(`Machine ${JSON.stringify(id)} is not known`);
    return showMachine(client, from, 10_000);
  };
  const all = () => store === null ? summaries(source) : listClients(store);
  const seen = new Map<string, number>();
  if (on) {
    for (const one of await all()) {
      if (id === null || one.id === id) seen.set(one.id, (await get(one.id, Infinity)).end);
    }
  }
  do {
    const ids = id === null ? (await all()).map(({ id }) => id) : [id];
    for (const one of ids) {
      for (;;) {
        const from = seen.get(one) ?? 0;
        const { rows, end, timers = [] } = await get(one, from);
        for (const row of rows) print(one, row, source.json ?? false, id === null);
        const next = (rows.at(-1)?.row ?? end - 1) + 1;
        // A debugger that was started anew counts anew.
        seen.set(one, end < from ? end : Math.max(next, from));
        if (rows.length > 0 && next < end) continue;
        if (!on) {
          for (const timer of timers) printTimer(one, timer, source.json ?? false, id === null);
        }
        break;
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
  if (json) return printJson({ machine: id, ...row });
  for (const [, prefix, text] of lines) {
    printLine(`${named ? `${id} ` : ""}${row.id} ${prefix} ${text}`);
  }
}

function printTimer(id: string, timer: ShownTimer, json: boolean, named: boolean): void {
  if (json) return printJson({ machine: id, timer });
  const { state, adds, due } = timer;
  const of = state === null ? "" : ` (${state})`;
  printLine(
    `${named ? `${id} ` : ""}timer${of}: ${adds.join(", ")} at ${new Date(due).toISOString()}`,
  );
}

/** Writes machines to a file; `-` is stdout. */
export async function exportTo(
  source: Source & { readonly machine?: string },
  file: string,
): Promise<void> {
  const { machine } = source;
  if (source.import === undefined) {
    const query = machine === undefined ? "" : `?${new URLSearchParams({ id: machine })}`;
    const { body } = await ask(`/api/export${query}`, source);
    return await (file === "-" ? printBytes(body!) : written(file, writeFile(file, body!)));
  }
  const store = await opened(source.import);
  if (machine !== undefined && !store.clients.has(machine)) {
    throw new InputError(`Machine ${JSON.stringify(machine)} is not known`);
  }
  const keys = machine === undefined ? undefined : [machine];
  if (file === "-") return await printBytes(exportStream(store, keys));
  await written(file, exportFile(store, file, keys));
}

/** Prints transitions of a machine as a test. */
export async function printTest(source: Source & CopyOptions, id: string): Promise<void> {
  let store = new Store();
  if (source.import !== undefined) store = await opened(source.import);
  else {
    const { body } = await ask(`/api/export?${new URLSearchParams({ id })}`, source);
    await importStream(store, body!, "the debugger's answer");
  }
  // Of several machines with an id, the debugger has sent the one that is meant.
  const client = source.import === undefined
    ? store.clients.values().next().value
    : store.clients.get(id);
  if (client === undefined) throw new InputError(`Machine ${JSON.stringify(id)} is not known`);
  let text;
  try {
    text = copiedTest(store, client, source);
  } catch (error) {
    throw error instanceof RangeError ? new InputError(error.message) : error;
  }
  await printBytes(new Blob([text]).stream());
}

async function written(file: string, writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    throw new InputError(`Cannot write "${file}": ${(error as Error).message}`);
  }
}

async function summaries(source: Source): Promise<ClientSummary[]> {
  if (source.import !== undefined) return listClients(await opened(source.import));
  return await answer("/api/list", source);
}

/** A store with what a file holds. */
export async function opened(file: string): Promise<Store> {
  const store = new Store();
  await read(store, file);
  return store;
}

/** Reads a file into the store. */
export async function read(store: Store, file: string): Promise<void> {
  try {
    await importFile(store, file);
  } catch (error) {
    const { message } = error as Error;
    throw new InputError(
      message.startsWith("Cannot") ? message : `Cannot read "${file}": ${message}`,
    );
  }
}

/** What a running debugger answers to a request. */
export async function answer<T>(path: string, source: Source): Promise<T> {
  const response = await ask(path, source);
  try {
    return await response.json();
  } catch {
    throw new InputError(`What answers at ${origin(source)} is no debugger`);
  }
}

async function ask(path: string, source: Source): Promise<Response> {
  const url = addressOf("--url", source.url);
  const token = tokenOf(source) ?? url.searchParams.get("token");
  const headers: HeadersInit = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(new URL(path, origin(source)), { headers }).catch(() => {
    throw new InputError(`Cannot reach a debugger at ${origin(source)}`);
  });
  if (!response.ok) {
    const text = (await response.text().catch(() => "")).trim().slice(0, 500);
    throw new InputError(text || `The debugger at ${origin(source)} says ${response.status}`);
  }
  return response;
}

/** The address of the same debugger for requests. */
function origin({ url }: Source): string {
  const { protocol, host } = addressOf("--url", url);
  return `${protocol === "wss:" ? "https" : "http"}://${host}`;
}
