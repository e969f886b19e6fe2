import {
  type Batch,
  type Hello,
  TRANSITION_TYPES,
  type WireLog,
  type WireStep,
  type WireTimer,
  type WireTransition,
} from "../../telemetry/debugger/protocol.ts";
import { Chunk, read, seek, textBytes } from "./chunk.ts";

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

/** Bytes of what a machine says of itself, roughly. */
function helloBytes(hello: Hello): number {
  const { id, instance, parent, tags, names, states, ticks, groups } = hello;
  let sum = 2000 + ticks.length * 30;
  for (const text of [id, instance, parent ?? "", ...tags]) sum += textBytes(text);
  for (const name of names) sum += textBytes(name);
  for (const { add, remove, require, after, timeouts } of states) {
    sum += 120;
    for (const list of [add, remove, require, after, timeouts]) {
      if (list) sum += 40 + list.length * 8;
    }
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
  #timers: readonly WireTimer[] = [];
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
    this.#setTimers([]);
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
    if (batch.timers !== undefined) this.#setTimers(batch.timers);
  }

  /** The states of a group; undefined when there is no group of that name. */
  group(name: string | null): readonly number[] | undefined {
    const { groups } = this.hello;
    // A name could be that of something that every object has.
    return name !== null && Object.hasOwn(groups, name) ? groups[name] : undefined;
  }

  /** The times that run, by due time. */
  get timers(): readonly WireTimer[] {
    return this.disposed ? [] : this.#timers;
  }

  #setTimers(timers: readonly WireTimer[]): void {
    const bytes = (all: readonly WireTimer[]) =>
      all.reduce((sum, [, adds]) => sum + 100 + adds.length * 8, 0);
    this.memory += bytes(timers) - bytes(this.#timers);
    this.#timers = timers;
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

  /** The kept rows from `from` on that say where they came from. */
  *sources(from: number): Generator<[row: number, source: readonly [string, number, string]]> {
    let start = this.first;
    for (const chunk of this.#chunks) {
      if (start + chunk.size > from) {
        for (const [i, { source }] of chunk.extras) {
          if (source !== undefined && start + i >= from) yield [start + i, source];
        }
      }
      start += chunk.size;
    }
  }

  /** Whether a row called, changed or, through a step, touched one of these states. */
  touches(row: number, states: ReadonlySet<number>): boolean {
    const [chunk, i] = this.#place(row);
    seek(chunk, i);
    for (let n = read(); n > 0; n--) if (states.has(read())) return true;
    for (let n = read(); n > 0; n--) {
      if (states.has(read())) return true;
      read();
    }
    for (let n = read(); n > 0; n--) {
      read();
      if (states.has(read()) || states.has(read())) return true;
      read();
    }
    return false;
  }

  /** A kept row, decoded. */
  row(row: number): Row {
    const [chunk, i] = this.#place(row);
    seek(chunk, i);
    const called = Array.from({ length: read() }, () => read());
    const deltas = Array.from({ length: read() * 2 }, () => read());
    const steps = Array.from(
      { length: read() },
      (): WireStep => {
        const kind = read();
        const state = read();
        const by = read();
        const word = read();
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
    for (let row = 0; row < i; row++) {
      seek(chunk, row);
      for (let n = read(); n > 0; n--) read();
      for (let n = read(); n > 0; n--) {
        const state = read();
        ticks[state] += read();
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
