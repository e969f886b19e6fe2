import type { WireLog } from "../../telemetry/debugger/protocol.ts";

/** Rows of a chunk, and roughly its bytes: what leaves at once when memory is short. */
const ROWS = 512;
const BYTES = 500_000;

/** What only some transitions have. */
export interface Extras {
  readonly args?: Readonly<Record<string, string>>;
  readonly source?: readonly [string, number, string];
  readonly refusedBy?: string;
  readonly lost?: number;
}

/** Columns of up to 512 transitions, and the lines of the log that came meanwhile. */
export class Chunk {
  /** The absolute row number of its first row. */
  readonly first: number;
  size = 0;
  readonly time: Float64Array = new Float64Array(ROWS);
  readonly duration: Float64Array = new Float64Array(ROWS);
  readonly id: Float64Array = new Float64Array(ROWS);
  readonly queue: Uint32Array = new Uint32Array(ROWS);
  readonly flags: Uint8Array = new Uint8Array(ROWS);
  readonly touched: Uint32Array = new Uint32Array(ROWS);
  readonly offset: Uint32Array = new Uint32Array(ROWS);
  readonly extras: Map<number, Extras> = new Map();
  readonly logs: WireLog[] = [];
  /** The transitions that its lines belong to: none is looked for outside. */
  firstLog = Infinity;
  lastLog = -1;
  readonly #words = new Map<string, number>();
  readonly words: string[] = [];
  bytes: Uint8Array = new Uint8Array(4096);
  used = 0;
  extra = 0;
  readonly ticks: Float64Array;

  constructor(first: number, ticks: Float64Array) {
    this.first = first;
    this.ticks = ticks.slice();
  }

  get memory(): number {
    return ROWS * 37 + this.bytes.length + this.ticks.length * 8 + this.extra + 500;
  }

  /** Whether the next row goes to another one. */
  get full(): boolean {
    return this.size === ROWS || this.used + this.extra > BYTES;
  }

  /** The time of what is oldest in it. */
  get since(): number {
    return this.size > 0 ? this.time[0] : this.logs[0]?.[1] ?? -Infinity;
  }

  /** The number of a handler's name; 0 for none. */
  word(word: string): number {
    if (word === "") return 0;
    let number = this.#words.get(word);
    if (number === undefined) {
      number = this.words.push(word);
      this.#words.set(word, number);
      this.extra += 100 + word.length * 2;
    }
    return number;
  }

  /** Variable length, seven bits a byte but for the first, which has the sign and six. */
  put(value: number): void {
    if (this.used + 10 > this.bytes.length) {
      const more = new Uint8Array(this.bytes.length * 2);
      more.set(this.bytes);
      this.bytes = more;
    }
    let rest = Math.abs(value);
    let bits = (rest % 64) * 2 + (value < 0 ? 1 : 0);
    rest = Math.floor(rest / 64);
    while (rest > 0) {
      this.bytes[this.used++] = bits | 128;
      bits = rest % 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.used++] = bits;
  }
}

/** Where `read` is: kept outside of objects, because rows are read by the million. */
let at = 0;
let bytes = new Uint8Array();

/** Goes to the beginning of a row of a chunk. */
export function seek(chunk: Chunk, row: number): void {
  bytes = chunk.bytes as Uint8Array<ArrayBuffer>;
  at = chunk.offset[row];
}

/** The next number that was put there. */
export function read(): number {
  let byte = bytes[at++];
  const negative = (byte & 1) === 1;
  let value = (byte & 127) >> 1;
  for (let scale = 64; byte >= 128; scale *= 128) {
    byte = bytes[at++];
    value += (byte & 127) * scale;
  }
  return negative ? -value : value;
}

/** Bytes of a string, roughly. */
export function textBytes(text: string): number {
  return 32 + text.length * 2;
}
