/** What is used of Vue. */
export function getCurrentInstance(): object | null;
export function onMounted(fn: () => void): void;
export function onScopeDispose(fn: () => void): void;
export function shallowRef<T>(value: T): { value: T };
