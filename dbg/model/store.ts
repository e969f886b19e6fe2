/** Placeholder replaced below. */
export type Store = object;
