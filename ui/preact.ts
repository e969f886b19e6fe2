/**
 * Machines in Preact, 10.5 and later.
 *
 * @example Usage
 * ```ts
 * import { Machine } from "@asyncmachine/asyncmachine";
 * import { useMachine, useStates } from "@asyncmachine/asyncmachine/preact";
 *
 * export function Light(): string {
 *   const machine = useMachine(() => new Machine({ On: {}, Broken: {} }));
 *   const states = useStates(machine, ["On", "Broken"]);
 *   return states.join(" and ");
 * }
 * ```
 *
 * @module
 */
import type { ArgsOf, StateNames } from "../mod.ts";
import { machineHook } from "./owned.ts";
import { argsStore, type Shown, statesStore, type Store, tickStore } from "./store.ts";
// @ts-types="./peers/preact.d.ts"
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef } from "npm:preact@^11.0.0/hooks";

export type { Shown } from "./store.ts";

function useStore<T>(store: Store<T>, value: T): T {
  const [, draw] = useReducer((n) => n + 1, 0);
  const drawn = useRef(value);
  drawn.current = value;
  useLayoutEffect(() => {
    const look = () => {
      if (!Object.is(store.get(), drawn.current)) draw();
    };
    const end = store.subscribe(look);
    // It may have changed since it was drawn.
    look();
    return end;
  }, [store]);
  return value;
}

/**
 * Makes a machine once and disposes it one turn after the last unmount. A machine whose drawing came to
 * nothing is disposed when it has been collected.
 */
export const useMachine: <M extends Disposable>(make: () => M) => M = machineHook({
  useEffect,
  useReducer,
  useRef,
});

/** The active ones of these states, in the given order: draws again only when these change. */
export function useStates<S, const N extends StateNames<S>>(
  machine: Shown<S>,
  states: readonly N[],
): readonly N[] {
  const store = useMemo(() => statesStore(machine, states), [machine, JSON.stringify(states)]);
  return useStore(store, store.get());
}

/** The tick of a state: draws again only when it moves. */
export function useTick<S>(machine: Shown<S>, state: StateNames<S>): number {
  const store = useMemo(() => tickStore(machine, state), [machine, state]);
  return useStore(store, store.get());
}

/** The arguments of the last call of a state since they were first asked for; `undefined` before it. */
export function useArgs<S, const N extends StateNames<S>>(
  machine: Shown<S>,
  state: N,
): ArgsOf<S, N> | undefined {
  const store = useMemo(() => argsStore(machine, state), [machine, state]);
  // No window, no subscription: on a server nobody would end it.
  return useStore(store, "document" in globalThis ? store.get() : store.known());
}
