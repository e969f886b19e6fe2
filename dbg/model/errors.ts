import type { WireError } from "../../telemetry/debugger/protocol.ts";
import { ERROR } from "./chunk.ts";
import type { ClientData } from "./client_data.ts";
import { clock } from "./clock.ts";
import { referenceTo, type TransitionRef } from "./reference.ts";
import type { Store } from "./store.ts";

/** Equal errors of one machine. */
export interface ErrorGroup {
  /** Tells it from the others. */
  readonly key: string;
  /** The machine's key. */
  readonly machine: string;
  /** `RangeError: page 0`. */
  readonly text: string;
  /** How many. */
  readonly count: number;
  /** When the newest one happened, in ms since the epoch. */
  readonly time: number;
  /** The same for display, in UTC. */
  readonly clock: string;
  /** The newest one. */
  readonly last: TransitionRef;
  /** The oldest kept one. */
  readonly first: TransitionRef;
}

/** The error that a kept row is about; `null` when there is none. */
export function errorOf(client: ClientData, row: number): WireError | null {
  const { id, err, args, error } = client.row(row);
  if (err !== undefined) return err;
  if (!error) return null;
  // Version 1 of the wire says it in the arguments, or in the log of the transition that threw.
  const text = args?.err ?? client.errorLine(id) ?? client.errorLine(id - 1) ?? "";
  const [, name, message] = text.match(/^(\w*(?:Error|Exception)): (.*)$/s) ?? [];
  return name === undefined ? { name: "Error", message: text } : { name, message };
}

/** What equal errors have in common. */
function textOf({ name, message }: WireError): string {
  return message === "" ? name : `${name}: ${message}`;
}

/** The rows of an error of one machine, growing as rows come. */
interface Group {
  readonly text: string;
  rows: number[];
  /** Rows at the beginning that have left the store. */
  gone: number;
}

interface Groups {
  seen: number;
  readonly byText: Map<string, Group>;
}

const known = new WeakMap<ClientData, Groups>();

/** The rows that are errors; equal ones together. Extended as rows come. */
function groupsOf(client: ClientData): Groups {
  let groups = known.get(client);
  if (groups === undefined) known.set(client, groups = { seen: 0, byText: new Map() });
  if (groups.seen < client.end) {
    for (const [chunk, start] of client.chunks(groups.seen)) {
      for (let i = start; i < chunk.size; i++) {
        if ((chunk.flags[i] & ERROR) === 0) continue;
        const row = chunk.first + i;
        const text = textOf(chunk.extras[i]?.err ?? errorOf(client, row)!);
        const group = groups.byText.get(text);
        if (group === undefined) groups.byText.set(text, { text, rows: [row], gone: 0 });
        else group.rows.push(row);
      }
    }
    groups.seen = client.end;
  }
  for (const group of groups.byText.values()) {
    const { rows } = group;
    while (group.gone < rows.length && rows[group.gone] < client.first) group.gone++;
    if (group.gone === rows.length) groups.byText.delete(group.text);
    else if (group.gone > 1000 && group.gone > rows.length / 2) {
      group.rows = rows.slice(group.gone);
      group.gone = 0;
    }
  }
  return groups;
}

/** The errors of all machines, equal ones of a machine as one; the newest first. */
export function errorGroups(store: Store): ErrorGroup[] {
  const all: ErrorGroup[] = [];
  for (const client of store.clients.values()) {
    for (const { text, rows, gone } of groupsOf(client).byText.values()) {
      const last = referenceTo(client, rows[rows.length - 1]);
      all.push({
        key: keyOf(client, text),
        machine: client.key,
        text,
        count: rows.length - gone,
        time: last.time,
        clock: clock(last.time),
        last,
        first: referenceTo(client, rows[gone]),
      });
    }
  }
  return all.sort((a, b) => b.time - a.time);
}

function keyOf({ key }: ClientData, text: string): string {
  return `${key}\n${text}`;
}

/** The key of the group that a row is of; `null` when it is no error. */
export function errorKey(client: ClientData, row: number): string | null {
  const error = row < client.first || row >= client.end ? null : errorOf(client, row);
  return error === null ? null : keyOf(client, textOf(error));
}

/** The rows of the errors that are equal to the one of a row, in order; empty when it is none. */
export function equalErrors(client: ClientData, row: number): readonly number[] {
  const error = errorOf(client, row);
  if (error === null) return [];
  const group = groupsOf(client).byText.get(textOf(error));
  return group === undefined ? [] : group.rows.slice(group.gone);
}
