import { cursorOf } from "./causality.ts";
import type { ClientData } from "./client_data.ts";
import { errorRows, filteredRows, matchingRows, type Rows, touchingRows } from "./filtered.ts";
import {
  FILTER_NAMES,
  type Focus,
  LAYOUTS,
  type Level,
  type Message,
  type Model,
} from "./model.ts";
import { clientOrder, treeLines } from "./lists.ts";
import { matchingClients, matchingStates } from "./search.ts";

const FOCUSES: readonly Focus[] = [
  "clients",
  "tree",
  "log",
  "timeline",
  "steps",
  "matrix",
  "filters",
];

/** Transitions of a jump while no state is selected. */
const JUMP = 50;

/** The selected machine. */
export function selected(model: Model): ClientData | null {
  return model.client === null ? null : model.store.clients.get(model.client) ?? null;
}

/** The model after a message. No terminal, no socket, no timer in here. */
export function update(model: Model, message: Message): Model {
  const client = selected(model);
  switch (message.kind) {
    case "received":
      return received(model);
    case "client":
      return selectClient(model, message.key);
    case "clientBy": {
      const order = clientOrder(model);
      const at = order.indexOf(model.client ?? "");
      const key = order[bounded(at + message.by, 0, order.length - 1)];
      return key === undefined ? model : selectClient(model, key);
    }
    case "removeClient": {
      const key = message.key ?? model.clientCursor ?? model.client;
      if (key === null) return model;
      model.store.remove(key);
      const gone = { ...model, revision: model.store.revision, clientCursor: null };
      return key === model.client
        ? received({ ...gone, client: null, cursor: 0, step: 0, state: -1 })
        : gone;
    }
    case "layout": {
      const next = LAYOUTS[(LAYOUTS.indexOf(model.layout) + 1) % LAYOUTS.length];
      return { ...model, layout: message.layout ?? next };
    }
    case "focus":
      return { ...model, focus: message.on, typing: false };
    case "focusBy": {
      const at = FOCUSES.indexOf(model.focus) + message.by;
      return { ...model, focus: FOCUSES[(at + FOCUSES.length) % FOCUSES.length], typing: false };
    }
    case "dialog":
      return { ...model, dialog: message.dialog };
    case "filter":
      return withFilters(model, {
        [message.name]: message.on ?? !model.filters[message.name],
      });
    case "level":
      return withFilters(model, { level: message.level ?? (model.filters.level + 1) % 5 as Level });
    case "group": {
      if (message.group !== undefined) return withFilters(model, { group: message.group });
      const all = [null, ...Object.keys(client?.hello.groups ?? {})];
      return withFilters(model, {
        group: all[(all.indexOf(model.filters.group) + 1) % all.length],
      });
    }
    case "filterBy": {
      const controls = FILTER_NAMES.length + 2;
      return { ...model, filterCursor: (model.filterCursor + message.by + controls) % controls };
    }
    case "filterToggle": {
      const name = FILTER_NAMES[model.filterCursor];
      if (name !== undefined) return update(model, { kind: "filter", name });
      return update(model, {
        kind: model.filterCursor === FILTER_NAMES.length ? "level" : "group",
      });
    }
    case "search":
      return searched(model, message.text, message.in ?? model.searchIn);
    case "typing":
      return message.on
        ? { ...model, focus: "timeline", typing: true, search: "", searchIn: "transitions" }
        : { ...model, typing: false };
    case "match":
      return matched(model, client, message.by);
    case "exportForm": {
      const { kind: _, ...fields } = message;
      return { ...model, exportForm: { ...model.exportForm, ...fields } };
    }
    case "notice":
      return { ...model, notice: message.text };
    case "state":
      return {
        ...model,
        state: message.state,
        treeCursor: { state: Math.max(message.state, 0), line: 0 },
      };
    case "expand":
      return expand(model, message.state, message.on);
    case "cursor":
      return moveLine(model, message.by, message.on ?? model.focus);
    case "followLog":
      return { ...model, scroll: { ...model.scroll, log: message.on ? null : 0 } };
    case "scrollColumn": {
      const matrixColumn = Math.max(model.scroll.matrixColumn + message.by, 0);
      return { ...model, scroll: { ...model.scroll, matrixColumn } };
    }
    case "enter":
      return enter(model);
    case "tail": {
      const tail = message.on ?? !model.tail;
      const next = { ...model, tail, playing: tail ? false : model.playing };
      return tail && client ? placed(next, client, client.end, 0, true) : next;
    }
    case "play": {
      const playing = message.on ?? !model.playing;
      return { ...model, playing, tail: playing ? false : model.tail };
    }
    default:
      return client === null ? model : travel(model, client, message);
  }
}

type Travel = Extract<
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
      | "error";
  }
>;

function travel(model: Model, client: ClientData, message: Travel): Model {
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
      return toError(model, client, message.by);
  }
}

