/// <reference lib="dom" />
import type { PageSettings, PageView } from "../page_view.ts";
import { follow } from "./address.ts";
import { send } from "./socket.ts";

/** What is set again after a lost connection and a reload. */
interface Kept {
  readonly settings: PageSettings;
  /** The place. */
  readonly link: string;
  /** Whose states the settings name, and how many it had. */
  readonly machine: string;
  readonly states: number;
}

const NAME = "am-dbg";

let kept: Kept | null = stored();
/** Settings of a machine that has not come back yet. */
let pending: Kept | null = null;

function stored(): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(NAME) ?? "null");
  } catch {
    return null;
  }
}

/** Sets everything as it was, in a new session of the debugger. */
export function restore(): void {
  const last = kept;
  const linked = follow() || (last !== null && follow(last.link));
  if (last === null) return;
  const { layout, filters, search } = last.settings;
  send({ kind: "layout", layout });
  for (const name of ["canceled", "auto", "empty", "checks"] as const) {
    send({ kind: "filter", name, on: filters[name] });
  }
  send({ kind: "level", level: filters.level });
  if (search !== "") send({ kind: "search", text: search, in: "transitions" });
  pending = linked ? last : null;
}

/** Remembers what is set; sets what waited for its machine. */
export function keep({ machine, settings, link, missing }: PageView): void {
  if (missing !== "" || machine === null) return;
  if (pending !== null) {
    const { settings: { filters, state, expanded }, states } = pending;
    const same = pending.machine === machine.key && states === machine.states;
    pending = null;
    if (same) {
      if (filters.group !== null && machine.groups.includes(filters.group)) {
        send({ kind: "group", group: filters.group });
      }
      for (const one of expanded) send({ kind: "expand", state: one, on: true });
      if (state !== -1) send({ kind: "state", state });
      return;
    }
  }
  const { key, states } = machine;
  const before = kept;
  kept = { settings, link, machine: key, states };
  if (before?.settings === settings && before.link === link) return;
  try {
    sessionStorage.setItem(NAME, JSON.stringify(kept));
  } catch {
    // A full or forbidden storage: a reload starts anew.
  }
}
