/**
 * The answers to the questions that may be asked about all that is recorded: plain data of a bounded
 * size, made of what the model says.
 *
 * @module
 */
import type { WireTimer } from "../telemetry/debugger/protocol.ts";
import { ACCEPTED, CHECK, ERROR } from "./model/chunk.ts";
import type { ClientData } from "./model/client_data.ts";
import { errorGroups, errorOf } from "./model/errors.ts";
import { touchingRows } from "./model/filtered.ts";
import { foundRows, matchOf } from "./model/found.ts";
import { cut } from "./model/log_view.ts";
import { matcherOf } from "./model/matcher.ts";
import { referenceTo, type TransitionRef } from "./model/reference.ts";
import type { Store } from "./model/store.ts";
import { type ArgumentView, type ErrorView, whyOf } from "./model/why.ts";
import { causeText } from "./model/why_lines.ts";
import { causeOf } from "./model/causes.ts";
import { listClients } from "./reports.ts";

/** A question that cannot be answered as it was asked. */
export class QuestionError extends Error {
  /** The error's name. */
  override readonly name = "QuestionError";
}

/** The checked parameters of a question. */
export type Given = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

/** Characters of one text in an answer, of a name, and roughly of a whole list. */
const TEXT = 500;
const NAME = 200;
const ENOUGH = 30_000;
/** Items of a list: as many as are asked for, or so many; and never more. */
export const SOME = 50;
export const MOST = 500;
/** Characters and names of a parameter. */
export const LONGEST = 10_000;
/** Rows that one question looks through for what has no list of its own. */
const LOOKED = 200_000;

/** A text in a message. */
export function said(text: string): string {
  return JSON.stringify(cut(text, NAME));
}

function named(store: Store, given: Given): ClientData {
  const client = store.clients.get(given.machine as string);
  if (client !== undefined) return client;
  throw new QuestionError(`Machine ${said(given.machine as string)} is not known`);
}

/** The kept row that the parameters name. */
function rowNamed(client: ClientData, given: Given): number {
  const row = given.transition === 0 ? -1 : client.rowOf(given.transition as number);
  if (row !== -1) return row;
  throw new QuestionError(
    `Transition ${given.transition} of ${said(client.key)} is not here: ` +
      "it is yet to come, has left memory, or never was",
  );
}

/** Takes items until there are as many as wanted, or enough for one answer. */
function* bounded<T>(items: Iterable<T>, given: Given): Generator<T> {
  let left = Math.min((given.limit as number | undefined) ?? SOME, MOST);
  let size = 0;
  for (const item of items) {
    size += JSON.stringify(item).length;
    if (left-- <= 0 || size > ENOUGH) return;
    yield item;
  }
}

function short(text: string): string {
  return cut(text, TEXT);
}

function names(list: readonly string[]): string[] {
  const shown = list.slice(0, SOME).map((name) => cut(name, NAME));
  return list.length > SOME ? [...shown, `… ${list.length - SOME} more`] : shown;
}

function refOf({ key, id, title, time }: TransitionRef): object {
  return { machine: key, transition: id, title: short(title), time: new Date(time).toISOString() };
}

/** Tells what has the text in it that was given; everything, when none was. */
function matcher(wanted: Given[string]): (text: string) => boolean {
  return wanted === undefined ? () => true : matcherOf(wanted as string);
}

// --- the answers ---------------------------------------------------------------------------------

/** The machines in short. */
export function machines(store: Store, given: Given): object {
  const matches = matcher(given.search);
  const all = listClients(store).filter(({ id }) => matches(id));
  const from = (given.skip as number | undefined) ?? 0;
  const items = all.values().drop(from).map((summary) => {
    const client = store.clients.get(summary.id)!;
    return {
      ...summary,
      disposed: client.disposed,
      active: names(activeOf(client, client.end)),
      last: client.end > client.first ? refOf(referenceTo(client, client.end - 1)) : null,
    };
  });
  const shown = [...bounded(items, given)];
  return { total: all.length, machines: shown, more: from + shown.length < all.length };
}

