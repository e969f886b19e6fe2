import { cursorOf } from "./causality.ts";
import type { Row } from "./chunk.ts";
import type { Model } from "./model.ts";
import { firstOf, type ListPart, type Part } from "./list_part.ts";
import { matcherOf } from "./matcher.ts";
import type { ClientView, TreeLine } from "./view_types.ts";

/** `p2` before `p10`. */
const human = new Intl.Collator("en", { numeric: true });

interface Place {
  readonly key: string;
  readonly depth: number;
  readonly guide: string;
}

/** The machines in the wanted order; those only that a search in them finds. */
function places(model: Model): Place[] {
  const { search, searchIn, sort } = model;
  const all = sort === "tree" ? tree(model) : ranked(model);
  if (search === "" || searchIn !== "clients") return all;
  const matches = matcherOf(search);
  // Without what stands between them, lines of a tree would lead nowhere.
  return all.filter(({ key }) => matches(key)).map(({ key }) => ({ key, depth: 0, guide: "" }));
}

/** The machines by the last time that they did something, or by their errors. */
function ranked({ store, sort }: Model): Place[] {
  const rank = new Map<string, number>();
  for (const client of store.clients.values()) {
    const { key, first, end, errors } = client;
    rank.set(key, sort === "errors" ? errors : end > first ? client.time(end - 1) : -Infinity);
  }
  return [...rank.keys()]
    .sort((a, b) => Math.sign(rank.get(b)! - rank.get(a)!) || human.compare(a, b))
    .map((key) => ({ key, depth: 0, guide: "" }));
}

/** The machines as a tree: children below their parents, each level sorted. */
function tree(model: Model): Place[] {
  const { clients } = model.store;
  const children = new Map<string | null, string[]>();
  for (const { key, hello } of clients.values()) {
    const parent = hello.parent !== null && clients.has(hello.parent) && hello.parent !== key
      ? hello.parent
      : null;
    const list = children.get(parent);
    if (list) list.push(key);
    else children.set(parent, [key]);
  }
  const all: Place[] = [];
  const seen = new Set<string>();
  const walk = (keys: string[], depth: number, guide: string) => {
    keys.sort(human.compare);
    keys.forEach((key, i) => {
      if (seen.has(key)) return;
      seen.add(key);
      const last = i === keys.length - 1;
      const own = depth === 0 ? "" : guide + (last ? "└ " : "├ ");
      all.push({ key, depth, guide: own });
      const below = depth === 0 ? "" : guide + (last ? "  " : "│ ");
      walk(children.get(key) ?? [], depth + 1, below);
    });
  };
  walk(children.get(null) ?? [], 0, "");
  // Machines that name each other as parents have no root: shown all the same.
  for (const key of clients.keys()) walk([key], 0, "");
  return all;
}

/** The keys of the machines in the order of the list. */
export function clientOrder(model: Model): string[] {
  return places(model).map(({ key }) => key);
}

/** The machines in lines, as they were at the moment of the cursor; a part of them if wanted. */
export function clientViews(model: Model, part?: Part): [lines: ClientView[], part: ListPart] {
  const all = places(model);
  const at = model.clientCursor ?? model.client;
  const from = part === undefined ? 0 : firstOf(part, all.length);
  const shown = part === undefined ? all : all.slice(from, from + part.count);
  const lines = shown.map(({ key, depth, guide }) => {
    const client = model.store.clients.get(key)!;
    const { hello } = client;
    const cursor = cursorOf(model, client);
    const ticks = client.ticksAt(cursor);
    const active = (name: string) => {
      const state = hello.names.indexOf(name);
      return state !== -1 && ticks[state] % 2 === 1;
    };
    let errorRecently = false;
    for (let row = Math.max(cursor - 100, client.first); row < cursor; row++) {
      if ((client.flags(row) & 32) !== 0) errorRecently = true;
    }
    return {
      key,
      id: key,
      depth,
      guide,
      selected: key === model.client,
      cursor: key === at,
      connected: client.connected,
      disposed: client.disposed,
      errorNow: active("Exception"),
      errorRecently,
      started: active("Start"),
      ready: active("Ready"),
      transitions: cursor,
      errors: client.errors,
      more: cursor < client.end,
      dropped: client.dropped + client.refused,
      evicted: client.first,
      tags: hello.tags,
    };
  });
  return [lines, { from, total: all.length, cursor: all.findIndex(({ key }) => key === at) }];
}

