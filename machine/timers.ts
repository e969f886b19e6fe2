import { delay, isActiveTick } from "../clock/mod.ts";
import type { CompiledSchema } from "../relations/mod.ts";
import type { MutationSource } from "./mutation.ts";

/** A time that runs: what `machine.timers()` shows. */
export interface Timer {
  /** The state whose activation is timed; empty when it is bound to the machine. */
  readonly state: string;
  /** The states that are added then. */
  readonly adds: string | readonly string[];
  /** When, in milliseconds since 1970; in a saved time −1: it has fired, and does not again. */
  readonly due: number;
  /** The arguments that are passed then, if any. */
  readonly args?: Readonly<Record<string, unknown>> | undefined;
}

/** What the timers need to know of their machine. */
export interface TimerOwner {
  readonly id: string;
  readonly schema: CompiledSchema;
  readonly clock: { readonly ticks: readonly number[]; activation(state: number): number };
  readonly disposed: boolean;
  readonly busy: boolean;
  /** The number of the last transition. */
  readonly transitions: number;
  /** Adds states because a time is over. */
  timedOut(
    adds: string | readonly string[],
    args: unknown,
    source: MutationSource,
    ms: number,
  ): void;
}

/** One that runs. */
interface Entry {
  /** The state's index, or -1. */
  state: number;
  readonly activation: number;
  readonly adds: string | readonly string[];
  readonly ms: number;
  readonly args: unknown;
  /** `Infinity` when it is a timeout that has fired: it does not again in this activation. */
  readonly due: number;
  /** Among those due at once: first by state, then as declared. */
  order: number;
  readonly source: MutationSource;
}

/** Timeouts by state index: those of the schema, with what the machine's options replace. */
export type TimeoutTable = readonly (readonly { readonly adds: string; readonly ms: number }[])[];

/**
 * The times that run for a machine's activations. They are noted when states change, and armed when the
 * drain ends; one timer of the runtime waits for the next that is due.
 */
export class Timers {
  readonly #owner: TimerOwner;
  #table: TimeoutTable;
  #entries: Entry[] = [];
  /** Activations that began in this drain, and when. */
  #begun: Map<number, { readonly at: number; readonly transition: number }> = new Map();
  /** Whether an activation with a time has ended in it. */
  #ended = false;
  #cancel: (() => void) | null = null;
  #armed = Infinity;

  constructor(owner: TimerOwner, table: TimeoutTable) {
    this.#owner = owner;
    this.#table = table;
  }

  /** States have left, and entered or were called again: times end and begin anew. */
  changed(exits: readonly number[], enters: readonly number[]): void {
    if (this.#entries.some((entry) => exits.includes(entry.state))) this.#ended = true;
    for (const state of enters) {
      if (this.#table[state].length === 0) continue;
      this.#begun.set(state, { at: Date.now(), transition: this.#owner.transitions });
    }
  }

  /** Adds states after a time, while the activation lasts. */
  add(
    ms: number,
    adds: string | readonly string[],
    args: unknown,
    bound: { readonly state: number; readonly activation: number; readonly source: MutationSource },
  ): void {
    const { state, activation, source } = bound;
    if (ms === Infinity) return;
    this.#entries.push({
      state,
      activation,
      adds,
      ms,
      args,
      due: Date.now() + ms,
      order: this.#table[state]?.length ?? 0,
      source,
    });
    this.#ended = true; // sorts them
    if (!this.#owner.busy) this.arm();
  }

  /** The drain is over: what has begun and still lasts runs, what is over does not. */
  arm(): void {
    if (this.#begun.size > 0 || this.#ended) this.#renew();
    this.#schedule();
  }

  #renew(): void {
    const { clock } = this.#owner;
    for (const [state, { at, transition }] of this.#begun) {
      this.#entries = this.#entries.filter((entry) =>
        entry.state !== state || entry.source.timeout === undefined
      );
      if (isActiveTick(clock.ticks[state])) this.#run(state, (_, ms) => at + ms, transition);
    }
    this.#begun.clear();
    this.#ended = false;
    this.#entries = this.#entries.filter((entry) => this.#lasts(entry));
    this.#entries.sort((a, b) => a.due - b.due || a.state - b.state || a.order - b.order);
  }

