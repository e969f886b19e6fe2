/** What is used of React, in the words of all its versions: so nobody needs its types to check this. */
export function useEffect(effect: () => void | (() => void), deps: readonly unknown[]): void;
export function useMemo<T>(make: () => T, deps: readonly unknown[]): T;
export function useReducer(step: (n: number) => number, first: number): [number, () => void];
export function useRef<T>(first: T): { current: T };
export function useSyncExternalStore<T>(
  subscribe: (fn: () => void) => () => void,
  get: () => T,
  getOnServer: () => T,
): T;
