import { activationsOf, type TimeWindow } from "./activations.ts";
import type { TimeRow, TimeView } from "./answer_types.ts";
import { cursorOf } from "./causality.ts";
import { lastChange } from "./changes.ts";
import type { ClientData } from "./client_data.ts";
import { clock } from "./clock.ts";
import { type Around, firstAround } from "./list_part.ts";
import { clientOrder } from "./lists.ts";
import { type Model, selected } from "./model.ts";
import type { Store } from "./store.ts";
import { milliseconds } from "./why_lines.ts";

/** Transitions around the cursor that are in sight at first. */
const PAST = 30;
const FUTURE = 12;
/** Rows that are looked at one by one for all machines together. */
const EXACT = 50_000;

/** Lengths that are round: 1, 2 or 5 with zeros. */
function round(span: number): number {
  const unit = 10 ** Math.floor(Math.log10(span));
  const factor = [1, 2, 5, 10].find((one) => one * unit >= span * 0.999)!;
  return factor * unit;
}

/** The next longer round length, or the next shorter one. */
function zoomed(span: number, by: number): number {
  const next = by < 0 ? round(span * 1.5) : round(span / 3);
  return Math.min(Math.max(next, 0.01), 1e12);
}

/** The window that the time view shows. */
export function windowOf(model: Model): TimeWindow {
  const { time, tail } = model;
  const span = time.span ?? around(model);
  const from = time.from ?? momentOf(model) - span * (tail ? 0.9 : 0.7);
  return { from, to: from + span };
}

function around(model: Model): number {
  const client = selected(model);
  if (client === null || client.end === client.first) return 1000;
  const row = (at: number) => Math.min(Math.max(at, client.first), client.end - 1);
  const from = client.time(row(model.cursor - PAST));
  const to = client.time(row(model.cursor + (model.tail ? 0 : FUTURE)));
  return round(Math.max(to - from, 0.5) * 1.1);
}

/** The axis with another length; what is at the cursor stays, if it is in sight. */
export function zoom(model: Model, by: number): Model["time"] {
  const { from, to } = windowOf(model);
  const { time } = model;
  const moment = momentOf(model);
  const span = zoomed(to - from, by);
  if (time.from === null) return { ...time, span };
  const center = moment >= from && moment <= to ? moment : (from + to) / 2;
  const share = (center - from) / (to - from);
  return { ...time, span, from: center - share * span };
}

/** The axis moved by quarters. */
export function pan(model: Model, by: number): Model["time"] {
  const { from, to } = windowOf(model);
  const span = to - from;
  return { ...model.time, span, from: from + span * by / 4 };
}

/** The chosen state, or the first one: another machine may have fewer. */
function stateOf({ state }: Model, names: readonly string[]): string {
  return names[state] ?? names[0];
}

/** The machines or states that rows are for. */
export function timeRows(model: Model): { readonly key: string; readonly state: number }[] {
  const client = selected(model);
  if (client === null) return [];
  const { names, groups } = client.hello;
  if (model.time.by === "states") {
    const { group } = model.filters;
    const members = group === null ? undefined : groups[group];
    return names.map((_, state) => ({ key: client.key, state }))
      .filter(({ state }) => members === undefined || members.includes(state));
  }
  const name = stateOf(model, names);
  return clientOrder(model)
    .map((key) => ({ key, state: model.store.clients.get(key)!.hello.names.indexOf(name) }))
    .filter(({ state }) => state !== -1);
}

/** The last moment that is known of. */
function nowOf(store: Store): number {
  let now = -Infinity;
  for (const client of store.clients.values()) {
    if (client.end > client.first) now = Math.max(now, client.time(client.end - 1));
  }
  return now;
}

/** The moment of the cursor; who follows the newest is at the last one of all machines. */
function momentOf({ store, tail, moment }: Model): number {
  return tail ? Math.max(nowOf(store), moment) : moment;
}

/** The activations around the cursor, or where the view was moved to. */
export function timeView(
  model: Model,
  { from: first, count, columns }: Around & { readonly columns: number },
): TimeView {
  const { store, time } = model;
  const moment = momentOf(model);
  const window = windowOf(model);
  const all = timeRows(model);
  const at = Math.min(time.row, all.length - 1);
  const from = firstAround({ from: first, count }, all.length, at);
  const now = nowOf(store);
  const shown = all.slice(from, from + count);
  const options = {
    least: (window.to - window.from) / Math.max(columns, 1),
    until: now,
    budget: time.by === "states" ? EXACT : EXACT / Math.max(shown.length, 1),
  };
  // All states of a machine are found in one go.
  const lists = time.by === "states" && shown.length > 0
    ? activationsOf(
      store.clients.get(shown[0].key)!,
      shown.map(({ state }) => state),
      window,
      options,
    )
    : shown.map(({ key, state }) =>
      activationsOf(store.clients.get(key)!, [state], window, options)[0]
    );
  const exception = (client: ClientData, state: number) =>
    client.hello.names[state] === "Exception";
  const rows = shown.map(({ key, state }, i): TimeRow => {
    const client = store.clients.get(key)!;
    return {
      key,
      state,
      label: time.by === "states" ? client.hello.names[state] : key,
      error: exception(client, state),
      active: client.ticksAt(cursorOf(model, client))[state] % 2 === 1,
      cursor: from + i === at,
      activations: lists[i],
    };
  });
  const client = selected(model);
  return {
    ...window,
    fromClock: clock(window.from),
    toClock: clock(window.to),
    span: milliseconds(window.to - window.from),
    cursor: moment,
    now,
    follows: time.from === null,
    by: time.by,
    state: time.by === "states" || client === null ? "" : stateOf(model, client.hello.names),
    rows,
    part: { from, total: all.length, cursor: at },
  };
}

/** The row of the transition that began a state's activation at a moment; -1 if it was not active. */
export function beginOf(client: ClientData, state: number, time: number): number {
  const cursor = client.cursorAt(time);
  if (client.ticksAt(cursor)[state] % 2 === 0) return -1;
  for (let row = lastChange(client, state, cursor); row !== -1;) {
    const { deltas } = client.row(row);
    // What was active and was called again goes on.
    for (let i = 0; i < deltas.length; i += 2) {
      if (deltas[i] === state && deltas[i + 1] % 2 !== 0) return row;
    }
    row = lastChange(client, state, row);
  }
  return -1;
}
