/** What is used of Preact's hooks. */
export function useEffect(effect: () => void | (() => void), deps: readonly unknown[]): void;
export function useLayoutEffect(effect: () => void | (() => void), deps: readonly unknown[]): void;
export function useMemo<T>(make: () => T, deps: readonly unknown[]): T;
export function useReducer(step: (n: number) => number, first: number): [number, () => void];
export function useRef<T>(first: T): { current: T };