function activeOf(client: ClientData, cursor: number): string[] {
  const ticks = client.ticksAt(cursor);
  return client.hello.names.filter((_, i) => ticks[i] % 2 === 1);
}

/** One machine's states. */
export function state(store: Store, given: Given): object {
  const client = named(store, given);
  const { hello } = client;
  const cursor = given.transition === undefined ? client.end : rowNamed(client, given) + 1;
  const ticks = client.ticksAt(cursor);
  const name = (i: number) => hello.names[i];
  const matches = matcher(given.search);
  const order = hello.names.map((_, i) => i)
    .filter((i) => matches(name(i)))
    .sort((a, b) => ticks[b] % 2 - ticks[a] % 2);
  const items = order.values().map((i) => {
    const { add, remove, require, after, timeouts: _, ...flags } = hello.states[i];
    const relations = Object.entries({ add, remove, require, after })
      .filter(([, list]) => list !== undefined && list.length > 0)
      .map(([relation, list]) => [relation, names(list!.map(name))]);
    return {
      name: cut(name(i), NAME),
      active: ticks[i] % 2 === 1,
      tick: ticks[i],
      ...flags,
      ...Object.fromEntries(relations),
    };
  });
  const states = [...bounded(items, { limit: MOST })];
  return {
    machine: client.key,
    parent: hello.parent,
    tags: names(hello.tags),
    connected: client.connected,
    disposed: client.disposed,
    after: cursor > client.first ? refOf(referenceTo(client, cursor - 1)) : null,
    states,
    more: states.length < order.length,
    ...(cursor === client.end && { timers: client.timers.slice(0, SOME).map(timer) }),
  };

  function timer([state, adds, due]: WireTimer): object {
    const of = state === -1 ? null : name(state);
    return { state: of, adds: names(adds.map(name)), due: new Date(due).toISOString() };
  }
}

/** One machine's transitions. */
export function transitions(store: Store, given: Given): object {
  const client = named(store, given);
  const { outcome, errors, auto, before, after, limit = SOME } = given;
  if (outcome !== undefined && outcome !== "executed" && outcome !== "canceled") {
    throw new QuestionError(`Parameter "outcome" has to be executed or canceled`);
  }
  const states = (given.states as string[] | undefined)?.map((state) => indexOf(client, state));
  const touching = states && touchingRows(client, states);
  const passes = (row: number) => {
    const flags = client.flags(row);
    if (errors === true && (flags & ERROR) === 0) return false;
    if (outcome !== undefined && ((flags & ACCEPTED) !== 0) !== (outcome === "executed")) {
      return false;
    }
    const id = client.id(row);
    if (before !== undefined && id >= (before as number)) return false;
    if (after !== undefined && (id <= (after as number) || id === 0)) return false;
    return auto !== false || !client.row(row).auto;
  };
  const total = touching?.total ?? client.end - client.first;
  const rowAt = (position: number) => touching?.at(position) ?? client.first + position;
  const found: number[] = [];
  const wanted = Math.min(limit as number, MOST);
  let looked = 0;
  for (; looked < Math.min(total, LOOKED) && found.length < wanted; looked++) {
    const row = rowAt(after === undefined ? total - 1 - looked : looked);
    if (passes(row)) found.push(row);
  }
  // The nearest to where one looks from stay when it is too much.
  const shown = [...bounded(found.values().map((row) => told(store, client, row)), given)];
  if (after === undefined) shown.reverse();
  return {
    machine: client.key,
    transitions: shown,
    more: shown.length < found.length || looked < total,
    lost: client.dropped + client.refused,
  };
}

function indexOf(client: ClientData, state: string): number {
  const index = client.hello.names.indexOf(state);
  if (index !== -1) return index;
  throw new QuestionError(`State ${said(state)} is not one of ${said(client.key)}`);
}

