import { read, seek } from "./chunk.ts";
import type { ClientData } from "./client_data.ts";

/** A part of time, in ms since the epoch. */
export interface TimeWindow {
  /** Its begin. */
  readonly from: number;
  /** Its end. */
  readonly to: number;
}

/** An activation of a state, or several that are too short to be told apart. */
export interface Activation {
  /** When it began, in ms since the epoch; not before the window. */
  readonly from: number;
  /** When it ended; not after the window. */
  readonly to: number;
  /** Whether it began before the window. */
  readonly before: boolean;
  /** Whether it goes on after the window, or lasts. */
  readonly after: boolean;
  /** The transition that began it; 0 when that was before the window, or there are several. */
  readonly id: number;
  /** How many activations it stands for. */
  readonly count: number;
}

/** Rows that are looked at one by one; beyond, a chunk of rows is one step. */
const EXACT = 50_000;

/**
 * The activations of some states of a machine within a window, each with its true length: one list per
 * state. Those that are shorter and closer than `least` ms become one. `until` is the last moment that
 * is known of: what lasts is drawn up to it. `budget`: rows that may be looked at one by one.
 */
export function activationsOf(
  client: ClientData,
  states: readonly number[],
  window: TimeWindow,
  { least = 0, until = Infinity, budget = EXACT }: {
    readonly least?: number;
    readonly until?: number;
    readonly budget?: number;
  } = {},
): Activation[][] {
  const first = client.cursorAt(window.from);
  const end = client.cursorAt(window.to);
  const ticks = client.ticksAt(first);
  const lists = new Map(states.map((state) => [state, new Activations(window, least)]));
  for (const [state, list] of lists) if (ticks[state] % 2 === 1) list.lasts();
  if (end - first <= budget) {
    for (const [chunk, start] of client.chunks(first)) {
      for (let i = start; i < chunk.size && chunk.first + i < end; i++) {
        seek(chunk, i);
        for (let n = read(); n > 0; n--) read();
        for (let n = read(); n > 0; n--) {
          const state = read();
          const delta = read();
          if (delta % 2 !== 0) lists.get(state)?.turn(chunk.time[i], chunk.id[i]);
        }
      }
      if (chunk.first + chunk.size >= end) break;
    }
  } else {
    let before = ticks as ArrayLike<number>;
    let since = Math.max(client.time(first), window.from);
    for (const [chunk] of client.chunks(first)) {
      if (chunk.first <= first) continue;
      const to = Math.min(chunk.since, window.to);
      for (const [state, list] of lists) {
        list.turns(since, to, chunk.ticks[state] - before[state]);
      }
      [before, since] = [chunk.ticks, to];
      if (chunk.first >= end) break;
    }
    const last = client.ticksAt(end);
    const to = Math.max(Math.min(window.to, until), since);
    for (const [state, list] of lists) list.turns(since, to, last[state] - before[state]);
  }
  const rest = Math.max(Math.min(window.to, until), window.from);
  return states.map((state) => lists.get(state)!.done(rest));
}

/** The activations of one state, as they come. */
class Activations {
  readonly #window: TimeWindow;
  readonly #least: number;
  readonly #list: Activation[] = [];
  /** When the present one began. */
  #from: number | null = null;
  #before = false;
  #id = 0;

  constructor(window: TimeWindow, least: number) {
    this.#window = window;
    this.#least = least;
  }

  /** It was active before the window. */
  lasts(): void {
    this.#from = this.#window.from;
    this.#before = true;
  }

  /** It begins or ends. */
  turn(time: number, id: number): void {
    if (this.#from === null) {
      this.#from = time;
      this.#id = id;
      return;
    }
    this.#add(this.#from, Math.max(time, this.#from), 1, this.#id);
    this.#from = null;
  }

  /** It begins and ends so many times within a part of the window. */
  turns(from: number, to: number, changes: number): void {
    const steps = Math.abs(changes);
    if (steps === 0) return;
    if (steps === 1) return this.turn(this.#from === null ? from : to, 0);
    const active = this.#from !== null;
    const start = this.#from ?? from;
    this.#add(start, to, Math.ceil(steps / 2), 0);
    const stays = (steps % 2 === 0) === active;
    this.#from = stays ? to : null;
    this.#id = 0;
  }

  /** It goes on to this moment, or is over. */
  done(rest: number): Activation[] {
    if (this.#from !== null) {
      this.#add(this.#from, Math.max(rest, this.#from), 1, this.#id);
      const last = this.#list[this.#list.length - 1];
      this.#list[this.#list.length - 1] = { ...last, after: true };
    }
    return this.#list;
  }

  #add(from: number, to: number, count: number, id: number): void {
    const before = this.#before;
    this.#before = false;
    const last = this.#list.at(-1);
    const least = this.#least;
    const thin = last !== undefined && to - last.from <= least;
    const dense = last !== undefined && last.count > 1 && from - last.to <= least &&
      to - from <= least;
    if (last === undefined || !(thin || dense)) {
      this.#list.push({ from, to, before, after: false, id, count });
      return;
    }
    this.#list[this.#list.length - 1] = { ...last, to, id: 0, count: last.count + count };
  }
}
