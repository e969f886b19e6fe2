/** What user interfaces show of a machine, as stores that say the same thing while nothing changed. */
import type { ArgsOf, Change, Reading, StateNames, SubscribeOptions, Unsubscribe } from "../mod.ts";

/** A machine whose schema is `S`, wherever it runs: what can be read of it, and its changes. */
export type Shown<S> = Reading<S> & {
  /** Calls `fn` after each change, until it is taken back. */
  subscribe(
    fn: (change: Change) => void,
    options?: SubscribeOptions<StateNames<S>>,
  ): Unsubscribe;
};

/** A value that changes. */
export interface Store<T> {
  /** The present value: the same one while nothing changed. */
  readonly get: () => T;
  /** Calls `fn` when the value may have changed, until it is taken back. */
  readonly subscribe: (fn: () => void) => () => void;
}

/** The active ones of these states, in the given order. */
export function statesStore<S, N extends StateNames<S>>(
  machine: Shown<S>,
  states: readonly N[],
): Store<readonly N[]> {
  let active: readonly N[] = [];
  return {
    get() {
      const now = states.filter((state) => machine.is(state));
      const same = now.length === active.length && now.every((state, at) => state === active[at]);
      return same ? active : active = now;
    },
    subscribe: (fn) => machine.subscribe(fn, { states }),
  };
}

/** The tick of a state. */
export function tickStore<S>(machine: Shown<S>, state: StateNames<S>): Store<number> {
  return {
    get: () => machine.tick(state),
    subscribe: (fn) => machine.subscribe(fn, { states: [state] }),
  };
}

/** What has been seen of the calls of a state. */
interface Calls {
  last: Readonly<Record<string, unknown>> | undefined;
}

/*
 * A machine does not keep arguments, and a component is told of changes only after it was drawn. So the
 * first to ask for the arguments of a state begins a record that lasts as long as the machine.
 */
const records = new WeakMap<object, Map<string, Calls>>();

function callsOf<S>(machine: Shown<S>, state: StateNames<S>): Calls {
  let byState = records.get(machine);
  if (byState === undefined) records.set(machine, byState = new Map());
  let calls = byState.get(state);
  if (calls === undefined) {
    const made: Calls = calls = { last: undefined };
    byState.set(state, made);
    machine.subscribe(({ mutation }) => {
      if (mutation === null || mutation.type === "remove" || mutation.type === "eval") return;
      if (mutation.calledStates.includes(state) && machine.is(state)) made.last = mutation.args;
    }, { states: [state] });
  }
  return calls;
}

/** The arguments of the last call of a state since somebody first asked for them. */
export function argsStore<S, N extends StateNames<S>>(
  machine: Shown<S>,
  state: N,
): Store<ArgsOf<S, N> | undefined> & { readonly known: () => ArgsOf<S, N> | undefined } {
  return {
    get: () => callsOf(machine, state).last as ArgsOf<S, N> | undefined,
    subscribe(fn) {
      // Before `fn` is subscribed, so that the record is told first.
      callsOf(machine, state);
      return machine.subscribe(fn, { states: [state] });
    },
    known: () => records.get(machine)?.get(state)?.last as ArgsOf<S, N> | undefined,
  };
}
