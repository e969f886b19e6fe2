/** What is used of Svelte. */
export function onDestroy(fn: () => void): void;
