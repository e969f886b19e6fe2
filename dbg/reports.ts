import type { Hello } from "../telemetry/debugger/protocol.ts";
import type { Row } from "./model/chunk.ts";
import type { ClientData } from "./model/client_data.ts";
import { linesOf } from "./model/log_view.ts";
import type { Store } from "./model/store.ts";

/** A machine in the output of `list`. */
export interface ClientSummary {
  /** The machine's key: its id, with `#2` … where several have the same. */
  readonly id: string;
  /** Its parent's id. */
  readonly parent: string | null;
  /** Whether it is connected. */
  readonly connected: boolean;
  /** How many states it has. */
  readonly states: number;
  /** Transitions that are kept. */
  readonly transitions: number;
  /** Transitions with an error. */
  readonly errors: number;
  /** Transitions that were dropped on the way. */
  readonly dropped: number;
}

/** All machines, in short. */
export function listClients(store: Store): ClientSummary[] {
  return [...store.clients.values()].map((client) => ({
    id: client.key,
    parent: client.hello.parent,
    connected: client.connected,
    states: client.hello.names.length,
    transitions: client.end - client.first,
    errors: client.errors,
    dropped: client.dropped + client.refused,
  }));
}

/** A line of the log: its level by number, its mark, its text. */
export type LogText = readonly [level: number, prefix: string, text: string];

/** A transition in the output of `show`. */
export interface ShownRow extends Row {
  /** What the log says of it. */
  readonly lines: readonly LogText[];
}

/** A time that runs. */
export interface ShownTimer {
  /** The state whose activation is timed; null when it is bound to the machine. */
  readonly state: string | null;
  /** The states that are added then. */
  readonly adds: readonly string[];
  /** When, in milliseconds since 1970. */
  readonly due: number;
}

/** A machine in the output of `show`. */
export interface ShownMachine {
  /** What it said of itself. */
  readonly hello: Hello;
  /** The first row that is kept. */
  readonly first: number;
  /** One more than the last. */
  readonly end: number;
  /** The transitions. */
  readonly rows: readonly ShownRow[];
  /** The times that run, by due time. */
  readonly timers: readonly ShownTimer[];
}

/** Units after which an answer ends; who wants more asks for the rows behind it. */
const ENOUGH = 4_000_000;

/** The transitions of a machine from row `from` on: at most `limit`, and no more than is sane. */
export function showMachine(client: ClientData, from: number, limit: number): ShownMachine {
  const rows: ShownRow[] = [];
  let size = 0;
  for (let at = Math.max(from, client.first); at < client.end && rows.length < limit; at++) {
    const row = client.row(at);
    const lines = linesOf(client, row);
    rows.push({ ...row, lines });
    size += 300 + (row.called.length + row.deltas.length + row.steps.length * 3) * 8;
    for (const [, prefix, text] of lines) size += prefix.length + text.length + 10;
    for (const [, , , handler] of row.steps) size += handler.length;
    if (size > ENOUGH) break;
  }
  const { hello, first, end } = client;
  const timers = client.timers.map(([state, adds, due]) => ({
    state: state === -1 ? null : hello.names[state],
    adds: adds.map((one) => hello.names[one]),
    due,
  }));
  return { hello, first, end, rows, timers };
}
