import {
  type Hello,
  TRANSITION_TYPES,
  type WireLog,
  type WireStep,
  type WireTransition,
} from "../../telemetry/debugger/protocol.ts";

/** Rows of a chunk: what leaves at once when memory is short. */
const ROWS = 512;

/** Bits of the flags column; the lowest two are the type. */
export const ACCEPTED = 4;
/** The transition was caused by an auto state. */
export const AUTO = 8;
/** It was a dry run. */
export const CHECK = 16;
/** It called or activated `Exception`. */
export const ERROR = 32;
/** It changed no tick. */
export const EMPTY = 64;

/** A transition as it is kept, decoded. */
export interface Row extends Omit<WireTransition, "ticks"> {
  /** The absolute row number. */
  readonly row: number;
  /** State index and the change of its tick, in turn. */
  readonly deltas: readonly number[];
  /** The steps. */
  readonly steps: readonly WireStep[];
  /** Whether it called or activated `Exception`. */
  readonly error: boolean;
}

interface Extras {
  readonly args?: Readonly<Record<string, string>>;
  readonly source?: readonly [string, number, string];
  readonly refusedBy?: string;
  readonly lost?: number;
}

/** Columns of up to 512 transitions. */
class Chunk {
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
  bytes: Uint8Array = new Uint8Array(4096);
  used = 0;
  extra = 0;
  readonly ticks: Float64Array;

  constructor(ticks: Float64Array) {
    this.ticks = ticks.slice();
  }

  get memory(): number {
    return ROWS * 37 + this.bytes.length + this.ticks.length * 8 + this.extra + 500;
  }

  /** Variable length, seven bits a byte; zigzag, so that small negatives are short. */
  put(value: number): void {
    if (this.used + 10 > this.bytes.length) {
      const more = new Uint8Array(this.bytes.length * 2);
      more.set(this.bytes);
      this.bytes = more;
    }
    let rest = value < 0 ? -value * 2 - 1 : value * 2;
    while (rest >= 128) {
      this.bytes[this.used++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.used++] = rest;
  }
}

/** Where `read` is. */
let at = 0;

function read(bytes: Uint8Array): number {
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = bytes[at++];
    value += (byte & 127) * scale;
    if (byte < 128) break;
    scale *= 128;
  }
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}

/** Everything recorded of one machine: a bounded, columnar list of transitions. */
export class ClientData {
  /** Identifies it in the store. */
  readonly key: string;
  /** How it introduced itself, last. */
  hello: Hello;
  /** Whether it is connected. */
  connected = true;
  /** Whether it was disposed. */
  disposed = false;
  /** Transitions that the machine could not send. */
  dropped = 0;
  /** Transitions that the server refused to keep: too many at once. */
  refused = 0;
  /** Rows that left because of the memory bound: the first kept row. */
  first = 0;
  /** One more than the last row. */
  end = 0;
  /** Transitions with an error, of all that ever came. */
  errors = 0;
  #chunks: Chunk[] = [];
  #ticks: Float64Array;
  readonly #words = new Map<string, number>();
  readonly #wordList: string[] = [];
  #wordBytes = 0;
  #exception: number;

  /** Begins with the ticks that the machine had when it said hello. */
  constructor(key: string, hello: Hello) {
    this.key = key;
    this.hello = hello;
    this.#ticks = Float64Array.from(hello.ticks);
    this.#exception = hello.names.indexOf("Exception");
  }

