/**
 * Machines in Svelte, 4 and later: what is shown are stores, `$states` in a component.
 *
 * @example Usage
 * ```ts
 * import { Machine } from "@asyncmachine/asyncmachine";
 * import { useStates } from "@asyncmachine/asyncmachine/svelte";
 *
 * const machine = new Machine({ On: {}, Broken: {} });
 * const states = useStates(machine, ["On", "Broken"]);
 * const end = states.subscribe((active) => console.log(active.join(" and ")));
 * end();
 * ```
 *
 * @module
 */
import type { ArgsOf, StateNames } from "../mod.ts";
import { argsStore, type Shown, statesStore, type Store, tickStore } from "./store.ts";
// @ts-types="./peers/svelte.d.ts"
import { onDestroy } from "npm:svelte@^5.0.0";

export type { Shown } from "./store.ts";

/** A store in Svelte's sense. */
export interface Stored<T> {
  /** Calls `run` with the value, now and whenever it changes, until it is taken back. */
  subscribe(run: (value: T) => void): () => void;
}

function stored<T>(store: Store<T>, onServer: () => T = store.get): Stored<T> {
  return {
    subscribe(run) {
      if (!("document" in globalThis)) {
        run(onServer());
        return () => {};
      }
      let shown = store.get();
      const end = store.subscribe(() => {
        const value = store.get();
        if (Object.is(value, shown)) return;
        run(shown = value);
      });
      run(shown);
      return end;
    },
  };
}

/** Makes a machine that is disposed with the component that made it, on a server after rendering. */
export function useMachine<M extends Disposable>(make: () => M): M {
  const machine = make();
  onDestroy(() => machine[Symbol.dispose]());
  return machine;
}

/** The active ones of these states, in the given order: changes only when these do. */
export function useStates<S, const N extends StateNames<S>>(
  machine: Shown<S>,
  states: readonly N[],
): Stored<readonly N[]> {
  return stored(statesStore(machine, states));
}

/** The tick of a state. */
export function useTick<S>(machine: Shown<S>, state: StateNames<S>): Stored<number> {
  return stored(tickStore(machine, state));
}

/** The arguments of the last call of a state since they were first asked for; `undefined` before it. */
export function useArgs<S, const N extends StateNames<S>>(
  machine: Shown<S>,
  state: N,
): Stored<ArgsOf<S, N> | undefined> {
  const store = argsStore(machine, state);
  return stored(store, store.known);
}
