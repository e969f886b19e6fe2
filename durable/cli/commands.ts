import { printJson, printLine } from "../../dbg/output.ts";
import { retried } from "../retried.ts";
import { readSnapshot } from "../snapshot.ts";
import type { FlowHead, FlowRow, Store } from "../store.ts";
import { debuggerLines, stepsOf } from "./history.ts";
import { flowNamed, InputError, openStore } from "./place.ts";

/** Which flows are listed, and how. */
export interface ListOptions {
  readonly kind?: string;
  readonly active?: string;
  readonly tag?: string;
  readonly failed?: boolean;
  readonly ended?: boolean;
  readonly open?: boolean;
  readonly limit?: number;
  readonly json?: boolean;
}

/** Prints the flows of a store, one a line. */
export async function list(path: string, options: ListOptions): Promise<void> {
  if (options.ended && options.open) throw new InputError("--ended and --open exclude each other");
  await opened(path, async (store) => {
    const heads = await store.list({
      kind: options.kind,
      active: options.active === undefined ? [] : [options.active],
      tags: options.tag === undefined ? [] : [options.tag],
      ended: options.ended ? true : options.open ? false : undefined,
    });
    const found = heads.filter(({ failed }) => !options.failed || failed);
    for (const head of found.slice(0, options.limit ?? found.length)) {
      if (options.json) printJson(head);
      else printLine(lineOf(head));
    }
  });
}

function lineOf({ kind, id, active, due, ended, failed, owner, damaged }: FlowHead): string {
  return [
    `${kind}/${id}`,
    damaged === undefined ? active.join(" ") : `(damaged: ${damaged})`,
    ended ? "finished" : owner === null ? "waits for an owner" : `with ${owner}`,
    ...(failed ? ["failed"] : []),
    ...(due === null ? [] : [`next ${new Date(due).toISOString()}`]),
  ].join("  ");
}

/** Prints a flow with its past. */
export async function show(path: string, name: string, json: boolean): Promise<void> {
  await opened(path, async (store) => {
    const row = await rowNamed(store, name);
    const steps = stepsOf(await store.history(row.kind, row.id));
    if (json) return printJson({ ...row, state: stateOf(row), history: steps });
    printLine(lineOf(row));
    printLine(`data  ${dataOf(row)}`);
    for (const { revision, at, transitions } of steps) {
      for (const { type, called, ticks, args } of transitions) {
        const changes = Object.entries(ticks)
          .map(([state, tick]) => `${tick % 2 === 1 ? "+" : "-"}${state}:${tick}`);
        const given = args === undefined ? "" : `  ${JSON.stringify(args)}`;
        printLine(
          `${new Date(at).toISOString()}  #${revision}  [${type}] ${called.join(" ")}  ${
            changes.join(" ")
          }${given}`,
        );
      }
    }
  });
}

function stateOf({ kind, id, state }: FlowRow): unknown {
  try {
    return readSnapshot(kind, id, state);
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function dataOf({ kind, id, state }: FlowRow): string {
  try {
    return JSON.stringify(readSnapshot(kind, id, state).data);
  } catch (error) {
    return `(${(error as Error).message})`;
  }
}

/** Writes a flow with its past for the debugger: `dbg --import FILE`. */
export async function exportFlow(path: string, name: string, file: string): Promise<void> {
  await opened(path, async (store) => {
    const row = await rowNamed(store, name);
    const lines = debuggerLines(row, stepsOf(await store.history(row.kind, row.id)));
    const text = lines.map((line) => `${line}\n`).join("");
    if (file === "-") await Deno.stdout.write(new TextEncoder().encode(text));
    else await Deno.writeTextFile(file, text);
  });
}

/** Brings a flow back to where it was before the error that stands in it. */
export async function retry(path: string, name: string): Promise<void> {
  await opened(path, async (store) => {
    const { kind, id } = await rowNamed(store, name);
    const owner = `flows retry ${crypto.randomUUID()}`;
    await store.join(owner, 10_000);
    try {
      const [row] = await store.claim(owner, {
        kinds: new Map([[kind, null]]),
        id,
        dead: [],
        limit: 1,
      });
      if (row === undefined) {
        const present = await rowNamed(store, name);
        throw new InputError(
          present.ended
            ? `Flow "${name}" is finished`
            : `Flow "${name}" has an owner, ${present.owner}: stop it first`,
        );
      }
      const commit = tryRetry(row);
      const [revision] = await store.commit(owner, [commit]);
      if (revision === 0) throw new InputError(`Flow "${name}" has been taken over meanwhile`);
      printLine(`${name}  ${commit.active.join(" ")}  goes on with the next owner`);
    } finally {
      await store.leave(owner);
    }
  });
}

function tryRetry(row: FlowRow) {
  try {
    return retried(row, Date.now());
  } catch (error) {
    throw new InputError((error as Error).message);
  }
}

async function rowNamed(store: Store, name: string): Promise<FlowRow> {
  const { kind, id } = flowNamed(name);
  const row = await store.read(kind, id);
  if (row === undefined) throw new InputError(`There is no flow "${name}"`);
  return row;
}

/** Asks a store, and closes it. */
async function opened(
  path: string,
  ask: (store: Store) => Promise<void>,
): Promise<void> {
  const store = await openStore(path);
  try {
    await ask(store);
  } finally {
    await store.close();
  }
}
