/** @jsxImportSource preact */
/// <reference lib="dom" />
import { type Column, LEAST, MOST, setWidth } from "./look.ts";
import { pure } from "./pure.ts";

/** How far a key moves it, in pixels. */
const STEP = 20;

/** The line between two columns: dragged, or moved by the arrow keys, it sets a column's width. */
export const Divider = pure(({ column, label, width, side }: {
  column: Column;
  label: string;
  width: number;
  /** On which side of it the column is. */
  side: "left" | "right";
}) => {
  const sign = side === "left" ? 1 : -1;
  return (
    <div
      class={`divider ${column}`}
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={`Width of ${label}`}
      aria-valuenow={width}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      onPointerDown={(event) => {
        const { currentTarget: line, clientX: start, pointerId } = event;
        event.preventDefault();
        line.setPointerCapture(pointerId);
        line.onpointermove = ({ clientX }) => setWidth(column, width + sign * (clientX - start));
        line.onlostpointercapture = () => line.onpointermove = null;
      }}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        setWidth(column, width + sign * by);
      }}
    />
  );
});
