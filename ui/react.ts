/**
 * Machines in React, 18 and later.
 *
 * @example Usage
 * ```ts
 * import { Machine } from "@asyncmachine/asyncmachine";
 * import { useMachine, useStates } from "@asyncmachine/asyncmachine/react";
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
import { argsStore, type Shown, statesStore, tickStore } from "./store.ts";
// @ts-types="./peers/react.d.ts"
import { useEffect, useMemo, useReducer, useRef, useSyncExternalStore } from "npm:react@^19.0.0";

export type { Shown } from "./store.ts";

/**
 * Makes a machine once and disposes it one turn after the last unmount, so that StrictMode and hot reload
 * keep it. A machine whose drawing came to nothing is disposed when it has been collected.
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
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}

/** The tick of a state: draws again only when it moves. */
export function useTick<S>(machine: Shown<S>, state: StateNames<S>): number {
  const store = useMemo(() => tickStore(machine, state), [machine, state]);
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}

/** The arguments of the last call of a state since they were first asked for; `undefined` before it. */
export function useArgs<S, const N extends StateNames<S>>(
  machine: Shown<S>,
  state: N,
): ArgsOf<S, N> | undefined {
  const store = useMemo(() => argsStore(machine, state), [machine, state]);
  return useSyncExternalStore(store.subscribe, store.get, store.known);
}
