/// <reference lib="dom" />
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** Looks at an element now, and whenever its size changes, while it is there. */
export function useSize(
  ref: RefObject<HTMLDivElement | null>,
  look: (element: HTMLElement) => void,
): void {
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const watching = new ResizeObserver(() => look(element));
    watching.observe(element);
    return () => watching.disconnect();
  }, []);
}
