import type { WireStep } from "../../telemetry/debugger/protocol.ts";
import { STEP_KINDS } from "../../telemetry/debugger/protocol.ts";
import { errorsView, foundView, whyView } from "./answers_view.ts";
import { ACCEPTED, ERROR, type Row } from "./chunk.ts";
import type { ClientData } from "./client_data.ts";
import { clock } from "./clock.ts";
import { filteredRows, type Rows } from "./filtered.ts";
import { foundRows } from "./found.ts";
import { linkTo } from "./link.ts";
import { firstOf, type ListPart, type Part } from "./list_part.ts";
import { clientViews, treeLines } from "./lists.ts";
import { cut, logLines } from "./log_view.ts";
import { FILTER_NAMES, type Model, selected } from "./model.ts";
import { matchingClients, matchingStates } from "./search.ts";
import { timeView } from "./time_view.ts";
import type {
  FilterView,
  MachineView,
  MatrixView,
  RainLine,
  RelationView,
  StepView,
  TimelineView,
  TransitionView,
  TreeLine,
  View,
  Viewport,
} from "./view_types.ts";

/** What a screen or a page shows of a model: plain data. */
export function view(model: Model, viewport: Viewport): View {
  const { store, layout } = model;
  const client = selected(model);
  const { cursor, step } = model;
  const current = client && cursor > client.first ? client.row(cursor - 1) : null;
  const next = client && cursor < client.end ? client.row(cursor) : null;
  const rows = client && filteredRows(client, model.filters);
  let transitions = 0;
  let dropped = 0;
  let connected = 0;
  let errors = 0;
  for (const one of store.clients.values()) {
    transitions += one.end - one.first;
    dropped += one.dropped + one.refused;
    errors += one.errors;
    if (one.connected) connected++;
  }
  const shown = step > 0 ? next : current;
  const [clients, clientsPart] = clientViews(model, viewport.clients);
  const [tree, treePart] = treeView(
    layout.startsWith("tree") ? treeLines(model) : [],
    viewport.tree,
  );
  return {
    address: store.address,
    status: statusOf(model, client),
    notice: model.notice,
    mode: model.playing ? "playing" : model.tail ? "tail" : "paused",
    focus: model.focus,
    layout,
    dialog: model.dialog,
    exportForm: model.exportForm,
    totals: {
      clients: store.clients.size,
      connected,
      errors,
      transitions,
      evicted: store.evicted,
      dropped,
      memory: store.memory,
      maxMemory: store.maxMemory,
    },
    clients,
    clientsPart,
    sort: model.sort,
    clientsHidden: store.clients.size - clientsPart.total,
    machine: client && machineView(client, cursor, current),
    tree,
    treePart,
    current: client && current && transitionView(client, current),
    next: client && next && transitionView(client, next),
    timeline: client && rows
      ? timelineView(client, rows, cursor, viewport.timeline)
      : { position: 0, total: 0, unfiltered: 0, cells: [] },
    steps: {
      position: step,
      total: next?.steps.length ?? 0,
      kind: next === null ? "none" : next.accepted ? "normal" : "canceled",
      steps: client && next ? next.steps.map((one, i) => stepView(client, one, i < step)) : [],
    },
    log: client && rows && layout === "tree-log" ? logLines(model, client, rows, viewport.log) : [],
    matrix: client && shown && layout.includes("matrix")
      ? matrixView(model, client, shown, viewport)
      : null,
    rain: client && rows && layout.endsWith("rain")
      ? rainLines(client, rows, cursor, viewport.rain)
      : [],
    why: viewport.why || layout === "tree-why" ? whyView(model) : null,
    errors: layout === "errors" ? errorsView(model, viewport.errors ?? { count: 100 }) : null,
    found: layout === "found" ? foundView(model, viewport.found ?? 40) : null,
    time: layout === "time" ? timeView(model, viewport.time ?? { count: 40, columns: 200 }) : null,
    openPath: model.openPath,
    dialogPage: model.dialogPage,
    refusals: [...store.refusals],
    filters: model.filters,
    filterBar: filterBar(model),
    search: searchView(model, client),
    link: client === null
      ? ""
      : linkTo({ machine: client.key, ...(!model.tail && { tx: current?.id ?? 0, step }) }),
  };
}

function statusOf(model: Model, client: ClientData | null): string {
  const { address } = model.store;
  if (client === null) return address === "" ? "No machines" : `Listening on ${address}`;
  if (client.end === client.first) return "No transitions yet";
  return model.cursor === client.first ? "Initial structure" : "";
}

