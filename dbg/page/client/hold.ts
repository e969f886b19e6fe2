/// <reference lib="dom" />
/**
 * What a person has in hand stays as it is: nothing is drawn between press and release, so that
 * both meet the same line, and no panel in which text is selected.
 *
 * @module
 */
let pressed: Element | null = null;
/** The element of the last press. */
let last: Element | null = null;
let at = { x: 0, y: 0 };

/** Pixels that a hand moves without meaning to drag. */
const STILL = 4;

/**
 * What a click on a panel has pressed: what was under the pointer when it went down, wherever that
 * has moved meanwhile. `null` when the pointer was dragged: text was selected.
 */
export function pressedBy({ clientX, clientY, currentTarget, target }: MouseEvent): Element | null {
  if (Math.hypot(clientX - at.x, clientY - at.y) > STILL) return null;
  const panel = currentTarget as Element;
  return last !== null && panel.contains(last) ? last : target as Element;
}

/** Whether this element is pressed. */
export function isPressed(element: Element | null): boolean {
  return pressed !== null && pressed === element;
}

/** Whether drawing has to wait; who drags along the timeline wants to see where. */
export function holds(): boolean {
  return pressed !== null && !(pressed instanceof HTMLInputElement);
}

/** Whether text is selected in there. */
export function hasSelection(element: Element | null): boolean {
  const selection = getSelection();
  if (element === null || selection === null || selection.isCollapsed) return false;
  return selection.rangeCount > 0 && selection.getRangeAt(0).intersectsNode(element);
}

/** Calls `changed` when something was let go. */
export function watchHolds(changed: () => void): void {
  const release = () => {
    if (pressed === null) return;
    pressed = null;
    changed();
  };
  addEventListener("pointerdown", ({ target, clientX: x, clientY: y }) => {
    last = pressed = target instanceof Element ? target : null;
    at = { x, y };
  }, true);
  for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, release, true);
  // The window's own: a press moves the focus, so that some element loses it.
  addEventListener("blur", release);
  // Let go outside of the window.
  addEventListener("pointermove", ({ buttons }) => void (buttons === 0 && release()), true);
  document.addEventListener("selectionchange", changed);
}
