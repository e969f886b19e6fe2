/**
 * A set of state indexes as 32-bit words: bit `i % 32` of word `i / 32` stands for the state with
 * index `i`. A plain array of int32 numbers: for small schemas it is lighter than a typed array.
 */
export type StateSet = number[];

/** An empty set for `size` states. */
export function emptySet(size: number): StateSet {
  return new Array(((size - 1) >>> 5) + 1).fill(0);
}

/** The set of the given indexes. */
export function setOf(size: number, indexes: Iterable<number>): StateSet {
  const set = emptySet(size);
  for (const index of indexes) insert(set, index);
  return set;
}

/** Whether the set has the index. */
export function contains(set: StateSet, index: number): boolean {
  return (set[index >>> 5] & (1 << (index & 31))) !== 0;
}

/** Puts the index into the set. */
export function insert(set: StateSet, index: number): void {
  set[index >>> 5] |= 1 << (index & 31);
}

/** Takes the index out of the set. */
export function erase(set: StateSet, index: number): void {
  set[index >>> 5] &= ~(1 << (index & 31));
}

/** The indexes of a set, ascending. */
export function members(set: StateSet): number[] {
  const out: number[] = [];
  for (let word = 0; word < set.length; word++) {
    // `bits & -bits` isolates the lowest set bit, `bits &= bits - 1` clears it
    for (let bits = set[word]; bits !== 0; bits &= bits - 1) {
      out.push(word * 32 + 31 - Math.clz32(bits & -bits));
    }
  }
  return out;
}

/** A copy of a set; a number when it is one word, which is cheaper. */
export type KeptSet = number | StateSet;

/** Copies a set. */
export function keep(set: StateSet): KeptSet {
  return set.length === 1 ? set[0] : set.slice();
}

/** The set of a copy. */
export function kept(copy: KeptSet): StateSet {
  return typeof copy === "number" ? [copy] : copy;
}
