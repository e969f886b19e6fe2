/** What is used of Solid. */
export function createSignal<T>(value: T): [get: () => T, set: (next: () => T) => void];
export function onCleanup(fn: () => void): void;
export function onMount(fn: () => void): void;
