import { shownErrors, whyLinesOf } from "./answers_view.ts";
import type { ClientData } from "./client_data.ts";
import { errorKey } from "./errors.ts";
import { foundRows } from "./found.ts";
import { clientOrder, treeLines } from "./lists.ts";
import {
  FILTER_NAMES,
  type Focus,
  type Layout,
  type Level,
  type Message,
  type Model,
  selected,
  SORTS,
  VIEWS,
} from "./model.ts";
import { matchingClients, matchingStates } from "./search.ts";
import { beginOf, pan, timeRows, zoom } from "./time_view.ts";
import {
  bounded,
  goTo,
  nothing,
  placed,
  remembered,
  selectClient,
  toMatch,
  travel,
  visited,
} from "./travel.ts";

/** The panels of each layout, in the order of the focus. */
const PANELS: Readonly<Record<Layout, readonly Focus[]>> = {
  "tree-log": ["tree", "log"],
  "tree-matrix": ["tree", "matrix"],
  "tree-rain": ["tree", "log"],
  "time": ["time"],
  "matrix": ["matrix"],
  "matrix-rain": ["matrix", "log"],
  "tree-why": ["tree", "why"],
  "errors": ["errors"],
  "found": ["found"],
};

/** What can have the focus, in order. */
function focuses({ layout }: Model): readonly Focus[] {
  return ["clients", ...PANELS[layout], "timeline", "steps", "filters"];
}

/** Messages that go somewhere else: one can come back from there. */
const VISITS: ReadonlySet<Message["kind"]> = new Set([
  "client",
  "clientBy",
  "transition",
  "time",
  "first",
  "last",
  "jump",
  "touched",
  "error",
  "equal",
  "go",
  "match",
  "activation",
]);

/** The model after a message. No terminal, no socket, no timer in here. */
export function update(model: Model, message: Message): Model {
  const next = updated(model, message);
  return VISITS.has(message.kind) ? remembered(model, next) : next;
}

function updated(model: Model, message: Message): Model {
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
      const { by = 1 } = message;
      const at = VIEWS.indexOf(model.layout);
      const next = at === -1 ? model.layoutBefore : VIEWS[(at + by + VIEWS.length) % VIEWS.length];
      const shown = withLayout(model, message.layout ?? next);
      return message.focus ? { ...shown, focus: PANELS[shown.layout].at(-1)! } : shown;
    }
    case "answer":
      return answered(model, message.layout);
    case "unfold": {
      const whyOpen = new Set(model.whyOpen);
      if (message.on ?? !whyOpen.has(message.fold)) whyOpen.add(message.fold);
      else whyOpen.delete(message.fold);
      return { ...model, whyOpen };
    }
    case "zoom":
      return { ...model, time: zoom(model, message.by) };
    case "pan":
      return { ...model, time: pan(model, message.by) };
    case "timeWindow":
      return { ...model, time: { ...model.time, from: message.from, span: message.span } };
    case "timeBy": {
      const by = message.rows ?? (model.time.by === "states" ? "machines" : "states");
      const state = model.state === -1 ? timeRows(model)[model.time.row]?.state ?? -1 : model.state;
      const row = by === "states" ? Math.max(state, 0) : 0;
      return { ...model, state, time: { ...model.time, by, row } };
    }
    case "sort": {
      const sort = message.sort ?? SORTS[(SORTS.indexOf(model.sort) + 1) % SORTS.length];
      return { ...model, sort };
    }
    case "go":
      return goTo(model, message.key, message.id);
    case "activation": {
      const { key, state, time } = message;
      const there = model.store.clients.get(key);
      const row = there === undefined ? -1 : beginOf(there, state, time);
      if (there === undefined || row === -1) return nothing(model);
      return { ...goTo(model, key, there.id(row)), state };
    }
    case "back":
    case "forward": {
      const there = visited(model, message.kind);
      return withLayout(there, there.layout);
    }
    case "error": {
      const there = client === null ? model : travel(model, client, message);
      const found = selected(there);
      const key = found === null ? null : errorKey(found, there.cursor - 1);
      return key === null ? there : { ...there, errorCursor: key };
    }
    case "focus":
      return { ...model, focus: message.on, typing: false };
    case "focusBy": {
      const all = focuses(model);
      const at = all.indexOf(model.focus) + message.by;
      return { ...model, focus: all[(at + all.length) % all.length], typing: false };
    }
    case "dialog":
      return { ...model, dialog: message.dialog, dialogPage: 0 };
    case "dialogPage":
      return { ...model, dialogPage: Math.max(model.dialogPage + message.by, 0) };
    case "openPath":
      return { ...model, openPath: message.path };
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
      return typing(model, message.on, message.in ?? "transitions");
    case "accept":
      return accepted(model);
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

/** Shows other panels; the focus stays, or goes to the first of them. */
function withLayout(model: Model, layout: Layout): Model {
  const next = { ...model, layout };
  const focus = focuses(next).includes(model.focus) ? model.focus : PANELS[layout].at(-1)!;
  return { ...next, focus };
}

/** Opens what answers a question, and has the keys then; a second time, what was there before. */
function answered(model: Model, layout: Layout | undefined): Model {
  const { layout: now, layoutBefore } = model;
  if (layout === undefined || layout === now) {
    return VIEWS.includes(now) ? model : withLayout(model, layoutBefore);
  }
  const before = VIEWS.includes(now) ? now : layoutBefore;
  const opened = { ...model, layout, layoutBefore: before, focus: PANELS[layout].at(-1)! };
  // What one wants to know something of has to stay.
  return layout === "tree-why" ? { ...opened, tail: false, playing: false } : opened;
}

