/** Which bits of the touched column tell of some states. */
export interface TouchMask {
  /** Bits of these states: a row without them has touched none. */
  readonly any: number;
  /** Bits of these states alone: a row with one of them has touched one. */
  readonly sure: number;
}

/** The bits of some states of a schema with so many: states beyond 32 share bits. */
export function touchMask(states: ReadonlySet<number>, count: number): TouchMask {
  let any = 0;
  let others = 0;
  for (let state = 0; state < count; state++) {
    if (states.has(state)) any |= 1 << (state & 31);
    else others |= 1 << (state & 31);
  }
  return { any, sure: any & ~others };
}
