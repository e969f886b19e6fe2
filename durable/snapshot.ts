import type { Timer } from "../mod.ts";
import type { StoredChild } from "./children.ts";
import type { StoredDue } from "./due_handlers.ts";
import { FlowUnreadableError } from "./errors.ts";

/** The form in which the state of a flow is written; one that is newer is refused. */
const VERSION = 1;

/** An activation that an error has ended: what a retry brings back. */
export interface FailedStates {
  /** The ticks that the states had which left with it. */
  readonly left: Readonly<Record<string, number>>;
  /** The states that it has begun, beside `Exception`. */
  readonly entered: readonly string[];
  /** Their arguments. */
  readonly args: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The state of a flow, as it is stored. */
export interface Snapshot {
  /** The form. */
  readonly version: number;
  /** The ticks of the states that were ever active. */
  readonly ticks: Readonly<Record<string, number>>;
  /** The flow's data. */
  readonly data: unknown;
  /** The arguments of the last call of each active state. */
  readonly args: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The times that run. */
  readonly timers: readonly Timer[];
  /** Results of `once`, by `State/tick/name`: a list of one, or of none for undefined. */
  readonly once: Readonly<Record<string, readonly unknown[]>>;
  /** What the error ended that stands in it. */
  readonly failed?: FailedStates | undefined;
  /** Flows that are told of its end. */
  readonly children: readonly StoredChild[];
  /** Handlers that are due, or run, and that no active state calls again. */
  readonly due: readonly StoredDue[];
}

/** The parts of a snapshot; what is a text is JSON already. */
export interface SnapshotParts {
  readonly ticks: string;
  readonly data: string;
  readonly args: ReadonlyMap<string, string>;
  readonly timers: readonly Timer[];
  readonly once: ReadonlyMap<string, string> | undefined;
  readonly failed: FailedStates | null;
  readonly children: readonly StoredChild[];
  readonly due: readonly StoredDue[];
}

/** Puts a snapshot together, as its JSON text. */
export function snapshotText(parts: SnapshotParts): string {
  const { ticks, data, args, timers, once, failed, children, due } = parts;
  let text = `{"version":${VERSION},"ticks":${ticks},"data":${data}`;
  if (args.size > 0) text += `,"args":${recordText(args)}`;
  if (timers.length > 0) text += `,"timers":${JSON.stringify(timers)}`;
  if (once !== undefined && once.size > 0) text += `,"once":${recordText(once)}`;
  if (failed !== null) text += `,"failed":${JSON.stringify(failed)}`;
  if (children.length > 0) text += `,"children":${JSON.stringify(children)}`;
  if (due.length > 0) text += `,"due":${JSON.stringify(due)}`;
  return text + "}";
}

/** The ticks of the states that were ever active, as a text; `quoted` are the states' names as JSON. */
export function ticksText(quoted: readonly string[], ticks: readonly number[]): string {
  let text = "";
  for (let i = 0; i < ticks.length; i++) {
    if (ticks[i] > 0) text += `${text === "" ? "{" : ","}${quoted[i]}:${ticks[i]}`;
  }
  return text === "" ? "{}" : `${text}}`;
}

function recordText(texts: ReadonlyMap<string, string>): string {
  return `{${[...texts].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`;
}

/**
 * Reads a snapshot.
 *
 * @throws {FlowUnreadableError} If it is damaged, or of a newer form.
 */
export function readSnapshot(kind: string, id: string, text: string): Snapshot {
  const damaged = (what: string, cause?: unknown) =>
    new FlowUnreadableError(kind, id, `what is stored of it is damaged: ${what}`, { cause });
  let read: Partial<Snapshot> | null;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw damaged((error as Error).message, error);
  }
  if (typeof read !== "object" || read === null) throw damaged("it is no object");
  const {
    version,
    ticks,
    data,
    args = {},
    timers = [],
    once = {},
    failed,
    children = [],
    due = [],
  } = read;
  if (typeof version === "number" && version > VERSION) {
    throw new FlowUnreadableError(
      kind,
      id,
      `it was stored by a newer version of the library (form ${version}, this one reads ${VERSION})`,
    );
  }
  if (version !== VERSION) throw damaged(`its form is ${JSON.stringify(version)}`);
  if (!isTicks(ticks)) throw damaged("its ticks");
  if (data === undefined) throw damaged("its data is missing");
  if (!isRecord(args) || !Object.values(args).every(isRecord)) throw damaged("its arguments");
  if (!Array.isArray(timers)) throw damaged("its times");
  if (!isRecord(once) || !Object.values(once).every(Array.isArray)) throw damaged("its results");
  if (
    failed !== undefined && !isFailed(failed)
  ) {
    throw damaged("what had failed");
  }
  if (!Array.isArray(children) || !children.every(isChild)) throw damaged("its children");
  if (!Array.isArray(due) || !due.every(isDue)) throw damaged("its handlers that are due");
  return { version, ticks, data, args, timers, once, failed, children, due };
}

function isRecord(value: unknown): value is Record<string, never> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTicks(value: unknown): value is Record<string, number> {
  return isRecord(value) &&
    Object.values(value).every((tick) => Number.isSafeInteger(tick) && tick > 0);
}

function isFailed(value: unknown): value is FailedStates {
  return isRecord(value) && isTicks(value.left) && isRecord(value.args) &&
    Array.isArray(value.entered);
}

function isDue(value: unknown): value is StoredDue {
  return isRecord(value) && typeof value.handler === "string" && typeof value.tick === "number";
}

function isChild(value: unknown): value is StoredChild {
  return isRecord(value) &&
    ["kind", "id", "add"].every((name) => typeof value[name] === "string");
}