/** Any move of a person leaves tail mode. */
function placed(
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

/** The errors of all machines are one list: by time, those of the same time by machine. */
function toError(model: Model, client: ClientData, by: number): Model {
  const { moment } = model;
  const clients = [...model.store.clients.values()];
  const own = clients.indexOf(client);
  let found: { readonly client: ClientData; readonly row: number; readonly time: number } | null =
    null;
  for (const [i, one] of clients.entries()) {
    const rows = errorRows(one);
    let at = rows.before(one.cursorAt(moment));
    if (i > own) { while (at > 0 && one.time(rows.at(at - 1)) === moment) at--; }
    if (by < 0) at--;
    if (one === client) at = neighbor(rows, model.cursor, by);
    if (at < 0 || at >= rows.total) continue;
    const row = rows.at(at);
    const time = one.time(row);
    // Of those of the same time the first machine's is the next one, the last one's the previous.
    if (found === null || (by > 0 ? time < found.time : time >= found.time)) {
      found = { client: one, row, time };
    }
  }
  if (found === null) return nothing(model);
  const shown = found.client === client ? model : changedTo(model, found.client.key);
  return placed(shown, found.client, found.row + 1, 0);
}

/** Where the search finds something next, in the panel that it is for. */
function matched(model: Model, client: ClientData | null, by: number): Model {
  const { search, searchIn } = model;
  if (search === "") return model;
  if (searchIn === "transitions") {
    return client ? jumped(model, client, matchingRows(client, search), by) : model;
  }
  if (searchIn === "clients") {
    const keys = new Set(matchingClients(model, search));
    const order = clientOrder(model);
    const at = order.indexOf(model.clientCursor ?? model.client ?? "");
    const key = around(order, at, by).find((one) => keys.has(one));
    return key === undefined ? nothing(model) : { ...model, clientCursor: key };
  }
  const states = new Set(matchingStates(client, search));
  const order = client?.hello.names.map((_, i) => i) ?? [];
  const state = around(order, model.treeCursor.state, by).find((one) => states.has(one));
  return state === undefined
    ? nothing(model)
    : { ...model, treeCursor: { state, line: 0 }, notice: "" };
}

function nothing(model: Model): Model {
  return { ...model, notice: "There is none" };
}

/** All entries from the one after a position on, around the end, or backwards. */
function around<T>(list: readonly T[], at: number, by: number): T[] {
  const all = [...list.slice(at + 1), ...list.slice(0, at + 1)];
  if (by > 0) return all;
  return [
    ...list.slice(0, Math.max(at, 0)).toReversed(),
    ...list.slice(Math.max(at, 0)).toReversed(),
  ];
}

function received(model: Model): Model {
  const { store } = model;
  let next: Model = { ...model, revision: store.revision };
  if (selected(next) === null) {
    next = { ...next, client: null };
    const [key] = store.clients.keys();
    if (!model.autoSelect || key === undefined) return next;
    next = { ...selectClient(next, key), tail: model.tail };
  }
  const client = selected(next)!;
  if (next.tail) return placed(next, client, client.end, 0, true);
  return next.cursor < client.first ? { ...next, cursor: client.first, step: 0 } : next;
}

function selectClient(model: Model, key: string): Model {
  const client = model.store.clients.get(key);
  if (client === undefined) return { ...model, notice: `Machine "${key}" is not known` };
  if (key === model.client) return { ...model, clientCursor: key };
  const { moment, anchor, tail } = model;
  const next = placed(changedTo(model, key), client, cursorOf(model, client), 0, tail);
  // The moment stays the one of the machine that it was chosen in.
  return tail || anchor === null ? { ...next, moment } : { ...next, moment, anchor };
}

/** Shows another machine; the cursor has to be placed. */
function changedTo(model: Model, key: string): Model {
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

function withFilters(model: Model, change: Partial<Model["filters"]>): Model {
  return { ...model, filters: { ...model.filters, ...change } };
}

function searched(model: Model, text: string, where: Model["searchIn"]): Model {
  const next: Model = { ...model, search: text, searchIn: where };
  if (where === "clients") {
    const [key] = matchingClients(model, text);
    return key === undefined ? next : { ...next, clientCursor: key };
  }
  if (where === "tree") {
    const [state] = matchingStates(selected(model), text);
    return state === undefined ? next : { ...next, treeCursor: { state, line: 0 } };
  }
  return next;
}

function expand(model: Model, state: number | undefined, on: boolean | undefined): Model {
  const count = selected(model)?.hello.names.length ?? 0;
  if (state === undefined) {
    const all = on ?? model.expanded.size === 0;
    return { ...model, expanded: new Set(all ? Array.from({ length: count }, (_, i) => i) : []) };
  }
  const expanded = new Set(model.expanded);
  if (on ?? !expanded.has(state)) expanded.add(state);
  else expanded.delete(state);
  return { ...model, expanded };
}

function moveLine(model: Model, by: number, on: Focus): Model {
  const { layout, scroll } = model;
  // The rain is a list of transitions around the current one.
  const rain = on === "log" && layout.endsWith("rain");
  if (on === "timeline" || rain) return update(model, { kind: "move", by });
  if (on === "steps") return update(model, { kind: "step", by });
  if (on === "clients") {
    const order = clientOrder(model);
    const at = order.indexOf(model.clientCursor ?? model.client ?? "");
    return { ...model, clientCursor: order[bounded(at + by, 0, order.length - 1)] ?? null };
  }
  if (on === "log") return { ...model, scroll: { ...scroll, log: (scroll.log ?? 0) + by } };
  if (on === "matrix") {
    return { ...model, scroll: { ...scroll, matrixRow: Math.max(scroll.matrixRow + by, 0) } };
  }
  if (on !== "tree") return model;
  const lines = treeLines(model);
  const at = lines.findIndex((line) => line.cursor);
  const line = lines[bounded(at + by, 0, lines.length - 1)];
  if (line === undefined) return model;
  const state = line.to === -1 ? line.state : line.to;
  return { ...model, treeCursor: { state: line.state, line: line.line }, state };
}

function enter(model: Model): Model {
  if (model.focus === "filters") return update(model, { kind: "filterToggle" });
  if (model.focus === "clients") {
    return model.clientCursor === null ? model : selectClient(model, model.clientCursor);
  }
  if (model.focus !== "tree") return model;
  const line = treeLines(model).find((one) => one.cursor);
  if (line === undefined) return model;
  return line.to === -1
    ? expand({ ...model, state: line.state }, line.state, undefined)
    : update(model, { kind: "state", state: line.to });
}

function bounded(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}
