/** @jsxImportSource preact */
/// <reference lib="dom" />
import type { PageMachine, PageView } from "../page_view.ts";
import { go } from "./address.ts";
import { List, pressedLine } from "./list.tsx";
import { pure } from "./pure.ts";
import { send } from "./socket.ts";
import { want } from "./viewport.ts";
import { visible } from "./visible.ts";

const Machine = pure(({ one }: { one: PageMachine }) => (
  <div
    class={`row machine ${one.style} ${one.selected ? "selected" : ""} ${
      one.cursor ? "current" : ""
    }`}
    role="option"
    id={one.cursor ? "machine-cursor" : undefined}
    aria-selected={one.selected}
    data-machine={one.key}
  >
    <span class="flags">{one.flags}</span>
    <span class="guide">{one.guide}</span>
    <span class="name" title={visible(one.key)}>{visible(one.id)}</span>
    <span class="count">{one.count}</span>
  </div>
));

/** All machines, as a tree. */
export const Machines = pure(({ machines, selected }: {
  machines: PageView["machines"];
  selected: string;
}) => (
  <>
    <h2>Machines: {machines.part.total}</h2>
    <List
      role="listbox"
      label="Machines"
      part={machines.part}
      active={machines.rows.some((one) => one.cursor) ? "machine-cursor" : undefined}
      place={selected}
      wants={(clients) => want({ clients })}
      onClick={(event) => {
        const key = pressedLine(event, "machine");
        if (key !== undefined) go({ kind: "client", key });
      }}
      onFocus={() => send({ kind: "focus", on: "clients" })}
    >
      {machines.rows.map((one) => <Machine key={one.key} one={one} />)}
    </List>
  </>
));
