import type { AnyMachine, LogLevel, Mutation, Tracer, Transition } from "../../mod.ts";
import { globalTracers } from "../../mod.ts";
import { valueText } from "../value_text.ts";
import { debuggerUrl, DEFAULT_URL, withoutToken } from "./address.ts";
import { argumentTexts, type ShownArgs } from "./argument_texts.ts";
import { addBatches } from "./batches.ts";
import { Frames } from "./frames.ts";
import { Source } from "./source.ts";
import {
  BATCHED,
  errorOf,
  helloText,
  logText,
  NO_TIMERS,
  standInText,
  type Waiting,
} from "./wire_text.ts";

/** How to reach the debugger. */
export interface DebuggerOptions {
  /**
   * Its address: `host:port`, or a URL with `ws:`, `wss:`, `http:` or `https:`.
   *
   * @default {"ws://127.0.0.1:6831"}
   */
  readonly url?: string;
  /** What it asks for; may also stand in the address: `?token=…`. @default none */
  readonly token?: string;
  /** Transitions that wait at most; more are dropped and counted. @default {10000} */
  readonly buffer?: number;
  /**
   * Which arguments are shown: `true` for all, a list of names, or a function that makes texts of
   * them. What is long is cut.
   *
   * @default none
   */
  readonly args?: ShownArgs;
  /** Named groups of states. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
}

/** A connection to the debugger. */
export interface DebuggerConnection {
  /** Transitions that had to be dropped so far. */
  readonly dropped: number;
  /** Whether the debugger is connected. It hangs up while there is nothing to tell. */
  readonly connected: boolean;
  /** Why the debugger refused something, last; empty while it did not. */
  readonly refused: string;
  /** The machines that cannot be shown, by id, and why. */
  readonly leftOut: ReadonlyMap<string, string>;
  /**
   * Sends what waits and ends; the machines stay as they are. The promise is fulfilled when all has
   * been sent, or cannot be.
   */
  close(): Promise<void>;
}

/** How often what waits is sent, in milliseconds. */
const FLUSH = 50;
/** An open socket keeps a program alive: after so long without anything to tell it is closed. */
const IDLE = 500;
/** How often a connection that hung up says that its machines are still there. */
const PING = 5000;
/** How long `close` waits for an answer, and then for the way to be free. */
const PATIENCE = 2000;
/** The first pause before it calls again, and the longest, in milliseconds. */
const FIRST = 100;
const LONGEST = 5000;
/** The longest pause after the debugger has refused something. */
const LONGEST_REFUSED = 60_000;
/** A connection that lasted so long was a good one. */
const GOOD = 5000;
/** Units that may wait in the socket. */
const HIGH_WATER = 4_000_000;
/** Roughly the bytes that may wait in all, whatever the count. */
const HEAVY = 64_000_000;
/** What is known of a transition that had begun before it was watched. */
const NOT_SEEN: { start?: number; waited?: number; behind?: number; took: readonly number[] } = {
  took: [],
};

/** Traces any number of machines for one debugger. Nothing in here throws into a machine. */
export class Connection implements Tracer, DebuggerConnection {
  readonly steps = true;
  readonly inheritable = true;
  readonly logLevel: LogLevel = "changes";
  readonly leftOut: Map<string, string> = new Map();
  refused = "";
  readonly #url: URL | null;
  readonly #limit: number;
  readonly #options: DebuggerOptions;
  readonly #sources = new Map<AnyMachine, Source>();
  #numbers = 0;
  #latest: Source | null = null;
  #waiting = 0;
  #weight = 0;
  /** Of machines that are gone. */
  #dropped = 0;
  #socket: WebSocket | null = null;
  #opened = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #backoff = FIRST;
  #quiet = 0;
  #idle = false;
  /** The debugger speaks another protocol, or there is no address: it is not called again. */
  #over = false;
  #warn: boolean;
  #closing: { done: Promise<void>; end: () => void; wait: () => void } | null = null;
  readonly #epoch: number = Date.now() - performance.now();

