import { cursorOf } from "./causality.ts";
import type { ClientData } from "./client_data.ts";
import { equalErrors } from "./errors.ts";
import { errorRows, filteredRows, type Rows, touchingRows } from "./filtered.ts";
import { foundRows } from "./found.ts";
import type { Message, Model, Visit } from "./model.ts";

/** Messages that move the cursor of the selected machine. */
export type Travel = Extract<
  Message,
  {
    kind:
      | "move"
      | "step"
      | "position"
      | "transition"
      | "stepTo"
      | "time"
      | "first"
      | "last"
      | "jump"
      | "touched"
      | "error"
      | "equal";
  }
>;

/** Transitions of a jump while no state is selected. */
const JUMP = 50;

/** The model after a move. */
export function travel(model: Model, client: ClientData, message: Travel): Model {
  const rows = filteredRows(client, model.filters);
  switch (message.kind) {
    case "move":
      return moved(model, client, rows, message.by);
    case "position":
      return toPosition(model, client, rows, message.position);
    case "first":
      return placed(model, client, client.first, 0);
    case "last":
      return placed(model, client, client.end, 0);
    case "time":
      return placed({ ...model, moment: message.time }, client, client.cursorAt(message.time), 0);
    case "transition": {
      const row = client.rowOf(message.id);
      if (row === -1) return { ...model, notice: `Transition ${message.id} is not kept` };
      return placed(model, client, row + 1, message.step ?? 0);
    }
    case "stepTo":
      return placed(model, client, model.cursor, message.step);
    case "step":
      return stepped(model, client, rows, message.by);
    case "jump":
      return model.state === -1
        ? moved(model, client, rows, message.by * JUMP)
        : jumped(model, client, touchingRows(client, [model.state]), message.by);
    case "touched": {
      const state = message.state ?? model.state;
      return state === -1
        ? { ...model, notice: "No state is selected" }
        : jumped(model, client, touchingRows(client, [state]), message.by);
    }
    case "error":
      return toNearest(model, client, message.by, errorRows);
    case "equal":
      return toEqual(model, client, message.by);
  }
}

/** With the cursor somewhere else. Any move of a person leaves tail mode. */
export function placed(
  model: Model,
  client: ClientData,
  cursor: number,
  step: number,
  tail = false,
): Model {
  const at = bounded(cursor, client.first, client.end);
  const steps = step > 0 && at < client.end ? client.row(at).steps.length : 0;
  const moment = at > client.first ? client.time(at - 1) : at < client.end
    ? client.time(at) - 0.001 // just before the first
    : model.moment;
  return {
    ...model,
    cursor: at,
    step: bounded(step, 0, steps),
    moment,
    anchor: { key: client.key, cursor: at },
    tail,
    notice: "",
    scroll: { ...model.scroll, log: null },
    ...(at !== model.cursor || client.key !== model.client || model.anchor === null
      ? { whyCursor: 0, whyOpen: new Set<string>() }
      : {}),
  };
}

function toPosition(model: Model, client: ClientData, rows: Rows, position: number): Model {
  const at = bounded(position, 0, rows.total);
  return placed(model, client, at === 0 ? client.first : rows.at(at - 1) + 1, 0);
}

function moved(model: Model, client: ClientData, rows: Rows, by: number): Model {
  return toPosition(model, client, rows, rows.before(model.cursor) + by);
}

function stepped(model: Model, client: ClientData, rows: Rows, by: number): Model {
  const total = model.cursor < client.end ? client.row(model.cursor).steps.length : 0;
  const step = model.step + by;
  if (step >= 0 && step <= total) return placed(model, client, model.cursor, step);
  if (step > total) return moved(model, client, rows, 1);
  const back = moved(model, client, rows, -1);
  if (back.cursor === model.cursor) return back;
  return placed(back, client, back.cursor, client.row(back.cursor).steps.length);
}

/** Position of the next or previous one of some rows; the cursor may stand after one of them. */
function neighbor(rows: Rows, cursor: number, by: number): number {
  const position = rows.before(cursor);
  const here = position > 0 && rows.at(position - 1) + 1 === cursor ? 1 : 0;
  return by > 0 ? position : position - 1 - here;
}

function jumped(model: Model, client: ClientData, rows: Rows, by: number): Model {
  const at = neighbor(rows, model.cursor, by);
  if (at < 0 || at >= rows.total) return nothing(model);
  return placed(model, client, rows.at(at) + 1, 0);
}