function withWhy(model: Model): Model {
  return model.layout === "tree-why" ? { ...model, focus: "why" } : answered(model, "tree-why");
}

function withFilters(model: Model, change: Partial<Model["filters"]>): Model {
  return { ...model, filters: { ...model.filters, ...change } };
}

/** Begins or ends a search; that of everything shows what it finds, in the errors if they are open. */
function typing(model: Model, on: boolean, where: Model["searchIn"]): Model {
  if (!on) return searched({ ...model, typing: false }, "", model.searchIn);
  const next: Model = { ...model, typing: true, search: "", searchIn: where };
  const shown = where !== "transitions" || ["errors", "found"].includes(model.layout);
  return shown ? next : answered(next, "found");
}

/** What the search has found is taken. */
function accepted(model: Model): Model {
  const { search, searchIn, clientCursor, layout } = model;
  const done = { ...model, typing: false };
  if (search === "") return done;
  if (searchIn === "clients") {
    const next = { ...done, search: "" };
    return clientCursor === null ? next : update(next, { kind: "client", key: clientCursor });
  }
  if (searchIn === "tree") return { ...done, search: "" };
  const client = selected(model);
  if (client === null || layout === "errors") return done;
  const rows = foundRows(client, search);
  const at = rows.before(model.cursor);
  // One that is there already stays.
  const here = at > 0 && rows.at(at - 1) === model.cursor - 1;
  return here ? done : update(done, { kind: "match", by: 1 });
}

function searched(model: Model, text: string, where: Model["searchIn"]): Model {
  const next: Model = { ...model, search: text, searchIn: where };
  // Without text nothing was found that could be shown.
  if (text === "" && !model.typing && model.layout === "found") return answered(next, undefined);
  if (where === "clients") {
    const [key] = matchingClients(next, text);
    return key === undefined ? next : { ...next, clientCursor: key };
  }
  if (where === "tree") {
    const [state] = matchingStates(selected(next), text);
    return state === undefined ? next : { ...next, state, treeCursor: { state, line: 0 } };
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

/** Where the search finds something next, in the panel that it is for. */
function matched(model: Model, client: ClientData | null, by: number): Model {
  const { search, searchIn } = model;
  if (search === "") return model;
  if (searchIn === "transitions") {
    return client ? toMatch(model, client, by) : model;
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

/** All entries from the one after a position on, around the end, or backwards. */
function around<T>(list: readonly T[], at: number, by: number): T[] {
  const all = [...list.slice(at + 1), ...list.slice(0, at + 1)];
  if (by > 0) return all;
  return [
    ...list.slice(0, Math.max(at, 0)).toReversed(),
    ...list.slice(Math.max(at, 0)).toReversed(),
  ];
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
  if (on === "why") {
    const last = whyLinesOf(model).length - 1;
    return { ...model, whyCursor: bounded(Math.min(model.whyCursor, last) + by, 0, last) };
  }
  if (on === "errors") {
    const { groups } = shownErrors(model);
    const at = Math.max(groups.findIndex(({ key }) => key === model.errorCursor), 0);
    return { ...model, errorCursor: groups[bounded(at + by, 0, groups.length - 1)]?.key ?? null };
  }
  if (on === "found") {
    return update(model, { kind: "match", by: by < 0 ? -1 : 1 });
  }
  if (on === "time") {
    const rows = timeRows(model);
    const row = bounded(Math.min(model.time.row, rows.length - 1) + by, 0, rows.length - 1);
    const time = { ...model.time, row };
    return model.time.by === "states"
      ? { ...model, time, state: rows[row]?.state ?? -1 }
      : { ...model, time };
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
  switch (model.focus) {
    case "filters":
      return update(model, { kind: "filterToggle" });
    case "clients":
      return model.clientCursor === null
        ? model
        : update(model, { kind: "client", key: model.clientCursor });
    case "tree":
      return enterTree(model);
    case "why": {
      const lines = whyLinesOf(model);
      const line = lines[Math.min(model.whyCursor, lines.length - 1)];
      if (line?.go) return update(model, { kind: "go", key: line.go.key, id: line.go.id });
      return line?.fold ? update(model, { kind: "unfold", fold: line.fold }) : model;
    }
    case "errors": {
      const { groups } = shownErrors(model);
      const group = groups.find(({ key }) => key === model.errorCursor) ?? groups[0];
      if (group === undefined) return nothing(model);
      const { key, id } = group.last;
      return withWhy(update(model, { kind: "go", key, id }));
    }
    case "time": {
      const rows = timeRows(model);
      const row = rows[Math.min(model.time.row, rows.length - 1)];
      if (row === undefined) return model;
      return update(model, { kind: "activation", ...row, time: model.moment });
    }
    case "log":
    case "timeline":
    case "found":
      return model.client === null ? model : withWhy(model);
    default:
      return model;
  }
}

function enterTree(model: Model): Model {
  const line = treeLines(model).find((one) => one.cursor);
  if (line === undefined) return model;
  return line.to === -1
    ? expand({ ...model, state: line.state }, line.state, undefined)
    : update(model, { kind: "state", state: line.to });
}
