import { LIMITS, parseMessage, type WireMessage } from "../telemetry/debugger/protocol.ts";
import type { ClientData } from "./model/client_data.ts";
import type { Store } from "./model/store.ts";

/**
 * Writes machines to a file: gzip of JSON lines, each a message of the wire protocol, so that
 * `zcat FILE | jq` reads it. All machines, or those with the given keys.
 */
export async function exportFile(
  store: Store,
  path: string,
  keys?: readonly string[],
): Promise<void> {
  await writeFile(path, exportStream(store, keys));
}

/**
 * Writes a file whole or not at all: what was there before stays when the disk is full, or when the
 * stream breaks off.
 */
export async function writeFile(path: string, stream: ReadableStream<Uint8Array>): Promise<void> {
  const before = await Deno.stat(path).catch(() => null);
  // A device is written to as it is.
  const part = before === null || before.isFile ? `${path}.part` : path;
  try {
    using file = await Deno.open(part, { write: true, create: true, truncate: true });
    // Not through `file.writable`: that would not tell that the disk is full.
    for await (const bytes of stream) {
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    }
  } catch (error) {
    if (part !== path) await Deno.remove(part).catch(() => {});
    throw error;
  }
  if (part !== path) await Deno.rename(part, path);
}

/** What `exportFile` writes. */
export function exportStream(
  store: Store,
  keys: readonly string[] = [...store.clients.keys()],
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const clients = keys.map((key) => {
    const client = store.clients.get(key);
    if (client === undefined) throw new Error(`Machine "${key}" is not known`);
    return client;
  });
  const text = ReadableStream.from(function* (): Generator<string> {
    for (const [number, client] of clients.entries()) yield* messagesOf(client, number);
  }());
  return text.pipeThrough(new TextEncoderStream()).pipeThrough(new CompressionStream("gzip"));
}

function* messagesOf(client: ClientData, machine: number): Generator<string> {
  const ticks = client.ticksAt(client.first);
  const line = (message: WireMessage) => `${JSON.stringify(message)}\n`;
  yield line({ ...client.hello, machine, ticks: [...ticks] });
  const dropped = client.dropped + client.refused;
  for (let row = client.first; row < client.end;) {
    const transitions = [];
    for (; row < client.end && transitions.length < 500; row++) {
      transitions.push(client.wire(row, ticks));
    }
    yield line({ kind: "batch", machine, dropped, transitions, logs: [] });
  }
  const logs = client.logs(0, Infinity);
  for (let at = 0; at < logs.length; at += 500) {
    const part = logs.slice(at, at + 500);
    yield line({ kind: "batch", machine, dropped, transitions: [], logs: part });
  }
  if (client.disposed) yield line({ kind: "dispose", machine });
}

/** Reads a file that `exportFile` wrote into the store; all machines are disconnected then. */
export async function importFile(store: Store, path: string): Promise<void> {
  const file = await Deno.open(path, { read: true });
  const text = file.readable
    .pipeThrough(new DecompressionStream("gzip"))
    .pipeThrough(new TextDecoderStream());
  const machines = new Map<number, ClientData>();
  let rest = "";
  let number = 0;
  const take = (line: string) => {
    number++;
    try {
      if (line.length > LIMITS.frame) throw new Error("Line is too long");
      const message = parseMessage(
        JSON.parse(line),
        (machine) => machines.get(machine)?.hello.names.length ?? 0,
      );
      if (message.kind === "hello") machines.set(message.machine, store.hello(message));
      else if (message.kind === "batch") store.batch(machines.get(message.machine)!, message);
      else machines.get(message.machine)!.disposed = true;
    } catch (error) {
      throw new Error(`Cannot read "${path}": line ${number}: ${(error as Error).message}`);
    }
  };
  for await (const part of text) {
    const lines = (rest + part).split("\n");
    rest = lines.pop()!;
    lines.forEach(take);
  }
  if (rest !== "") take(rest);
  for (const client of machines.values()) store.disconnected(client);
}
