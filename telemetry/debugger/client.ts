import {
  type AnyMachine,
  type ArgsMapper,
  globalTracers,
  type LogLevel,
  type Tracer,
  type Transition,
} from "../../mod.ts";
import {
  type Hello,
  PROTOCOL_VERSION,
  STEP_KINDS,
  type WireLog,
  type WireMessage,
  type WireState,
  type WireStep,
  type WireTransition,
} from "./protocol.ts";

/** Where the debugger listens by default. */
export const DEFAULT_URL = "ws://127.0.0.1:6831";

/** How to reach the debugger. */
export interface DebuggerOptions {
  /** Its address; a token goes into the query: `?token=…`. @default {"ws://127.0.0.1:6831"} */
  readonly url?: string;
  /** Transitions that wait at most; more are dropped and counted. @default {10000} */
  readonly buffer?: number;
  /** Which arguments are shown, and how. @default none */
  readonly args?: ArgsMapper;
  /** Named groups of states. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
}

/** A connection to the debugger. */
export interface DebuggerConnection {
  /** Transitions that had to be dropped so far. */
  readonly dropped: number;
  /** Whether the debugger is connected. */
  readonly connected: boolean;
  /** Why the debugger refused the connection for good; empty while it did not. */
  readonly refused: string;
  /** Sends what waits and ends; the machines stay as they are. */
  close(): void;
}

const FLUSH = 50;
const IDLE = 2000;
/** How often a connection that hung up says that its machines are still there. */
const PING = 5000;
const FRAME = 1_000_000;
const HIGH_WATER = 4_000_000;

interface Pending {
  readonly tx: Transition;
  readonly start: number;
  readonly duration: number;
  readonly args: Readonly<Record<string, string>> | undefined;
}

/** One machine as the connection knows it. */
class Source {
  readonly number: number;
  readonly machine: AnyMachine;
  readonly instance: string = crypto.randomUUID();
  pending: Pending[] = [];
  logs: WireLog[] = [];
  dropped = 0;
  told = 0;
  sent: number[];
  said = false;
  gone = false;
  last = 0;
  open: { tx: Transition; start: number }[] = [];

  constructor(number: number, machine: AnyMachine) {
    this.number = number;
    this.machine = machine;
    this.sent = machine.time();
  }
}

/** Traces any number of machines for one debugger. */
class Connection implements Tracer, DebuggerConnection {
  readonly steps = true;
  readonly inheritable = true;
  readonly logLevel: LogLevel = "changes";
  readonly #url: string;
  readonly #limit: number;
  readonly #options: DebuggerOptions;
  readonly #sources = new Map<AnyMachine, Source>();
  #numbers = 0;
  #latest: Source | null = null;
  #waiting = 0;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #backoff = 100;
  #quiet = 0;
  #idle = false;
  #closed = false;
  refused = "";
  readonly #epoch: number = Date.now() - performance.now();

  constructor(options: DebuggerOptions) {
    this.#url = options.url ?? DEFAULT_URL;
    this.#limit = options.buffer ?? 10_000;
    this.#options = options;
  }

