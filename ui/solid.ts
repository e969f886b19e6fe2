/**
 * Machines in Solid, 1.7 and later.
 *
 * @example Usage
 * ```ts
 * import { Machine } from "@asyncmachine/asyncmachine";
 * import { useMachine, useStates } from "@asyncmachine/asyncmachine/solid";
 *
 * export function Light(): () => string {
 *   const machine = useMachine(() => new Machine({ On: {}, Broken: {} }));
 *   const states = useStates(machine, ["On", "Broken"]);
 *   return () => states().join(" and ");
 * }
 * ```
 *
 * @module
 */
import type { ArgsOf, StateNames } from "../mod.ts";
import { argsStore, type Shown, statesStore, type Store, tickStore } from "./store.ts";
// @ts-types="./peers/solid.d.ts"
import { createSignal, onCleanup, onMount } from "npm:solid-js@^1.7.0";

export type { Shown } from "./store.ts";

function follow<T>(store: Store<T>, first: T): () => T {
  const [value, set] = createSignal(first);
  // Never called on a server, where nobody would end the subscription.
  onMount(() => {
    const look = () => set(() => store.get());
    onCleanup(store.subscribe(look));
    look();
  });
  return value;
}

/** Makes a machine that is disposed with the owner that made it. */
export function useMachine<M extends Disposable>(make: () => M): M {
  const machine = make();
  onCleanup(() => machine[Symbol.dispose]());
  return machine;
}

/** The active ones of these states, in the given order: changes only when these do. */
export function useStates<S, const N extends StateNames<S>>(
  machine: Shown<S>,
  states: readonly N[],
): () => readonly N[] {
  const store = statesStore(machine, states);
  return follow(store, store.get());
}

/** The tick of a state. */
export function useTick<S>(machine: Shown<S>, state: StateNames<S>): () => number {
  const store = tickStore(machine, state);
  return follow(store, store.get());
}

/** The arguments of the last call of a state since they were first asked for; `undefined` before it. */
export function useArgs<S, const N extends StateNames<S>>(
  machine: Shown<S>,
  state: N,
): () => ArgsOf<S, N> | undefined {
  const store = argsStore(machine, state);
  return follow(store, "document" in globalThis ? store.get() : store.known());
}
