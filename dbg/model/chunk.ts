import {
  TRANSITION_TYPES,
  type WireError,
  type WireLog,
  type WireStep,
  type WireTransition,
} from "../../telemetry/debugger/protocol.ts";

/** Rows of a chunk, and roughly its bytes: what leaves at once when memory is short. */
const ROWS = 512;
const BYTES = 500_000;
/** Bytes of a row in all columns. */
const COLUMNS = 53;

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

type Args = WireTransition["args"];

/** What only some transitions have. */
export type Extras =
  & Pick<
    WireTransition,
    "refusedBy" | "lost" | "timeout" | "waited" | "behind" | "err"
  >
  & {
    /** Arguments, packed: millions are kept, and searched. */
    readonly args: string | Args;
  };

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
  /** Where it came from: transition, and the words of machine and handler; 0 for nowhere. */
  readonly sourceId: Float64Array = new Float64Array(ROWS);
  readonly sourceMachine: Uint32Array = new Uint32Array(ROWS);
  readonly sourceHandler: Uint32Array = new Uint32Array(ROWS);
  readonly extras: (Extras | undefined)[] = [];
  readonly logs: WireLog[] = [];
  /** The numbers of its transitions: none is looked for outside. */
  leastId = Infinity;
  mostId = -1;
  /** The transitions that its lines belong to: none is looked for outside. */
  firstLog = Infinity;
  lastLog = -1;
  /** Errors that lines of the log tell of, by transition. */
  readonly errorLines: Map<number, string> = new Map();
  readonly #words = new Map<string, number>();
  /** Names of handlers and of machines. */
  readonly words: string[] = [];
  bytes: Uint8Array = new Uint8Array(4096);
  used = 0;
  extra = 0;
  readonly ticks: Float64Array;

  /** The number of its first line of the log, of all that ever came. */
  readonly firstLine: number;

  constructor(first: number, firstLine: number, ticks: Float64Array) {
    this.first = first;
    this.firstLine = firstLine;
    this.ticks = ticks.slice();
  }

  get memory(): number {
    return ROWS * COLUMNS + this.bytes.length + this.ticks.length * 8 + this.extra + 500;
  }

  /** Whether the next row goes to another one. */
  get full(): boolean {
    return this.size === ROWS || this.used + this.extra > BYTES;
  }

  /** The time of what is oldest in it. */
  get since(): number {
    return this.size > 0 ? this.time[0] : this.logs[0]?.[1] ?? -Infinity;
  }

  /** Adds a row; `ticks` are those before it and move on to those after it. Gives its flags. */
  add(tx: WireTransition, ticks: Float64Array, exception: number): number {
    const row = this.size++;
    const { called, steps = [], took = [], source } = tx;
    let touched = 0;
    let error = false;
    this.offset[row] = this.used;
    this.#put(called.length);
    for (const state of called) {
      this.#put(state);
      touched |= 1 << (state & 31);
      if (state === exception && tx.type !== "remove") error = true;
    }
    this.#put(tx.ticks.length / 2);
    for (let i = 0; i < tx.ticks.length; i += 2) {
      const state = tx.ticks[i];
      this.#put(state);
      this.#put(tx.ticks[i + 1] - ticks[state]);
      ticks[state] = tx.ticks[i + 1];
      touched |= 1 << (state & 31);
      if (state === exception && tx.ticks[i + 1] % 2 === 1) error = true;
    }
    this.#put(steps.length);
    for (const [kind, state, by, handler] of steps) {
      this.#put(kind);
      this.#put(state);
      this.#put(by);
      this.#put(this.#word(handler));
      if (state >= 0) touched |= 1 << (state & 31);
      if (by >= 0) touched |= 1 << (by & 31);
    }
    this.#put(took.length);
    for (const ms of took) this.#put(Math.min(Math.round(ms * 1000), Number.MAX_SAFE_INTEGER));
    this.time[row] = tx.time;
    this.duration[row] = tx.duration;
    this.id[row] = tx.id;
    if (tx.id !== 0) {
      this.leastId = Math.min(this.leastId, tx.id);
      this.mostId = Math.max(this.mostId, tx.id);
    }
    this.queue[row] = tx.queue;
    this.touched[row] = touched;
    if (source !== undefined) {
      this.sourceMachine[row] = this.#word(source[0], true);
      this.sourceId[row] = source[1];
      this.sourceHandler[row] = this.#word(source[2]);
    }
    this.#keepExtras(row, tx);
    return this.flags[row] = TRANSITION_TYPES.indexOf(tx.type) | (tx.accepted ? ACCEPTED : 0) |
      (tx.auto ? AUTO : 0) | (tx.check ? CHECK : 0) | (error ? ERROR : 0) |
      (tx.ticks.length === 0 ? EMPTY : 0);
  }

  #keepExtras(row: number, tx: WireTransition): void {
    const { args, refusedBy, lost, timeout, waited, behind } = tx;
    const err = tx.err && plainError(tx.err);
    if (
      args === undefined && refusedBy === undefined && !lost && timeout === undefined &&
      waited === undefined && err === undefined
    ) return;
    this.extras[row] = { args: packed(args), refusedBy, lost, timeout, waited, behind, err };
    this.extra += 200 + textBytes(refusedBy ?? "") + textBytes(timeout ?? "");
    for (const [name, text] of Object.entries(args ?? {})) {
      this.extra += textBytes(name) + textBytes(text);
    }
    for (let one = err; one !== undefined; one = one.cause) {
      this.extra += 100 + textBytes(one.name + one.message) + textBytes(one.stack ?? "");
    }
  }

  /** Whether one of these words is the handler of a row's step. */
  handledBy(i: number, words: ReadonlySet<number>): boolean {
    seek(this, i);
    for (let n = read(); n > 0; n--) read();
    for (let n = read() * 2; n > 0; n--) read();
    for (let n = read(); n > 0; n--) {
      read();
      read();
      read();
      if (words.has(read())) return true;
    }
    return false;
  }

  /** Adds a line of the log. */
  log(line: WireLog): void {
    const [after, , , text] = line;
    this.logs.push(line);
    this.firstLog = Math.min(this.firstLog, after);
    this.lastLog = Math.max(this.lastLog, after);
    this.extra += 100 + textBytes(text);
    if (!text.startsWith("[error]")) return;
    this.errorLines.set(after, text.slice(8));
    this.extra += 100;
  }

  /** A row, decoded. */
  row(i: number): Row {
    seek(this, i);
    const called = Array.from({ length: read() }, () => read());
    const deltas = Array.from({ length: read() * 2 }, () => read());
    const steps = Array.from(
      { length: read() },
      (): WireStep => [read(), read(), read(), this.#wordAt(read())],
    );
    const took = Array.from({ length: read() }, () => read() / 1000);
    const flags = this.flags[i];
    const source = this.source(i);
    const extras = this.extras[i];
    const args = extras && unpacked(extras.args);
    return {
      row: this.first + i,
      id: this.id[i],
      type: TRANSITION_TYPES[flags & 3],
      called,
      deltas,
      steps,
      accepted: (flags & ACCEPTED) !== 0,
      auto: (flags & AUTO) !== 0,
      check: (flags & CHECK) !== 0,
      error: (flags & ERROR) !== 0,
      queue: this.queue[i],
      time: this.time[i],
      duration: this.duration[i],
      ...(took.length > 0 && { took }),
      ...(args !== undefined && { args }),
      ...(extras && others(extras)),
      ...(source !== null && { source }),
    };
  }

  /** Where a row came from; `null` for nowhere. */
  source(i: number): readonly [machine: string, transition: number, handler: string] | null {
    const machine = this.sourceMachine[i];
    if (machine === 0) return null;
    return [this.#wordAt(machine), this.sourceId[i], this.#wordAt(this.sourceHandler[i])];
  }

  /** The number of a word that is there; 0 if it is not. */
  numberOf(word: string): number {
    return this.#words.get(word) ?? 0;
  }

  #wordAt(number: number): string {
    return number === 0 ? "" : this.words[number - 1];
  }

  /** The number of a word; 0 for an empty one, unless it is `kept`. */
  #word(word: string, kept = false): number {
    if (word === "" && !kept) return 0;
    let number = this.#words.get(word);
    if (number === undefined) {
      number = this.words.push(word);
      this.#words.set(word, number);
      this.extra += 100 + word.length * 2;
    }
    return number;
  }

  /** Variable length, seven bits a byte but for the first, which has the sign and six. */
  #put(value: number): void {
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

/** Stands between names and values that are packed. */
const BETWEEN = "\0";

/** Names and values in one text, unless they have in them what stands between them. */
function packed(args: Args): string | Args {
  if (args === undefined) return undefined;
  const parts = Object.entries(args).flat();
  return parts.length === 0 || parts.some((part) => part.includes(BETWEEN))
    ? args
    : parts.join(BETWEEN);
}

function unpacked(args: string | Args): Args {
  if (typeof args !== "string") return args;
  const parts = args.split(BETWEEN);
  return Object.fromEntries(
    Array.from({ length: parts.length / 2 }, (_, i) => [parts[i * 2], parts[i * 2 + 1]]),
  );
}

function others({ args: _, ...rest }: Extras): Omit<Extras, "args"> {
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
}

/** Only what is known is kept. */
function plainError({ name, message, stack, cause }: WireError): WireError {
  return {
    name,
    message,
    ...(stack !== undefined && { stack }),
    ...(cause !== undefined && { cause: plainError(cause) }),
  };
}

/** Bytes of a string, roughly. */
export function textBytes(text: string): number {
  return 32 + text.length * 2;
}