  get dropped(): number {
    let sum = 0;
    for (const source of this.#sources.values()) sum += source.dropped;
    return sum;
  }

  get connected(): boolean {
    return this.#socket?.readyState === 1;
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
    // What waits has the old schema's indexes.
    this.#waiting -= source.pending.length;
    source.dropped += source.pending.length;
    source.pending = [];
    source.said = false;
    this.#wake();
  }

  transitionInit(tx: Transition): void {
    this.#source(tx.machine).open.push({ tx, start: performance.now() });
  }

  transitionEnd(tx: Transition): void {
    const source = this.#source(tx.machine);
    let entry = source.open.pop();
    while (entry !== undefined && entry.tx !== tx) entry = source.open.pop();
    source.last = tx.id;
    if (this.#closed) return;
    if (this.#waiting >= this.#limit) {
      source.dropped++;
      return;
    }
    const end = performance.now();
    const start = entry === undefined ? end : entry.start;
    // Arguments may change later: mapped at once, but only where a mapper asks for them.
    const args = this.#options.args?.(tx.args);
    source.pending.push({ tx, start, duration: end - start, args });
    this.#waiting++;
    if (this.#timer === undefined) this.#wake();
  }

  handlerRejected(tx: Transition, handler: string, error: unknown, expired: boolean): void {
    if (expired) this.log(tx.machine, `[expired] ${handler}: ${error}`, "decisions");
  }

  log(machine: AnyMachine, line: string, level: LogLevel): void {
    // All other lines follow from the steps: the debugger makes them itself.
    if (line.startsWith("[state") || !/^\[(extern|error|expired)\]/.test(line)) return;
    const source = this.#source(machine);
    if (source.logs.length >= this.#limit) return;
    const number = level === "changes" ? 1 : level === "ops" ? 2 : 3;
    const after = source.open.at(-1)?.tx.id ?? source.last;
    source.logs.push([after, this.#epoch + performance.now(), number, line.slice(0, 10_000)]);
    this.#wake();
  }

  close(): void {
    this.#flush();
    this.#closed = true;
    globalTracers.delete(this);
    for (const { machine } of this.#sources.values()) machine.removeTracer(this);
    clearTimeout(this.#timer);
    clearTimeout(this.#retry);
    this.#socket?.close(1000);
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

  #wake(): void {
    if (this.#closed || this.refused !== "") return;
    this.#quiet = 0;
    if (this.#idle) {
      clearTimeout(this.#retry);
      this.#retry = undefined;
      this.#idle = false;
    }
    if (this.#socket === null && this.#retry === undefined) this.#connect();
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, FLUSH);
  }

  #connect(): void {
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.#url);
    } catch (error) {
      this.refused = `Cannot connect to "${this.#url}": ${error}`;
      return;
    }
    this.#socket = socket;
    socket.onopen = () => {
      this.#backoff = 100;
      for (const source of this.#sources.values()) source.said = false;
      this.#flush();
    };
    socket.onerror = () => {};
    socket.onclose = (event) => {
      if (this.#socket === socket) this.#socket = null;
      if (this.#closed) return;
      if (event.reason === "idle") {
        this.#idle = true;
        this.#retry = setTimeout(() => {
          this.#retry = undefined;
          this.#quiet = IDLE; // Said that it is there, it hangs up at once.
          this.#connect();
        }, PING);
        // A program that has nothing left to do may end.
        unref(this.#retry);
        return;
      }
      if (event.code === 4001) {
        this.refused = event.reason;
        return;
      }
      this.#retry = setTimeout(() => {
        this.#retry = undefined;
        this.#connect();
      }, this.#backoff);
      // A machine's program need not stay for a debugger that is not there.
      unref(this.#retry);
      this.#backoff = Math.min(this.#backoff * 2, 5000);
    };
  }

  #flush(): void {
    const socket = this.#socket;
    if (socket === null || socket.readyState !== 1) return;
    let room = socket.bufferedAmount < HIGH_WATER;
    let told = false;
    let frame: string[] = [];
    let size = 0;
    const send = (message: WireMessage) => {
      const text = JSON.stringify(message);
      frame.push(text);
      size += text.length;
      if (size < FRAME) return;
      socket.send(`[${frame.join(",")}]`);
      frame = [];
      size = 0;
      room = socket.bufferedAmount < HIGH_WATER;
    };
    for (const source of this.#sources.values()) {
      if (!room) break;
      if (!source.said) send(this.#hello(source));
      while (source.pending.length + source.logs.length > 0 || source.told !== source.dropped) {
        told = true;
        const part = source.pending.splice(0, 500);
        this.#waiting -= part.length;
        const transitions = part.flatMap((pending) => this.#encode(source, pending));
        source.told = source.dropped;
        const logs = source.logs.splice(0, 500);
        const { number, dropped } = source;
        send({ kind: "batch", machine: number, dropped, transitions, logs });
      }
      if (source.gone) {
        send({ kind: "dispose", machine: source.number });
        this.#sources.delete(source.machine);
        this.#latest = null;
      }
    }
    if (frame.length > 0) socket.send(`[${frame.join(",")}]`);
    this.#quiet = told || !room ? 0 : this.#quiet + FLUSH;
    // An open socket would keep a program alive that has nothing left to do.
    if (this.#quiet >= IDLE) return socket.close(1000, "idle");
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, FLUSH);
  }

  #hello(source: Source): Hello {
    const { machine } = source;
    const names = machine.stateNames;
    const indexes = new Map(names.map((name, i) => [name, i]));
    const known = (list: readonly string[] | undefined) => list?.map((name) => indexes.get(name)!);
    const states = names.map((name): WireState => {
      const { auto, multi, add, remove, require, after } = machine.schema[name];
      return {
        auto,
        multi,
        add: known(add),
        remove: known(remove),
        require: known(require),
        after: known(after),
      };
    });
    source.said = true;
    if (source.sent.length !== names.length) source.sent = machine.time();
    return {
      kind: "hello",
      machine: source.number,
      version: PROTOCOL_VERSION,
      id: machine.id,
      instance: source.instance,
      parent: machine.parent?.id ?? null,
      tags: machine.tags,
      names,
      states,
      ticks: source.sent.slice(),
      groups: Object.fromEntries(
        Object.entries(this.#options.groups ?? {}).map(([name, list]) => [
          name,
          list.flatMap((state) => indexes.get(state) ?? []),
        ]),
      ),
    };
  }

  #encode(source: Source, { tx, start, duration, args }: Pending): WireTransition[] {
    const { sent } = source;
    const diff = (to: readonly number[]) => {
      const pairs: number[] = [];
      for (let i = 0; i < to.length; i++) {
        if (sent[i] !== to[i]) pairs.push(i, sent[i] = to[i]);
      }
      return pairs;
    };
    const time = this.#epoch + start;
    const jump = diff(tx.timeBefore);
    const lost = source.dropped - source.told;
    const messages: WireTransition[] = [];
    if (jump.length > 0) {
      messages.push({
        id: 0,
        type: "jump",
        called: [],
        ticks: jump,
        accepted: true,
        queue: 0,
        time,
        duration: 0,
        lost,
      });
    }
    messages.push({
      id: tx.id,
      type: tx.type === "eval" ? "set" : tx.type,
      called: tx.called,
      ticks: diff(tx.timeAfter),
      accepted: tx.accepted,
      queue: tx.queueLength,
      time,
      duration,
      auto: tx.auto || undefined,
      check: tx.check || undefined,
      steps: tx.steps.map(({ kind, state, by, handler }): WireStep => [
        STEP_KINDS.indexOf(kind),
        state,
        by ?? -1,
        handler ?? "",
      ]),
      args,
      source: tx.source
        ? [tx.source.machineId, tx.source.transition, tx.source.handler]
        : undefined,
      refusedBy: tx.refusedBy ?? undefined,
    });
    return messages;
  }
}

function unref(timer: unknown): void {
  if (typeof timer === "number") {
    (globalThis as { Deno?: { unrefTimer(id: number): void } }).Deno?.unrefTimer?.(timer);
  } else (timer as { unref?(): void } | undefined)?.unref?.();
}

/**
 * Shows a machine in the debugger from now on, and the children that it gets. Never blocks or
 * breaks a machine.
 */
export function connectDebugger(
  machine: AnyMachine,
  options: DebuggerOptions = {},
): DebuggerConnection {
  const connection = new Connection(options);
  machine.addTracer(connection);
  return connection;
}

/** Shows all machines that are made from now on in the debugger, over one connection. */
export function debugAll(options: DebuggerOptions = {}): DebuggerConnection {
  const connection = new Connection(options);
  globalTracers.add(connection);
  return connection;
}

/**
 * What {@linkcode debugAll} does, if the environment variable `AM_DBG_ADDR` is set: `1` for the
 * default address, `host:port`, or a `ws://` URL. Else nothing, and null.
 */
export function debugEnv(options: DebuggerOptions = {}): DebuggerConnection | null {
  const { Deno, process } = globalThis as {
    Deno?: { env: { get(name: string): string | undefined } };
    process?: { env: Record<string, string | undefined> };
  };
  const address = Deno ? Deno.env.get("AM_DBG_ADDR") : process?.env.AM_DBG_ADDR;
  if (!address || address === "0") return null;
  const url = address === "1" ? DEFAULT_URL : address.includes("://") ? address : `ws://${address}`;
  return debugAll({ ...options, url });
}
