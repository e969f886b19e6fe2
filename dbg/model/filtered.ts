import { ACCEPTED, AUTO, CHECK, EMPTY, ERROR } from "./chunk.ts";
import type { ClientData } from "./client_data.ts";
import type { Filters } from "./model.ts";
import { touchMask } from "./touch_mask.ts";

/** The kept rows of a machine that a condition leaves: numbers in order, extended as rows come. */
class RowList {
  rows: Uint32Array = new Uint32Array(1024);
  start = 0;
  size = 0;
  seen = 0;

  push(row: number): void {
    if (this.size === this.rows.length) {
      const more = new Uint32Array(this.size * 2);
      more.set(this.rows);
      this.rows = more;
    }
    this.rows[this.size++] = row;
  }

  /** Forgets what left the store. */
  trim(first: number): void {
    while (this.start < this.size && this.rows[this.start] < first) this.start++;
  }
}

const lists = new WeakMap<ClientData, Map<string, RowList>>();

/** Takes in the new rows of a list; lists of one machine are kept for a few conditions only. */
function listOf(
  client: ClientData,
  condition: string,
  test: (row: number, flags: number, touched: number) => boolean,
): RowList {
  let known = lists.get(client);
  if (known === undefined) lists.set(client, known = new Map());
  let list = known.get(condition);
  if (list === undefined) {
    if (known.size >= 4) known.delete(known.keys().next().value!);
    known.set(condition, list = new RowList());
  }
  const { seen } = list;
  if (seen < client.end) {
    client.scan(seen, (row, flags, touched) => {
      if (test(row, flags, touched)) list.push(row);
    });
    list.seen = client.end;
  }
  list.trim(client.first);
  return list;
}

/** The rows that filters or a search leave, by position from 0. */
export interface Rows {
  /** How many there are. */
  readonly total: number;
  /** The absolute row at a position. */
  at(position: number): number;
  /** How many of them are before an absolute row: the position of the cursor. */
  before(row: number): number;
}

function rowsOf(list: RowList): Rows {
  return {
    total: list.size - list.start,
    at: (position) => list.rows[list.start + position],
    before(row) {
      let low = list.start;
      let high = list.size;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (list.rows[middle] < row) low = middle + 1;
        else high = middle;
      }
      return low - list.start;
    },
  };
}

/** The rows that the filters leave. */
export function filteredRows(client: ClientData, filters: Filters): Rows {
  const { canceled, auto, empty, checks, group } = filters;
  const members = client.group(group);
  if (!canceled && !auto && !empty && !checks && members === undefined) {
    return {
      total: client.end - client.first,
      at: (position) => client.first + position,
      before: (row) => Math.min(Math.max(row, client.first), client.end) - client.first,
    };
  }
  const hidden = (auto ? AUTO : 0) | (empty ? EMPTY : 0) | (checks ? CHECK : 0);
  const touching = members && toucher(client, members);
  const key = `filter ${canceled} ${hidden} ${group}`;
  return rowsOf(
    listOf(
      client,
      key,
      (row, flags, touched) =>
        (flags & hidden) === 0 && (!canceled || (flags & ACCEPTED) !== 0) &&
        (touching === undefined || touching(row, touched)),
    ),
  );
}

/** The rows that touched one of these states. */
export function touchingRows(client: ClientData, states: readonly number[]): Rows {
  const touching = toucher(client, states);
  return rowsOf(
    listOf(client, `touched ${states}`, (row, _flags, touched) => touching(row, touched)),
  );
}

/** The rows with an error. */
export function errorRows(client: ClientData): Rows {
  return rowsOf(listOf(client, "error", (_row, flags) => (flags & ERROR) !== 0));
}

/** Where states share bits, a hit may have to be looked at. */
function toucher(
  client: ClientData,
  states: readonly number[],
): (row: number, touched: number) => boolean {
  const set = new Set(states);
  const { any, sure } = touchMask(set, client.hello.names.length);
  return (row, touched) =>
    (touched & sure) !== 0 || ((touched & any) !== 0 && client.touches(row, set));
}
