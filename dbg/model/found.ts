import type { WireError } from "../../telemetry/debugger/protocol.ts";
import type { MatchView } from "./answer_types.ts";
import type { Chunk, Extras } from "./chunk.ts";
import type { ClientData } from "./client_data.ts";
import type { Rows } from "./filtered.ts";
import { referenceTo } from "./reference.ts";
import { matcherOf } from "./matcher.ts";
import { matchingStates } from "./search.ts";
import { type TouchMask, touchMask } from "./touch_mask.ts";

type Matches = (text: string) => boolean;

/** The rows of one machine that a search finds, extended as rows and lines of the log come. */
class Found {
  readonly rows: number[] = [];
  #first = 0;
  #seen = 0;
  #lines = 0;

  refresh(client: ClientData, text: string): void {
    const { rows } = this;
    const matches = matcherOf(text);
    if (this.#seen < client.end) {
      const test = new Test(client, text, matches);
      for (const [chunk, start] of client.chunks(this.#seen)) test.chunk(chunk, start, rows);
      this.#seen = client.end;
    }
    if (this.#lines < client.lines) {
      const said = new Set<number>();
      for (const [after, , , line] of client.linesFrom(this.#lines)) {
        if (after !== 0 && matches(line)) said.add(client.rowOf(after));
      }
      this.#lines = client.lines;
      said.delete(-1);
      // Rows that match only by a line of the log may be anywhere.
      const more = [...said].filter((row) => rows[this.#before(row)] !== row);
      for (const row of more) rows.push(row);
      if (more.length > 0) rows.sort((a, b) => a - b);
    }
    while (this.#first < rows.length && rows[this.#first] < client.first) this.#first++;
  }

  #before(row: number): number {
    let low = this.#first;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.rows[middle] < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  view(): Rows {
    return {
      total: this.rows.length - this.#first,
      at: (position) => this.rows[this.#first + position],
      before: (row) => this.#before(row) - this.#first,
    };
  }
}

/** Tests rows chunk by chunk: what many rows share is looked at once. */
class Test {
  readonly #client: ClientData;
  readonly #matches: Matches;
  readonly #states: ReadonlySet<number>;
  readonly #names: readonly string[];
  readonly #mask: TouchMask;
  readonly #id: number;

  constructor(client: ClientData, text: string, matches: Matches) {
    const { names } = client.hello;
    this.#client = client;
    this.#matches = matches;
    this.#states = new Set(matchingStates(client, text));
    this.#names = [...this.#states].map((state) => names[state]);
    this.#mask = touchMask(this.#states, names.length);
    this.#id = numberOf(text);
  }

  /** Adds the rows of a chunk that match, from one on. */
  chunk(chunk: Chunk, start: number, rows: number[]): void {
    const { size, first, id, touched, sourceMachine, sourceHandler, extras } = chunk;
    const { any, sure } = this.#mask;
    const found = new Uint8Array(size);
    const words = new Set<number>();
    chunk.words.forEach((word, i) => {
      if (this.#matches(word)) words.add(i + 1);
    });
    // A handler of a state that matches ran where that state was touched: that is found by the state.
    const handlers = new Set(
      [...words].filter((word) =>
        !this.#names.some((name) => chunk.words[word - 1].includes(name))
      ),
    );
    for (let i = start; i < size; i++) {
      if (id[i] === this.#id || (touched[i] & sure) !== 0) found[i] = 1;
      else if ((touched[i] & any) !== 0) {
        found[i] = this.#client.touches(first + i, this.#states) ? 1 : 0;
      }
      if (found[i] !== 0 || words.size === 0) continue;
      if (words.has(sourceMachine[i]) || words.has(sourceHandler[i])) found[i] = 1;
      else if (handlers.size > 0 && chunk.handledBy(i, handlers)) found[i] = 1;
    }
    for (let i = start; i < extras.length; i++) {
      const extra = extras[i];
      if (extra !== undefined && found[i] === 0 && inExtras(extra, this.#matches)) found[i] = 1;
    }
    for (let i = start; i < size; i++) if (found[i] !== 0) rows.push(first + i);
  }
}

function inExtras({ refusedBy, timeout, args, err }: Extras, matches: Matches): boolean {
  if (refusedBy !== undefined && matches(refusedBy)) return true;
  if (timeout !== undefined && matches(timeout)) return true;
  if (typeof args === "string") {
    if (matches(args)) return true;
  } else if (args !== undefined) {
    for (const name in args) if (matches(name) || matches(args[name])) return true;
  }
  for (let one: WireError | undefined = err; one !== undefined; one = one.cause) {
    if (matches(one.name) || matches(one.message) || matches(one.stack ?? "")) return true;
  }
  return false;
}

/** The number that a search names, `4211` or `#4211`; -1 for none. */
function numberOf(text: string): number {
  return /^#?\d{1,15}$/.test(text) ? Number(text.replace("#", "")) : -1;
}

/** Searches of one machine that are kept. */
const KEPT = 3;
const known = new WeakMap<ClientData, Map<string, Found>>();

/**
 * The kept rows of a machine that have a text in them: in the names of their states, arguments, errors,
 * lines of the log, handlers, the machine that they came from, or that have it as their number.
 */
export function foundRows(client: ClientData, text: string): Rows {
  let searches = known.get(client);
  if (searches === undefined) known.set(client, searches = new Map());
  let found = searches.get(text);
  if (found === undefined) {
    if (searches.size >= KEPT) searches.delete(searches.keys().next().value!);
    searches.set(text, found = new Found());
  }
  if (text !== "") found.refresh(client, text);
  return found.view();
}

/** What a search found in a kept row; the best place of it. */
export function matchOf(client: ClientData, row: number, text: string): MatchView {
  const matches = matcherOf(text);
  const tx = client.row(row);
  const ref = referenceTo(client, row);
  const found = (where: MatchView["where"], text: string): MatchView => ({ where, text, ref });
  if (tx.id === numberOf(text)) return found("number", `#${tx.id}`);
  for (let one = tx.err; one !== undefined; one = one.cause) {
    for (const part of [`${one.name}: ${one.message}`, one.stack ?? ""]) {
      if (matches(part)) return found("error", around(part, text));
    }
  }
  for (const [name, value] of Object.entries(tx.args ?? {})) {
    if (matches(value)) return found("argument", `${name}: ${around(value, text)}`);
    if (matches(name)) return found("argument", `${name}: ${around(value, "")}`);
  }
  for (const [, , , line] of client.logs(tx.id, tx.id)) {
    if (tx.id !== 0 && matches(line)) return found("log", around(line, text));
  }
  const { names } = client.hello;
  const states = [
    ...tx.called,
    ...tx.deltas.filter((_, i) => i % 2 === 0),
    ...tx.steps.flatMap(([, state, by]) => [state, by]),
  ];
  const state = states.find((one) => one >= 0 && matches(names[one]));
  if (state !== undefined) return found("state", names[state]);
  const handlers = [
    tx.refusedBy ?? "",
    tx.source?.[2] ?? "",
    tx.timeout ?? "",
    ...tx.steps.map(([, , , handler]) => handler),
  ];
  const handler = handlers.find((one) => one !== "" && matches(one));
  if (handler !== undefined) return found("handler", handler);
  return found("machine", tx.source?.[0] ?? client.key);
}

/** Characters around what was found. */
const AROUND = 60;

/** The part of a long text in which something was found, in one line. */
function around(text: string, wanted: string): string {
  const at = Math.max(text.toLowerCase().indexOf(wanted.toLowerCase()), 0);
  const from = Math.max(at - AROUND, 0);
  const to = Math.min(at + wanted.length + AROUND * 2, text.length);
  const part = text.slice(from, to).toWellFormed().replaceAll(/\s+/g, " ");
  return `${from > 0 ? "…" : ""}${part}${to < text.length ? "…" : ""}`;
}