  /** `warn`: says so once on the console when nothing answers. */
  constructor(options: DebuggerOptions, warn = false) {
    this.#limit = options.buffer ?? 10_000;
    this.#options = options;
    this.#warn = warn;
    let url: URL | null = null;
    try {
      url = debuggerUrl(options.url ?? DEFAULT_URL);
      if (options.token !== undefined) url.searchParams.set("token", options.token);
    } catch (error) {
      this.#over = true;
      this.refused = (error as Error).message;
      console.warn(`asyncmachine: no debugger: ${this.refused}`);
    }
    this.#url = url;
  }

  get dropped(): number {
    let sum = this.#dropped;
    for (const source of this.#sources.values()) sum += source.dropped;
    return sum;
  }

  get connected(): boolean {
    return this.#socket?.readyState === 1;
  }

  /** Traces a machine and the children that it has and gets. */
  watch(machine: AnyMachine): void {
    machine.addTracer(this);
    for (const child of (machine as { children?: readonly AnyMachine[] }).children ?? []) {
      this.watch(child);
    }
  }

  machineInit(machine: AnyMachine): void {
    this.#source(machine);
    this.#wake();
  }

  machineDispose(machine: AnyMachine): void {
    this.#source(machine).gone = true;
    this.#wake();
  }

  schemaChange(machine: AnyMachine): void {
    const source = this.#source(machine);
    // What waits has the old schema's indexes: it goes now, or not at all.
    if (source.said && this.connected) this.#send([source]);
    this.#drop(source);
    source.said = false;
    source.ticks = machine.time();
    this.#wake();
  }

  mutationQueued(machine: AnyMachine, mutation: Mutation): void {
    this.#source(machine).queued(mutation, performance.now());
  }

  timeImport(machine: AnyMachine): void {
    this.#source(machine).moved = this.#epoch + performance.now();
    this.#wake();
  }

  transitionInit(tx: Transition): void {
    this.#source(tx.machine).begin(tx, performance.now());
  }

  handlerStart(tx: Transition): void {
    this.#source(tx.machine).handlerStart(tx, performance.now());
  }

  handlerEnd(tx: Transition): void {
    this.#source(tx.machine).handlerEnd(tx, performance.now());
  }

  transitionEnd(tx: Transition): void {
    const source = this.#source(tx.machine);
    const { start, waited, behind, took } = source.end(tx) ?? NOT_SEEN;
    if (this.#closing) return;
    if (this.#waiting >= this.#limit || this.#weight >= HEAVY || source.leftOut !== "") {
      source.dropped++;
    } else {
      const end = performance.now();
      const from = start ?? end;
      // Arguments may change later: they become texts at once, but only where they are asked for.
      const shown = this.#options.args;
      const args = shown === undefined || !tx.hasArgs ? undefined : argumentTexts(tx.args, shown);
      const err = errorOf(tx.args);
      let weight = 500 + tx.timeBefore.length * 16 + tx.steps.length * 50 + took.length * 8;
      if (args !== undefined) { for (const text of Object.values(args)) weight += text.length * 2; }
      for (let one = err; one; one = one.cause) {
        weight += (one.message.length + (one.stack?.length ?? 0)) * 2;
      }
      source.pending.push({
        ...{ tx, time: this.#epoch + from, duration: end - from, waited, behind, took },
        ...{ args, err, weight },
      });
      this.#waiting++;
      this.#weight += weight;
    }
    if (this.#timer === undefined) this.#wake();
  }

  handlerRejected(tx: Transition, handler: string, error: unknown, expired: boolean): void {
    if (!expired) return;
    this.log(tx.machine, `[expired] ${handler}: ${valueText(error, 1000)}`, "decisions");
  }

  log(machine: AnyMachine, line: string, level: LogLevel): void {
    // All other lines follow from the steps: the debugger makes them itself.
    if (line.startsWith("[state") || !/^\[(extern|error|expired)\]/.test(line)) return;
    const source = this.#source(machine);
    if (this.#closing || source.leftOut !== "") return;
    if (source.logs.length >= this.#limit || this.#weight >= HEAVY) source.logsLost++;
    else {
      const number = level === "changes" ? 1 : level === "ops" ? 2 : 3;
      const after = source.current;
      const text = logText(after, this.#epoch + performance.now(), number, line);
      source.logs.push(text);
      this.#weight += text.length * 2;
    }
    this.#wake();
  }

  close(): Promise<void> {
    if (this.#closing) return this.#closing.done;
    globalTracers.delete(this);
    for (const { machine } of this.#sources.values()) machine.removeTracer(this);
    const { promise, resolve } = Promise.withResolvers<void>();
    let limit: ReturnType<typeof setTimeout> | undefined;
    const wait = () => {
      clearTimeout(limit);
      limit = setTimeout(end, PATIENCE);
    };
    const end = () => {
      clearTimeout(limit);
      clearTimeout(this.#timer);
      clearTimeout(this.#retry);
      this.#over = true;
      this.#socket?.close(1000);
      resolve();
    };
    this.#closing = { done: promise, end, wait };
    wait();
    this.#flush();
    if (this.#socket === null) {
      // It may be that the debugger was only not told yet.
      if (this.#over || !this.#anyWaits()) end();
      else {
        clearTimeout(this.#retry);
        this.#connect();
      }
    }
    return promise;
  }

  #anyWaits(): boolean {
    // One that hung up has said all that there was to say.
    for (const source of this.#sources.values()) if (source.waits) return true;
    return false;
  }

  #source(machine: AnyMachine): Source {
    if (this.#latest?.machine === machine) return this.#latest;
    let source = this.#sources.get(machine);
    if (source === undefined) {
      source = new Source(this.#numbers++, machine);
      this.#sources.set(machine, source);
    }
    this.#latest = source;
    return source;
  }

  /** The transitions that wait are given up, and counted. */
  #drop(source: Source): void {
    source.dropped += this.#take(source.pending, []);
    source.pending = [];
  }

  /** These wait no longer; how many transitions. */
  #take(waiting: readonly Waiting[], logs: readonly string[]): number {
    this.#waiting -= waiting.length;
    for (const { weight } of waiting) this.#weight -= weight;
    for (const log of logs) this.#weight -= log.length * 2;
    return waiting.length;
  }

  #wake(): void {
    if (this.#over || this.#closing) return;
    this.#quiet = 0;
    if (this.#idle) {
      clearTimeout(this.#retry);
      this.#retry = undefined;
      this.#idle = false;
    }
    if (this.#socket === null && this.#retry === undefined) this.#connect();
    this.#flushLater();
  }

  #flushLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, FLUSH);
  }

  #connect(): void {
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.#url!);
    } catch (error) {
      // For example: no permission for the network, or no WebSocket at all.
      this.#over = true;
      this.refused = `Cannot connect to ${withoutToken(this.#url!.href)}: ${valueText(error, 200)}`;
      console.warn(`asyncmachine: no debugger: ${this.refused}`);
      this.#closing?.end();
      return;
    }
    this.#socket = socket;
    this.#opened = 0;
    socket.onopen = () => {
      this.#opened = performance.now();
      this.#warn = false;
      this.#closing?.wait();
      for (const source of this.#sources.values()) source.said = false;
      this.#flush();
    };
    socket.onerror = () => {};
    socket.onclose = ({ code, reason }) => {
      if (this.#socket === socket) this.#socket = null;
      // What came after it had hung up, or was lost with the connection, is not given up yet.
      const again = !this.#over && this.#opened > 0 && code < 4000 && this.#anyWaits();
      if (this.#closing) return again ? this.#connect() : this.#closing.end();
      if (reason === "idle") return again ? this.#connect() : this.#hungUp();
      if (code >= 4000) this.refused = reason || `Closed with code ${code}`;
      // Another protocol does not become the right one.
      if (code === 4001) return void (this.#over = true);
      if (this.#warn) {
        console.warn(
          `asyncmachine: no debugger answers at ${withoutToken(this.#url!.href)}, ` +
            `or it asks for another token; it is called again`,
        );
        this.#warn = false;
      }
      this.#callAgain(code >= 4000);
    };
  }

  #hungUp(): void {
    this.#idle = true;
    this.#backoff = FIRST;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#quiet = IDLE; // Said that it is there, it hangs up at once.
      this.#connect();
    }, PING);
    // A program that has nothing left to do may end.
    unref(this.#retry);
  }

  #callAgain(refused: boolean): void {
    const good = this.#opened > 0 && performance.now() - this.#opened >= GOOD;
    if (good && !refused) this.#backoff = FIRST;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#connect();
    }, this.#backoff);
    // A machine's program need not stay for a debugger that is not there.
    unref(this.#retry);
    this.#backoff = Math.min(this.#backoff * 2, refused ? LONGEST_REFUSED : LONGEST);
  }

  #flush(): void {
    const socket = this.#socket;
    if (socket === null || socket.readyState !== 1) return;
    const told = this.#send(this.#sources.values());
    const full = socket.bufferedAmount >= HIGH_WATER;
    if (this.#closing) {
      if (!full && !this.#anyWaits()) return socket.close(1000);
    } else {
      this.#quiet = told || full ? 0 : this.#quiet + FLUSH;
      if (this.#quiet >= IDLE) return socket.close(1000, "idle");
    }
    this.#flushLater();
  }

  /** Sends what these have to tell, as far as there is room; whether there was anything. */
  #send(sources: Iterable<Source>): boolean {
    const socket = this.#socket!;
    let room = socket.bufferedAmount < HIGH_WATER;
    let told = false;
    const frames = new Frames((frame) => {
      socket.send(frame);
      room = socket.bufferedAmount < HIGH_WATER;
    });
    for (const source of sources) {
      if (!room) break;
      if (!source.said) this.#introduce(source, frames);
      while (room && this.#batches(source, frames)) told = true;
      if (!source.gone || source.pending.length + source.logs.length > 0) continue;
      frames.add(JSON.stringify({ kind: "dispose", machine: source.number }));
      this.#sources.delete(source.machine);
      this.#dropped += source.dropped;
      this.#latest = null;
    }
    frames.flush();
    return told;
  }

  #introduce(source: Source, frames: Frames): void {
    const { machine, number, instance, ticks, sent } = source;
    const { groups = {}, args } = this.#options;
    const about = { number, instance, ticks, sent, groups, args: args !== undefined };
    let text: string;
    try {
      text = helloText(machine, about);
      if (source.leftOut !== "") {
        source.leftOut = "";
        this.leftOut.delete(machine.id);
      }
    } catch (error) {
      source.leftOut = error instanceof Error ? error.message : valueText(error, 200);
      this.leftOut.set(machine.id, source.leftOut);
      this.#drop(source);
      this.#take([], source.logs.splice(0));
      text = standInText(machine, about, source.leftOut);
    }
    frames.add(text);
    source.said = true;
    source.timers = NO_TIMERS;
  }

  /** Adds what one machine has to tell, up to so many transitions; whether there was anything. */
  #batches(source: Source, frames: Frames): boolean {
    const waiting = source.pending.splice(0, BATCHED);
    const logs = source.logs.splice(0, BATCHED);
    this.#take(waiting, logs);
    return addBatches(source, waiting, logs, this.#epoch + performance.now(), frames);
  }
}

function unref(timer: unknown): void {
  if (typeof timer === "number") {
    (globalThis as { Deno?: { unrefTimer(id: number): void } }).Deno?.unrefTimer?.(timer);
  } else (timer as { unref?(): void } | undefined)?.unref?.();
}
