/** What can wait in a wheel. The links are the wheel's: an entry costs no object of its own. */
export interface Timed {
  /** When, in epoch milliseconds. May be moved later at any time; the wheel looks again then. */
  due: number;
  /** The slot it waits in, or {@linkcode IDLE}. */
  slot: number;
  /** Its neighbors in the slot. */
  before: Timed | null;
  /** Its neighbors in the slot. */
  behind: Timed | null;
}

/** The slot of what is not in a wheel. */
export const IDLE = -1;
/** The slot of what is due and about to be told. */
const TOLD = -2;

/** Settings of a wheel. */
export interface TimerWheelOptions {
  /** How fine it is, in milliseconds. @default {100} */
  readonly tick?: number;
  /** How many slots it has. @default {512} */
  readonly slots?: number;
}

/**
 * Many time limits on one timer. What is due farther than the wheel reaches waits in its last slot and
 * is looked at again there; so is what was moved later meanwhile: a packet that arrives costs one
 * assignment. An empty wheel stops within a tick.
 */
export class TimerWheel<T extends Timed> {
  readonly #tick: number;
  readonly #slots: (Timed | null)[];
  readonly #onDue: (item: T) => void;
  #size = 0;
  /** The slot that is looked at next, counted from the epoch. */
  #next = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** @param onDue Is told of each item whose time has come, once; it is out of the wheel then. */
  constructor(onDue: (item: T) => void, options: TimerWheelOptions = {}) {
    this.#onDue = onDue;
    this.#tick = options.tick ?? 100;
    this.#slots = new Array(options.slots ?? 512).fill(null);
  }

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** Puts an item in, or moves it: needed when its time comes nearer. */
  put(item: T): void {
    if (item.slot === IDLE) {
      if (this.#size++ === 0 && this.#timer === null) {
        this.#next = Math.floor(Date.now() / this.#tick);
      }
    } else if (item.slot !== TOLD) {
      this.#unlink(item);
    }
    this.#link(item);
    this.#timer ??= setTimeout(this.#turn, this.#tick);
  }

  /** Takes an item out; one that is not in it may be given, too. */
  take(item: T): void {
    if (item.slot === IDLE) return;
    if (item.slot !== TOLD) this.#unlink(item);
    item.slot = IDLE;
    this.#size--; // the timer, if it was the last one, runs out by itself
  }

  /** Stops the timer; items stay where they are. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  readonly #turn = (): void => {
    this.#timer = null;
    const now = Date.now();
    const last = Math.floor(now / this.#tick);
    // After a long pause one round sees every slot; a clock that was set back is followed.
    this.#next = Math.min(Math.max(this.#next, last - this.#slots.length), last);
    while (this.#next <= last && this.#size > 0) this.#look(this.#next++ % this.#slots.length, now);
    if (this.#size > 0) this.#timer ??= setTimeout(this.#turn, this.#tick);
  };

  /** Empties a slot: what is not due yet is put in anew. */
  #look(at: number, now: number): void {
    let item = this.#slots[at];
    this.#slots[at] = null;
    const due: T[] = [];
    while (item !== null) {
      const { behind } = item;
      item.before = item.behind = null;
      if (item.due <= now) {
        item.slot = TOLD;
        due.push(item as T);
      } else {
        this.#link(item);
      }
      item = behind;
    }
    for (const one of due) {
      if (one.slot !== TOLD) continue; // taken out, or put in anew, by one before it
      this.take(one);
      this.#onDue(one);
    }
  }

  #link(item: Timed): void {
    const { length } = this.#slots;
    const turn = Math.min(
      Math.max(Math.ceil(item.due / this.#tick), this.#next),
      this.#next + length - 1,
    );
    item.slot = turn % length;
    const head = this.#slots[item.slot];
    item.before = null;
    item.behind = head;
    if (head !== null) head.before = item;
    this.#slots[item.slot] = item;
  }

  #unlink(item: Timed): void {
    if (item.before !== null) item.before.behind = item.behind;
    else this.#slots[item.slot] = item.behind;
    if (item.behind !== null) item.behind.before = item.before;
    item.before = item.behind = null;
  }
}
