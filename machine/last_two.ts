/**
 * The last two things that were looked up: most programs do few different things in turn, and comparing
 * is faster than any map. `set` is called for what was not among them.
 */
export class LastTwo<K, V> {
  #key: K | null = null;
  #value: V | null = null;
  #otherKey: K | null = null;
  #other: V | null = null;

  /** What belongs to the key, if it is one of the two. */
  get(key: K): V | null {
    if (key === this.#key) return this.#value;
    return key === this.#otherKey ? this.#other : null;
  }

  /** Takes the place of the older one. */
  set(key: K, value: V): V {
    this.#otherKey = this.#key;
    this.#other = this.#value;
    this.#key = key;
    return this.#value = value;
  }

  /** Forgets both. */
  clear(): void {
    this.#key =
      this.#otherKey =
      this.#value =
      this.#other =
        null;
  }
}
