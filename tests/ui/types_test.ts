import { args, Machine, type StateNames } from "@asyncmachine/asyncmachine";
import * as preact from "@asyncmachine/asyncmachine/preact";
import * as react from "@asyncmachine/asyncmachine/react";
import * as solid from "@asyncmachine/asyncmachine/solid";
import * as svelte from "@asyncmachine/asyncmachine/svelte";
import * as vue from "@asyncmachine/asyncmachine/vue";
import { assertEquals } from "@std/assert";

const make = () => new Machine({ On: {}, Progress: { args: args<{ done: number }>() } });
type Made = ReturnType<typeof make>;

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;

/** The types of what is shown, by framework; never called. */
function shown(machine: Made) {
  const all = {
    react: {
      machine: react.useMachine(make),
      states: react.useStates(machine, ["On"]),
      tick: react.useTick(machine, "On"),
      args: react.useArgs(machine, "Progress"),
    },
    preact: {
      machine: preact.useMachine(make),
      states: preact.useStates(machine, ["On"]),
      tick: preact.useTick(machine, "On"),
      args: preact.useArgs(machine, "Progress"),
    },
    vue: {
      machine: vue.useMachine(make),
      states: vue.useStates(machine, ["On"]).value,
      tick: vue.useTick(machine, "On").value,
      args: vue.useArgs(machine, "Progress").value,
    },
    solid: {
      machine: solid.useMachine(make),
      states: solid.useStates(machine, ["On"])(),
      tick: solid.useTick(machine, "On")(),
      args: solid.useArgs(machine, "Progress")(),
    },
  };
  svelte.useStates(machine, ["On"]).subscribe((states: readonly "On"[]) => states);
  svelte.useArgs(machine, "Progress").subscribe((args) => args?.done.toFixed());
  return all;
}

type Shown = ReturnType<typeof shown>;
const same: { [F in keyof Shown]: [true, true, true, true] } = {
  react: same4<Shown["react"]>(),
  preact: same4<Shown["preact"]>(),
  vue: same4<Shown["vue"]>(),
  solid: same4<Shown["solid"]>(),
};

interface Four {
  machine: unknown;
  states: unknown;
  tick: unknown;
  args: unknown;
}

function same4<T extends Four>(
  ..._: [
    Same<T["machine"], Made>,
    Same<T["states"], readonly "On"[]>,
    Same<T["tick"], number>,
    Same<T["args"], { done: number } | undefined>,
  ] extends [true, true, true, true] ? [] : ["the types differ"]
): [true, true, true, true] {
  return [true, true, true, true];
}

/** Slips that do not compile; never called. */
function _slips(machine: Made): void {
  // @ts-expect-error: no such state
  react.useStates(machine, ["Onn"]);
  // @ts-expect-error: no such state
  vue.useTick(machine, "Off");
  // @ts-expect-error: no such argument
  preact.useArgs(machine, "Progress")?.dun;
  // @ts-expect-error: not a machine
  solid.useTick({}, "On");
  // @ts-expect-error: nothing that can be disposed
  svelte.useMachine(() => 1);
}

/** A component that serves every machine. */
function _generic<S>(machine: react.Shown<S>, states: readonly StateNames<S>[]): number {
  return react.useStates(machine, states).length;
}

Deno.test("the hooks of all frameworks have the types of the schema", () => {
  assertEquals(Object.keys(same), ["react", "preact", "vue", "solid"]);
});