const MARKS: Readonly<Record<number, string>> = {
  1: "+",
  2: "-",
  3: "-",
  4: "+",
  5: "-",
  7: "*",
  8: "!",
};

/** The states of the selected machine in lines. */
export function treeLines(model: Model): TreeLine[] {
  const client = model.client === null ? undefined : model.store.clients.get(model.client);
  if (client === undefined) return [];
  const { names, states } = client.hello;
  const { cursor, step, treeCursor, expanded, filters } = model;
  const ticks = client.ticksAt(cursor);
  // In step mode the next transition is in question, else the one that has just happened.
  const row: Row | null = step > 0 && cursor < client.end
    ? client.row(cursor)
    : cursor > client.first
    ? client.row(cursor - 1)
    : null;
  const done = row === null ? [] : step > 0 ? row.steps.slice(0, step) : row.steps;
  const link = step > 0 ? done.at(-1) : undefined;
  const called = new Set(row?.called);
  const touched = new Set(done.flatMap(([, state, by]) => [state, by]));
  const changed = new Set(step > 0 ? [] : row?.deltas.filter((_, i) => i % 2 === 0));
  const group = client.group(filters.group);
  const order = names.map((_, i) => i).filter((i) => group === undefined || group.includes(i));
  if (step > 0) order.sort((a, b) => Number(touched.has(b)) - Number(touched.has(a)) || a - b);
  const lines: TreeLine[] = [];
  for (const state of order) {
    const open = expanded.has(state) || (step > 0 && touched.has(state));
    let number = 0;
    const push = (kind: TreeLine["kind"], text: string, to: number) => {
      const about = to === -1 ? state : to;
      const line = number++;
      const whole = kind === "state";
      lines.push({
        kind,
        state,
        line,
        text,
        to,
        tick: whole || to !== -1 ? ticks[about] : -1,
        active: (whole || to !== -1) && ticks[about] % 2 === 1,
        cursor: treeCursor.state === state && treeCursor.line === line,
        selected: (whole || to !== -1) && model.state === about,
        expanded: whole && open,
        called: whole && called.has(state),
        touched: whole && touched.has(state),
        changed: whole && changed.has(state),
        marks: whole
          ? [...new Set(done.filter((one) => one[1] === state).map(([kind]) => MARKS[kind] ?? ""))]
            .join("")
          : "",
        link: !link || link[2] === -1 || !whole
          ? null
          : link[2] === state
          ? "from"
          : link[1] === state
          ? "to"
          : null,
      });
    };
    push("state", names[state], -1);
    if (!open) continue;
    const own = states[state];
    const properties = [
      own.auto && "auto",
      own.latest ? "latest" : own.multi && "multi",
      own.event && "event",
    ].filter((one) => one).join(" ");
    if (properties !== "") push("properties", properties, -1);
    for (const relation of ["add", "require", "remove", "after"] as const) {
      const list = own[relation];
      if (!list || list.length === 0) continue;
      push("relation", relation, -1);
      for (const to of list) push("reference", names[to], to);
    }
    const { timeouts = [] } = own;
    if (timeouts.length > 0) push("relation", "timeouts", -1);
    for (let i = 0; i < timeouts.length; i += 2) {
      push("reference", `${names[timeouts[i]]} ${timeouts[i + 1]} ms`, timeouts[i]);
    }
  }
  return lines;
}
