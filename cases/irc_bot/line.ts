/**
 * Lines of IRC, in both directions. Everything that comes is hostile; nothing that goes out can be more
 * than one line.
 *
 * @module
 */

/** How long a line may be, its end included, in bytes. */
export const LINE_BYTES = 512;
/**
 * How long one of ours may be: the server puts our name before it, and cuts what is too long then.
 */
const OWN_BYTES = 400;

/** What came. */
export interface Line {
  /** The nick, or the server, that it comes from; empty: the server that we talk to. */
  readonly from: string;
  /** The command in capitals, or a number of three digits. */
  readonly command: string;
  /** At most 15. */
  readonly params: readonly string[];
}

/** What may be a line of the protocol: `[:from] command [params] [:last param]`. */
const LINE = /^(?::([^ ]+) +)?([A-Za-z]+|\d{3})((?: +[^: ][^ ]*)*)(?: +:(.*))? *$/s;

/** Reads a line without its end; `null` when it is none. */
export function parseLine(text: string): Line | null {
  // Bytes that mean something to terminals and other clients are not ours to carry.
  const [, from = "", command, middle, last] = LINE.exec(withoutControls(text)) ?? [];
  if (command === undefined) return null;
  const params = middle.split(" ").filter((param) => param !== "");
  if (last !== undefined) params.push(last);
  if (params.length > 15) return null;
  return { from: from.split("!")[0], command: command.toUpperCase(), params };
}

/** Without control characters, such as colors, bells and what begins another line. */
export function withoutControls(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/[\x00-\x1f\x7f-\x9f]/g, "");
}

/**
 * A line of ours. Control characters are taken out, so that whatever a parameter holds it stays one line;
 * what is too long is cut between characters.
 *
 * @throws {RangeError} If a parameter but the last is empty or has a space, or begins with a colon.
 */
export function formatLine(command: string, ...params: readonly string[]): string {
  const clean = params.map(withoutControls);
  const last = clean.pop();
  for (const param of clean) {
    if (!/^[^: ][^ ]*$/.test(param)) {
      throw new RangeError(
        `${command} has the parameter ${JSON.stringify(param)}, expected a word`,
      );
    }
  }
  const line = [command, ...clean, ...last === undefined ? [] : [`:${last}`]].join(" ");
  return cut(line, OWN_BYTES);
}

function cut(text: string, bytes: number): string {
  const room = new Uint8Array(bytes);
  const { read } = new TextEncoder().encodeInto(text, room);
  return text.slice(0, read);
}

/** Whether a text can be a nick; servers decide, but some need never be asked. */
export function isNick(text: string): boolean {
  return /^[A-Za-z[\]\\`_^{|}][A-Za-z0-9[\]\\`_^{|}-]{0,29}$/.test(text);
}

/** Whether a text can be a channel. */
export function isChannel(text: string): boolean {
  // deno-lint-ignore no-control-regex
  return /^[#&+][^\x00-\x20,:\x7f]{1,49}$/.test(text);
}

/** Whether two nicks or channels are the same to a server. */
export function same(one: string, other: string): boolean {
  return folded(one) === folded(other);
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll("[", "{").replaceAll("]", "}").replaceAll("\\", "|")
    .replaceAll("^", "~");
}

/** Splits bytes into lines. What is longer than a line may be is dropped as a whole. */
export class LineReader {
  readonly #decoder = new TextDecoder();
  #rest = new Uint8Array(0);
  #dropping = false;

  /** The lines that are complete now. */
  read(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let data = chunk;
    for (let end; (end = data.indexOf(10)) !== -1;) {
      this.#take(data.subarray(0, end));
      data = data.subarray(end + 1);
      if (!this.#dropping) {
        const text = this.#decoder.decode(this.#rest).replace(/\r$/, "");
        if (text !== "") lines.push(text);
      }
      this.#dropping = false;
      this.#rest = new Uint8Array(0);
    }
    this.#take(data);
    return lines;
  }

  #take(part: Uint8Array): void {
    if (this.#dropping || part.length === 0) return;
    if (this.#rest.length + part.length > LINE_BYTES) {
      this.#dropping = true;
      this.#rest = new Uint8Array(0);
      return;
    }
    const joined = new Uint8Array(this.#rest.length + part.length);
    joined.set(this.#rest);
    joined.set(part, this.#rest.length);
    this.#rest = joined;
  }
}