/** A transition in short. */
function told(store: Store, client: ClientData, row: number): object {
  const {
    id,
    type,
    called,
    deltas,
    accepted,
    auto,
    check,
    time,
    duration,
    queue,
    args,
    refusedBy,
  } = client.row(row);
  const { names: all } = client.hello;
  const ticks = client.ticksAt(row + 1);
  const changed = deltas.filter((_, i) => i % 2 === 0);
  const cause = causeOf(store, client, row);
  const error = errorOf(client, row);
  const entered = changed.filter((i) => ticks[i] % 2 === 1);
  const left = changed.filter((i) => ticks[i] % 2 === 0);
  return {
    transition: id,
    type,
    called: names(called.map((i) => all[i])),
    ...(entered.length > 0 && { entered: names(entered.map((i) => all[i])) }),
    ...(left.length > 0 && { left: names(left.map((i) => all[i])) }),
    outcome: accepted ? "executed" : "canceled",
    ...(refusedBy !== undefined && { refusedBy: cut(refusedBy, NAME) }),
    ...(auto && { auto }),
    ...(check && { check }),
    ...(error !== null && { error: short(`${error.name}: ${error.message}`) }),
    ...(args !== undefined && { args: argsOf(args) }),
    ...(cause !== null && { cause: short(causeText(cause)) }),
    time: new Date(time).toISOString(),
    ms: duration,
    ...(queue > 0 && { waiting: queue }),
  };
}

function argsOf(args: Readonly<Record<string, string>>): object {
  const entries = Object.entries(args).slice(0, SOME);
  return Object.fromEntries(entries.map(([name, text]) => [cut(name, NAME), short(text)]));
}

/** Why a transition happened. */
export function why(store: Store, given: Given): object {
  const client = named(store, given);
  const row = rowNamed(client, given);
  const { outcome, chain, asked, took, args, argsSent, refusal, effects, error } = whyOf(
    store,
    client,
    row,
  );
  const { causes } = chain;
  const cause = (one: typeof causes[number]) => ({
    how: one.how,
    text: short(one.text),
    // What one asks for next: of several machines with the id the right one.
    machine: one.ref?.key ?? one.machine,
    transition: one.transition,
    title: one.ref === null ? null : short(one.ref.title),
    here: one.ref !== null,
  });
  const shown = [...bounded(causes.map(cause), given)];
  return {
    ...told(store, client, row),
    machine: client.key,
    outcome,
    causes: shown,
    ...(shown.length < causes.length && {
      omitted: causes.length - shown.length,
      lastCause: cause(causes[causes.length - 1]),
    }),
    end: {
      first: "the last cause came from outside of all handlers: it is the first cause",
      missing: "the last cause's transition is not here: it is yet to come, or has left memory",
      long: "there are more causes, or they go in a circle",
    }[chain.end],
    error: error === null ? null : errorOfWhy(error),
    args: args.slice(0, SOME).map(({ name, value }: ArgumentView) => ({
      name: cut(name, NAME),
      value: cut(client.row(row).args![name] ?? value.text, TEXT * 4),
    })),
    ...(argsSent !== "yes" && { argsSent }),
    asked: asked.clock,
    waited: asked.waited,
    behind: asked.behind,
    took: { ms: took.total, handlers: took.handlers.slice(0, SOME) },
    refusal: refusal && {
      by: refusal.by,
      ...(refusal.handler !== "" && { handler: cut(refusal.handler, NAME) }),
      relations: refusal.relations.slice(0, SOME).map(({ text, since, ref }) => ({
        text: short(text),
        since: short(since),
        by: ref && refOf(ref),
      })),
    },
    effects: {
      total: effects.total,
      first: effects.effects.slice(0, SOME).map(({ how, text, ref }) => ({
        how,
        text: short(text),
        ...refOf(ref),
      })),
    },
  };
}

/** Lines of one stack in an answer. */
const STACK = 20;

function errorOfWhy({ name, message, stack, causes }: ErrorView): object {
  const one = (error: Pick<ErrorView, "name" | "message" | "stack">) => ({
    name: cut(error.name, NAME),
    message: cut(error.message, TEXT * 4),
    stack: error.stack.slice(0, STACK).map(({ text }) => short(text)),
  });
  return { ...one({ name, message, stack }), causes: causes.map(one) };
}