function machineView(client: ClientData, cursor: number, current: Row | null): MachineView {
  const { names, states, parent, groups } = client.hello;
  const ticks = client.ticksAt(cursor);
  return {
    key: client.key,
    id: client.hello.id,
    parent,
    states: names,
    ticks,
    timeSum: ticks.reduce((sum, tick) => sum + tick, 0),
    queue: current?.queue ?? 0,
    groups: Object.keys(groups),
    about: aboutOf(client),
    relations: relationsOf(states),
  };
}

/** What is known of a machine besides its states. */
function aboutOf(
  { hello, errors, dropped, refused, first, connected, disposed }: ClientData,
): string[] {
  const lost = dropped + refused;
  return [
    hello.parent !== null && `in ${hello.parent}`,
    errors > 0 && `${errors} error${errors === 1 ? "" : "s"}`,
    ...hello.tags,
    lost > 0 && `${lost} dropped`,
    first > 0 && `${first} left memory`,
    disposed ? "disposed" : !connected && "disconnected",
  ].filter((part) => part !== false);
}

/** One list per schema: who compares views sees that it is the same. */
const relations = new WeakMap<ClientData["hello"]["states"], readonly RelationView[]>();

function relationsOf(states: ClientData["hello"]["states"]): readonly RelationView[] {
  let list = relations.get(states);
  if (list === undefined) {
    list = states.flatMap((state, from) =>
      (["add", "remove", "require", "after"] as const).flatMap((relation) =>
        (state[relation] ?? []).map((to) => ({ from, to, relation }))
      )
    );
    relations.set(states, list);
  }
  return list;
}

function treeView(all: TreeLine[], part?: Part): [lines: TreeLine[], part: ListPart] {
  const cursor = all.findIndex((line) => line.cursor);
  if (part === undefined) return [all, { from: 0, total: all.length, cursor }];
  const from = firstOf(part, all.length);
  return [all.slice(from, from + part.count), { from, total: all.length, cursor }];
}

/** A transition in words. */
export function transitionView(client: ClientData, row: Row): TransitionView {
  const { names, states } = client.hello;
  const added: string[] = [];
  const removed: string[] = [];
  const retouched: string[] = [];
  let ticks = 0;
  if (row.deltas.length > 0) {
    const after = client.ticksAt(row.row + 1);
    for (let i = 0; i < row.deltas.length; i += 2) {
      const state = row.deltas[i];
      ticks += row.deltas[i + 1];
      const list = row.deltas[i + 1] % 2 === 0 ? retouched : after[state] % 2 ? added : removed;
      list.push(names[state]);
    }
  }
  const touched = new Set(row.steps.flatMap((one) => [one[1], one[2]]));
  touched.delete(-1);
  const called = row.called.map((state) => names[state]);
  const multi = row.called.some((state) => states[state].multi) ? " multi" : "";
  const summary = [
    row.auto && "auto",
    row.check && "check",
    !row.accepted && "canceled",
    `add: ${added.length}`,
    `rm: ${removed.length}`,
    `touch: ${touched.size}`,
    clock(row.time),
  ];
  return {
    id: row.id,
    row: row.row,
    type: row.type,
    called,
    accepted: row.accepted,
    auto: row.auto ?? false,
    check: row.check ?? false,
    error: row.error,
    ticks,
    added,
    removed,
    retouched,
    touched: touched.size,
    queue: row.queue,
    duration: row.duration,
    time: row.time,
    clock: clock(row.time),
    source: row.source
      ? { machine: row.source[0], transition: row.source[1], handler: row.source[2] }
      : null,
    refusedBy: row.refusedBy ?? null,
    args: row.args ?? {},
    lost: row.lost ?? 0,
    title: row.type === "jump"
      ? `time moved${row.lost ? `, ${row.lost} dropped` : ""}`
      : `${row.type}${multi}: ${cut(called.join(", "))}`,
    summary: summary.filter((part) => part).join(" | "),
  };
}

function timelineView(
  client: ClientData,
  rows: Rows,
  cursor: number,
  width: number,
): TimelineView {
  const { total } = rows;
  const cells = Array.from({ length: width }, (_, cell): TimelineView["cells"][number] => {
    const from = Math.floor(cell * total / width);
    const to = Math.min(Math.max(Math.floor((cell + 1) * total / width), from + 1), total);
    if (from >= total) return "none";
    let worst: TimelineView["cells"][number] = "normal";
    // A sample per cell, so that the bar costs the same whatever is recorded.
    const stride = Math.max(1, Math.floor((to - from) / 32));
    for (let at = from; at < to; at += stride) {
      const flags = client.flags(rows.at(at));
      if ((flags & ERROR) !== 0) return "error";
      if ((flags & ACCEPTED) === 0) worst = "canceled";
      else if ((flags & 3) === 3 && worst === "normal") worst = "jump";
    }
    return worst;
  });
  return {
    position: rows.before(cursor),
    total,
    unfiltered: client.end - client.first,
    cells,
  };
}

