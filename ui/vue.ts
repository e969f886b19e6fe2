/**
 * Machines in Vue 3.
 *
 * @example Usage
 * ```ts
 * import { Machine } from "@asyncmachine/asyncmachine";
 * import { useMachine, useStates } from "@asyncmachine/asyncmachine/vue";
 *
 * export function setup(): () => string {
 *   const machine = useMachine(() => new Machine({ On: {}, Broken: {} }));
 *   const states = useStates(machine, ["On", "Broken"]);
 *   return () => states.value.join(" and ");
 * }
 * ```
 *
 * @module
 */
import type { ArgsOf, StateNames } from "../mod.ts";
import { argsStore, type Shown, statesStore, type Store, tickStore } from "./store.ts";
// @ts-types="./peers/vue.d.ts"
import { getCurrentInstance, onMounted, onScopeDispose, shallowRef } from "npm:vue@^3.3.0";

export type { Shown } from "./store.ts";

/** A value that a template or an effect reads, and that draws it again when it changes. */
export interface Shallow<T> {
  /** The present value. */
  readonly value: T;
}

function follow<T>(store: Store<T>, first: T): Shallow<T> {
  const shown = shallowRef(first);
  const begin = () => {
    const look = () => {
      shown.value = store.get();
    };
    onEnd(store.subscribe(look));
    look();
  };
  let onEnd = onScopeDispose as (end: () => void) => void;
  if (getCurrentInstance() === null) begin();
  else {
    let end: (() => void) | undefined;
    onScopeDispose(() => end?.());
    onEnd = (fn) => end = fn;
    // Never called on a server, where nobody would end the subscription.
    onMounted(begin);
  }
  return shown;
}

/** Makes a machine that is disposed with the component, or the effect scope, that made it. */
export function useMachine<M extends Disposable>(make: () => M): M {
  const machine = make();
  onScopeDispose(() => machine[Symbol.dispose]());
  return machine;
}

/** The active ones of these states, in the given order: changes only when these do. */
export function useStates<S, const N extends StateNames<S>>(
  machine: Shown<S>,
  states: readonly N[],
): Shallow<readonly N[]> {
  const store = statesStore(machine, states);
  return follow(store, store.get());
}

/** The tick of a state. */
export function useTick<S>(machine: Shown<S>, state: StateNames<S>): Shallow<number> {
  const store = tickStore(machine, state);
  return follow(store, store.get());
}

/** The arguments of the last call of a state since they were first asked for; `undefined` before it. */
export function useArgs<S, const N extends StateNames<S>>(
  machine: Shown<S>,
  state: N,
): Shallow<ArgsOf<S, N> | undefined> {
  const store = argsStore(machine, state);
  return follow(store, "document" in globalThis ? store.get() : store.known());
}
