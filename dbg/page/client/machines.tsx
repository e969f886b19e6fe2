/** @jsxImportSource preact */
/// <reference lib="dom" />
import type { ComponentChildren } from "preact";
import type { PageMachine, PageView } from "../page_view.ts";
import { go } from "./address.ts";
import { List, pressedLine } from "./list.tsx";
import { pure } from "./pure.ts";
import { SearchField } from "./search_field.tsx";
import { send } from "./socket.ts";
import { want } from "./viewport.ts";
import { visible } from "./visible.ts";

/** Characters at the end of a name that are seen whatever its length. */
const TAIL = 10;

/** A name that is cut in its middle where there is no room: machines differ at their ends, too. */
function shortened(name: string): ComponentChildren {
  const all = [...name];
  if (all.length < 2 * TAIL) return name;
  return (
    <span class="cut">
      <span>{all.slice(0, -TAIL).join("")}</span>
      <span>{all.slice(-TAIL).join("")}</span>
    </span>
  );
}

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
    <span class="name" title={visible(one.key)}>{shortened(visible(one.id))}</span>
    {!one.connected && <span class="dim" title="Not connected">✕</span>}
    <span class="count">{one.count}</span>
  </div>
));

/** All machines, as a tree. */
export const Machines = pure(({ machines, selected, order, search }: {
  machines: PageView["machines"];
  selected: string;
  order: PageView["order"];
  search: PageView["search"];
}) => (
  <>
    <div class="tools">
      <h2>
        Machines: {machines.part.total}
        {order.hidden > 0 && `, ${order.hidden} hidden`}
      </h2>
      <button
        type="button"
        title="Another order: t"
        onClick={() => send({ kind: "sort" })}
      >
        by {order.sort}
      </button>
    </div>
    <SearchField
      id="find-machine"
      label="Find a machine"
      placeholder="Find a machine"
      where="clients"
      search={search}
      onEnter={() => {
        const found = machines.rows.find((one) => one.cursor) ?? machines.rows[0];
        if (found) go({ kind: "client", key: found.key });
      }}
    />
    {machines.part.total === 0 && <p class="dim note" role="status">No machine has this name.</p>}
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
