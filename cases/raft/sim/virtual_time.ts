/**
 * Time that passes only as events are taken: the order of everything follows from when it is due.
 * Machines' timers run on it too: while `run` is at work it stands in for `Date.now` and `setTimeout`,
 * which is safe as nothing else can run meanwhile.
 */

/** Who an event belongs to: a paused owner's events wait, those of one that is gone never come. */
export interface Owner {
  /** Where it is. */
  readonly place: number;
  readonly gone: boolean;
  /** Until when it is paused. */
  readonly pausedUntil: number;
}

interface Event {
  due: number;
  order: number;
  readonly owner: Owner | null;
  fn: (() => void) | null;
}

const real = {
  now: Date.now,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
};

/** The events to come, as a heap. */
export class VirtualTime {
  now = 0;
  #order = 0;
  #owner: Owner | null = null;
  readonly #heap: Event[] = [];

  /** Calls `fn` after so many milliseconds; returns what can be canceled. */
  after(ms: number, fn: () => void, owner: Owner | null = this.#owner): object {
    const event = { due: this.now + ms, order: this.#order++, owner, fn };
    this.#push(event);
    return event;
  }

  /** It does not happen. */
  cancel(event: object): void {
    (event as Event).fn = null;
  }

  /** What `fn` sets up belongs to this owner. */
  as(owner: Owner, fn: () => void): void {
    const before = this.#owner;
    this.#owner = owner;
    try {
      fn();
    } finally {
      this.#owner = before;
    }
  }

  /** Takes events in their order until there is none, or `step` says that it is enough. */
  run(start: () => void, step: (owner: Owner | null) => boolean): void {
    Date.now = () => this.now;
    // The types of timers differ among runtimes; machines only hand back what they were given.
    Object.assign(globalThis, {
      setTimeout: (fn: () => void, ms = 0) => this.after(ms, fn),
      clearTimeout: (event?: object) => event && this.cancel(event),
    });
    try {
      start();
      for (let event = this.#pop(); event; event = this.#pop()) {
        const { owner } = event;
        if (event.fn === null || owner?.gone) continue;
        if (owner && owner.pausedUntil > event.due) {
          event.due = owner.pausedUntil;
          this.#push(event);
          continue;
        }
        this.now = event.due;
        if (owner) this.as(owner, event.fn);
        else event.fn();
        if (!step(owner)) return;
      }
    } finally {
      Date.now = real.now;
      Object.assign(globalThis, {
        setTimeout: real.setTimeout,
        clearTimeout: real.clearTimeout,
      });
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = at - 1 >> 1;
      if (!isBefore(event, heap[above])) break;
      heap[at] = heap[above];
      at = above;
    }
    heap[at] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return first;
    let at = 0;
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      if (below + 1 < heap.length && isBefore(heap[below + 1], heap[below])) below++;
      if (!isBefore(heap[below], last)) break;
      heap[at] = heap[below];
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.due < b.due || a.due === b.due && a.order < b.order;
}
