/** @jsxImportSource preact */
/// <reference lib="dom" />
import { useRef } from "preact/hooks";
import type { PageTime, PageTimeRow } from "../page_answers.ts";
import { go } from "./address.ts";
import { List, pressedLine } from "./list.tsx";
import { pure } from "./pure.ts";
import { send } from "./socket.ts";
import { want } from "./viewport.ts";
import { visible } from "./visible.ts";

/** The least width of a bar, in thousandths. */
const LEAST = 3;

/** How far beside a bar a press still means it, in pixels. */
const STEADY = 4;

/** Where the bars of a row are drawn: none is too narrow to be seen, nor upon another. */
function drawn({ bars }: PageTimeRow) {
  let end = 0;
  return bars.map(([from, to, kind, begin]) => {
    const start = Math.min(Math.max(from, end, 0), 1000 - LEAST);
    const stop = Math.min(Math.max(to, start + LEAST), 1000);
    // A gap keeps neighbors apart.
    end = Math.min(stop + 1, 1000);
    return { start, stop, kind, begin };
  });
}

/** The bars of a row as one background. */
function background(row: PageTimeRow): string {
  const stops: string[] = [];
  let end = 0;
  for (const { start, stop, kind } of drawn(row)) {
    const color = row.error
      ? "--error"
      : { one: "--active", many: "--many", future: "--dim" }[kind];
    stops.push(
      `transparent ${end / 10}% ${start / 10}%`,
      `var(${color}) ${start / 10}% ${stop / 10}%`,
    );
    end = stop;
  }
  stops.push(`transparent ${end / 10}% 100%`);
  return `linear-gradient(to right, ${stops.join(", ")})`;
}

const Row = pure(({ row }: { row: PageTimeRow }) => (
  <div
    class={`row time-row ${row.cursor ? "current" : ""}`}
    role="option"
    aria-selected={row.cursor}
    id={row.cursor ? "time-cursor" : undefined}
    data-time={row.key}
  >
    <span
      class={`name ${row.active ? (row.error ? "error" : "active") : "dim"}`}
      title={visible(row.label)}
    >
      {row.active ? "● " : "  "}
      {visible(row.label)}
    </span>
    <span class="track" style={{ backgroundImage: background(row) }} />
  </div>
));

/** Activations with their true length over an axis that all rows share. */
export const Time = pure(({ time, place }: { time: PageTime; place: string }) => {
  const { from, span, rows, axis, by, cursor, follows } = time;
  const frame = useRef<HTMLDivElement>(null);
  const drag = useRef({ x: 0, from: 0, moved: false });
  const track = () => frame.current!.querySelector<HTMLElement>(".track")?.getBoundingClientRect();
  /** When what is pressed began: the nearest bar, which may be narrower than a hand is steady. */
  const beginAt = (row: PageTimeRow, x: number) => {
    const box = track();
    if (box === undefined) return from;
    const at = x - box.left;
    const away = ({ start, stop }: { start: number; stop: number }) =>
      Math.max(start / 1000 * box.width - at, at - stop / 1000 * box.width, 0);
    const near = drawn(row).filter((bar) => away(bar) <= STEADY)
      .toSorted((a, b) => away(a) - away(b));
    return near[0]?.begin ?? from + at / box.width * span;
  };
  return (
    <>
      <div class="tools">
        <h2>Time: {visible(time.title)}</h2>
        <span role="group" aria-label="Rows">
          {(["states", "machines"] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={by === one}
              onClick={() => send({ kind: "timeBy", rows: one })}
            >
              {one}
            </button>
          ))}
        </span>
        <span role="group" aria-label="Axis">
          <button
            type="button"
            title="More detail: +"
            onClick={() => send({ kind: "zoom", by: 1 })}
          >
            +
          </button>
          <button
            type="button"
            title="Less detail: -"
            onClick={() => send({ kind: "zoom", by: -1 })}
          >
            −
          </button>
          <button type="button" title="Earlier: <" onClick={() => send({ kind: "pan", by: -1 })}>
            ‹
          </button>
          <button type="button" title="Later: >" onClick={() => send({ kind: "pan", by: 1 })}>
            ›
          </button>
          <button
            type="button"
            title="Around the cursor: 0"
            aria-pressed={follows}
            onClick={() => send({ kind: "timeWindow", from: null, span: null })}
          >
            cursor
          </button>
        </span>
      </div>
      <div class="time-row axis">
        <span class="name" />
        <span class="track">
          <span>{axis[0]}</span>
          <span>{axis[2]}</span>
          <span>{axis[1]} UTC</span>
        </span>
      </div>
      <div
        class="time"
        ref={frame}
        style={{
          "--at": `${Math.min(Math.max(cursor, 0), 1)}`,
          "--seen": cursor >= 0 && cursor <= 1 ? 1 : 0,
        }}
        onWheel={(event) => {
          if (!event.ctrlKey && !event.shiftKey) return;
          event.preventDefault();
          const by = event.deltaY + event.deltaX > 0 ? 1 : -1;
          send(event.ctrlKey ? { kind: "zoom", by: by === 1 ? -1 : 1 } : { kind: "pan", by });
        }}
        onPointerDown={({ clientX, target }) => {
          if (!(target as Element).classList.contains("track")) return;
          drag.current = { x: clientX, from, moved: false };
          const over = new AbortController();
          const { signal } = over;
          const width = track()?.width ?? 1;
          addEventListener("pointermove", (event) => {
            const by = event.clientX - drag.current.x;
            if (Math.abs(by) > 4) drag.current.moved = true;
            if (!drag.current.moved) return;
            send({ kind: "timeWindow", from: drag.current.from - by / width * span, span });
          }, { signal });
          for (const kind of ["pointerup", "pointercancel"]) {
            addEventListener(kind, () => over.abort(), { signal });
          }
        }}
      >
        <List
          role="listbox"
          label="Time"
          part={time.part}
          active={rows.some((row) => row.cursor) ? "time-cursor" : undefined}
          place={place}
          wants={(part) => want({ time: { ...part, columns: 500 } })}
          onClick={(event) => {
            const key = pressedLine(event, "time");
            const row = rows.find((one) => one.key === key);
            if (row === undefined || drag.current.moved) return;
            const { machine, state } = row;
            go({ kind: "activation", key: machine, state, time: beginAt(row, event.clientX) });
          }}
          onFocus={() => send({ kind: "focus", on: "time" })}
        >
          {rows.map((row) => <Row key={row.key} row={row} />)}
        </List>
      </div>
    </>
  );
});