  /** The timeouts of a state's present activation run; `dueOf` says until when, or that one does not. */
  #run(
    state: number,
    dueOf: (adds: string, ms: number) => number | null,
    transition = this.#owner.transitions,
  ): void {
    const { clock, schema, id } = this.#owner;
    const source = { machineId: id, transition, handler: "", timeout: schema.names[state] };
    const activation = clock.activation(state);
    this.#table[state]?.forEach(({ adds, ms }, order) => {
      const due = ms === Infinity ? null : dueOf(adds, ms);
      if (due === null) return;
      this.#entries.push({ state, activation, adds, ms, args: undefined, due, order, source });
    });
  }

  #lasts({ state, activation }: Entry): boolean {
    const { clock, disposed } = this.#owner;
    return !disposed &&
      (state === -1 || isActiveTick(clock.ticks[state]) && clock.activation(state) === activation);
  }

  #schedule(): void {
    const due = this.#entries[0]?.due ?? Infinity;
    if (due === this.#armed) return;
    this.#cancel?.();
    this.#armed = due;
    this.#cancel = due === Infinity
      ? null
      : delay(Math.max(0, due - Date.now()), () => this.#fire());
  }

  #fire(): void {
    this.#cancel = null;
    this.#armed = Infinity;
    const now = Date.now();
    // What begins meanwhile has its turn at the next timer, however short it is.
    for (const entry of this.#entries.filter(({ due }) => due <= now)) {
      const at = this.#entries.indexOf(entry);
      if (at === -1) continue;
      this.#entries.splice(at, 1);
      if (!this.#lasts(entry)) continue;
      if (entry.source.timeout !== undefined) this.#entries.push({ ...entry, due: Infinity });
      this.#owner.timedOut(entry.adds, entry.args, entry.source, entry.ms);
    }
    this.#schedule();
  }

  /** Those that run, by due time. */
  list(): Timer[] {
    return this.saved().filter(({ due }) => due >= 0);
  }

  /** The same, and the timeouts that have fired in activations that last. */
  saved(): Timer[] {
    const { schema } = this.#owner;
    return this.#entries.filter((entry) => this.#lasts(entry)).map(
      ({ state, adds, due, args }) => ({
        state: state === -1 ? "" : schema.names[state],
        adds,
        due: due === Infinity ? -1 : due,
        ...(args === undefined ? {} : { args: args as Record<string, unknown> }),
      }),
    );
  }

  /** The activations of these states have times that were saved: what is left of them, else all. */
  resume(states: readonly number[], saved: readonly Timer[]): void {
    const { schema } = this.#owner;
    const now = Date.now();
    for (const state of states) {
      const own = saved.filter((timer) => timer.state === schema.names[state]);
      this.#run(state, (adds, ms) => {
        const due = own.find((timer) => timer.adds === adds)?.due;
        return due === -1
          ? Infinity
          : now + (due === undefined ? ms : Math.min(ms, Math.max(0, due - now)));
      });
    }
    this.#resumeAdded(states, saved, now);
    this.#ended = true;
    this.arm();
  }

  /** Times that handlers had added. */
  #resumeAdded(states: readonly number[], saved: readonly Timer[], now: number): void {
    const { clock, schema, id, transitions } = this.#owner;
    for (const { state: name, adds, due, args } of saved) {
      const state = name === "" ? -1 : schema.indexes.get(name) ?? -2;
      if (state === -2 || state !== -1 && !states.includes(state)) continue;
      if (this.#table[state]?.some((timeout) => timeout.adds === adds)) continue;
      const names = typeof adds === "string" ? [adds] : adds;
      if (!names.every((each) => schema.indexes.has(each))) continue;
      this.#entries.push({
        state,
        activation: state === -1 ? 0 : clock.activation(state),
        adds,
        ms: due - now,
        args,
        due: Math.max(now, due),
        order: this.#table[state]?.length ?? 0,
        source: {
          machineId: id,
          transition: transitions,
          handler: name === "" ? "" : `${name}State`,
        },
      });
    }
  }

  /** Goes on with another schema: entries that stay keep their due time, others go, new ones begin. */
  setSchema(table: TimeoutTable, index: (old: number) => number): void {
    const now = Date.now();
    const { clock } = this.#owner;
    for (const entry of this.#entries) if (entry.state !== -1) entry.state = index(entry.state);
    this.#begun = new Map([...this.#begun].map(([state, begin]) => [index(state), begin]));
    const before = new Map(this.#table.map((timeouts, state) => [index(state), timeouts]));
    this.#table = table;
    this.#entries = this.#entries.filter(({ source, state, adds, ms }) =>
      source.timeout === undefined ||
      table[state].some((timeout) => timeout.adds === adds && timeout.ms === ms)
    );
    for (const state of table.keys()) {
      if (!isActiveTick(clock.ticks[state])) continue;
      this.#run(state, (adds, ms) => {
        // One that stays but does not run has fired, or waits for the resumption.
        const stays = before.get(state)?.some((e) => e.adds === adds && e.ms === ms);
        return stays ? null : now + ms;
      });
    }
    this.#ended = true;
    this.arm();
  }

  /** Nothing runs any more. */
  dispose(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#entries = [];
    this.#begun.clear();
  }
}
