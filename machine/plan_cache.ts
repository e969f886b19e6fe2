import type { StateSet } from "../relations/mod.ts";

type Tree<T> = Map<number, T | Tree<T>>;

/** How many entries all caches of a schema may have before all are dropped: about 20 MB. */
const MAX_ENTRIES = 20_000;

/** What is kept for one schema, whatever handlers its machines bind. */
export class Kept {
  entries = 0;
  readonly budgets: Set<Budget> = new Set();
}

/** Bounds what is kept for one set of handlers, together with the others of the schema. */
export class Budget {
  readonly #all: Kept;
  #entries = 0;
  readonly #caches: Set<{ clear(): void }> = new Set();

  constructor(all: Kept) {
    this.#all = all;
  }

  /** Counts an entry of a cache; may clear all. */
  count(cache: { clear(): void }): void {
    const all = this.#all;
    if (all.entries >= MAX_ENTRIES) {
      for (const budget of all.budgets) budget.clear();
    }
    all.entries++;
    all.budgets.add(this);
    this.#entries++;
    this.#caches.add(cache);
  }

  /** Drops what is kept. */
  clear(): void {
    this.#all.entries -= this.#entries;
    this.#all.budgets.delete(this);
    this.#entries = 0;
    for (const cache of this.#caches) cache.clear();
    this.#caches.clear();
  }
}

/** What depends on some of the active states, found again by these. */
export class ByActive<T extends object> {
  readonly #budget: Budget;
  readonly #make: (active: StateSet) => T;
  readonly #key: (made: T) => string;
  /** The words in which relevant states lie, and their bits. */
  readonly #words: readonly number[];
  readonly #masks: readonly number[];
  /** The only such word, or -1. */
  readonly #word: number;
  readonly #mask: number;
  #key1 = 0;
  #value1: T | null = null;
  #key2 = 0;
  #value2: T | null = null;
  #tree: Tree<T> = new Map();
  /** Many sets of active states lead to few different things. */
  readonly #distinct: Map<string, T> = new Map();

  /**
   * @param budget Bounds it.
   * @param relevant The states on which it depends, ascending.
   * @param make Works it out.
   * @param key The same for equal ones.
   */
  constructor(
    budget: Budget,
    relevant: readonly number[],
    make: (active: StateSet) => T,
    key: (made: T) => string,
  ) {
    this.#budget = budget;
    this.#make = make;
    this.#key = key;
    const masks = new Map<number, number>();
    for (const state of relevant) {
      const word = state >>> 5;
      masks.set(word, (masks.get(word) ?? 0) | (1 << (state & 31)));
    }
    if (masks.size === 0) masks.set(0, 0);
    this.#words = [...masks.keys()];
    this.#masks = [...masks.values()];
    this.#word = masks.size === 1 ? this.#words[0] : -1;
    this.#mask = this.#masks[0];
  }

  /** What belongs to the active states. */
  get(active: StateSet): T {
    const word = this.#word;
    if (word === -1) return this.#search(active);
    const key = active[word] & this.#mask;
    if (key === this.#key1 && this.#value1 !== null) return this.#value1;
    if (key === this.#key2 && this.#value2 !== null) return this.#value2;
    const found = (this.#tree.get(key) as T | undefined) ?? this.#search(active);
    this.#key2 = this.#key1;
    this.#value2 = this.#value1;
    this.#key1 = key;
    return this.#value1 = found;
  }

  #search(active: StateSet): T {
    let tree = this.#tree;
    const last = this.#words.length - 1;
    for (let i = 0; i < last; i++) {
      const key = active[this.#words[i]] & this.#masks[i];
      let below = tree.get(key) as Tree<T> | undefined;
      if (below === undefined) {
        tree.set(key, below = new Map());
        this.#budget.count(this);
      }
      tree = below;
    }
    const key = active[this.#words[last]] & this.#masks[last];
    return (tree.get(key) as T | undefined) ?? this.#add(tree, key, active);
  }

  #add(tree: Tree<T>, key: number, active: StateSet): T {
    const made = this.#make(active);
    const content = this.#key(made);
    const found = this.#distinct.get(content) ?? made;
    if (found === made) this.#distinct.set(content, made);
    tree.set(key, found);
    this.#budget.count(this);
    return found;
  }

  /** Forgets all. */
  clear(): void {
    this.#tree = new Map();
    this.#value1 = this.#value2 = null;
    this.#distinct.clear();
  }
}
