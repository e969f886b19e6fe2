import type {
  Batch,
  Hello,
  WireLog,
  WireTimer,
  WireTransition,
} from "../../telemetry/debugger/protocol.ts";
import { Chunk, ERROR, read, type Row, seek, textBytes } from "./chunk.ts";

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
  /** Where a transition was looked for last. */
  #asked: Chunk | null = null;
  #ticks: Float64Array;
  /** How many transitions have come, or should have, as the machine counts what it sent. */
  #arrived: number;
  /** Ticks of what was refused, until the next row tells of them, and how many that were. */
  readonly #skipped = new Map<number, number>();
  #lost = 0;
  #exception: number;
  /** Whether the transitions that changed something came in the order of their numbers. */
  ordered = true;
  #newest = 0;
  /** Lines of the log that ever came. */
  lines = 0;

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
      chunk = new Chunk(this.end, this.lines, this.#ticks);
      this.#chunks.push(chunk);
      this.memory += chunk.memory;
    }
    return chunk;
  }

  #append(tx: WireTransition): void {
    const chunk = this.#chunk();
    const before = chunk.memory;
    const flags = chunk.add(tx, this.#ticks, this.#exception);
    if ((flags & ERROR) !== 0) this.errors++;
    if (tx.id !== 0 && tx.ticks.length > 0) {
      if (tx.id < this.#newest) this.ordered = false;
      this.#newest = tx.id;
    }
    this.memory += chunk.memory - before;
    this.end++;
  }

  /** Keeps a line of the log with the newest chunk. */
  #log(line: WireLog): void {
    const chunk = this.#chunk();
    const before = chunk.memory;
    chunk.log(line);
    this.lines++;
    this.memory += chunk.memory - before;
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
    for (const [{ first, flags, touched, size }, start] of this.chunks(from)) {
      for (let i = start; i < size; i++) see(first + i, flags[i], touched[i]);
    }
  }

  /** The kept rows from `from` on that say where they came from. */
  *sources(from: number): Generator<[row: number, machine: string, id: number]> {
    for (const [chunk, start] of this.chunks(from)) {
      for (let i = start; i < chunk.size; i++) {
        const machine = chunk.sourceMachine[i];
        if (machine !== 0) yield [chunk.first + i, chunk.words[machine - 1], chunk.sourceId[i]];
      }
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
    return chunk.row(i);
  }

  /** @ignore The chunks with rows from `from` on, and the first such row within each. */
  *chunks(from: number): Generator<[chunk: Chunk, row: number]> {
    const start = Math.max(from, this.first);
    if (start >= this.end) return;
    for (let c = this.#indexOf(start); c < this.#chunks.length; c++) {
      yield [this.#chunks[c], Math.max(start - this.#chunks[c].first, 0)];
    }
  }

  /** @ignore The same backwards, from the row before `end` on. */
  *chunksBack(end: number): Generator<[chunk: Chunk, row: number]> {
    const last = Math.min(end, this.end) - 1;
    if (last < this.first) return;
    for (let c = this.#indexOf(last); c >= 0; c--) {
      yield [this.#chunks[c], Math.min(last - this.#chunks[c].first, this.#chunks[c].size - 1)];
    }
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
    // Who asks for one asks for those near it next.
    const near = this.#asked;
    for (let n = -1; n < this.#chunks.length; n++) {
      const chunk = n === -1 ? near : this.#chunks[n];
      if (chunk === null || id < chunk.leastId || id > chunk.mostId) continue;
      if (chunk.first < this.first) continue;
      const i = chunk.id.subarray(0, chunk.size).indexOf(id);
      if (i === -1) continue;
      this.#asked = chunk;
      return chunk.first + i;
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

  /** The kept lines of the log from a number on, of all that ever came. */
  *linesFrom(number: number): Generator<WireLog> {
    for (let c = this.#chunks.length - 1; c >= 0; c--) {
      const { firstLine, logs } = this.#chunks[c];
      for (let i = logs.length - 1; i >= 0 && firstLine + i >= number; i--) yield logs[i];
      if (firstLine < number) return;
    }
  }

  /** The error that a line of the log tells of, by the transition that it belongs to. */
  errorLine(id: number): string | undefined {
    for (const { firstLog, lastLog, errorLines } of this.#chunks) {
      if (errorLines.size === 0 || lastLog < id || firstLog > id) continue;
      const line = errorLines.get(id);
      if (line !== undefined) return line;
    }
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
