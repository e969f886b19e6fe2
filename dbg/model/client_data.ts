import {
  type Batch,
  type Hello,
  TRANSITION_TYPES,
  type WireLog,
  type WireStep,
  type WireTransition,
} from "../../telemetry/debugger/protocol.ts";

/** Rows of a chunk, and roughly its bytes: what leaves at once when memory is short. */
const ROWS = 512;
const BYTES = 500_000;

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

/** Columns of up to 512 transitions, and the lines of the log that came meanwhile. */
class Chunk {
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

/** Where `read` is. */
let at = 0;

function read(bytes: Uint8Array): number {
  let byte = bytes[at++];
  const negative = (byte & 1) === 1;
  let value = (byte & 127) >> 1;
  for (let scale = 64; byte >= 128; scale *= 128) {
    byte = bytes[at++];
    value += (byte & 127) * scale;
  }
  return negative ? -value : value;
}

/** Bytes of strings and lists of numbers, roughly. */
function textBytes(text: string): number {
  return 32 + text.length * 2;
}

/** Bytes of what a machine says of itself, roughly. */
function helloBytes(hello: Hello): number {
  const { id, instance, parent, tags, names, states, ticks, groups } = hello;
  let sum = 2000 + ticks.length * 30;
  for (const text of [id, instance, parent ?? "", ...tags]) sum += textBytes(text);
  for (const name of names) sum += textBytes(name);
  for (const { add, remove, require, after } of states) {
    sum += 120;
    for (const list of [add, remove, require, after]) if (list) sum += 40 + list.length * 8;
  }
  for (const [name, members] of Object.entries(groups)) {
    sum += textBytes(name) + 60 + members.length * 8;
  }
  return sum;
}

/** What holds longer than the moment of the introduction. */
function lasting({ sent: _, ...hello }: Hello): Hello {
  return hello;
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
  /** When it was disconnected, in the order of a count; 0 while it is connected. */
  disconnectedAt = 0;
  /** Transitions that the machine could not send. */
  dropped = 0;
  /** Transitions that did not arrive, or that the server refused to keep. */
  refused = 0;
  /** Rows that left because of the memory bound: the first kept row. */
  first = 0;
  /** One more than the last row. */
  end = 0;
  /** Transitions with an error, of all that ever came. */
  errors = 0;
  /** Bytes in use, roughly. */
  memory: number;
  /** Bytes of them that are for what it says of itself, roughly. */
  structure: number;
  #chunks: Chunk[] = [];
  #ticks: Float64Array;
  /** How many transitions have come, or should have, as the machine counts what it sent. */
  #arrived: number;
  /** Ticks of what was refused, until the next row tells of them, and how many that were. */
  readonly #skipped = new Map<number, number>();
  #lost = 0;
  #exception: number;

  /** Begins with the ticks that the machine had when it said hello. */
  constructor(key: string, hello: Hello) {
    this.key = key;
    this.hello = lasting(hello);
    this.#ticks = Float64Array.from(hello.ticks);
    this.#arrived = hello.sent ?? 0;
    this.#exception = hello.names.indexOf("Exception");
    this.memory = this.structure = helloBytes(hello);
  }

  /** Takes a new introduction: a reconnect, or a new schema, which keeps all present states. */
  renew(hello: Hello): void {
    const before = this.hello.names;
    const same = before.length === hello.names.length &&
      before.every((name, i) => name === hello.names[i]);
    this.memory -= this.structure;
    this.structure = helloBytes(hello);
    this.memory += this.structure;
    this.hello = lasting(hello);
    this.connected = true;
    this.disconnectedAt = 0;
    this.disposed = false;
    this.#exception = hello.names.indexOf("Exception");
    this.expect(hello.sent);
    if (same) {
      // What was lost on the way has moved ticks, too.
      hello.ticks.forEach((tick, state) => {
        if (this.#skipped.has(state) || tick !== this.#ticks[state]) this.#skipped.set(state, tick);
      });
      return;
    }
    // Indexes have changed: rows of the old schema cannot be read by the new one.
    while (this.#chunks.length > 0) this.evict();
    this.#ticks = Float64Array.from(hello.ticks);
    this.#skipped.clear();
    this.#lost = 0;
  }

  /** The machine says how many transitions it has sent: those that did not come are counted. */
  expect(sent: number | undefined): void {
    if (sent === undefined || sent <= this.#arrived) return;
    this.#lost += sent - this.#arrived;
    this.refused += sent - this.#arrived;
    this.#arrived = sent;
  }

  /** Counts transitions that came, but could not be read. */
  refuse(count: number): void {
    this.#arrived += count;
    this.#lost += count;
    this.refused += count;
  }

  /** Counts transitions that came and are not kept; the ticks move on with them. */
  skip(transitions: readonly WireTransition[]): void {
    for (const { type, ticks } of transitions) {
      for (let i = 0; i < ticks.length; i += 2) this.#skipped.set(ticks[i], ticks[i + 1]);
      if (type !== "jump") this.refuse(1);
    }
  }

  /** Takes the transitions and the log lines of a batch. */
  take(batch: Batch): void {
    this.dropped = batch.dropped;
    this.expect(batch.sent);
    for (const tx of batch.transitions) {
      this.#jump(tx.time);
      if (tx.type !== "jump") this.#arrived++;
      this.#append(tx);
    }
    for (const line of batch.logs) this.#log(line);
  }

  /** A row for what was skipped, if it moved a tick. */
  #jump(time: number): void {
    if (this.#lost === 0 && this.#skipped.size === 0) return;
    const ticks: number[] = [];
    for (const [state, tick] of this.#skipped) {
      if (this.#ticks[state] !== tick) ticks.push(state, tick);
    }
    this.#skipped.clear();
    const lost = this.#lost;
    this.#lost = 0;
    if (ticks.length === 0 && lost === 0) return;
    const rest = { called: [], accepted: true, queue: 0, duration: 0 };
    this.#append({ ...rest, id: 0, type: "jump", ticks, time, lost });
  }

  /** The chunk that the next row or line goes to. */
  #chunk(): Chunk {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.full) {
      chunk = new Chunk(this.end, this.#ticks);
      this.#chunks.push(chunk);
      this.memory += chunk.memory;
    }
    return chunk;
  }

  #append(tx: WireTransition): void {
    const chunk = this.#chunk();
    const before = chunk.memory;
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
      chunk.put(chunk.word(handler));
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
      chunk.extra += 200 + textBytes(refusedBy ?? "");
      if (source) chunk.extra += textBytes(source[0]) + textBytes(source[2]);
      for (const [name, text] of Object.entries(args ?? {})) {
        chunk.extra += textBytes(name) + textBytes(text);
      }
    }
    this.memory += chunk.memory - before;
    this.end++;
  }

  /** Keeps a line of the log with the newest chunk. */
  #log(line: WireLog): void {
    const chunk = this.#chunk();
    chunk.logs.push(line);
    chunk.firstLog = Math.min(chunk.firstLog, line[0]);
    chunk.lastLog = Math.max(chunk.lastLog, line[0]);
    const bytes = 100 + textBytes(line[3]);
    chunk.extra += bytes;
    this.memory += bytes;
  }

  /** Drops the oldest chunk; how many rows left. */
  evict(): number {
    const chunk = this.#chunks.shift();
    if (chunk === undefined) return 0;
    this.first += chunk.size;
    this.memory -= chunk.memory;
    return chunk.size;
  }

  /** The time of what is oldest; `Infinity` when nothing is kept. */
  get oldest(): number {
    return this.#chunks[0]?.since ?? Infinity;
  }

  /** The index of the chunk that a kept row is in. */
  #indexOf(row: number): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#chunks[middle].first <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #place(row: number): [chunk: Chunk, row: number] {
    const chunk = this.#chunks[this.#indexOf(row)];
    if (chunk === undefined || row < chunk.first || row >= chunk.first + chunk.size) {
      throw new RangeError(`Row ${row} is not kept: ${this.first} to ${this.end - 1} are`);
    }
    return [chunk, row - chunk.first];
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
    for (let c = this.#indexOf(start); c < this.#chunks.length; c++) {
      const { first, flags, touched, size } = this.#chunks[c];
      for (let i = row - first; i < size; i++) see(row++, flags[i], touched[i]);
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
        return [kind, state, by, word === 0 ? "" : chunk.words[word - 1]];
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
    for (const chunk of this.#chunks) {
      const i = chunk.id.subarray(0, chunk.size).indexOf(id);
      if (i !== -1) return chunk.first + i;
    }
    return -1;
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
      if (chunk.lastLog < from || chunk.firstLog > to) continue;
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