function stepView(client: ClientData, step: WireStep, done: boolean): StepView {
  const [number, state, by, handler] = step;
  const name = (index: number) => client.hello.names[index] ?? "Any";
  const kind = STEP_KINDS[number];
  const text = {
    requested: `${name(state)} requested`,
    add: `${name(by)} adds ${name(state)}`,
    remove: `${name(by)} removes ${name(state)}`,
    require: `${name(state)} lacks ${name(by)}`,
    enter: `${name(state)} enters`,
    exit: `${name(state)} exits`,
    touch: `${name(state)} called again`,
    handler: `handler ${handler}`,
    cancel: `canceled by ${handler}`,
  }[kind];
  return { kind, state, by, handler, text, done };
}

function matrixView(model: Model, client: ClientData, row: Row, viewport: Viewport): MatrixView {
  const { names } = client.hello;
  const all = names.map((_, i) => i);
  const { matrixRow, matrixColumn } = model.scroll;
  const columns = all.slice(matrixColumn, matrixColumn + viewport.matrixColumns);
  const rows = all.slice(matrixRow, matrixRow + viewport.matrixRows);
  const bits = new Map<string, number>();
  for (const [kind, state, by] of model.step > 0 ? row.steps.slice(0, model.step) : row.steps) {
    const cell = `${state} ${by === -1 ? state : by}`;
    bits.set(cell, (bits.get(cell) ?? 0) | (1 << kind));
  }
  const deltas = new Map<number, number>();
  for (let i = 0; i < row.deltas.length; i += 2) deltas.set(row.deltas[i], row.deltas[i + 1]);
  return {
    id: row.id,
    timeSum: client.ticksAt(row.row + 1).reduce((sum, tick) => sum + tick, 0),
    columns,
    rows,
    called: columns.map((state) => row.called.includes(state)),
    deltas: columns.map((state) => deltas.get(state) ?? 0),
    cells: rows.map((state) => columns.map((by) => bits.get(`${state} ${by}`) ?? 0)),
  };
}

function rainLines(client: ClientData, rows: Rows, cursor: number, height: number): RainLine[] {
  const position = rows.before(cursor);
  const from = Math.max(0, Math.min(position - Math.ceil(height / 2), rows.total - height));
  const lines: RainLine[] = [];
  for (let at = from; at < Math.min(from + height, rows.total); at++) {
    const row = client.row(rows.at(at));
    const ticks = client.ticksAt(row.row + 1);
    const touched = new Set([...row.called, ...row.steps.flatMap((one) => [one[1], one[2]])]);
    const changed = new Set(row.deltas.filter((_, i) => i % 2 === 0));
    const called = new Set(row.called);
    const cells = ticks.map((tick, state) =>
      !row.accepted && called.has(state)
        ? "c"
        : tick % 2 === 1
        ? touched.has(state) || changed.has(state) ? "2" : "1"
        : changed.has(state)
        ? "|"
        : touched.has(state)
        ? "-"
        : " "
    ).join("");
    const { id, time, error } = row;
    lines.push({
      row: row.row,
      id,
      time,
      clock: clock(time),
      cells,
      called: row.called,
      error,
      current: row.row === cursor - 1,
    });
  }
  return lines;
}

function filterBar(model: Model): FilterView[] {
  const { filters } = model;
  const focused = (at: number) => model.focus === "filters" && model.filterCursor === at;
  const at = FILTER_NAMES.length;
  return [
    ...FILTER_NAMES.map((name, i) => ({
      name,
      text: `${model.filters[name] ? "✓" : "·"} skip ${name}`,
      on: filters[name],
      focused: focused(i),
    })),
    { name: "level", text: `L${filters.level}`, on: filters.level < 4, focused: focused(at) },
    {
      name: "group",
      text: `group: ${filters.group ?? "all"}`,
      on: filters.group !== null,
      focused: focused(at + 1),
    },
  ];
}

function searchView(model: Model, client: ClientData | null): View["search"] {
  const { search: text, searchIn, typing, store } = model;
  const base = { text, in: searchIn, typing };
  if (searchIn !== "transitions") {
    const { length } = searchIn === "clients"
      ? matchingClients(model, text)
      : matchingStates(client, text);
    return { ...base, matches: length, match: 0 };
  }
  let matches = 0;
  let match = 0;
  for (const one of text === "" ? [] : store.clients.values()) {
    const rows = foundRows(one, text);
    matches += rows.total;
    match += rows.before(one === client ? model.cursor : one.cursorAt(model.moment));
  }
  return { ...base, matches, match };
}
