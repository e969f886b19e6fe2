/** @jsxImportSource preact */
/// <reference lib="dom" />
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { PageWhy, PageWhyLine } from "../page_answers.ts";
import { go } from "./address.ts";
import { pressedLine } from "./list.tsx";
import { pure } from "./pure.ts";
import { send } from "./socket.ts";
import { want } from "./viewport.ts";
import { visible } from "./visible.ts";

const Line = pure(({ line }: { line: PageWhyLine }) => (
  <div
    class={`row why-line ${line.tone} ${line.cursor ? "current" : ""}`}
    role="option"
    aria-selected={line.cursor}
    id={line.cursor ? "why-cursor" : undefined}
    data-why={line.key}
  >
    <span class="label">{line.label}</span>
    <span class="text" style={{ paddingLeft: `${line.depth * 2}ch` }}>
      {line.fold !== null && <span class="fold">{line.open ? "▾ " : "▸ "}</span>}
      {visible(line.text)}
    </span>
    {line.go && <span class="go" aria-label="go there">▸</span>}
  </div>
));

/** What a press on a line, or Enter, does. */
export function follow(line: PageWhyLine | undefined): void {
  if (line?.go) go({ kind: "go", key: line.go.machine, id: line.go.id });
  else if (line?.fold) send({ kind: "unfold", fold: line.fold });
}

/** All of it as a text. */
export function textOf({ title, outcome, lines }: PageWhy): string {
  const rows = lines.map(({ label, text, depth }) =>
    `${label.padEnd(12)}${"  ".repeat(depth)}${text}`.trimEnd()
  );
  return [`${title} · ${outcome}`, ...rows].join("\n");
}

/** Why the current transition happened, and what came of it. */
export const Why = pure(({ why, onCopy }: { why: PageWhy | null; onCopy: () => void }) => {
  const scroll = useRef<HTMLDivElement>(null);
  const cursor = why?.lines.findIndex((line) => line.cursor) ?? -1;
  useEffect(() => {
    want({ why: true });
    return () => want({ why: false });
  }, []);
  useLayoutEffect(() => {
    const box = scroll.current!;
    if (box.contains(document.activeElement)) {
      box.querySelector(".current")?.scrollIntoView({ block: "nearest" });
    }
  }, [cursor]);
  return (
    <>
      <div class="tools">
        <h2 class="why-title">{why ? `${visible(why.title)} · ${why.outcome}` : "Why"}</h2>
        <span role="group" aria-label="Ways">
          <button type="button" title="Back: [" aria-label="Back" onClick={() => history.back()}>
            ‹
          </button>
          <button
            type="button"
            title="Forward: ]"
            aria-label="Forward"
            onClick={() => history.forward()}
          >
            ›
          </button>
          <button type="button" disabled={why === null} onClick={onCopy}>Copy</button>
        </span>
      </div>
      {why === null && <p class="dim note">Before the first transition.</p>}
      <div
        class="scroll list"
        ref={scroll}
        tabIndex={0}
        role="listbox"
        aria-label="Why"
        aria-activedescendant={cursor === -1 ? undefined : "why-cursor"}
        onFocus={() => send({ kind: "focus", on: "why" })}
        onClick={(event) => {
          const key = pressedLine(event, "why");
          if (key !== undefined) follow(why?.lines[Number(key)]);
        }}
      >
        {why?.lines.map((line) => <Line key={line.key} line={line} />)}
      </div>
    </>
  );
});
