/**
 * What answers a question over all machines or about one transition: why, the errors, what was found.
 *
 * @module
 */
import type { ErrorsView, FoundView, WhyView } from "./answer_types.ts";
import type { ClientData } from "./client_data.ts";
import { equalErrors, type ErrorGroup, errorGroups } from "./errors.ts";
import { foundRows, matchOf } from "./found.ts";
import { type Around, firstAround } from "./list_part.ts";
import { type Model, selected } from "./model.ts";
import { matcherOf } from "./matcher.ts";
import { matchingClients } from "./search.ts";
import { whyOf } from "./why.ts";
import { type WhyLine, whyLines } from "./why_lines.ts";

/** The row that `why` is about; -1 when there is none. */
export function whyRow(model: Model, client: ClientData): number {
  const row = model.step > 0 ? model.cursor : model.cursor - 1;
  return row >= client.first && row < client.end ? row : -1;
}

/** Why the current transition happened, in lines; empty when there is none. */
export function whyLinesOf(model: Model): readonly WhyLine[] {
  const client = selected(model);
  if (client === null) return [];
  const row = whyRow(model, client);
  return row === -1 ? [] : whyLines(whyOf(model.store, client, row), model.whyOpen);
}

/** Why the current transition happened; `null` before the first one. */
export function whyView(model: Model): WhyView | null {
  const client = selected(model);
  const row = client === null ? -1 : whyRow(model, client);
  if (client === null || row === -1) return null;
  const why = whyOf(model.store, client, row);
  const lines = whyLines(why, model.whyOpen);
  return {
    why,
    lines,
    cursor: Math.min(model.whyCursor, lines.length - 1),
    back: model.past.length,
    forward: model.future.length,
  };
}

/** The groups of errors that the search leaves, and how many errors it hides. */
export function shownErrors(model: Model): { groups: ErrorGroup[]; hidden: number } {
  const all = errorGroups(model.store);
  const { search, searchIn } = model;
  if (search === "" || searchIn !== "transitions") return { groups: all, hidden: 0 };
  const matches = matcherOf(search);
  const groups = all.filter(({ text, machine }) => matches(text) || matches(machine));
  const sum = (list: readonly ErrorGroup[]) => list.reduce((sum, { count }) => sum + count, 0);
  return { groups, hidden: sum(all) - sum(groups) };
}

/** The errors of all machines; a part of them. */
export function errorsView(model: Model, part: Around): ErrorsView {
  const { groups, hidden } = shownErrors(model);
  const at = Math.max(groups.findIndex(({ key }) => key === model.errorCursor), 0);
  const from = firstAround(part, groups.length, at);
  const client = selected(model);
  const row = client === null ? -1 : whyRow(model, client);
  const equal = client === null || row === -1 ? [] : equalErrors(client, row);
  const position = equal.indexOf(row) + 1;
  return {
    total: groups.reduce((sum, { count }) => sum + count, 0),
    hidden,
    groups: groups.slice(from, from + part.count).map((group, i) => ({
      ...group,
      cursor: from + i === at,
      position: group.machine === client?.key && equal.at(-1) === group.last.row ? position : 0,
    })),
    part: { from, total: groups.length, cursor: groups.length === 0 ? -1 : at },
  };
}

/** What the search found in all machines, around the cursor. */
export function foundView(model: Model, height: number): FoundView {
  const { store, search, moment } = model;
  const text = model.searchIn === "transitions" ? search : "";
  const here = selected(model);
  let total = 0;
  const near: { client: ClientData; row: number; time: number }[] = [];
  const before = Math.ceil(height / 2);
  for (const client of text === "" ? [] : store.clients.values()) {
    const rows = foundRows(client, text);
    total += rows.total;
    const at = rows.before(client === here ? model.cursor : client.cursorAt(moment));
    for (let i = Math.max(at - height, 0); i < Math.min(at + height, rows.total); i++) {
      const row = rows.at(i);
      near.push({ client, row, time: client.time(row) });
    }
  }
  near.sort((a, b) => a.time - b.time || Number(b.client === here) - Number(a.client === here));
  const done = near.findLastIndex(({ client, row, time }) =>
    client === here ? row < model.cursor : time <= moment
  );
  const from = Math.max(Math.min(done + 1 - before, near.length - height), 0);
  return {
    text,
    total,
    machines: text === "" ? [] : matchingClients(model, text),
    matches: near.slice(from, from + height).map(({ client, row, time }) => ({
      ...matchOf(client, row, text),
      current: client === here && row === model.cursor - 1,
      future: client === here ? row >= model.cursor : time > moment,
    })),
  };
}
