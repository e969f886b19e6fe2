/** A part of a long list: only these lines are wanted. */
export interface Part {
  /** The first line. */
  readonly from: number;
  /** How many. */
  readonly count: number;
}

/** The shown part of a list. */
export interface ListPart {
  /** The number of its first line in the whole list. */
  readonly from: number;
  /** Lines of the whole list. */
  readonly total: number;
  /** The line with the cursor, in the whole list; -1 for none. */
  readonly cursor: number;
}

/** As many lines as there is room for, from one on; without one, those around the cursor. */
export type Around = Pick<Part, "count"> & Partial<Part>;

/** The first line that is shown so that the cursor is in sight. */
export function firstAround({ from, count }: Around, total: number, cursor: number): number {
  const first = from ?? cursor - Math.floor(count / 2);
  return Math.max(Math.min(first, total - count), 0);
}

/** The first line of a part that fits into a list: the list may have become shorter. */
export function firstOf({ from, count }: Part, total: number): number {
  return Math.max(Math.min(from, total - count), 0);
}