/** The rows of all machines are one list: by time, those of the same time by machine. */
export function toNearest(
  model: Model,
  client: ClientData,
  by: number,
  rowsOf: (client: ClientData) => Rows,
): Model {
  // Who follows the newest has everything behind.
  const moment = model.tail ? Infinity : model.moment;
  if (model.tail) by = -1;
  const clients = [...model.store.clients.values()];
  const own = clients.indexOf(client);
  let found: { readonly client: ClientData; readonly row: number; readonly time: number } | null =
    null;
  for (const [i, one] of clients.entries()) {
    const rows = rowsOf(one);
    let at = rows.before(one.cursorAt(moment));
    if (i > own) { while (at > 0 && one.time(rows.at(at - 1)) === moment) at--; }
    if (by < 0) at--;
    if (one === client && !model.tail) at = neighbor(rows, model.cursor, by);
    if (at < 0 || at >= rows.total) continue;
    const row = rows.at(at);
    const time = one.time(row);
    // Of those of the same time the first machine's is the next one, the last one's the previous.
    if (found === null || (by > 0 ? time < found.time : time >= found.time)) {
      found = { client: one, row, time };
    }
  }
  if (found === null) return nothing(model);
  const shown = changedTo(model, found.client.key);
  return placed(shown, found.client, found.row + 1, 0);
}

/** To the next or previous match of the search, of all machines. */
export function toMatch(model: Model, client: ClientData, by: number): Model {
  return toNearest(model, client, by, (one) => foundRows(one, model.search));
}

function toEqual(model: Model, client: ClientData, by: number): Model {
  const row = model.cursor - 1;
  const rows = row < client.first ? [] : equalErrors(client, row);
  const at = rows.indexOf(row) + by;
  if (rows.length === 0 || at < 0 || at >= rows.length) return nothing(model);
  return placed(model, client, rows[at] + 1, 0);
}

/** To a transition of any machine. */
export function goTo(model: Model, key: string, id: number): Model {
  const client = model.store.clients.get(key);
  if (client === undefined) return { ...model, notice: `Machine "${key}" is not known` };
  const row = client.rowOf(id);
  if (row === -1) return { ...model, notice: `Transition ${id} of "${key}" is not kept` };
  return placed(changedTo(model, key), client, row + 1, 0);
}

/** Places that are remembered. */
const VISITS = 100;

/** Where the model is. */
export function visitOf({ client, cursor, step, layout }: Model): Visit | null {
  return client === null ? null : { key: client, cursor, step, layout };
}

/** The model with the place before it in what `back` goes through. */
export function remembered(before: Model, after: Model): Model {
  const visit = visitOf(before);
  const same = before.client === after.client && before.cursor === after.cursor;
  if (visit === null || same) return after;
  return { ...after, past: [...before.past.slice(1 - VISITS), visit], future: [] };
}

/** Where one was before; forward again with the two lists exchanged. */
export function visited(model: Model, way: "back" | "forward"): Model {
  const from = way === "back" ? model.past : model.future;
  const to = way === "back" ? model.future : model.past;
  const visit = from.at(-1);
  if (visit === undefined) return { ...model, notice: `There is nothing to go ${way} to` };
  const lists = (past: readonly Visit[], future: readonly Visit[]) =>
    way === "back" ? { past, future } : { past: future, future: past };
  const rest = from.slice(0, -1);
  const client = model.store.clients.get(visit.key);
  // A machine that was removed meanwhile is passed over.
  if (client === undefined) return visited({ ...model, ...lists(rest, to) }, way);
  const here = visitOf(model);
  const there = here === null ? to : [...to, here];
  const next = placed(changedTo(model, visit.key), client, visit.cursor, visit.step);
  return { ...next, layout: visit.layout, ...lists(rest, there) };
}

export function nothing(model: Model): Model {
  return { ...model, notice: "There is none" };
}

/** Shows another machine at the same moment. */
export function selectClient(model: Model, key: string): Model {
  const client = model.store.clients.get(key);
  if (client === undefined) return { ...model, notice: `Machine "${key}" is not known` };
  if (key === model.client) return { ...model, clientCursor: key };
  const { moment, anchor, tail } = model;
  const next = placed(changedTo(model, key), client, cursorOf(model, client), 0, tail);
  // The moment stays the one of the machine that it was chosen in.
  return tail || anchor === null ? { ...next, moment } : { ...next, moment, anchor };
}

/** Shows another machine; the cursor has to be placed. */
export function changedTo(model: Model, key: string): Model {
  if (key === model.client) return model;
  return {
    ...model,
    client: key,
    clientCursor: key,
    state: -1,
    treeCursor: { state: 0, line: 0 },
    expanded: new Set(),
    filters: { ...model.filters, group: null },
  };
}

/** A value within bounds. */
export function bounded(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}