/** The errors of all machines, or of one. */
export function errors(store: Store, given: Given): object {
  const { key } = given.machine === undefined ? { key: null } : named(store, given);
  const matches = matcher(given.search);
  const groups = errorGroups(store).filter(({ machine, text }) =>
    (key === null || machine === key) && (matches(text) || matches(machine))
  );
  const items = groups.values().map(({ machine, text, count, first, last }) => ({
    machine,
    text: short(text),
    count,
    last: refOf(last),
    ...(count > 1 && { first: refOf(first) }),
  }));
  return {
    total: groups.reduce((sum, { count }) => sum + count, 0),
    kinds: groups.length,
    errors: [...bounded(items, given)],
  };
}

/** Where a text occurs. */
export function find(store: Store, given: Given): object {
  const text = given.text as string;
  if (text === "") throw new QuestionError(`Parameter "text" is empty`);
  const clients = given.machine === undefined ? [...store.clients.values()] : [named(store, given)];
  const wanted = Math.min((given.limit as number | undefined) ?? SOME, MOST);
  const newest: { client: ClientData; row: number; time: number }[] = [];
  const matches = matcher(text);
  let total = 0;
  for (const client of clients) {
    const rows = foundRows(client, text);
    total += rows.total;
    for (let at = rows.total - 1; at >= Math.max(rows.total - wanted, 0); at--) {
      const row = rows.at(at);
      newest.push({ client, row, time: client.time(row) });
    }
  }
  newest.sort((a, b) => b.time - a.time);
  const items = newest.values().map(({ client, row }) => {
    const { where, text: match, ref } = matchOf(client, row, text);
    return { where, text: short(match), ...refOf(ref) };
  });
  return {
    total,
    machines: names([...store.clients.keys()].filter(matches)),
    matches: [...bounded(items, given)],
  };
}

/**
 * Whether a condition holds, or did since an earlier answer: `met`, and `next`, from which one asks
 * again. So nothing is missed between two questions, however short it was.
 */
export function wait(store: Store, given: Given): object {
  const { active = [], inactive = [], error } = given as Record<string, string[] | undefined>;
  const from = given.from as number | undefined;
  const client = store.clients.get(given.machine as string);
  if (error as unknown === true) {
    if (active.length + inactive.length > 0) {
      throw new QuestionError("A wait is for an error, or for states of a machine");
    }
    return waitError(given.machine === undefined ? [...store.clients.values()] : [client], from);
  }
  if (given.machine === undefined || active.length + inactive.length === 0) {
    throw new QuestionError(
      `A wait needs "error": true, or "machine" with "active" or "inactive" states`,
    );
  }
  if (client === undefined) return { met: false, next: 0, machine: "not there yet" };
  const on = active.map((state) => indexOf(client, state));
  const off = inactive.map((state) => indexOf(client, state));
  const ticks = client.ticksAt(from ?? client.end);
  const holds = () => on.every((i) => ticks[i] % 2 === 1) && off.every((i) => ticks[i] % 2 === 0);
  const done = (cursor: number) => ({
    met: true,
    next: cursor,
    machine: client.key,
    after: cursor > client.first ? refOf(referenceTo(client, cursor - 1)) : null,
    active: names(activeOf(client, cursor)),
  });
  let cursor = Math.min(Math.max(from ?? client.end, client.first), client.end);
  if (holds()) return done(cursor);
  const end = Math.min(client.end, cursor + LOOKED);
  while (cursor < end) {
    const { deltas, check } = client.row(cursor++);
    for (let i = 0; i < deltas.length; i += 2) ticks[deltas[i]] += deltas[i + 1];
    if (!check && deltas.length > 0 && holds()) return done(cursor);
  }
  return { met: false, next: cursor, machine: client.key };
}

function waitError(clients: readonly (ClientData | undefined)[], from?: number): object {
  let count = 0;
  let newest: TransitionRef | null = null;
  for (const client of clients) {
    if (client === undefined) continue;
    count += client.errors;
    for (let row = client.end - 1; client.errors > 0 && row >= client.first; row--) {
      if (newest !== null && client.time(row) <= newest.time) break;
      if ((client.flags(row) & (ERROR | CHECK)) !== ERROR) continue;
      newest = referenceTo(client, row);
    }
  }
  const met = from !== undefined && count > from;
  return { met, next: count, ...(met && newest !== null && { newest: refOf(newest) }) };
}
