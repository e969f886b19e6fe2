/** A first-in, first-out queue with a front door, as a ring buffer: every operation is O(1). */
export class Queue<T> {
  // The length stays a power of two, so that `& mask` wraps an index.
  #items: (T | undefined)[] = new Array(16);
  #head = 0;
  #size = 0;

  /** How many items wait. */
  get size(): number {
    return this.#size;
  }

  /** The item that was put at the end last. */
  get last(): T | undefined {
    return this.#items[(this.#head + this.#size - 1) & (this.#items.length - 1)];
  }

  /** Puts an item at the end. */
  push(item: T): void {
    if (this.#size === this.#items.length) this.#grow();
    this.#items[(this.#head + this.#size++) & (this.#items.length - 1)] = item;
  }

  /** Puts an item at the front. */
  unshift(item: T): void {
    if (this.#size === this.#items.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#items.length - 1);
    this.#items[this.#head] = item;
    this.#size++;
  }

  /** Takes the item at the front; undefined when empty. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#items.length - 1);
    this.#size--;
    return item;
  }

  /** All items, front first. */
  toArray(): T[] {
    const mask = this.#items.length - 1;
    return Array.from({ length: this.#size }, (_, i) => this.#items[(this.#head + i) & mask] as T);
  }

  #grow(): void {
    const items = this.toArray();
    items.length = items.length * 2;
    this.#items = items;
    this.#head = 0;
  }
}
