import { delay } from "../clock/mod.ts";

/** A flow that sleeps until its time is over. */
export interface Sleeper {
  /** Which flow. */
  readonly key: string;
  /** When, in milliseconds since 1970. */
  readonly due: number;
}

/** Flows that sleep, by time: a heap, and one timer for the first. */
export class Sleepers {
  readonly #heap: Sleeper[] = [];
  readonly #wake: (key: string) => void;
  #cancel: (() => void) | null = null;
  #armed = Infinity;

  /** `wake` is called when a time is over. */
  constructor(wake: (key: string) => void) {
    this.#wake = wake;
  }

  /** How many sleep; those that were woken otherwise count until their time. */
  get size(): number {
    return this.#heap.length;
  }

  /** One goes to sleep. */
  add(sleeper: Sleeper): void {
    const heap = this.#heap;
    let at = heap.push(sleeper) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (heap[above].due <= sleeper.due) break;
      heap[at] = heap[above];
      at = above;
    }
    heap[at] = sleeper;
    this.#arm();
  }

  /** Nobody is woken any more. */
  clear(): void {
    this.#heap.length = 0;
    this.#arm();
  }

  #arm(): void {
    const due = this.#heap[0]?.due ?? Infinity;
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
    while (this.#heap.length > 0 && this.#heap[0].due <= now) this.#wake(this.#pop().key);
    this.#arm();
  }

  #pop(): Sleeper {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && heap[below + 1].due < heap[below].due) below++;
      if (heap[below].due >= last.due) break;
      heap[at] = heap[below];
      at = below;
    }
    heap[at] = last;
    return first;
  }
}
