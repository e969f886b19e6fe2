import { LIMITS, type WireMessage } from "../telemetry/debugger/protocol.ts";
import type { ClientData } from "./model/client_data.ts";
import type { Store } from "./model/store.ts";
import { isPlainLine, PlainLines } from "./plain_lines.ts";
import { Receiver } from "./receiver.ts";

/** Transitions, or log lines, of one line of a file, and roughly its units. */
const LINE = 500;
const UNITS = 500_000;
/** The longest line that is read: what fits into a frame may be spelled a little longer here. */
const LONGEST = LIMITS.frame * 2;

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
 * stream breaks off. Until then it has a name that nothing else has.
 */
export async function writeFile(path: string, stream: ReadableStream<Uint8Array>): Promise<void> {
  const before = await Deno.stat(path).catch(() => null);
  // A device is written to as it is.
  const part = before === null || before.isFile ? `${path}.${crypto.randomUUID()}.part` : path;
  const made = part !== path;
  try {
    using file = await Deno.open(part, { write: true, createNew: made });
    // Not through `file.writable`: that would not tell that the disk is full.
    for await (const bytes of stream) await writeAll(file, bytes);
  } catch (error) {
    if (made) await Deno.remove(part).catch(() => {});
    throw error;
  }
  if (made) await Deno.rename(part, path);
}

/** Writes all of some bytes. */
export async function writeAll(
  file: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/** A path beside this one that nothing has yet: with a number, if need be. */
export async function freePath(path: string): Promise<string> {
  const [, name, extension] = path.match(/^(.*?)((?:\.jsonl)?(?:\.[^./]*)?)$/s)!;
  for (let n = 1;; n++) {
    const free = n === 1 ? path : `${name}-${n}${extension}`;
    try {
      await Deno.lstat(free);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return free;
      throw error;
    }
  }
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

/** The machine goes on meanwhile: rows may leave, and its schema may become another one. */
function* messagesOf(client: ClientData, machine: number): Generator<string> {
  const line = (message: WireMessage) => `${JSON.stringify(message)}\n`;
  const { hello } = client;
  const introduction = (ticks: readonly number[]) => line({ ...hello, machine, ticks: [...ticks] });
  let row = client.first;
  let ticks = client.ticksAt(row);
  yield introduction(ticks);
  const dropped = Math.min(client.dropped + client.refused, Number.MAX_SAFE_INTEGER);
  while (row < client.end && client.hello === hello) {
    if (row < client.first) {
      row = client.first;
      ticks = client.ticksAt(row);
      yield introduction(ticks);
    }
    const transitions = [];
    for (let size = 0; row < client.end && transitions.length < LINE && size < UNITS; row++) {
      const transition = client.wire(row, ticks);
      size += sizeOf(transition);
      transitions.push(transition);
    }
    yield line({ kind: "batch", machine, dropped, transitions, logs: [] });
  }
  const logs = client.hello === hello ? client.logs(0, Infinity) : [];
  for (let at = 0; at < logs.length;) {
    const part = [];
    for (let size = 0; at < logs.length && part.length < LINE && size < UNITS; at++) {
      part.push(logs[at]);
      size += logs[at][3].length;
    }
    yield line({ kind: "batch", machine, dropped, transitions: [], logs: part });
  }
  if (client.disposed) yield line({ kind: "dispose", machine });
}

function sizeOf(
  { called, ticks, steps, took = [], args, err }: ReturnType<ClientData["wire"]>,
): number {
  let size = 200 + (called.length + ticks.length + took.length) * 8;
  for (let one = err; one; one = one.cause) size += one.message.length + (one.stack?.length ?? 0);
  for (const [, , , handler] of steps ?? []) size += 20 + handler.length;
  for (const [name, text] of Object.entries(args ?? {})) size += name.length + text.length;
  return size;
}

/**
 * Reads a file that `exportFile` wrote, its unpacked lines, or lines that any program can write
 * (`plain_lines.ts`), into the store; all machines are disconnected then. `-` is what comes in by stdin.
 *
 * @throws {Error} That names the first line that cannot be read; what was before it is kept.
 */
export async function importFile(store: Store, path: string): Promise<void> {
  const bytes = path === "-"
    ? Deno.stdin.readable
    : (await Deno.open(path, { read: true })).readable;
  await importStream(store, bytes, path);
}

/** Reads what a file holds, like {@linkcode importFile}; the name is for what is said about it. */
export async function importStream(
  store: Store,
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  name: string,
): Promise<void> {
  // A file has no limit of what may come in a second.
  const receiver = new Receiver(store, () => 0, Infinity);
  const plain = new PlainLines();
  let number = 0;
  try {
    for await (const line of linesOf(bytes)) {
      number++;
      if (line.trim() === "") continue;
      const value = JSON.parse(line);
      receiver.message(isPlainLine(value) ? plain.message(value) : value);
    }
  } catch (error) {
    const where = number === 0 ? "" : `line ${number}: `;
    throw new Error(`Cannot read "${name}": ${where}${(error as Error).message}`);
  } finally {
    receiver.over(false);
  }
}

async function* linesOf(bytes: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const text = (await unpacked(bytes)).pipeThrough(new TextDecoderStream());
  let rest = "";
  for await (const part of text) {
    // Lines are long: what has been looked at is not looked at again.
    let from = 0;
    for (let end = part.indexOf("\n"); end !== -1; end = part.indexOf("\n", from)) {
      yield rest + part.slice(from, end);
      rest = "";
      from = end + 1;
    }
    rest += part.slice(from);
    if (rest.length > LONGEST) throw new Error("a line is too long");
  }
  if (rest !== "") yield rest;
}

/** Unpacked, if it is packed. */
async function unpacked(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const reader = bytes.getReader();
  let head = new Uint8Array(0);
  while (head.length < 2) {
    const { value, done } = await reader.read();
    if (done) break;
    const more = new Uint8Array(head.length + value.length);
    more.set(head);
    more.set(value, head.length);
    head = more;
  }
  const whole = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(head),
    async pull(controller) {
      const { value, done } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  return packed ? whole.pipeThrough(new DecompressionStream("gzip")) : whole;
}
