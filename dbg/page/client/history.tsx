/** @jsxImportSource preact */
/// <reference lib="dom" />
import type { ComponentChildren, VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { PageLine, PageRain, PageView } from "../page_view.ts";
import { go } from "./address.ts";
import { pressedLine } from "./list.tsx";
import { pure } from "./pure.ts";
import { useSize } from "./size.ts";
import { send } from "./socket.ts";
import { ROW, want } from "./viewport.ts";
import { visible } from "./visible.ts";

const styleOf = (prefix: string) =>
  /error/.test(prefix)
    ? "error"
    : /cancel|reject/.test(prefix)
    ? "warning"
    : /^\[state/.test(prefix)
    ? "active"
    : "accent";

const Line = pure(({ line }: { line: PageLine }) =>
  line.kind === "time" ? <div class="row second">{line.text} UTC</div> : (
    <div
      class={`row ${line.future ? "dim" : ""} ${line.current ? "current" : ""}`}
      data-tx={line.id}
    >
      <span class={line.future ? "" : styleOf(line.prefix)}>{visible(line.prefix)}</span>{" "}
      <span class="text">{visible(line.text)}</span>
    </div>
  )
);

const Drop = pure(({ line }: { line: PageRain }) => (
  <div
    class={`row ${line.error ? "error" : ""} ${line.current ? "current" : ""}`}
    data-tx={line.id}
  >
    <span class="cells">{line.cells.replaceAll(" ", "·")}</span>{" "}
    <span class="dim">{line.clock}</span>
  </div>
));

/** Lines around the cursor: they follow a move, and stay where one has scrolled to. */
function Lines({ place, follows, lines, children }: {
  place: string;
  /** Whether the newest line is to be seen. */
  follows: boolean;
  lines: unknown;
  children: ComponentChildren;
}): VNode {
  const scroll = useRef<HTMLDivElement>(null);
  const bottom = useRef(true);
  /** Nobody has scrolled since the last move. */
  const still = useRef(true);
  useSize(scroll, ({ clientHeight }) => {
    const count = Math.min(2 * Math.ceil(clientHeight / ROW) + 10, 200);
    want({ log: count, rain: count });
  });
  useLayoutEffect(() => {
    still.current = bottom.current = true;
  }, [place, follows]);
  useLayoutEffect(() => {
    const box = scroll.current!;
    if (follows) {
      if (bottom.current) box.scrollTop = box.scrollHeight;
      return;
    }
    if (!still.current) return;
    const current = box.querySelectorAll(".current");
    [...current].at(-1)?.scrollIntoView({ block: "nearest" });
    current[0]?.scrollIntoView({ block: "nearest" });
  }, [place, lines, follows]);
  const scrolled = () => {
    still.current = false;
  };
  return (
    <div
      class="scroll"
      ref={scroll}
      tabIndex={0}
      role="group"
      aria-label="Lines"
      onWheel={scrolled}
      onTouchMove={scrolled}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        bottom.current = scrollTop + clientHeight >= scrollHeight - ROW;
      }}
      onClick={(event) => {
        const id = pressedLine(event, "tx");
        if (id !== undefined) go({ kind: "transition", id: Number(id) });
      }}
      onFocus={() => send({ kind: "focus", on: "log" })}
    >
      {children}
    </div>
  );
}

/** What happened, in words. */
export const Log = pure(({ log, place, follows }: {
  log: PageView["log"];
  place: string;
  follows: boolean;
}) => (
  <>
    <h2 class="quiet">Log</h2>
    <Lines place={place} follows={follows} lines={log}>
      {log.map((line) => <Line key={line.key} line={line} />)}
    </Lines>
  </>
));

/** What happened, one character per state. */
export const Rain = pure(({ rain, place, follows }: {
  rain: PageView["rain"];
  place: string;
  follows: boolean;
}) => (
  <>
    <h2 class="quiet">Rain</h2>
    <Lines place={place} follows={follows} lines={rain}>
      {rain.map((line) => <Drop key={line.key} line={line} />)}
    </Lines>
  </>
));
