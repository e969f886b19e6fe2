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
      return { ...model, focus: message.on };
    case "focusBy": {
      const at = FOCUSES.indexOf(model.focus) + message.by;
      return { ...model, focus: FOCUSES[(at + FOCUSES.length) % FOCUSES.length] };
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
      return moveLine(model, message.by);
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
      | "error"
      | "match";
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
      return jumped(model, client, errorRows(client), message.by);
    case "match":
      return model.search === ""
        ? model
        : jumped(model, client, matchingRows(client, model.search), message.by);
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

function jumped(model: Model, client: ClientData, rows: Rows, by: number): Model {
  const position = rows.before(model.cursor);
  const here = position > 0 && rows.at(position - 1) + 1 === model.cursor ? 1 : 0;
  const at = by > 0 ? position : position - 1 - here;
  if (at < 0 || at >= rows.total) return { ...model, notice: "There is none" };
  return placed(model, client, rows.at(at) + 1, 0);
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
  const cursor = model.tail ? client.end : client.cursorAt(model.moment);
  const next: Model = {
    ...model,
    client: key,
    clientCursor: key,
    state: -1,
    treeCursor: { state: 0, line: 0 },
    expanded: new Set(),
    filters: { ...model.filters, group: null },
  };
  // The moment stays the one of the machine that it was chosen in.
  return { ...placed(next, client, cursor, 0, model.tail), moment: model.moment };
}

function withFilters(model: Model, change: Partial<Model["filters"]>): Model {
  return { ...model, filters: { ...model.filters, ...change } };
}

function searched(model: Model, text: string, where: Model["searchIn"]): Model {
  const next: Model = { ...model, search: text, searchIn: where };
  const wanted = text.toLowerCase();
  if (wanted === "") return next;
  if (where === "clients") {
    const key = clientOrder(model).find((one) => one.toLowerCase().startsWith(wanted));
    return key === undefined ? next : { ...next, clientCursor: key };
  }
  const names = selected(model)?.hello.names ?? [];
  if (where === "tree") {
    const state = names.findIndex((name) => name.toLowerCase().startsWith(wanted));
    return state === -1 ? next : { ...next, treeCursor: { state, line: 0 } };
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

function moveLine(model: Model, by: number): Model {
  const { focus, scroll } = model;
  if (focus === "clients") {
    const order = clientOrder(model);
    const at = order.indexOf(model.clientCursor ?? model.client ?? "");
    return { ...model, clientCursor: order[bounded(at + by, 0, order.length - 1)] ?? null };
  }
  if (focus === "log") return { ...model, scroll: { ...scroll, log: (scroll.log ?? 0) + by } };
  if (focus === "matrix") {
    return { ...model, scroll: { ...scroll, matrixRow: Math.max(scroll.matrixRow + by, 0) } };
  }
  if (focus !== "tree") return model;
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
