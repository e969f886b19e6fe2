/** @jsxImportSource preact */
/// <reference lib="dom" />
import type { ComponentChildren, VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { ListPart, Part } from "../../model/mod.ts";
import { pressedBy } from "./hold.ts";
import { useSize } from "./size.ts";
import { ROW } from "./viewport.ts";

/** Lines above and below the visible ones that are asked for, too. */
const MARGIN = 30;

/** A list of any length that has elements only for the lines around those in sight. */
export function List({ role, label, part, active, place, wants, onClick, onFocus, children }: {
  role: "listbox" | "tree";
  label: string;
  /** The id of the line with the cursor, which is what has the focus for a screen reader. */
  active: string | undefined;
  part: ListPart;
  /** Where one is: when it changes, the line with the cursor comes into sight. */
  place: string;
  wants: (part: Part) => void;
  onClick: (event: MouseEvent) => void;
  onFocus: () => void;
  children: ComponentChildren;
}): VNode {
  const scroll = useRef<HTMLDivElement>(null);
  const look = ({ scrollTop, clientHeight }: HTMLElement) => {
    const first = Math.max(Math.floor(scrollTop / ROW) - MARGIN, 0);
    const count = Math.ceil(clientHeight / ROW) + 2 * MARGIN;
    // In steps, so that not every turn of the wheel asks.
    wants({ from: first - first % 10, count: Math.min(count + 10, 500) });
  };
  useSize(scroll, look);
  useLayoutEffect(() => {
    if (part.cursor < 0) return;
    const box = scroll.current!;
    const top = part.cursor * ROW;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + ROW > box.scrollTop + box.clientHeight) {
      box.scrollTop = top + ROW - box.clientHeight;
    }
  }, [place, part.cursor]);
  return (
    <div
      class="scroll list"
      ref={scroll}
      tabIndex={0}
      role={role}
      aria-label={label}
      aria-activedescendant={active}
      onScroll={({ currentTarget }) => look(currentTarget)}
      onClick={onClick}
      onFocus={onFocus}
    >
      <div class="whole" style={{ height: `${part.total * ROW}px` }}>
        <div class="rows" style={{ transform: `translateY(${part.from * ROW}px)` }}>
          {children}
        </div>
      </div>
    </div>
  );
}

/** The value of an attribute of the pressed line; none when text was selected instead. */
export function pressedLine(event: MouseEvent, name: string): string | undefined {
  const line = pressedBy(event)?.closest<HTMLElement>(`[data-${name}]`) ?? null;
  // The second of two quick presses would select a word, and the panel would wait.
  if (line !== null) getSelection()?.removeAllRanges();
  return line?.dataset[name];
}
