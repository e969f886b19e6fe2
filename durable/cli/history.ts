import type { FlowHead, FlowLog } from "../store.ts";

/** A transition, as the store has it. */
export interface LoggedTransition {
  readonly type: string;
  readonly called: readonly string[];
  /** The states that changed, with their new ticks. */
  readonly ticks: Readonly<Record<string, number>>;
  readonly args?: Readonly<Record<string, unknown>> | undefined;
}

/** The transitions that were stored at one time. */
export interface HistoryStep {
  readonly revision: number;
  readonly at: number;
  readonly transitions: readonly LoggedTransition[];
}

/** Reads what a store has of a flow's past; what is damaged in it is left out. */
export function stepsOf(logs: readonly FlowLog[]): readonly HistoryStep[] {
  return logs.map(({ revision, at, log }) => ({ revision, at, transitions: transitionsIn(log) }));
}

function transitionsIn(log: string): readonly LoggedTransition[] {
  try {
    const read = JSON.parse(log);
    return Array.isArray(read) ? read.filter(isTransition) : [];
  } catch {
    return [];
  }
}

function isTransition(value: unknown): value is LoggedTransition {
  const { type, called, ticks } = (value ?? {}) as Partial<LoggedTransition>;
  return typeof type === "string" && Array.isArray(called) && typeof ticks === "object" &&
    ticks !== null;
}

/** The debugger's words. */
const TYPES = ["add", "remove", "set"];

/** A flow with its past as lines that `dbg --import` reads: a machine, and what it did. */
export function debuggerLines(
  { kind, id, tags }: FlowHead,
  steps: readonly HistoryStep[],
): readonly string[] {
  const names = [
    ...new Set(
      steps.flatMap(({ transitions }) =>
        transitions.flatMap(({ called, ticks }) => [...called, ...Object.keys(ticks)])
      ),
    ),
  ];
  const indexOf = new Map(names.map((name, index) => [name, index]));
  let number = 0;
  const transitions = steps.flatMap(({ at, transitions }) =>
    transitions.map(({ type, called, ticks, args }) => ({
      id: TYPES.includes(type) ? ++number : 0,
      type: TYPES.includes(type) ? type : "jump",
      called: TYPES.includes(type) ? called.map((name) => indexOf.get(name)!) : [],
      ticks: Object.entries(ticks).flatMap(([name, tick]) => [indexOf.get(name)!, tick]),
      accepted: true,
      queue: 0,
      time: at,
      duration: 0,
      ...(args === undefined ? {} : { args: shown(args) }),
    }))
  );
  const hello = {
    kind: "hello",
    machine: 0,
    version: 2,
    id: `${kind}/${id}`,
    instance: `flow ${kind}/${id}`,
    parent: null,
    tags,
    names,
    states: names.map(() => ({})),
    ticks: names.map(() => 0),
    groups: {},
    args: true,
  };
  const batch = { kind: "batch", machine: 0, dropped: 0, transitions, logs: [] };
  return [JSON.stringify(hello), JSON.stringify(batch)];
}

function shown(args: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, JSON.stringify(value).slice(0, 1_000)]),
  );
}
