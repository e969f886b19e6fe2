/**
 * The states of a machine.
 *
 * @module
 */
// #region states, made by gen: it keeps relations when it runs again
import { defineSchema, type StateHandlers, type StatesOf } from "@asyncmachine/asyncmachine";

/** The states, in order, with their relations. */
export const schema = defineSchema({
  Foo: {},
  Bar: {},
});

/** The states with the types of their arguments. */
export type States = StatesOf<typeof schema>;

/** The names of the states. */
export const names = {
  Foo: "Foo",
  Bar: "Bar",
} as const;

/** The name of a state. */
export type Name = keyof typeof names;

/** Groups of states. */
export const groups = {} satisfies Record<string, readonly Name[]>;

/** The handlers of Foo. */
export type FooHandlers = StateHandlers<States, "Foo">;

/** The handlers of Bar. */
export type BarHandlers = StateHandlers<States, "Bar">;
// #endregion states
