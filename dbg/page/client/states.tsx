/** @jsxImportSource preact */
/// <reference lib="dom" />
import type { PageState, PageView } from "../page_view.ts";
import { List, pressedLine } from "./list.tsx";
import { pure } from "./pure.ts";
import { send } from "./socket.ts";
import { want } from "./viewport.ts";
import { visible } from "./visible.ts";

const INDENT = { state: 0, properties: 2, relation: 2, reference: 4 } as const;

const LEVEL = { state: 1, properties: 2, relation: 2, reference: 3 } as const;

const State = pure(({ line }: { line: PageState }) => {
  const { kind, active, selected, touched, cursor, called } = line;
  const plain = kind === "properties" || kind === "relation" || !active;
  const classes = [
    plain ? "dim" : "active",
    selected ? "selected" : "",
    touched || called ? "bold" : "",
    cursor ? "current" : "",
  ].join(" ");
  return (
    <div
      class={`row ${classes}`}
      role="treeitem"
      aria-level={LEVEL[kind]}
      id={cursor ? "state-cursor" : undefined}
      aria-expanded={kind === "state" ? line.expanded : undefined}
      aria-selected={selected}
      data-state={line.state}
      style={{ paddingLeft: `${4 + INDENT[kind] * 8}px` }}
    >
      {kind === "state" && (
        <span class="fold" data-fold={line.state} title="Relations">
          {line.expanded ? "▾" : "▸"}
        </span>
      )}
      <span class="name" title={visible(line.text)}>{visible(line.text)}</span>
      {line.tick >= 0 && <span class="tick">{line.tick}</span>}
      <span class="marks">{line.marks}</span>
    </div>
  );
});

/** The states of the selected machine. */
export const States = pure(({ tree, count, machine }: {
  tree: PageView["tree"];
  count: number;
  machine: string;
}) => (
  <>
    <h2>States: {count}</h2>
    <List
      role="tree"
      label="States"
      part={tree.part}
      active={tree.rows.some((line) => line.cursor) ? "state-cursor" : undefined}
      place={machine}
      wants={(part) => want({ tree: part })}
      onClick={(event) => {
        const fold = pressedLine(event, "fold");
        if (fold !== undefined) return send({ kind: "expand", state: Number(fold) });
        const state = pressedLine(event, "state");
        if (state !== undefined) send({ kind: "state", state: Number(state) });
      }}
      onFocus={() => send({ kind: "focus", on: "tree" })}
    >
      {tree.rows.map((line) => <State key={line.key} line={line} />)}
    </List>
  </>
));