  /** Bytes in use, roughly. */
  get memory(): number {
    let sum = 1000 + this.#ticks.length * 100 + this.#wordBytes;
    for (const chunk of this.#chunks) sum += chunk.memory;
    return sum;
  }

  /** Bytes of the newest chunk: what `append` may have changed. */
  get tailMemory(): number {
    return (this.#chunks.at(-1)?.memory ?? 0) + this.#wordBytes;
  }

  /** The same for the chunk that the next transition goes to, which may not have been begun. */
  get nextMemory(): number {
    return this.#chunks.at(-1)?.size === ROWS ? this.#wordBytes : this.tailMemory;
  }

  /** Takes a new introduction: a reconnect, or a new schema, which keeps all present states. */
  renew(hello: Hello): void {
    const before = this.hello.names;
    const same = before.length === hello.names.length &&
      before.every((name, i) => name === hello.names[i]);
    this.hello = hello;
    this.connected = true;
    this.#exception = hello.names.indexOf("Exception");
    if (same) return;
    // Indexes have changed: rows of the old schema cannot be read by the new one.
    this.first = this.end;
    this.#chunks = [];
    this.#ticks = Float64Array.from(hello.ticks);
  }

  /** Appends a transition. */
  append(tx: WireTransition): void {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.size === ROWS) {
      chunk = new Chunk(this.#ticks);
      this.#chunks.push(chunk);
    }
    const row = chunk.size++;
    let touched = 0;
    let error = false;
    chunk.offset[row] = chunk.used;
    chunk.put(tx.called.length);
    for (const state of tx.called) {
      chunk.put(state);
      touched |= 1 << (state & 31);
      if (state === this.#exception) error = true;
    }
    chunk.put(tx.ticks.length / 2);
    for (let i = 0; i < tx.ticks.length; i += 2) {
      const state = tx.ticks[i];
      chunk.put(state);
      chunk.put(tx.ticks[i + 1] - this.#ticks[state]);
      this.#ticks[state] = tx.ticks[i + 1];
      touched |= 1 << (state & 31);
      if (state === this.#exception && tx.ticks[i + 1] % 2 === 1) error = true;
    }
    const steps = tx.steps ?? [];
    chunk.put(steps.length);
    for (const [kind, state, by, handler] of steps) {
      chunk.put(kind);
      chunk.put(state);
      chunk.put(by);
      chunk.put(this.#word(handler));
      if (state >= 0) touched |= 1 << (state & 31);
      if (by >= 0) touched |= 1 << (by & 31);
    }
    chunk.time[row] = tx.time;
    chunk.duration[row] = tx.duration;
    chunk.id[row] = tx.id;
    chunk.queue[row] = tx.queue;
    chunk.touched[row] = touched;
    chunk.flags[row] = TRANSITION_TYPES.indexOf(tx.type) | (tx.accepted ? ACCEPTED : 0) |
      (tx.auto ? AUTO : 0) | (tx.check ? CHECK : 0) | (error ? ERROR : 0) |
      (tx.ticks.length === 0 ? EMPTY : 0);
    if (error) this.errors++;
    if (tx.args || tx.source || tx.refusedBy !== undefined || tx.lost) {
      const { args, source, refusedBy, lost } = tx;
      chunk.extras.set(row, { args, source, refusedBy, lost });
      chunk.extra += 200 + (args ? JSON.stringify(args).length * 2 : 0);
    }
    this.end++;
  }

  /** Keeps a line of the log with the newest chunk. */
  log(line: WireLog): void {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined) this.#chunks.push(chunk = new Chunk(this.#ticks));
    chunk.logs.push(line);
    chunk.extra += 100 + line[3].length * 2;
  }

  #word(word: string): number {
    if (word === "") return 0;
    let number = this.#words.get(word);
    if (number === undefined) {
      this.#wordList.push(word);
      number = this.#wordList.length;
      this.#words.set(word, number);
      this.#wordBytes += 100 + word.length * 2;
    }
    return number;
  }

  /** Drops the oldest chunk; how many rows left. The last chunk stays while it is the only one. */
  evict(): number {
    const [chunk] = this.#chunks;
    if (chunk === undefined) return 0;
    this.#chunks.shift();
    this.first += chunk.size;
    return chunk.size;
  }

  /** The time of the oldest kept row; `Infinity` when there is none. */
  get oldest(): number {
    return this.#chunks[0]?.size ? this.#chunks[0].time[0] : Infinity;
  }

  #place(row: number): [chunk: Chunk, row: number] {
    const index = row - this.first;
    return [this.#chunks[Math.floor(index / ROWS)], index % ROWS];
  }

  /** The flags of a kept row. */
  flags(row: number): number {
    const [chunk, i] = this.#place(row);
    return chunk.flags[i];
  }

  /** The time of a kept row. */
  time(row: number): number {
    const [chunk, i] = this.#place(row);
    return chunk.time[i];
  }

  /** The transition number of a kept row. */
  id(row: number): number {
    const [chunk, i] = this.#place(row);
    return chunk.id[i];
  }

  /** Calls `see` with flags and touched bits of every kept row from `from` on. */
  scan(from: number, see: (row: number, flags: number, touched: number) => void): void {
    const start = Math.max(from, this.first);
    if (start >= this.end) return;
    let row = start;
    for (let c = Math.floor((start - this.first) / ROWS); c < this.#chunks.length; c++) {
      const { flags, touched, size } = this.#chunks[c];
      for (let i = (row - this.first) % ROWS; i < size; i++) see(row++, flags[i], touched[i]);
    }
  }

  /** Whether a row called, changed or, through a step, touched one of these states. */
  touches(row: number, states: ReadonlySet<number>): boolean {
    const [chunk, i] = this.#place(row);
    const { bytes } = chunk;
    at = chunk.offset[i];
    for (let n = read(bytes); n > 0; n--) if (states.has(read(bytes))) return true;
    for (let n = read(bytes); n > 0; n--) {
      if (states.has(read(bytes))) return true;
      read(bytes);
    }
    for (let n = read(bytes); n > 0; n--) {
      read(bytes);
      if (states.has(read(bytes)) || states.has(read(bytes))) return true;
      read(bytes);
    }
    return false;
  }

  /** A kept row, decoded. */
  row(row: number): Row {
    const [chunk, i] = this.#place(row);
    const { bytes } = chunk;
    at = chunk.offset[i];
    const called = Array.from({ length: read(bytes) }, () => read(bytes));
    const deltas = Array.from({ length: read(bytes) * 2 }, () => read(bytes));
    const steps = Array.from(
      { length: read(bytes) },
      (): WireStep => {
        const kind = read(bytes);
        const state = read(bytes);
        const by = read(bytes);
        const word = read(bytes);
        return [kind, state, by, word === 0 ? "" : this.#wordList[word - 1]];
      },
    );
    const flags = chunk.flags[i];
    return {
      row,
      id: chunk.id[i],
      type: TRANSITION_TYPES[flags & 3],
      called,
      deltas,
      steps,
      accepted: (flags & ACCEPTED) !== 0,
      auto: (flags & AUTO) !== 0,
      check: (flags & CHECK) !== 0,
      error: (flags & ERROR) !== 0,
      queue: chunk.queue[i],
      time: chunk.time[i],
      duration: chunk.duration[i],
      ...chunk.extras.get(i),
    };
  }

  /** The ticks when `cursor` rows have happened. */
  ticksAt(cursor: number): number[] {
    const bounded = Math.min(Math.max(cursor, this.first), this.end);
    if (bounded === this.end) return [...this.#ticks];
    const [chunk, i] = this.#place(bounded);
    const ticks = [...chunk.ticks];
    const { bytes } = chunk;
    for (let row = 0; row < i; row++) {
      at = chunk.offset[row];
      for (let n = read(bytes); n > 0; n--) read(bytes);
      for (let n = read(bytes); n > 0; n--) {
        const state = read(bytes);
        ticks[state] += read(bytes);
      }
    }
    return ticks;
  }

  /** The cursor for a moment: how many rows had begun by then. */
  cursorAt(time: number): number {
    return this.#search((row) => this.time(row) <= time);
  }

  /** The kept row of a transition number, -1 if there is none. */
  rowOf(id: number): number {
    // Numbers grow, but for jumps, which have none.
    let found = -1;
    this.#chunks.some((chunk, c) => {
      const i = chunk.id.subarray(0, chunk.size).indexOf(id);
      if (i === -1) return false;
      found = this.first + c * ROWS + i;
      return true;
    });
    return found;
  }

  #search(before: (row: number) => boolean): number {
    let low = this.first;
    let high = this.end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (before(middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The kept lines of the log that belong to transitions `from` to `to`, by number. */
  logs(from: number, to: number): WireLog[] {
    const found: WireLog[] = [];
    for (const chunk of this.#chunks) {
      for (const line of chunk.logs) if (line[0] >= from && line[0] <= to) found.push(line);
    }
    return found;
  }

  /** The transition as the wire has it, for export. */
  wire(row: number, ticks: number[]): WireTransition {
    const { row: _row, deltas, error: _error, steps, auto, check, ...rest } = this.row(row);
    const pairs: number[] = [];
    for (let i = 0; i < deltas.length; i += 2) {
      ticks[deltas[i]] += deltas[i + 1];
      pairs.push(deltas[i], ticks[deltas[i]]);
    }
    return {
      ...rest,
      ticks: pairs,
      ...(steps.length > 0 && { steps }),
      ...(auto && { auto }),
      ...(check && { check }),
    };
  }
}
