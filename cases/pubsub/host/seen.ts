/** Ids of messages, remembered for a while: the latest half of the limit at least, never more than all. */
export class Seen {
  readonly #half: number;
  #recent = new Set<string>();
  #before = new Set<string>();

  /** Remembers up to `limit` ids. */
  constructor(limit: number) {
    this.#half = Math.max(1, Math.floor(limit / 2));
  }

  /** Whether an id is remembered. */
  has(id: string): boolean {
    return this.#recent.has(id) || this.#before.has(id);
  }

  /** Remembers an id. Two sets in turn: taking the oldest out of one set costs more the larger it is. */
  add(id: string): void {
    this.#recent.add(id);
    if (this.#recent.size < this.#half) return;
    this.#before = this.#recent;
    this.#recent = new Set();
  }
}
