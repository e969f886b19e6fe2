import type { AnyMachine, Transition } from "../../mod.ts";
import { NO_TIMERS, type Waiting } from "./wire_text.ts";

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
  last = 0;
  open: { tx: Transition; start: number }[] = [];

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
}
