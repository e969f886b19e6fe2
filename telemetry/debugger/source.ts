import type { AnyMachine, Mutation, Transition } from "../../mod.ts";
import { NO_TIMERS, type Waiting } from "./wire_text.ts";

/** A transition that runs. */
interface Open {
  readonly tx: Transition;
  readonly start: number;
  readonly waited: number | undefined;
  readonly behind: number | undefined;
  readonly took: number[];
  /** When its last handler began. */
  handler: number;
}

/** One machine as the connection knows it. */
export class Source {
  readonly number: number;
  readonly machine: AnyMachine;
  readonly instance: string = crypto.randomUUID();
  pending: Waiting[] = [];
  logs: string[] = [];
  /** Lines of the log that were dropped since the last one that was sent. */
  logsLost = 0;
  dropped = 0;
  /** How much of `dropped` the debugger knows. */
  told = 0;
  /** Transitions that were put on the wire. */
  sent = 0;
  /** The ticks that the debugger knows. */
  ticks: number[];
  said = false;
  /** The times that run, as the debugger knows them. */
  timers: string = NO_TIMERS;
  /** When ticks moved by an import that is not told yet. */
  moved: number | null = null;
  gone = false;
  /** Why it cannot be shown. */
  leftOut = "";
  /** The transition that ended last. */
  #last = 0;
  /** The transitions that run: a dry run may run within another one. */
  readonly #open: Open[] = [];
  /** When mutations began to wait, and the transition that ran then. */
  readonly #queued = new WeakMap<Mutation, readonly [time: number, during: number]>();

  constructor(number: number, machine: AnyMachine) {
    this.number = number;
    this.machine = machine;
    this.ticks = machine.time();
  }

  /** Whether the debugger does not know everything yet. */
  get waits(): boolean {
    return !this.said || this.gone || this.moved !== null || this.told !== this.dropped ||
      this.logsLost > 0 ||
      this.pending.length + this.logs.length > 0;
  }

  /** The transition that runs, or else the last one. */
  get current(): number {
    return this.#open.at(-1)?.tx.id ?? this.#last;
  }

  /** A mutation has to wait. */
  queued(mutation: Mutation, now: number): void {
    this.#queued.set(mutation, [now, this.current]);
  }

  /** A transition begins. */
  begin(tx: Transition, now: number): void {
    const queued = this.#queued.get(tx);
    this.#open.push({
      tx,
      start: now,
      waited: queued && now - queued[0],
      behind: queued && Math.max(tx.id - queued[1] - 1, 0),
      took: [],
      handler: now,
    });
  }

  /** A handler begins. */
  handlerStart(tx: Transition, now: number): void {
    const open = this.#open.at(-1);
    if (open?.tx === tx) open.handler = now;
  }

  /** A handler has returned, or thrown. */
  handlerEnd(tx: Transition, now: number): void {
    const open = this.#open.at(-1);
    if (open?.tx === tx) open.took.push(now - open.handler);
  }

  /** A transition is over; what was seen of it. */
  end(tx: Transition): Open | undefined {
    let open = this.#open.pop();
    while (open !== undefined && open.tx !== tx) open = this.#open.pop();
    this.#last = tx.id;
    return open;
  }
}
